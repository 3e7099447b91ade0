"""What is sent again after its answer was lost has its effect once, and what is committed is never called failed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from scribe.errors import StoreError, UnsureError
from scribe.store import purge
from scribe.store.actor import ME, SYSTEM, Actor
from scribe.store.records import Filter
from scribe.store.store import Store
from scribe.store.tables import once
from scribe.web import routers
from scribe.web.api import comments
from scribe.web.once import OnceRoute, idempotency_key
from tests.web.api.conftest import ADA, BEN, Opened

KEYED = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
READS_ONLY = {"/api/v1/encounters/search", "/api/v1/codes/search"}


@pytest.fixture
def client(client_of: Callable[[Actor], TestClient]) -> TestClient:
    return client_of(ADA)


def count(store: Store) -> int:
    with store.begin(SYSTEM, read_only=True) as unit:
        return unit.encounters.find(Filter()).total


def test_a_request_that_is_sent_again_gets_the_same_answer(client: TestClient, store: Store) -> None:
    answers = [client.post("/api/v1/encounters", json={"title": "Knee"}, headers=KEYED) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["content-type"] == answers[1].headers["content-type"]
    assert count(store) == 1


def test_without_a_key_each_request_counts(client: TestClient, store: Store) -> None:
    for _ in range(2):
        assert client.post("/api/v1/encounters", json={}).status_code == 201
    assert count(store) == 2


def test_a_key_is_for_one_request(client: TestClient, store: Store) -> None:
    client.post("/api/v1/encounters", json={"title": "Knee"}, headers=KEYED)
    other = client.post("/api/v1/encounters", json={"title": "Hip"}, headers=KEYED)
    assert (other.status_code, other.json()["code"]) == (422, "key-used")
    assert count(store) == 1


def test_a_key_is_of_one_person(client_of: Callable[[Actor], TestClient], store: Store) -> None:
    for person in (ADA, BEN):
        assert client_of(person).post("/api/v1/encounters", json={}, headers=KEYED).status_code == 201
    assert count(store) == 2


def test_what_was_refused_is_tried_again(as_person: Callable[[Actor], Opened]) -> None:
    ada = as_person(ADA)
    url = f"/api/v1/encounters/{ada.id}/transcript/undo"
    refused = ada.client.post(url, json={"base_revision": 1}, headers=KEYED)
    assert refused.status_code == 409
    ada.edit("transcript", 1, {"op": "resolve_flag", "flag": 0})
    assert ada.client.post(url, json={"base_revision": 1}, headers=KEYED).status_code == 200


def test_an_undo_that_is_sent_again_undoes_once(as_person: Callable[[Actor], Opened]) -> None:
    ada = as_person(ADA)
    for number, text in enumerate(("Fine", "Well"), 1):
        ada.edit("transcript", number, {"op": "replace_words", "first": 0, "count": 1, "text": text})
    url = f"/api/v1/encounters/{ada.id}/transcript/undo"
    answers = [ada.client.post(url, json={"base_revision": 3}, headers=KEYED) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert ada.get("transcript")["revision"] == 4


def test_the_same_file_with_the_same_key_is_one_upload(client: TestClient, store: Store) -> None:
    wav = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
    answers = [client.post("/api/v1/recordings", content=wav, headers=KEYED) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    other = client.post("/api/v1/recordings", content=wav + b"x", headers=KEYED)
    assert other.status_code == 422
    assert not list((store.blobs.folder / "incoming").iterdir())


def test_a_request_that_is_at_work_is_not_done_beside(
    client_of: Callable[[Actor], TestClient], as_person: Callable[[Actor], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, entered, go_on = as_person(ADA), threading.Event(), threading.Event()
    shown = comments._shown

    def slowly(item: Any) -> Any:
        entered.set()
        assert go_on.wait(60)
        return shown(item)

    monkeypatch.setattr(comments, "_shown", slowly)
    url, answers = f"/api/v1/encounters/{ada.id}/comments", []

    def send() -> None:
        answers.append(ada.client.post(url, json={"text": "Look again"}, headers=KEYED))

    first = threading.Thread(target=send)
    first.start()
    assert entered.wait(60)
    beside = client_of(ADA).post(url, json={"text": "Look again"}, headers=KEYED)
    go_on.set()
    first.join(60)
    assert (beside.status_code, beside.json()["code"]) == (409, "in-flight")
    assert answers[0].status_code == 201
    assert len(ada.get("comments")["comments"]) == 1


def test_an_answer_that_cannot_be_made_saves_nothing(
    as_person: Callable[[Actor], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = as_person(ADA)
    monkeypatch.setattr(comments.CommentOut, "model_dump_json", lambda self, **given: 1 / 0)
    answer = ada.client.post(f"/api/v1/encounters/{ada.id}/comments", json={"text": "Look again"})
    assert answer.status_code == 500
    monkeypatch.undo()
    assert ada.get("comments")["comments"] == []


@pytest.fixture
def committed_unheard(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that commits, and whose answer to the next commit is lost."""
    transaction, lose = store.transaction, [True]

    def losing(**given: Any) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def within() -> Iterator[Any]:
            with transaction(**given) as connection:
                yield connection
            if not given.get("read_only") and lose:
                lose.pop()
                raise UnsureError("the database went away while it saved")

        return within()

    monkeypatch.setattr(store, "transaction", losing)


