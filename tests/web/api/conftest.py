"""The API on a real store: people with roles, an encounter with a draft, and a client for each person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from scribe import pipeline
from scribe.config import Config, StoreSettings
from scribe.store.actor import ME, SYSTEM, Actor, StaffRole
from scribe.store.records import State
from scribe.store.store import Store
from scribe.types import Encounter, Flag, FlagKind, Interval, Mode, Note, Role, Segment, SpeakerRole, Transcript, Word
from scribe.web import identity
from scribe.web.app import create_app

ADDRESS = "http://127.0.0.1:8765"
ADA = Actor("u-ada", "Ada Okonkwo, MD", frozenset({StaffRole.PHYSICIAN}))
BEN = Actor("u-ben", "Ben Ito", frozenset({StaffRole.TRANSCRIPTIONIST}))
CLEO = Actor("u-cleo", "Cleo Marsh", frozenset({StaffRole.CODER}))
DAN = Actor("u-dan", "Dan Roy", frozenset({StaffRole.PHYSICIAN}))
QUINN = Actor("u-quinn", "Quinn", frozenset({StaffRole.QA}))
PEOPLE = {actor.user_id: actor for actor in (ME, ADA, BEN, CLEO, DAN, QUINN)}

VISIT = (
    ("SPEAKER_00", "Good morning. What brings you in today?"),
    ("SPEAKER_01", "I have had pain in my left knee for three weeks."),
    ("SPEAKER_00", "Are you taking anything for it?"),
    ("SPEAKER_01", "I take ibuprofen 400 mg twice a day. I am allergic to penicillin."),
    ("SPEAKER_00", "Any fever or swelling?"),
    ("SPEAKER_01", "No fever. It is a bit swollen."),
    ("SPEAKER_00", "Do you have any other medical problems?"),
    ("SPEAKER_01", "I have type 2 diabetes and heart failure."),
    ("SPEAKER_00", "Okay. Your heart failure is stable and you have osteoarthritis of the left knee."),
    ("SPEAKER_01", "Okay."),
    ("SPEAKER_00", "Continue ibuprofen and come back in two weeks."),
)


def spoken(turns: tuple[tuple[str, str], ...] = VISIT) -> Transcript:
    """Turns as a timed transcript: 0.4 s a word, half a second between turns."""
    segments, at = [], 0.0
    for speaker, text in turns:
        words = []
        for word in text.split():
            words.append(Word(round(at, 2), round(at + 0.3, 2), f" {word}", 0.9, speaker))
            at += 0.4
        segments.append(Segment(tuple(words)))
        at += 0.5
    roles = (SpeakerRole("SPEAKER_00", Role.CLINICIAN, 0.95), SpeakerRole("SPEAKER_01", Role.PATIENT, 0.9))
    flags = (
        Flag(FlagKind.DRUG, _when(segments, " ibuprofen"), "sounds like another drug", ("ibuprofen", "iodine")),
        Flag(FlagKind.OVERLAP, Interval(0.0, 0.2), "two people spoke at once"),
    )
    return Transcript(tuple(segments), roles=roles, flags=flags, duration=round(at, 2))


def _when(segments: list[Segment], text: str) -> Interval:
    word = next(word for segment in segments for word in segment.words if word.text == text)
    return Interval(word.start, word.end)


@pytest.fixture(scope="session")
def draft() -> tuple[Transcript, Note]:
    """What the pipeline makes of the visit."""
    transcript = spoken()
    config = Config()
    note = pipeline.draft(transcript, config, mode=Mode.VISIT).note
    return transcript, pipeline.code(note, config)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(store=StoreSettings(folder=str(tmp_path / "store")))


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    opened = Store.open(config)
    yield opened
    opened.close()


@pytest.fixture
def app(config: Config, store: Store, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The workbench; whoever is named in the header `X-Test-Person` asks, else the person at this machine."""

    def person(connection: HTTPConnection, *, locked_too: bool) -> Actor:
        return PEOPLE[connection.headers.get("x-test-person", ME.user_id)]

    monkeypatch.setattr(identity, "_actor", person)
    return create_app(config, store=store)


@pytest.fixture
def client_of(app: FastAPI) -> Callable[[Actor], TestClient]:
    """`client_of(BEN)` is Ben's browser."""

    def made(actor: Actor) -> TestClient:
        client = TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)
        client.headers.update({"Origin": ADDRESS, "X-Test-Person": actor.user_id})
        client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
        return client

    return made


@dataclass(frozen=True)
class Opened:
    """An encounter, as one person sees it: `get("transcript")`, `post("note/edits", ...)`."""

    client: TestClient
    id: str

    def get(self, path: str = "", status: int = 200, **options: Any) -> Any:
        return self._body(self.client.get(self._url(path), **options), status)

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return self._body(self.client.post(self._url(path), json=body if body is not None else {}), status)

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        return self._body(self.client.patch(self._url(path), json=body), status)

    def edit(self, document: str, base: int, *ops: dict[str, Any], status: int = 200) -> Any:
        return self.post(f"{document}/edits", {"base_revision": base, "ops": list(ops)}, status)

    def _url(self, path: str) -> str:
        return f"/api/v1/encounters/{self.id}" + (f"/{path}" if path else "")

    @staticmethod
    def _body(response: Any, status: int) -> Any:
        assert response.status_code == status, response.text
        if status >= 400:
            assert response.headers["content-type"] == "application/problem+json"
        return response.json()


@pytest.fixture
def drafted(store: Store, draft: tuple[Transcript, Note]) -> str:
    """Id of an encounter that Ada is to sign, with a draft as a worker leaves it."""
    transcript, note = draft
    with store.begin(ADA) as unit:
        added = unit.encounters.add(
            mode=Mode.VISIT, title="Knee", patient="Grace Hopper", identifier="MRN-7", clinician_id=ADA.user_id
        )
    with store.begin(SYSTEM) as unit:
        unit.revisions.append(added.id, transcript, base=0, reason="draft")
        about = replace(note, encounter=Encounter(added.id, Mode.VISIT))
        unit.revisions.append(added.id, about, base=0, reason="draft")
        unit.encounters.move(added.id, State.DRAFT)
    return added.id


@pytest.fixture
def as_person(client_of: Callable[[Actor], TestClient], drafted: str) -> Callable[[Actor], Opened]:
    """`as_person(BEN)`: the drafted encounter in Ben's browser."""
    return lambda actor: Opened(client_of(actor), drafted)
