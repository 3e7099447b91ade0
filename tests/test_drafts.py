"""Every note is made in one way: the words are formatted once, whatever asks for the draft."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scribe import audio, drafts, pipeline, serial
from scribe.batch import drafting
from scribe.batch.worker import Worker
from scribe.cli.app import app
from scribe.config import AsrSettings, CodingSettings, Config, DictationSettings, StoreSettings
from scribe.dictation import write
from scribe.dictation.blanks import clock
from scribe.drafts import Kind
from scribe.sections import plain_text
from scribe.store.actor import ME
from scribe.store.records import JobState
from scribe.store.store import Store
from scribe.types import Audio, Flag, FlagKind, Interval, Mode, Note, Segment, Transcript, Word

SAID = "the patient takes aspirin eighty one milligrams daily period lungs are clear period"


@pytest.fixture
def config(samples: Path, tmp_path: Path) -> Config:
    scripted = AsrSettings(engine="scripted", model=str(samples / "dictation.gold.json"), check_language=False)
    return Config(asr=scripted, store=StoreSettings(folder=str(tmp_path / "store")), coding=CodingSettings(systems=()))


@pytest.fixture
def environ(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same settings for the command line."""
    monkeypatch.setenv("SCRIBE_ASR__ENGINE", config.asr.engine)
    monkeypatch.setenv("SCRIBE_ASR__MODEL", config.asr.model)
    monkeypatch.setenv("SCRIBE_CODING__SYSTEMS", "")


@pytest.fixture
def sound(samples: Path) -> Audio:
    return audio.load(samples / "dictation.flac", Config().audio)


def dictated(text: str = SAID) -> Transcript:
    words = tuple(Word(0.5 * at, 0.5 * at + 0.4, f" {word}", speaker="a") for at, word in enumerate(text.split()))
    return Transcript((Segment(words),), duration=0.5 * len(words))


# --- once ------------------------------------------------------------------------------------------------------------


@pytest.mark.weights
def test_a_recording_is_formatted_once(config: Config, sound: Audio, pages: list[str]) -> None:
    draft = pipeline.run(sound, config, mode=Mode.DICTATION)
    assert len(pages) == 1
    assert draft.page.written
    assert draft.note.statements
    assert draft.transcript.flags


@pytest.mark.weights
def test_a_correction_is_formatted_once(pages: list[str]) -> None:
    first = pipeline.draft(dictated(), Config(), mode=Mode.DICTATION)
    corrected = dictated(SAID.replace("aspirin", "warfarin"))
    pages.clear()
    draft = pipeline.draft(replace(corrected, flags=first.transcript.flags), Config(), mode=Mode.DICTATION)
    assert len(pages) == 1
    assert [item.text for item in draft.note.statements] == [
        "The patient takes warfarin 81 mg daily.",
        "Lungs are clear.",
    ]


@pytest.mark.weights
def test_a_transcript_without_a_note_is_formatted_once(pages: list[str]) -> None:
    draft = pipeline.draft(dictated(), Config(), mode=Mode.DICTATION)
    pages.clear()
    assert pipeline.checked(dictated(), Config(), mode=Mode.DICTATION) == draft.transcript
    assert len(pages) == 1


@pytest.mark.weights
@pytest.mark.usefixtures("environ")
def test_the_commands_format_once(samples: Path, tmp_path: Path, pages: list[str]) -> None:
    recording = tmp_path / "in" / "visit.flac"
    recording.parent.mkdir()
    shutil.copy(samples / "dictation.flac", recording)
    transcript = tmp_path / "note" / "transcript.json"
    for command in (
        ["note", str(recording), "--out", str(transcript.parent)],
        ["watch", str(recording.parent), "--out", str(tmp_path / "notes"), "--once", "--settle", "0"],
        ["transcribe", str(recording)],
        ["sections", str(transcript)],
    ):
        pages.clear()
        done = CliRunner().invoke(app, [*command, "--mode", "dictation"])
        assert done.exit_code == 0, done.stderr
        assert len(pages) == 1, command[0]


@pytest.mark.weights
def test_a_job_formats_once(config: Config, samples: Path, pages: list[str]) -> None:
    store = Store.open(config)
    incoming = store.blobs.receive([(samples / "dictation.flac").read_bytes()])
    with store.begin(ME) as unit:
        encounter = unit.encounters.add(mode=Mode.DICTATION)
        recording = unit.recordings.add(encounter.id, incoming, media_type="audio/flac", name="a.flac")
        job = drafting.enqueue(unit, recording, config)
    assert Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        assert unit.jobs.get(job.id).state is JobState.DONE
        stored = unit.revisions.transcript(encounter.id).document
    store.close()
    assert len(pages) == 1
    assert stored.flags == pipeline.checked(stored, config, mode=Mode.DICTATION).flags


