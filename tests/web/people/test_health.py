"""Whether the workbench says in time that it can take in no changes, and says no more than that to anybody."""

from __future__ import annotations

from typing import Any

import pytest

from scribe.errors import StoreError
from scribe.store import auditor, health
from scribe.store.actor import ME
from scribe.store.witness import EVERY
from scribe.web import health as shown

HEALTH, DETAILS = "/api/v1/health", "/api/v1/health/details"
NAMES = ["database", "folder", "recordings", "checkpoints", "room"]


@pytest.fixture(autouse=True)
def looked_at_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "AGAIN", 0.0)
    monkeypatch.setattr(auditor, "RETRY", 0.0)


def not_ready(clinic: Any) -> list[str]:
    answer = clinic.visitor().get(HEALTH)
    names = [check["name"] for check in answer.json()["checks"] if not check["ready"]]
    assert answer.status_code == (503 if names else 200)
    assert answer.json()["ready"] == (not names)
    assert str(clinic.store.place.folder) not in answer.text
    return names


def test_all_is_well(clinic: Any) -> None:
    assert not_ready(clinic) == []
    assert [check["name"] for check in clinic.visitor().get(HEALTH).json()["checks"]] == NAMES


def test_checkpoints_that_cannot_be_written_show_until_they_are(clinic: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **given: Any) -> Any:
        raise StoreError("cannot write the file (No space left on device): check store.checkpoints")

    witness = clinic.store.auditor.witness
    with monkeypatch.context() as disk:
        disk.setattr(witness, "_append", full)
        for _ in range(EVERY):
            with clinic.store.begin(ME) as unit:
                unit.encounters.add(patient="Jane Doe")
        assert not_ready(clinic) == ["checkpoints"]
        details = clinic.as_("admin").get(DETAILS).json()
        assert ["No space left" in check["trouble"] for check in details["checks"] if not check["ready"]] == [True]
    assert not_ready(clinic) == [], "asking has written it"
    assert clinic.store.verify_audit().checkpoints > 0


def test_little_room_and_a_folder_that_is_away_show(clinic: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as disk:
        disk.setattr(health, "LITTLE_ROOM", 1 << 62)
        assert not_ready(clinic) == ["room"]
    with monkeypatch.context() as disk:

        def away(*args: Any) -> Any:
            raise OSError(28, "No space left on device")

        disk.setattr(health.os, "open", away)
        assert not_ready(clinic) == ["folder", "recordings"]


def test_a_database_that_is_away_shows(clinic: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**given: Any) -> Any:
        raise StoreError("the database cannot be reached")

    visitor = clinic.visitor()
    monkeypatch.setattr(clinic.store, "transaction", away)
    answer = visitor.get(HEALTH)
    assert (answer.status_code, answer.json()["checks"][0]) == (503, {"name": "database", "ready": False})
