"""Every route that reads or changes what is kept of a patient leaves a row in the audit trail, on either database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scribe.config import CaptureSettings, Config, StoreSettings
from scribe.store import audited
from scribe.store.actor import SYSTEM, Actor
from scribe.store.audit import Entry
from scribe.store.records import RecordingKind
from scribe.store.store import Store
from scribe.web.api import events
from scribe.web.live.registry import Registry
from tests.store.conftest import postgres
from tests.web.api.conftest import ADA, BEN, CLEO, DAN

__all__ = ["postgres"]  # the server, as a fixture of this module

ROUTES = Path(__file__).parents[1] / "people" / "routes.txt"
KEEPS = re.compile(r" /api/v1/(encounters|recordings|live|emergency)")
ELSEWHERE = {
    "GET /api/v1/live": "when one's own recordings began, and how long they are",
    "WS /api/v1/live/{recording}/socket": "tests/web/people/test_live.py",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    url = request.getfixturevalue("postgres").database() if request.param == "postgresql" else ""
    capture = CaptureSettings(folder=str(tmp_path / "recordings"))
    return Config(store=StoreSettings(folder=str(tmp_path / "store"), url=url), capture=capture)


class Idle:
    """A driver that does nothing."""

    def abandon(self) -> None:
        pass


class Day:
    """Asks for one thing after the other, and looks at what the trail tells of it."""

    def __init__(self, store: Store, client_of: Callable[[Actor], TestClient], drafted: str, files: dict[str, str]):
        self.store, self.client_of, self.id, self.files = store, client_of, drafted, files
        self.seen = self.rows()[-1].seq
        self.asked: set[str] = set()

    def rows(self) -> list[Entry]:
        with self.store.begin(SYSTEM, read_only=True) as unit:
            return list(reversed(unit.audit.latest(1000)))

    def ask(self, who: Actor, route: str, action: str, body: Any = None, **more: Any) -> Any:
        method, path = route.split()
        url = path.format(encounter_id=self.id, **self.files, **more)
        options = {"content": body} if isinstance(body, bytes) else {"json": body}
        options = {} if method == "GET" else options
        answer = self.client_of(who).request(method, url + more.get("query", ""), **options)
        assert answer.status_code < 300, (route, answer.text)
        new = [row for row in self.rows() if row.seq > self.seen]
        self.seen = new[-1].seq if new else self.seen
        self.asked.add(route)
        told = [row for row in new if row.action == action and row.actor == who.user_id]
        assert told, f"{route} leaves no row {action}: {[row.action for row in new]}"
        if "{" in path:
            assert told[-1].encounter == self.id, f"the row of {route} does not say which encounter"
        assert "Hopper" not in repr([(row.object, row.reason, row.patient) for row in new])
        return answer.json() if "json" in answer.headers.get("content-type", "") else None


@pytest.fixture
def day(
    app: FastAPI,
    config: Config,
    store: Store,
    client_of: Callable[[Actor], TestClient],
    drafted: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Day]:
    monkeypatch.setattr(audited, "AGAIN", timedelta(0))  # what is read twice is told twice
    monkeypatch.setattr(events, "LONGEST", 0.0)
    app.state.live = Registry(config, follow=lambda recording: Idle())
    with store.begin(ADA) as unit:
        kept = [
            unit.recordings.add(drafted, store.blobs.receive([content]), media_type="audio/wav", kind=kind)
            for kind, content in (
                (RecordingKind.ORIGINAL, b"RIFF"),
                (RecordingKind.PLAYBACK, b"RIFFsound"),
                (RecordingKind.PEAKS, b'{"peaks":[]}'),
            )
        ]
    yield Day(store, client_of, drafted, {"recording_id": kept[0].id})
    app.state.live.close()


def _first(note: Any) -> str:
    return str(note["sections"][0]["statements"][0]["id"])


def test_every_route_that_touches_a_patient_is_told(day: Day) -> None:
    of = "/api/v1/encounters/{encounter_id}"
    day.ask(ADA, "POST /api/v1/encounters", "encounter.create", {})
    day.ask(ADA, "POST /api/v1/encounters/search", "encounter.list", {})
    version = day.ask(ADA, f"GET {of}", "encounter.read")["version"]
    day.ask(ADA, f"PATCH {of}", "encounter.edit", {"base_version": version, "title": "Left knee"})
    day.ask(ADA, f"POST {of}/claim", "encounter.claim", {})
    day.ask(ADA, f"POST {of}/release", "encounter.release", {})
    day.ask(ADA, f"GET {of}/events", "encounter.read")
    day.ask(ADA, f"GET {of}/emergencies", "encounter.read")

    day.ask(ADA, f"GET {of}/transcript", "transcript.read")
    words = [{"op": "replace_words", "first": 0, "count": 1, "text": "Fine"}]
    day.ask(ADA, f"POST {of}/transcript/edits", "transcript.edit", {"base_revision": 1, "ops": words})
    day.ask(ADA, f"POST {of}/transcript/undo", "transcript.edit", {"base_revision": 2})
    day.ask(ADA, f"POST {of}/transcript/redo", "transcript.edit", {"base_revision": 3})

    note = day.ask(ADA, f"GET {of}/note", "note.read")
    day.ask(ADA, f"GET {of}/note/statements/{{statement_id}}/why", "note.read", statement_id=_first(note))
    added = {"op": "add_statement", "kind": note["sections"][0]["kind"], "text": "Typed.", "after": None, "id": None}
    day.ask(ADA, f"POST {of}/note/edits", "note.edit", {"base_revision": 1, "ops": [added]})
    day.ask(ADA, f"POST {of}/note/undo", "note.edit", {"base_revision": 2})
    day.ask(ADA, f"POST {of}/note/redo", "note.edit", {"base_revision": 3})
    day.ask(ADA, f"POST {of}/note/redraft", "note.edit", {"base_revision": 4})
    base = day.ask(ADA, f"GET {of}/note", "note.read")["revision"]

    found = day.ask(CLEO, f"GET {of}/codes", "code.read")["suggestions"][0]
    code = {"system": found["system"], "code": found["code"]}
    day.ask(CLEO, f"POST {of}/codes/decisions", "code.decide", {"decisions": [{**code, "decision": "accept"}]})
    day.ask(CLEO, f"POST {of}/codes/order", "code.decide", {"codes": [code]})
    statement = day.ask(ADA, f"GET {of}/note", "note.read")["sections"][0]["statements"][0]
    quote = {"statement_id": statement["id"], "start": 0, "end": 3}
    added = {**code, "quotes": [quote], "reason": "said"}
    day.ask(CLEO, f"POST {of}/codes/add", "code.decide", added)
    day.ask(CLEO, f"POST {of}/codes/refresh", "note.edit", {"base_revision": base})
    asked = {"statement_id": statement["id"], "question": "Which side?"}
    queries = day.ask(CLEO, f"POST {of}/queries", "query.ask", asked)["queries"]
    query = next(item["id"] for item in queries if item["question"] == "Which side?")
    base = day.ask(ADA, f"GET {of}/note", "note.read")["revision"]
    reply = {"base_revision": base, "text": "left"}
    day.ask(ADA, f"POST {of}/queries/{{query_id}}/answer", "query.answer", reply, query_id=query)

    comment = day.ask(BEN, f"POST {of}/comments", "comment.write", {"text": "Look again"})["id"]
    day.ask(BEN, f"GET {of}/comments", "comment.read")
    day.ask(BEN, f"PATCH {of}/comments/{{comment_id}}", "comment.resolve", {"resolved": True}, comment_id=comment)

    day.ask(ADA, f"GET {of}/revisions", "encounter.read")
    day.ask(ADA, f"GET {of}/diff", "note.read", query="?kind=note&old=1&new=2")
    day.ask(ADA, f"GET {of}/documents", "encounter.read")
    for name in ("text", "html", "fhir", "json", "docx"):
        day.ask(ADA, f"GET {of}/documents/{{format}}", "document.export", format=name)

    day.ask(ADA, "GET /api/v1/recordings/{recording_id}", "recording.describe")
    day.ask(ADA, "GET /api/v1/recordings/{recording_id}/audio", "recording.read")
    day.ask(ADA, "GET /api/v1/recordings/{recording_id}/peaks", "recording.read")
    wav = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
    day.ask(ADA, "POST /api/v1/recordings", "recording.create", wav)
    live = {"mode": "visit", "consent": "Everyone in the room agreed."}
    day.ask(ADA, "POST /api/v1/live", "recording.begin", live)
    day.ask(ADA, "POST /api/v1/live", "recording.consent", live)

    day.ask(ADA, f"POST {of}/state", "encounter.state", {"to": "awaiting_signature", "reason": ""})
    sentence = day.ask(ADA, f"GET {of}/checks", "note.read")
    sign = {"base_revision": base, "attestation": sentence["attestation"], "override": "listened to"}
    signed = day.ask(ADA, f"POST {of}/sign", "note.sign", sign)["revision"]
    more = {"base_revision": signed, "text": "More.", "attestation": sentence["addendum_attestation"]}
    longer = day.ask(ADA, f"POST {of}/addenda", "note.sign", more)["revision"]
    day.ask(ADA, f"GET {of}/statistics", "note.read")
    day.ask(ADA, f"POST {of}/amend", "note.edit", {"base_revision": longer, "reason": "wording"})

    why = {"reason": "unconscious in the emergency room"}
    day.ask(DAN, "POST /api/v1/emergency/search", "emergency.search", {"text": "hopper", **why})
    day.ask(DAN, "POST /api/v1/emergency/{encounter_id}", "emergency.access", why)

    wanted = {line.rsplit(" ", 1)[0] for line in ROUTES.read_text().splitlines() if KEEPS.search(line)}
    assert wanted - set(ELSEWHERE) == day.asked
    assert day.store.verify_audit().intact


def test_a_recording_that_cannot_be_told_is_not_begun(
    day: Day, config: Config, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: Any, **given: Any) -> Any:
        raise OSError(28, "No space left on device")

    client = day.client_of(ADA)
    monkeypatch.setattr(store.auditor.trail, "append", gone)
    answer = client.post("/api/v1/live", json={"mode": "dictation"})
    assert answer.status_code >= 500
    assert not [path for path in Path(config.capture.folder).iterdir() if path.is_dir()]
