"""What was heard -> how it is written: spoken commands, then figures, then what could not be made out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scribe.config import Config
from scribe.containment import contain, or_else
from scribe.dictation import commands, templates
from scribe.dictation.blanks import with_blanks
from scribe.dictation.editing import dictate
from scribe.dictation.formatting import formatted
from scribe.dictation.written import Written, verbatim
from scribe.types import Flag, FlagKind, Interval, Mode, TakenBack, Transcript, Word

AS_HEARD = "this passage could not be written in figures: its words stand as they were heard"


@dataclass(frozen=True, slots=True)
class Page:
    """The written words of a transcript, and what came up while they were written."""

    written: tuple[Written, ...]
    flags: tuple[Flag, ...]
    taken_back: tuple[range, ...] = ()  # indices of the words as heard

    def took_back(self, transcript: Transcript) -> tuple[TakenBack, ...]:
        """What the speaker took back, as it was heard in `transcript`, of which this is the page."""
        spans = (transcript.span_of(entry[0], entry[-1]) for entry in self.taken_back)
        return tuple(
            TakenBack(transcript.text[span.start : span.end].strip(), span, transcript.seconds(span)) for span in spans
        )


def check_files(config: Config) -> None:
    """Raises ConfigError where the user's commands or templates cannot be used: before work goes into a recording."""
    commands.load(config.dictation.commands)
    templates.load(config.dictation.templates)


def write(transcript: Transcript, mode: Mode, config: Config) -> Page:
    """The page of a transcript: a dictation's commands are carried out, a visit has none.

    Raises ConfigError where the user's commands or templates cannot be used.
    """
    try:
        page = _written(transcript.words, mode, config)
    except Exception as error:
        contain(error, "dictation")
        page = _piece_by_piece(transcript, mode, config)
    return or_else(lambda: replace(page, written=tuple(with_blanks(page.written, transcript))), page, "blanks")


def as_it_stands(transcript: Transcript) -> Page:
    """The page of words that need no writing: those of a note."""
    return Page(tuple(verbatim(transcript.words)), ())


def _written(words: Sequence[Word], mode: Mode, config: Config) -> Page:
    said = verbatim(words)
    written: tuple[Written, ...] = tuple(said)
    flags: tuple[Flag, ...] = ()
    taken_back: tuple[range, ...] = ()
    if mode is Mode.DICTATION:
        known = commands.load(config.dictation.commands), templates.load(config.dictation.templates)
        dictated = dictate([item.word for item in said], *known)
        written = tuple(Written(item.word, said[item.first].first, said[item.last].last) for item in dictated.written)
        flags = dictated.flags
        taken_back = tuple(range(said[entry[0]].first, said[entry[-1]].last + 1) for entry in dictated.taken_back)
    if config.dictation.formatting:
        figures = formatted(written, config.dictation)
        written, flags = figures.written, (*flags, *figures.flags)
    return Page(written, flags, taken_back)


def _piece_by_piece(transcript: Transcript, mode: Mode, config: Config) -> Page:
    """Each segment on its own; the words of one that cannot be written stand as they were heard, flagged."""
    written: list[Written] = []
    flags: list[Flag] = []
    taken_back: list[range] = []
    at = 0
    for number, segment in enumerate(transcript.segments, start=1):
        place = "" if transcript.timed else f" (sentence {number} of the text)"
        as_heard = Flag(FlagKind.UNREAD, Interval(segment.start, segment.end), AS_HEARD + place)
        try:
            page = _written(segment.words, mode, config)
        except Exception as error:
            contain(error, "dictation")
            page = Page(tuple(verbatim(segment.words)), (as_heard,))
        written += [replace(item, first=item.first + at, last=item.last + at) for item in page.written]
        flags += page.flags
        taken_back += [range(entry.start + at, entry.stop + at) for entry in page.taken_back]
        at += len(segment.words)
    return Page(tuple(written), tuple(flags), tuple(taken_back))