@pytest.mark.usefixtures("committed_unheard")
def test_a_change_whose_commit_was_not_heard_is_not_called_failed(client: TestClient, store: Store) -> None:
    assert client.post("/api/v1/encounters", json={}, headers=KEYED).status_code == 201
    assert count(store) == 1


@pytest.mark.usefixtures("committed_unheard")
def test_without_a_key_it_says_that_it_does_not_know(client: TestClient, store: Store) -> None:
    answer = client.post("/api/v1/encounters", json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "unsure")
    assert count(store) == 1


def test_a_full_checkpoint_disk_is_no_reason_to_call_a_change_failed(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **given: Any) -> Any:
        raise StoreError("cannot write the checkpoint (No space left on device)")

    monkeypatch.setattr(store.auditor.witness, "attest", full)
    answers = [client.post("/api/v1/encounters", json={}).status_code for _ in range(60)]
    assert answers == [201] * 60
    assert count(store) == 60


def test_answers_go_with_the_encounter_that_is_purged(as_person: Callable[[Actor], Opened], store: Store) -> None:
    ada = as_person(ADA)
    url = f"/api/v1/encounters/{ada.id}/comments"
    ada.client.post(url, json={"text": "canary"}, headers=KEYED)
    with store.transaction(read_only=True) as connection:
        assert connection.execute(once.select()).first() is not None
    purge.forget(store, ada.id, ME, reason="asked for")
    with store.transaction(read_only=True) as connection:
        assert connection.execute(once.select()).first() is None


def test_a_repeated_answer_is_told_in_the_audit_trail(as_person: Callable[[Actor], Opened], store: Store) -> None:
    ada = as_person(ADA)
    for _ in range(2):
        ada.client.post(f"/api/v1/encounters/{ada.id}/comments", json={"text": "Look"}, headers=KEYED)
    with store.begin(SYSTEM, read_only=True) as unit:
        assert [row.encounter for row in unit.audit.latest(10, action="answer.again")] == [ada.id]


def test_every_route_that_changes_through_the_desk_takes_a_key() -> None:
    for router in routers.routers():
        for route in router.routes:
            names = {item.name for item in route.dependant.dependencies} if hasattr(route, "dependant") else set()
            if "desk" not in names or not getattr(route, "methods", set()) & {"POST", "PATCH", "PUT", "DELETE"}:
                continue
            if "/vocabulary" not in route.path:  # a list of words: adding one again changes nothing
                assert isinstance(route, OnceRoute), route.path


def test_what_would_be_there_twice_takes_a_key() -> None:
    keyed = {
        (method, route.path)
        for router in routers.routers()
        for route in router.routes
        if hasattr(route, "dependant") and any(one.call is idempotency_key for one in route.dependant.dependencies)
        for method in route.methods
    }
    assert {("POST", "/api/v1/users"), ("POST", "/api/v1/tokens"), ("POST", "/api/v1/live")} <= keyed
