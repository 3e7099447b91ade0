"""A workbench with an encounter in it: the sample visit, drafted, with places to check and a question to answer.

The words are those of the gold transcript of the sample, so no test waits for a recogniser; what stands behind is real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from scribe import load_audio, pipeline, serial
from scribe.batch import drafting
from scribe.config import CodingSettings, Config, StoreSettings
from scribe.store.actor import ME, SYSTEM
from scribe.store.records import RecordingKind, State
from scribe.store.store import Store
from scribe.types import Audio, Encounter, Flag, FlagKind, Interval, Note, Role, SpeakerRole, Transcript
from scribe.web.app import create_app

PATIENT = "Dorothea Marchetti"


@dataclass(frozen=True)
class Bench:
    """A running workbench, its store, and the encounter in it."""

    url: str
    store: Store
    config: Config
    encounter: str

    @property
    def transcript(self) -> Transcript:
        """The newest transcript in the store."""
        with self.store.begin(ME, read_only=True) as unit:
            return unit.revisions.transcript(self.encounter).document

    @property
    def note(self) -> Note:
        """The newest note in the store."""
        with self.store.begin(ME, read_only=True) as unit:
            return unit.revisions.note(self.encounter).document

    @property
    def state(self) -> State:
        """How far the encounter has come."""
        with self.store.begin(ME, read_only=True) as unit:
            return unit.encounters.get(self.encounter).state


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a store of its own; codes of the ICD-10-CM table only."""
    return Config(store=StoreSettings(folder=str(tmp_path / "store")), coding=CodingSettings(systems=("icd10cm",)))


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    opened = Store.open(config)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def visit_sound(samples: Path) -> Audio:
    return load_audio(samples / "visit.flac", Config().audio)


@pytest.fixture(scope="session")
def visit(samples: Path) -> tuple[Transcript, Note]:
    """Transcript and coded note of the sample visit, with three places to check."""
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    transcript = replace(
        gold,
        flags=(
            _flag(gold, FlagKind.DRUG, "metformin,"),
            _flag(gold, FlagKind.NUMBER, "148"),
            _flag(gold, FlagKind.NEGATION, "no,"),
        ),
    )
    config = Config(coding=CodingSettings(systems=("icd10cm",)))
    return transcript, pipeline.code(pipeline.write(transcript, config), config)


def _flag(transcript: Transcript, kind: FlagKind, text: str) -> Flag:
    word = next(
        word for word in transcript.words if word.text.strip().casefold().startswith(text.strip(",").casefold())
    )
    return Flag(kind, Interval(word.start, word.end), f"a {kind} was heard poorly")


def add(store: Store, transcript: Transcript, note: Note, sound: Audio | None, *, state: State = State.DRAFT) -> str:
    """An encounter with a draft, as the worker leaves it; its id."""
    kinds: list[tuple[RecordingKind, str, Any]] = []
    if sound is not None:
        wav = b"".join(drafting.wav(sound))
        kinds = [
            (RecordingKind.ORIGINAL, drafting.WAV, store.blobs.receive([wav])),
            (RecordingKind.PLAYBACK, drafting.WAV, store.blobs.receive([wav])),
            (RecordingKind.PEAKS, drafting.PEAKS, store.blobs.receive([drafting.peaks(sound)])),
        ]
    with store.begin(ME) as unit:
        encounter = unit.encounters.add(
            mode=note.encounter.mode,
            title="Follow-up",
            patient=PATIENT,
            identifier="004-118-2",
            date_of_service="2026-03-02",
        )
        for kind, media_type, file in kinds:
            unit.recordings.add(
                encounter.id,
                file,
                media_type=media_type,
                name="visit.wav",
                kind=kind,
                seconds=sound.duration if sound else None,
            )
    with store.begin(SYSTEM) as unit:
        about = Encounter(encounter.id, note.encounter.mode, encounter.date_of_service)
        unit.revisions.append(encounter.id, transcript, base=0, reason="draft")
        unit.revisions.append(encounter.id, replace(note, encounter=about), base=0, reason="draft")
        for step in (State.TRANSCRIBING, state):
            unit.encounters.move(encounter.id, step)
    return encounter.id


@pytest.fixture
def bench(
    config: Config, store: Store, visit: tuple[Transcript, Note], visit_sound: Audio, serve: Callable[..., str]
) -> Bench:
    """The workbench, and the sample visit in it as a draft."""
    encounter = add(store, *visit, visit_sound)
    return Bench(serve(create_app(config, store=store)), store, config, encounter)


def long_visit(transcript: Transcript, words: int) -> Transcript:
    """A transcript of at least `words` words: the same visit again and again, each behind the one before."""
    segments, shift = [], 0.0
    while sum(len(segment.words) for segment in segments) < words:
        for segment in transcript.segments:
            moved = tuple(replace(word, start=word.start + shift, end=word.end + shift) for word in segment.words)
            segments.append(replace(segment, words=moved))
        shift += transcript.duration
    roles = (SpeakerRole("doctor", Role.CLINICIAN, 1.0), SpeakerRole("patient", Role.PATIENT, 1.0))
    return replace(transcript, segments=tuple(segments), flags=(), repairs=(), roles=roles, duration=shift)
