"""The same API on PostgreSQL, with a key: a whole day of one encounter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scribe import vault
from scribe.config import Config, StoreSettings
from scribe.store.actor import Actor
from scribe.store.records import RevisionKind
from scribe.store.store import Store
from tests.store.conftest import Server, postgres
from tests.web.api.conftest import ADA, BEN, CLEO, Opened
from tests.web.api.test_note import about

__all__ = ["postgres"]  # the server, as a fixture of this module


@pytest.fixture
def config(postgres: Server, tmp_path: Path) -> Config:
    key = tmp_path / "key"
    key.write_text(vault.as_text(vault.new_key()))
    settings = StoreSettings(url=postgres.database(), folder=str(tmp_path / "store"), key=f"file:{key}")
    return Config(store=settings)


def test_an_encounter_is_found_corrected_coded_signed_and_amended(
    as_person: Callable[[Actor], Opened], store: Store
) -> None:
    ben, ada, cleo = as_person(BEN), as_person(ADA), as_person(CLEO)
    for text, total in (("hopper", 1), ("'; DROP TABLE encounter; --", 0), ("%", 0)):
        found = ben.client.post("/api/v1/encounters/search", json={"text": text}).json()
        assert found["total"] == total
    ben.edit("transcript", 1, {"op": "replace_words", "first": 0, "count": 1, "text": "Very good"})
    merged = ada.edit("transcript", 1, {"op": "resolve_flag", "flag": 0})
    assert merged["merged"] is True
    ben.post("transcript/undo", {"base_revision": 3})
    drug = about(ben.get("note"), "ibuprofen 400")
    ben.edit("note", 1, {"op": "edit_statement", "statement": drug["id"], "text": drug["text"].rstrip(".") + " still."})
    first = cleo.get("codes")["suggestions"][0]
    decision = {"system": first["system"], "code": first["code"], "decision": "accept"}
    assert cleo.post("codes/decisions", {"decisions": [decision]})["suggestions"][0]["status"] == "accepted"
    body = {"base_revision": 2, "attestation": ada.get("checks")["attestation"], "override": "listened to"}
    assert ada.post("sign", body)["status"] == "final"
    assert ada.post("amend", {"base_revision": 3, "reason": "wording"})["can_edit"] is True
    assert ada.post("sign", {**body, "base_revision": 4})["status"] == "amended"
    assert ada.get("statistics")["notes"] == 1
    with store.begin(ADA) as unit:
        assert all(unit.revisions.check(ada.id, kind) == () for kind in RevisionKind)
