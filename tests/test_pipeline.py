"""The whole way from sound to a coded note, on the shipped recordings."""

from __future__ import annotations

import socket
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from scribe import audio, pipeline
from scribe.config import Config, load
from scribe.types import Audio, Mode, Note, Role, SectionKind, Transcript

pytestmark = pytest.mark.weights
SAMPLES = Path(__file__).parents[1] / "samples"


@cache
def transcript_of(name: str) -> Transcript:
    return pipeline.transcribe(audio.load(SAMPLES / f"{name}.flac", Config().audio), Config())


@cache
def note_of(name: str) -> Note:
    return pipeline.code(pipeline.draft(transcript_of(name), Config()).note, Config())


def codes(note: Note) -> set[str]:
    return {suggestion.coding.code for suggestion in note.suggestions}


def test_a_visit_has_a_clinician_and_a_patient() -> None:
    transcript = transcript_of("visit")
    assert {item.role for item in transcript.roles} == {Role.CLINICIAN, Role.PATIENT}
    assert transcript.role_of(transcript.words[0].speaker) is Role.CLINICIAN


def test_a_visit_is_arranged_and_coded() -> None:
    note = note_of("visit")
    kinds = {section.kind for section in note.sections}
    assert note.encounter.mode is Mode.VISIT
    assert {SectionKind.ALLERGIES, SectionKind.MEDICATIONS, SectionKind.ASSESSMENT, SectionKind.PLAN} <= kinds
    assert {"M17.11", "I10"} <= codes(note)
    thought = {item.coding.code for item in note.suggestions if any("I think" in one.reason for one in item.evidence)}
    assert thought == {"M17.11"}, "only this was told as a thought"
    assert any(code.startswith("E11") for code in codes(note))
    assert not any(code.startswith("I21") for code in codes(note)), "the heart attack was the father's"


def test_a_dictation_is_one_voice_with_its_own_headings() -> None:
    transcript, note = transcript_of("dictation"), note_of("dictation")
    assert len({word.speaker for word in transcript.words}) == 1
    assert note.encounter.mode is Mode.DICTATION
    assert "J18.9" in codes(note)
    text = " ".join(statement.text.lower() for statement in note.statements)
    assert "period of chills" in text
    assert "new paragraph" not in text
    assert " comma" not in text


@pytest.mark.parametrize("name", ["visit", "dictation"])
def test_every_code_leads_back_to_the_second_it_was_said(name: str) -> None:
    transcript, note = transcript_of(name), note_of(name)
    assert note.suggestions
    for suggestion in note.suggestions:
        for evidence in suggestion.evidence:
            statement = note.statement(evidence.statement_id)
            assert statement.text[evidence.span.start : evidence.span.end].strip()
            for span, interval in zip(statement.heard, statement.seconds, strict=True):
                assert transcript.words_in(span)
                assert 0 <= interval.start <= interval.end <= transcript.duration + 0.1


def test_the_same_recording_gives_the_same_note() -> None:
    transcript = transcript_of("dictation")
    again = pipeline.code(pipeline.draft(transcript, Config()).note, Config())
    assert again == note_of("dictation")


def test_a_result_says_what_made_it() -> None:
    provenance = note_of("visit").provenance
    assert provenance is not None
    assert provenance.config_hash == Config().hash
    assert len(provenance.source_sha256) == 64
    assert provenance.weights


def test_silence_gives_an_empty_note_and_no_codes() -> None:
    silence = Audio(np.zeros(16_000 * 10, np.float32))
    transcript = pipeline.transcribe(silence, Config())
    note = pipeline.code(pipeline.draft(transcript, Config()).note, Config())
    assert (transcript.words, note.sections, note.suggestions) == ((), (), ())


def test_roles_can_be_overridden() -> None:
    short = audio.load(SAMPLES / "visit.flac", Config().audio)
    short = replace(short, samples=short.samples[: 16_000 * 25])
    transcript = pipeline.transcribe(short, Config(), mode=Mode.VISIT, roles=(Role.PATIENT, Role.CLINICIAN))
    assert transcript.role_of(transcript.words[0].speaker) is Role.PATIENT


def test_a_run_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> NoReturn:
        raise AssertionError("a run tried to open a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    pipeline.engine.cache_clear()  # loading the weights is part of the run
    short = audio.load(SAMPLES / "visit.flac", Config().audio)
    short = replace(short, samples=short.samples[16_000 * 4 : 16_000 * 24])
    assert pipeline.run(short, Config(), mode=Mode.VISIT).note.sections


def test_both_engines_serve_the_pipeline() -> None:
    config = load(environ={}, overrides={"asr.engine": "openai-whisper", "asr.beam_size": 1})
    short = audio.load(SAMPLES / "visit.flac", config.audio)
    short = replace(short, samples=short.samples[16_000 * 4 : 16_000 * 13])
    note = pipeline.run(short, config).note
    assert any("knee" in statement.text.lower() for statement in note.statements)
    assert note.provenance is not None
    assert "openai-whisper" in note.provenance.engine
