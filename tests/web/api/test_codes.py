"""Codes over the API: evidence that leads to the sound, decisions that stay, questions and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scribe.store.actor import SYSTEM, Actor
from scribe.store.store import Store
from scribe.types import Query
from scribe.web.schemas.codes import CodesOut
from tests.web.api.conftest import ADA, BEN, CLEO, Opened
from tests.web.api.test_note import about, statements

Person = Callable[[Actor], Opened]
A_CODE = {"system": "icd10cm", "code": "A00.0"}
NOWHERE = {"statement_id": "none", "start": 0, "end": 3}


def by_code(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["code"]: item for item in body["suggestions"]}


def decide(opened: Opened, *decisions: dict[str, Any], status: int = 200) -> Any:
    return opened.post("codes/decisions", {"decisions": list(decisions)}, status)


def test_candidates_lead_to_the_words_and_the_second(as_person: Person) -> None:
    cleo = as_person(CLEO)
    body = cleo.get("codes")
    CodesOut.model_validate(body)
    words = cleo.get("transcript")["words"]
    note = cleo.get("note")
    assert body["suggestions"]
    for item in body["suggestions"]:
        assert (item["status"], item["decided_by"]) == ("proposed", None)
        for evidence in item["evidence"]:
            assert evidence["text"]
            assert evidence["seconds"]
    knee = next(item for item in body["suggestions"] if "knee" in item["display"].lower())
    found = knee["evidence"][0]
    said = [word["text"].strip(" .,").lower() for word in words if word["start"] >= found["seconds"][0]["start"]]
    assert found["text"].lower().split()[0] in said[:6]
    assert body["note_revision"] == note["revision"]
    assert body["stale"] is False
    assert body["worksheet"] is None or body["worksheet"]["elements"]


def test_decisions_are_taken_changed_and_survive_edits_of_the_note(as_person: Person) -> None:
    cleo, ben = as_person(CLEO), as_person(BEN)
    first, second, *_ = cleo.get("codes")["suggestions"]
    name, other = ({"system": item["system"], "code": item["code"]} for item in (first, second))
    body = decide(cleo, {**name, "decision": "accept"}, {**other, "decision": "reject", "reason": "not treated"})
    accepted, rejected = by_code(body)[first["code"]], by_code(body)[second["code"]]
    assert (accepted["status"], accepted["decided_by"]) == ("accepted", CLEO.name)
    assert (rejected["status"], rejected["reason"]) == ("rejected", "not treated")
    ordered = cleo.post("codes/order", {"codes": [other, name]})
    assert [item["code"] for item in ordered["suggestions"][:2]] == [second["code"], first["code"]]
    ben.edit("note", 1, {"op": "add_statement", "kind": "plan", "text": "Ice.", "after": None})
    body = cleo.get("codes")
    assert body["stale"] is True
    assert by_code(body)[first["code"]]["status"] == "accepted"
    refreshed = cleo.post("codes/refresh", {"base_revision": 2})
    assert (refreshed["stale"], refreshed["note_revision"]) == (False, 3)
    assert by_code(refreshed)[second["code"]]["status"] == "rejected"
    reset = decide(cleo, {**other, "decision": "reset"})
    assert by_code(reset)[second["code"]]["status"] == "proposed"
    assert cleo.post("codes/refresh", {"base_revision": 2}, 409)["revision"] == 3


def test_a_code_is_searched_for_and_put_in_place_of_another(as_person: Person) -> None:
    cleo = as_person(CLEO)
    first = cleo.get("codes")["suggestions"][0]
    search = {"system": "icd10cm", "text": "bilateral primary osteoarthritis of knee", "encounter_id": cleo.id}
    found = cleo.client.post("/api/v1/codes/search", json=search).json()["codes"][0]
    assert found["code"] == "M17.0"
    decision = {"system": "icd10cm", "code": first["code"], "decision": "replace", "by": "m17.0", "reason": "both"}
    body = decide(cleo, decision)
    new = by_code(body)["M17.0"]
    assert (new["status"], new["replaces"], new["billable"]) == ("accepted", first["code"], True)
    assert new["evidence"] == first["evidence"]
    assert by_code(body)[first["code"]]["status"] == "rejected"


def test_a_code_is_added_with_its_words_and_goes_with_them(as_person: Person) -> None:
    cleo, ben = as_person(CLEO), as_person(BEN)
    allergy = about(cleo.get("note"), "penicillin")
    start = allergy["text"].lower().index("penicillin")
    quote = {"statement_id": allergy["id"], "start": start, "end": start + 10}
    added = cleo.post("codes/add", {"system": "icd10cm", "code": "Z88.0", "quotes": [quote]})
    item = by_code(added)["Z88.0"]
    assert (item["status"], item["added_by"] or "", item["evidence"][-1]["text"].lower()) == (
        "accepted",
        CLEO.name,
        "penicillin",
    )
    ben.edit("note", 1, {"op": "edit_statement", "statement": allergy["id"], "text": "Known: " + allergy["text"]})
    moved = by_code(cleo.get("codes"))["Z88.0"]["evidence"][-1]
    assert (moved["text"].lower(), moved["span"]["start"]) == ("penicillin", start + 7)
    ben.edit("note", 2, {"op": "edit_statement", "statement": allergy["id"], "text": "No known allergies."})
    gone = cleo.get("codes")
    assert "Z88.0" not in by_code(gone)
    assert any("Z88.0" in warning and CLEO.name in warning for warning in gone["warnings"])


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("codes/decisions", {"decisions": [{**A_CODE, "decision": "accept"}]}, "no-candidate"),
        ("codes/decisions", {"decisions": [{**A_CODE, "decision": "replace"}]}, "no-candidate"),
        ("codes/add", {**A_CODE, "code": "NOPE", "quotes": [NOWHERE]}, "no-code"),
        ("codes/add", {**A_CODE, "quotes": [NOWHERE]}, "quote"),
        ("codes/add", {**A_CODE, "system": "icd11", "quotes": [NOWHERE]}, "no-system"),
        ("codes/add", {**A_CODE, "quotes": []}, "invalid"),
        ("queries", {"statement_id": "none", "question": "Why?"}, "statement"),
    ],
)
def test_what_is_not_there_is_refused(as_person: Person, path: str, body: dict[str, Any], code: str) -> None:
    assert as_person(CLEO).post(path, body, 422)["code"] == code
    assert all(item["status"] == "proposed" for item in as_person(CLEO).get("codes")["suggestions"])


def test_only_physicians_and_coders_decide(as_person: Person) -> None:
    first = as_person(BEN).get("codes")["suggestions"][0]
    decision = {"system": first["system"], "code": first["code"], "decision": "accept"}
    assert decide(as_person(BEN), decision, status=403)["code"] == "forbidden"
    assert decide(as_person(ADA), decision)


def test_a_coder_asks_and_the_physician_answers(as_person: Person) -> None:
    cleo, ada = as_person(CLEO), as_person(ADA)
    statement = about(cleo.get("note"), "penicillin")["id"]
    asked = cleo.post("queries", {"statement_id": statement, "question": "Which knee?", "options": ["left", "right"]})
    query = asked["queries"][-1]
    assert (query["asked_by"], query["options"]) == (CLEO.name, ["left", "right", "other", "unable to determine"])
    path = f"queries/{query['id']}/answer"
    assert cleo.post(path, {"base_revision": 1, "text": "left"}, 403)
    assert ada.post(path, {"base_revision": 1, "text": "sideways"}, 422)["code"] == "answer"
    answered = ada.post(path, {"base_revision": 1, "text": "Left"})["queries"][-1]["answer"]
    assert (answered["text"], answered["author"]) == ("Left", ADA.name)
    assert ada.post(path, {"base_revision": 1, "text": "right"}, 409)["code"] == "conflict"
    assert ada.post("queries/none/answer", {"base_revision": 1, "text": "right"}, 404)


def test_an_answer_to_a_question_of_the_machine_becomes_a_statement(as_person: Person, store: Store) -> None:
    ada = as_person(ADA)
    statement = about(ada.get("note"), "heart failure")["id"]
    options = ("systolic", "diastolic", "other", "unable to determine")
    asked = Query(statement, "Which type of heart failure?", options, "Q1", "type", "heart failure")
    with store.begin(SYSTEM) as unit:
        note = unit.revisions.note(ada.id).document
        unit.revisions.append(ada.id, replace(note, queries=(asked,)), base=1, reason="draft")
    path = "queries/Q1/answer"
    assert ada.post(path, {"base_revision": 2, "text": "nonsense"}, 422)["code"] == "input"
    body = ada.post(path, {"base_revision": 2, "text": "other: systolic"})
    answer = next(item for item in body["queries"] if item["id"] == "Q1")["answer"]
    assert (answer["author"], body["note_revision"], body["stale"]) == (ADA.name, 3, False)
    (typed,) = [item for item in statements(ada.get("note")) if item["id"] == answer["statement_id"]]
    assert (typed["author"], "systolic" in typed["text"].lower()) == (ADA.name, True)
    assert ada.post(path, {"base_revision": 3, "text": "diastolic"}, 422)["code"] == "input"
