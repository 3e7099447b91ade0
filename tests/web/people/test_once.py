"""Accounts, tokens and recordings that are asked for again after the answer was lost are there once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scribe.web.live.registry import Registry

KEYED = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
ACCOUNT = {"login": "ada", "name": "Ada", "roles": ["coder"]}


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_an_account_is_made_once_and_its_password_is_kept_nowhere(clinic: Any, tmp_path: Path) -> None:
    admin = clinic.as_("admin")
    first, again = [admin.post("/api/v1/users", json=ACCOUNT, headers=KEYED) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "made-before")
    assert again.headers["content-type"] == "application/problem+json"
    person = first.json()["user"]["id"]
    assert again.json()["id"] == person
    assert sum(user["login"] == "ada" for user in admin.get("/api/v1/users").json()) == 1
    assert first.json()["password"].encode() not in everything(tmp_path)
    new = admin.post(f"/api/v1/users/{person}/password").json()["password"]
    assert clinic.sign_in(clinic.visitor(), "ada", new).status_code == 200, "as the answer says"


def test_an_account_without_a_password_is_answered_as_before(clinic: Any) -> None:
    admin = clinic.as_("admin")
    asked = {**ACCOUNT, "subject": "ada@example.org"}
    first, again = [admin.post("/api/v1/users", json=asked, headers=KEYED) for _ in range(2)]
    assert (again.status_code, again.content) == (201, first.content)


def test_a_token_is_made_once_and_its_text_is_kept_nowhere(clinic: Any, tmp_path: Path) -> None:
    admin = clinic.as_("admin")
    asked = {"person_id": clinic.ids["coder"], "name": "feed", "scopes": ["encounter:list"]}
    first, again = [admin.post("/api/v1/tokens", json=asked, headers=KEYED) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "made-before")
    assert [token["id"] for token in admin.get("/api/v1/tokens").json()] == [again.json()["id"]]
    assert first.json()["text"].encode() not in everything(tmp_path)
    other = admin.post("/api/v1/tokens", json={**asked, "name": "other"}, headers=KEYED)
    assert (other.status_code, other.json()["code"]) == (422, "key-used")


def test_a_recording_begins_once(clinic: Any) -> None:
    doctor = clinic.as_("physician")
    asked = {"mode": "visit", "consent": "All agreed."}
    answers = [doctor.post("/api/v1/live", json=asked, headers=KEYED) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    (left,) = doctor.get("/api/v1/live").json()["recordings"]
    assert {answer.json()["id"] for answer in answers} == {left["id"]}
    assert doctor.post("/api/v1/live", json=asked).json()["id"] != left["id"]


def test_of_two_that_begin_under_one_key_one_is_left(clinic: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process is faster: ours is discarded, and the answer is theirs."""
    doctor = clinic.as_("physician")
    asked = {"mode": "dictation"}
    begin = Registry.begin
    within: list[str] = []

    def beaten(self: Registry, *given: Any) -> Any:
        if not within:
            within.append("")
            from scribe.web import desk

            monkeypatch.setattr(desk, "_at_work", set())  # that of the other process
            within[0] = doctor.post("/api/v1/live", json=asked, headers=KEYED).json()["id"]
        return begin(self, *given)

    monkeypatch.setattr(Registry, "begin", beaten)
    assert doctor.post("/api/v1/live", json=asked, headers=KEYED).json()["id"] == within[0]
    assert [item["id"] for item in doctor.get("/api/v1/live").json()["recordings"]] == within
