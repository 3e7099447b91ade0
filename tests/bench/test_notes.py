"""The bench of notes, with the shipped writer."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scribe import pipeline
from scribe.bench import notes
from scribe.config import Config
from scribe.drafts import Draft
from scribe.types import Note, Section, SectionKind, Statement

DIALOGUE = """[doctor] what brings you in today ?
[patient] i have had knee pain for three weeks .
[doctor] any fever ?
[patient] no .
[doctor] i think this is arthritis . let's start ibuprofen 400 milligrams twice a day ."""
NOTE = "CHIEF COMPLAINT\n\nKnee pain.\n\nASSESSMENT AND PLAN\n\nArthritis. Start ibuprofen 400 mg twice a day."


def data(folder: Path, *rows: tuple[str, str]) -> Path:
    path = folder / "aci.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["dataset", "encounter_id", "dialogue", "note"])
        writer.writerows(("aci", f"D{at}", dialogue, note) for at, (dialogue, note) in enumerate(rows, 1))
    return path


def test_a_note_is_compared_as_a_whole_and_by_division(tmp_path: Path) -> None:
    report = notes.notes([data(tmp_path, (DIALOGUE, NOTE))], Config())
    assert report.metrics["notes"] == 1
    assert 0 < report.metrics["rouge_l"] <= report.metrics["rouge_1"] < 1
    assert list(report.metrics["by_division"]) == ["history", "assessment and plan"]
    (item,) = report.predictions
    assert item["id"] == "D1"
    assert report.metrics["length_ratio"] == len(item["note"].split()) / len(NOTE.split())


def test_a_note_made_by_the_rules_is_faithful_and_holds_what_was_concluded(tmp_path: Path) -> None:
    metrics = notes.notes([data(tmp_path, (DIALOGUE, NOTE))], Config()).metrics
    assert metrics["invented"] == metrics["flipped"] == 0
    assert metrics["said_as_assessment"] == 2  # arthritis, ibuprofen
    assert metrics["assessment_in_note"] == 1.0
    assert metrics["facts"]["medications"] == {"said": 1, "missed": 0, "in_note": 1.0, "invented": 0, "flipped": 0}
    assert metrics["facts"]["negated symptoms"]["said"] == 1


def spoiled(note: Note, old: str, new: str) -> Note:
    """The note with words of its statements replaced."""

    def changed(statement: Statement) -> Statement:
        return replace(statement, text=statement.text.replace(old, new))

    def sections() -> list[Section]:
        return [
            replace(section, statements=tuple(changed(statement) for statement in section.statements))
            for section in note.sections
        ]

    return replace(note, sections=tuple(sections()))


def spoil(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Let every draft have a note with these words replaced."""
    draft = pipeline.draft

    def spoiling(*given: Any, **options: Any) -> Draft:
        made = draft(*given, **options)
        return replace(made, note=spoiled(made.note, old, new))

    monkeypatch.setattr(pipeline, "draft", spoiling)


@pytest.mark.parametrize(
    ("old", "new", "measure", "row"),
    [
        ("400", "800", "invented", "numbers"),
        ("400 mg", "400 mcg", "flipped", "doses"),
        ("ibuprofen", "naproxen", "invented", "medications"),
        ("Denies fever", "Reports fever", "flipped", "problems"),
        ("Knee", "Left knee", "invented", "sides"),
        ("pain", "pain and swelling", "invented", "problems"),
    ],
)
def test_a_spoiled_note_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, measure: str, row: str
) -> None:
    spoil(monkeypatch, old, new)
    report = notes.notes([data(tmp_path, (DIALOGUE, NOTE))], Config())
    assert report.metrics["facts"][row][measure] >= 1
    assert any(entry["row"] == row for entry in report.predictions[0][measure])


TALK = """[doctor] what brings you in today ?
[patient] my sister had a stroke last year . i get a cough only when i run .
[doctor] does it hurt ?
[patient] no ."""


def say(monkeypatch: pytest.MonkeyPatch, heard: str, text: str) -> None:
    """Let every draft tell this of the patient where these words were heard."""
    draft = pipeline.draft

    def saying(*given: Any, **options: Any) -> Draft:
        made = draft(*given, **options)

        def told(statement: Statement) -> Statement:
            words = " ".join(made.transcript.text[span.start : span.end] for span in statement.heard)
            return replace(statement, text=text) if heard in words else statement

        sections = tuple(
            replace(section, kind=SectionKind.HPI, statements=tuple(map(told, section.statements)))
            for section in made.note.sections
        )
        return replace(made, note=replace(made.note, sections=sections))

    monkeypatch.setattr(pipeline, "draft", saying)


@pytest.mark.parametrize(
    ("heard", "text", "kind"),
    [("stroke", "Had a stroke last year.", "person"), ("cough", "Has a cough.", "condition")],
)
def test_a_changed_meaning_is_counted_by_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: str, text: str, kind: str
) -> None:
    assert notes.notes([data(tmp_path, (TALK, NOTE))], Config()).metrics["changed"] == 0
    say(monkeypatch, heard, text)
    report = notes.notes([data(tmp_path, (TALK, NOTE))], Config())
    assert report.metrics["changed"] == report.metrics["changes"][kind]["statements"] >= 1
    assert {entry["row"] for entry in report.predictions[0]["changed"]} == {kind}


def test_what_the_note_leaves_out_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch, "ibuprofen", "")
    report = notes.notes([data(tmp_path, (DIALOGUE, NOTE))], Config())
    assert report.predictions[0]["missed"]["medications"] == ["ibuprofen"]
    assert report.predictions[0]["assessment_missed"] == ["ibuprofen"]
    assert report.metrics["assessment_in_note"] == 0.5


def test_a_note_is_read_as_its_reader_sees_it(tmp_path: Path) -> None:
    report = notes.notes([data(tmp_path, (DIALOGUE, NOTE))], Config())
    assert report.metrics["reading"]["medications: complete"]["ours"] == 1.0
    assert report.metrics["reading"]["problems: recall"]["ours"] == 1.0
    assert report.metrics["reading"]["speech residue"]["clinicians"] == 0.0
    assert sum(row["said"] for row in report.metrics["important"].values()) >= 2
    assert report.metrics["important_missing_per_note"] == 0


def test_talk_in_a_note_is_counted_by_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = notes.notes([data(tmp_path, (DIALOGUE, NOTE))], Config()).metrics
    spoil(monkeypatch, "Denies fever", "Asked \u201cany fever?\u201d: \u201cNo\u201d")
    after = notes.notes([data(tmp_path, (DIALOGUE, NOTE))], Config()).metrics
    assert after["residue"]["quotation"]["statements"] == before["residue"]["quotation"]["statements"] + 1
    assert after["residue_share"] > before["residue_share"]


def test_every_statement_is_listed_with_what_it_was_heard_in(tmp_path: Path) -> None:
    (item,) = notes.notes([data(tmp_path, (DIALOGUE, NOTE))], Config()).predictions
    listed = {row["statement"]: row for row in item["statements"]}
    assert all(text in item["note"] for text in listed)
    assert any("clinician: fever / patient: no." in row["heard"].lower() for row in listed.values())
    assert all(row["rule"] and row["section"] for row in listed.values())
