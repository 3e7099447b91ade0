"""The letterhead: what is read, and that each mistake is told with the file's name."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from scribe.config import ExportSettings
from scribe.errors import ConfigError
from scribe.export import letterhead
from scribe.view import Particulars, Practice


def write(folder: Path, text: str) -> Path:
    file = folder / "letterhead.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_name_lines_and_logo(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(picture, "PNG")
    (tmp_path / "logo.png").write_bytes(picture.getvalue())
    file = write(tmp_path, "name: Riverside\nlines: [12 Mill Lane, 555 0100]\nlogo: logo.png\n")
    found = letterhead.read(file)
    assert found == Practice("Riverside", ("12 Mill Lane", "555 0100"), picture.getvalue())
    assert found.logo_type == "image/png"


def test_without_a_letterhead_there_is_only_paper() -> None:
    found = letterhead.letter(ExportSettings(paper="a4"), Particulars("Jane"))
    assert (found.practice, found.about.patient, found.paper) == (None, "Jane", "a4")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "is not YAML"),
        ("lines: [a]", "has no `name:`"),
        ("name: 7", "has no `name:`"),
        ("name: A\nfax: 1", "unknown key 'fax'"),
        ("name: A\nlines: one", "at most 8 lines"),
        ("name: A\nlines: [1,2,3,4,5,6,7,8,9]", "at most 8 lines"),
        ("name: A\nlogo: none.png", "there is no such file"),
        ("name: A\nlogo: letterhead.yaml", "is no PNG or JPEG"),
    ],
)
def test_a_mistake_is_told_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        letterhead.read(write(tmp_path, text))
    assert "letterhead.yaml" in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: check export\.letterhead"):
        letterhead.letter(ExportSettings(letterhead=str(tmp_path / "none.yaml")))


@pytest.mark.parametrize("kind", ["cut", "huge", "wide"])
def test_a_logo_that_would_break_a_document_is_refused(tmp_path: Path, kind: str) -> None:
    picture = io.BytesIO()
    Image.effect_noise((5000, 1000) if kind == "wide" else (100, 100), 50).save(picture, "PNG", compress_level=1)
    content = picture.getvalue()
    content = {"cut": content[: len(content) // 2], "huge": content + bytes(2**20), "wide": content}[kind]
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(ConfigError, match=r"the logo .*logo\.png"):
        letterhead.read(write(tmp_path, "name: A\nlogo: logo.png"))
