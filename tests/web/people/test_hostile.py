"""What strangers send: requests of every form, markup in names and words, SQL in a search; and what logs keep of it."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.core import NOT_SET

from scribe.config import CaptureSettings, Config
from scribe.sections import catalog
from scribe.store.actor import ME, SYSTEM
from scribe.store.records import State
from scribe.store.store import Store
from scribe.types import (
    Encounter,
    Interval,
    Mode,
    Note,
    Role,
    SectionKind,
    Segment,
    Span,
    SpeakerRole,
    Statement,
    Transcript,
    Word,
)
from scribe.web.app import create_app
from scribe.web.serve import WithoutQuery

ADDRESS = "http://127.0.0.1:8765"
CANARY = "Quetzalcoatlus"  # said by the patient; belongs in no log
LOGGERS = ("", "uvicorn", "uvicorn.error", "uvicorn.access", "scribe", "sqlalchemy.engine", "fastapi", "asyncio")
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=document.title='owned'>{{7*7}}"


def with_a_draft(store: Store, words: str, name: str) -> dict[str, str]:
    """An encounter of whoever sits at this machine, whose transcript and note say `words`; ids by parameter."""
    file = store.blobs.receive([b"RIFF"])
    said = tuple(Word(i * 0.4, i * 0.4 + 0.3, f" {word}", 0.9, "SPEAKER_00") for i, word in enumerate(words.split(" ")))
    transcript = Transcript(
        (Segment(said),), roles=(SpeakerRole("SPEAKER_00", Role.PATIENT, 0.9, name),), duration=len(said) * 0.4
    )
    with store.begin(ME) as unit:
        made = unit.encounters.add(mode=Mode.VISIT, title=name, patient=name, identifier=name)
        recording = unit.recordings.add(made.id, file, media_type="audio/wav", name=f"{name}.wav", seconds=4.0)
    statement = Statement("s1", words, heard=(Span(0, len(words)),), seconds=(Interval(0.0, 2.0),))
    note = Note("", Encounter(made.id, Mode.VISIT), (catalog.section(SectionKind.PLAN, (statement,)),))
    with store.begin(SYSTEM) as unit:
        job = unit.jobs.enqueue(made.id, "draft", audio_sha256=file.sha256, config_hash="0" * 64)
        unit.revisions.append(made.id, transcript, base=0, reason="draft")
        unit.revisions.append(made.id, note, base=0, reason="draft")
        unit.encounters.move(made.id, State.DRAFT)
    with store.begin(ME) as unit:
        query = unit.queries.ask(made.id, words, options=(words, "right"))
        comment = unit.comments.add(made.id, words)
    ids = {"encounter_id": made.id, "recording_id": recording.id, "recording": recording.id, "job_id": job.id}
    return {**ids, "query_id": query.id, "query": query.id, "comment_id": comment.id, "comment": comment.id}


def settings_of(store: Store) -> Config:
    return Config(store=store.settings, capture=CaptureSettings(folder=str(store.place.folder / "recordings")))


def visitor(app: FastAPI) -> TestClient:
    """A browser that has opened the workbench."""
    client = TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)
    client.headers["Origin"] = ADDRESS
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
    return client


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    from datetime import UTC, datetime

    return new_store(lambda: datetime.now(UTC))


def test_no_request_of_the_described_form_makes_the_server_fail(store: Store) -> None:
    """Schemathesis, with a fixed seed, on every operation of the document in single-user mode."""
    app = create_app(settings_of(store), store=store)
    ids = with_a_draft(store, "I have pain in my left knee", "Jane Doe")
    client = visitor(app)
    client.__enter__()  # its services run
    schema = schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json").json())
    failures: list[str] = []
    tried = 0

    def attempt(case: Any) -> None:
        nonlocal tried
        path = re.sub(r"{(\w+)}", lambda match: _id(ids, case, match[1]), case.path)
        body = {} if case.body is NOT_SET else {"json": case.body}
        if case.media_type == "application/octet-stream" and body:
            body = {"content": case.body if isinstance(case.body, bytes) else b"x"}
        headers = {name: str(value).encode("latin-1", "replace") for name, value in (case.headers or {}).items()}
        answer = client.request(case.method, path, params=case.query, headers=headers, **body)
        tried += 1
        if answer.status_code >= 500:
            failures.append(f"{case.method} {case.path}: {answer.status_code} {answer.json().get('code')}")

    limits = settings(max_examples=5, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    for result in schema.exclude(path_regex="/events$").get_all_operations():  # a stream that does not end
        limits(given(case=result.ok().as_strategy())(attempt))()
    client.__exit__()
    assert not failures, sorted(set(failures))
    assert tried > 100


def _id(ids: dict[str, str], case: Any, name: str) -> str:
    """The id of something that is there, so that the request gets as far as it can."""
    return quote(ids.get(name) or str(case.path_parameters[name]), safe="")


def test_what_a_patient_said_is_in_no_log_and_no_address(
    store: Store, serve: Callable[..., str], loopback: None, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Every operation over a real server, with words and names that hold the canary, all logs open at DEBUG."""
    app = create_app(settings_of(store), store=store)
    ids = with_a_draft(store, f"{CANARY} bit my left knee", f"{CANARY} Doe")

    @app.get("/api/v1/breaks", include_in_schema=False)
    def breaks() -> None:
        raise RuntimeError(CANARY)

    caplog.set_level(logging.DEBUG)
    for ours in ("httpx", "httpcore"):  # the client of this test
        caplog.set_level(logging.CRITICAL, logger=ours)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    for name in LOGGERS:
        logging.getLogger(name).addHandler(handler)
    address = serve(app, log_level="debug", access_log=True, log_config=None)
    logging.getLogger("uvicorn.access").addFilter(WithoutQuery())
    with httpx.Client(base_url=address, headers={"Origin": address}, trust_env=False, timeout=60) as client:
        client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
        paths = client.get("/api/v1/openapi.json").json()["paths"]
        assert CANARY not in json.dumps(paths)
        seen = ""
        for path, operations in paths.items():
            url = re.sub(r"{(\w+)}", lambda match: ids.get(match[1], "unknown"), path)
            if path.endswith("/events"):
                continue
            for method in operations:
                body = {"text": CANARY, "find": CANARY, "name": CANARY, "password": CANARY, "base_revision": CANARY}
                answer = client.request(method, url, params={"q": CANARY}, json=body)
                seen += answer.text
                assert answer.status_code < 500 or answer.status_code == 503
        assert client.post("/api/v1/encounters/search", json={"text": CANARY}).json()["total"] == 1
        assert client.get("/api/v1/breaks").status_code == 500
        assert client.get("/encounters/unknown", params={"name": CANARY}).status_code in (200, 404)
    assert CANARY in seen, "the answers do hold it"
    for name in LOGGERS:
        logging.getLogger(name).removeHandler(handler)
    logs = written.getvalue() + caplog.text
    assert "RuntimeError at" in logs
    assert "/api/v1/encounters/search" in logs, "the access log is on"
    assert CANARY not in logs, [line for line in logs.splitlines() if CANARY in line][:3]


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE encounter; --", "' OR 1=1 --", "%", "_", "\\", "\x00", '" UNION SELECT * FROM person --', "😀"],
)
def test_sql_in_a_search_finds_nothing_and_breaks_nothing(store: Store, text: str) -> None:
    with_a_draft(store, "I have pain", "Jane Doe")
    client = visitor(create_app(settings_of(store), store=store))
    answer = client.post("/api/v1/encounters/search", json={"text": text})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert answer.json()["total"] == 0
    assert client.post("/api/v1/encounters/search", json={"text": "jane"}).json()["total"] == 1


def test_markup_in_a_name_or_in_what_was_said_stays_text(
    store: Store, serve: Callable[..., str], loopback: None, new_page: Callable[..., Any]
) -> None:
    ids = with_a_draft(store, HOSTILE, HOSTILE)
    address = serve(create_app(settings_of(store), store=store))
    page = new_page()
    pages = {
        "/": "#rows [role=listitem]",
        f"/encounters/{ids['encounter_id']}": "main",
        f"/encounters/{ids['encounter_id']}/sign": "main",
        "/audit": "#rows tr",
        "/people": "#add",
    }
    for path, drawn in pages.items():
        page.goto(address + path)
        page.locator(drawn).first.wait_for()
        page.wait_for_load_state("networkidle")
        assert "owned" not in page.title()
        assert page.locator("img[src=x]").count() == 0, path
        assert page.locator("script:not([src])").count() == 0, path
        assert "49" not in page.locator("main").inner_text().split(), path
    page.goto(address)
    page.get_by_text("<script>").first.wait_for()
