"""`scribe export` and `scribe note --format`: documents beside the note, or a clear refusal and nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe import serial
from scribe.cli.app import app
from scribe.cli.note import write
from scribe.errors import ConfigError, InputError, ScribeError
from scribe.export.text import Text
from scribe.types import (
    Encounter,
    Note,
    NoteStatus,
    Section,
    SectionGroup,
    SectionKind,
    Segment,
    Signature,
    Span,
    Statement,
    Transcript,
    Word,
)
from scribe.view import plain

TRANSCRIPT = Transcript((Segment((Word(0.0, 1.0, "Fever."),)),), duration=1.0)
FEVER = Statement("s1", "Fever.", (Span(0, 6),))
NOTE = Note(
    "note-1",
    Encounter("e"),
    (Section(SectionKind.HPI, "History of present illness", SectionGroup.HISTORY, "10164-2", (FEVER,)),),
    template="soap",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(NOTE, TRANSCRIPT, tmp_path, plain(NOTE))
    return tmp_path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def refused(*arguments: str) -> ScribeError:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code != 0
    assert isinstance(done.exception, ScribeError)
    return done.exception


def test_every_format_is_written_beside_the_note(folder: Path) -> None:
    before = (folder / "note.json").read_bytes()
    said = run("export", str(folder / "note.json"), "--format", "docx, text,fhir,json,html,markdown")
    assert "note.docx, note.txt, note.fhir.json, note.html, note.md" in said
    assert (folder / "note.docx").read_bytes().startswith(b"PK")
    assert json.loads((folder / "note.fhir.json").read_text())["type"] == "document"
    assert "SOAP NOTE" in (folder / "note.txt").read_text()
    assert (folder / "note.json").read_bytes() == before


def test_letterhead_patient_and_another_folder(folder: Path) -> None:
    (folder / "letterhead.yaml").write_text("name: Riverside\nlines: [12 Mill Lane]\n")
    (folder / "about.yaml").write_text("patient: Jane Q. Example\nborn: 1958-07-04\nrecord_number: 0042\n")
    run(
        *("export", str(folder / "note.json"), "--format", "text", "--out", str(folder / "out")),
        *("--set", f"export.letterhead={folder / 'letterhead.yaml'}", "--template", "progress"),
    )
    text = (folder / "out" / "note.txt").read_text()
    assert text.startswith("Riverside\n12 Mill Lane\n")
    assert "Date of birth:     July 4, 1958" in text
    assert "Record number:     0042" in text


def test_a_note_changed_after_signing_is_told_and_marked(folder: Path) -> None:
    stands = Signature("Ada Okonkwo, MD", "2026-03-02T10:00:00+00:00", "I stand for this.", "00" * 32)
    changed = replace(NOTE, status=NoteStatus.FINAL, signatures=(stands,))
    (folder / "note.json").write_text(serial.dumps(changed))
    done = CliRunner().invoke(app, ["export", str(folder / "note.json"), "--format", "text"])
    assert "changed after it was signed" in done.stderr
    assert "Not as signed." in (folder / "note.txt").read_text()


def test_without_a_transcript_the_note_alone_is_enough(folder: Path) -> None:
    (folder / "transcript.json").unlink()
    run("export", str(folder / "note.json"), "--format", "text")
    assert "Fever." in (folder / "note.txt").read_text()


def test_documents_from_before_are_made_anew_with_the_note(folder: Path) -> None:
    run("export", str(folder / "note.json"), "--format", "text")
    other = replace(NOTE, sections=(replace(NOTE.sections[0], statements=(replace(FEVER, text="No fever."),)),))
    names = write(other, TRANSCRIPT, folder, plain(other))
    assert "note.txt" in names
    assert "No fever." in (folder / "note.txt").read_text()
    assert not (folder / "note.docx").exists()


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ("patient: [a]", "must hold patient, born"),
        ("- a", "must hold patient, born"),
        ("name: Jane", "unknown name 'name'"),
        ("{", "cannot be read as YAML"),
    ],
)
def test_a_mistake_in_about_is_told(folder: Path, about: str, message: str) -> None:
    (folder / "about.yaml").write_text(about)
    assert message in str(refused("export", str(folder / "note.json")))


def test_bad_input_is_told_and_nothing_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = str(folder / "note.json")
    assert "does not know 'doc': choose from docx, fhir" in str(refused("export", note, "--format", "doc"))
    assert "names no format" in str(refused("export", note, "--format", " , "))
    assert isinstance(refused("export", str(folder / "none.json")), InputError)
    assert "not a note" in str(refused("export", str(folder / "transcript.json")))
    assert "not a transcript" in str(refused("export", note, "--transcript", note))
    assert isinstance(refused("note", "none.wav", "--format", "doc"), ConfigError)

    def fail(*_: object) -> bytes:
        raise InputError("no")

    monkeypatch.setattr(Text, "export", fail)
    refused("export", note, "--format", "docx,text")
    assert not (folder / "note.docx").exists()