# --- what a draft is ------------------------------------------------------------------------------------------------


@pytest.mark.weights
def test_the_draft_of_a_drafts_transcript_is_the_same_draft() -> None:
    heard = replace(dictated(f"{SAID} give warfarin fifteen milligrams scratch that blank"), flags=())
    unclear = Flag(FlagKind.INAUDIBLE, Interval(1.0, 1.4), "test")
    draft = pipeline.draft(replace(heard, flags=(unclear,)), Config(), mode=Mode.DICTATION)
    assert len(draft.transcript.flags) > 1
    assert pipeline.draft(draft.transcript, Config(), mode=Mode.DICTATION) == draft
    checked = replace(draft.transcript, flags=tuple(replace(flag, checked_by="Ada") for flag in draft.transcript.flags))
    assert pipeline.draft(checked, Config(), mode=Mode.DICTATION).transcript == checked


@pytest.mark.weights
def test_the_checked_transcript_is_told_before_there_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Transcript] = []
    monkeypatch.setattr("scribe.sections.compose.arrange", lambda *given, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        pipeline.draft(dictated(), Config(), mode=Mode.DICTATION, on_checked=told.append)
    assert told == [pipeline.checked(dictated(), Config(), mode=Mode.DICTATION)]


@pytest.mark.weights
def test_a_note_that_somebody_wrote_stands_as_it_is(pages: list[str]) -> None:
    text = "Chest pain for two days.\n\nPlan: aspirin eighty one milligrams."
    draft = pipeline.draft(plain_text.read(text), Config())
    assert pages == []
    assert draft.page == write.as_it_stands(draft.transcript)
    assert any("eighty one" in item.text for item in draft.note.statements)


@pytest.mark.parametrize(
    ("text", "mode", "kind"),
    [
        ("Chest pain.", None, Kind(Mode.VISIT, is_note=True)),
        ("Chest pain.", Mode.VISIT, Kind(Mode.VISIT, is_note=True)),
        ("chest pain period", Mode.DICTATION, Kind(Mode.DICTATION)),
        ("Doctor: Any pain?\nPatient: No.", None, Kind(Mode.VISIT)),
    ],
)
def test_text_without_speakers_is_a_note_unless_it_was_dictated(text: str, mode: Mode | None, kind: Kind) -> None:
    assert drafts.kind_of(plain_text.read(text), mode) == kind


def test_nothing_that_was_said_is_shown_by_a_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(dictation=DictationSettings(formatting=False))
    draft = pipeline.draft(dictated("Zortivex daily"), config, mode=Mode.DICTATION)
    assert "Zortivex" not in repr(draft)


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("contained")
def test_a_sentence_of_a_text_that_cannot_be_formatted_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribe.dictation.write.formatted", lambda *given: 1 / 0)
    text = "Doctor: Any pain?\nPatient: Fifty milligrams of Zortivex."
    draft = pipeline.draft(plain_text.read(text), Config())
    flags = [flag.reason for flag in draft.transcript.flags if flag.kind is FlagKind.UNREAD]
    assert [reason.rpartition("(")[2] for reason in flags] == ["sentence 1 of the text)", "sentence 2 of the text)"]


@pytest.mark.weights
@pytest.mark.usefixtures("contained", "environ")
def test_a_fault_in_one_passage_is_shown_with_its_time(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from scribe.sections import compose

    statement = compose._statement

    def broken(number: str, draft: Any, transcript: Transcript, *given: Any, **options: Any) -> Any:
        said = transcript.text[draft.heard[0].start : draft.heard[0].end]
        if "pneumonia" in said:
            raise IndexError(f"no place for {said}")
        return statement(number, draft, transcript, *given, **options)

    monkeypatch.setattr(compose, "_statement", broken)
    folder = tmp_path / "note"
    arguments = ["note", str(samples / "dictation.flac"), "--out", str(folder), "--mode", "dictation"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.stderr
    note = serial.loads((folder / "note.json").read_text(encoding="utf-8"), Note)
    transcript = serial.loads((folder / "transcript.json").read_text(encoding="utf-8"), Transcript)
    assert note.statements
    flags = [flag for flag in transcript.flags if flag.kind is FlagKind.UNREAD]
    assert flags == list(note.unread)
    assert flags[0].interval.start > 0
    time = clock(flags[0].interval.start).removeprefix("00:")
    for shown in (done.stdout, (folder / "note.md").read_text(encoding="utf-8")):
        (line, *_) = [line for line in shown.splitlines() if "could not be read" in line]
        assert time in line
    assert "IndexError at test_drafts.py" in caplog.text
    assert "pneumonia" not in caplog.text
