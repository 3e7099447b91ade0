"""A note as PDF: the page of `templates/letter.html.j2`, set by WeasyPrint, with nothing loaded from anywhere.

The file is tagged (PDF/UA-1, ISO 14289-1), so that a screen reader can read it, and carries its fonts, which are those
of the machine.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

from scribe.errors import EngineError
from scribe.export import paper as printing
from scribe.export.html import template
from scribe.export.paper import Paper
from scribe.types import Note, Transcript
from scribe.view import NoteView, Practice

LOGO = "letterhead:logo"  # the only address that is answered, and from memory
VARIANT = "pdf/ua-1"
_turn = Lock()  # the libraries underneath share their list of fonts


class Pdf:
    """Letterhead, fields, the note, accepted codes, signatures and addenda; a watermark until it is signed."""

    suffix = ".pdf"
    media_type = "application/pdf"

    def export(self, note: Note, transcript: Transcript, view: NoteView | None = None) -> bytes:
        """The document. Raises EngineError where the machine lacks Pango or has no font."""
        paper = Paper(note, transcript, view)
        _check_machine()
        from weasyprint import HTML  # type: ignore[import-untyped]

        html = HTML(string=page(paper), base_url=None, url_fetcher=_fetcher(paper.letter.practice))
        with _turn:
            pdf: bytes = html.write_pdf(pdf_variant=VARIANT)
        return pdf


def page(paper: Paper) -> str:
    """The page as HTML."""
    return template("letter.html.j2").render(paper=paper, printing=printing, logo=LOGO)


@cache
def _check_machine() -> None:
    """Say clearly what is missing: without a font, the libraries underneath would crash the whole process."""
    try:
        from weasyprint.text.ffi import ffi, fontconfig  # type: ignore[import-untyped]
    except OSError as error:
        raise EngineError(
            "a PDF needs the library Pango: install it (Debian: libpango-1.0-0 libpangoft2-1.0-0), or choose docx"
        ) from error
    fonts = ffi.gc(fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcConfigDestroy)
    if not fontconfig.FcConfigGetFonts(fonts, fontconfig.FcSetSystem).nfont:
        raise EngineError("a PDF needs a font and this machine has none: install one (Debian: fonts-dejavu-core)")


def _fetcher(practice: Practice | None) -> Any:
    """Answers for the logo alone; any other address ends the work."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

    class Refusing(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url != LOGO or not practice:
                raise FatalURLFetchingError("a note loads nothing")
            return URLFetcherResponse(url, practice.logo, {"Content-Type": practice.logo_type})

    return Refusing(fail_on_errors=True)
