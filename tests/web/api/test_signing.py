"""From a checked draft to a signed record: checks, signature, addendum, amendment, history, statistics, documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scribe import serial
from scribe.plugins import names
from scribe.store.actor import ME, Actor
from scribe.store.records import RevisionKind
from scribe.store.store import Store
from tests.web.api.conftest import ADA, BEN, CLEO, DAN, QUINN, Opened
from tests.web.api.test_note import about, statements

Person = Callable[[Actor], Opened]


def sign(opened: Opened, base: int, status: int = 200, **more: Any) -> Any:
    body = {"base_revision": base, "attestation": opened.get("checks")["attestation"], **more}
    return opened.post("sign", body, status)


def settled(as_person: Person) -> int:
    """Ben checks the one grave flag; the revision of the note that can be signed."""
    as_person(BEN).edit("transcript", 1, {"op": "resolve_flag", "flag": 0})
    return 1


def test_checks_tell_what_blocks_and_what_is_only_to_be_known(as_person: Person) -> None:
    ben, ada, cleo = as_person(BEN), as_person(ADA), as_person(CLEO)
    note = ben.get("note")
    drug, allergy = about(note, "ibuprofen 400"), about(note, "penicillin")
    before = ada.get("checks")
    assert before["ready"] is False
    flag = before["findings"][0]
    assert (flag["kind"], flag["severity"], flag["flag"], flag["flag_kind"]) == ("flag", "block", 0, "drug")
    assert flag["statement_id"] == drug["id"]
    assert {item["flag_kind"] for item in before["findings"] if item["severity"] == "notice"} == {"overlap"}
    ben.edit("transcript", 1, {"op": "resolve_flag", "flag": 0}, {"op": "mark_inaudible", "first": 12, "count": 1})
    text = allergy["text"].lower().replace("penicillin", "____")
    ben.edit(
        "note",
        1,
        {"op": "edit_statement", "statement": drug["id"], "text": drug["text"].replace("400", "800")},
        {"op": "edit_statement", "statement": allergy["id"], "text": text},
        {"op": "add_statement", "kind": "plan", "text": "Ice the knee."},
    )
    cleo.post("queries", {"statement_id": drug["id"], "question": "Since when?"})
    ben.post("comments", {"text": "Please look.", "statement_id": drug["id"]}, 201)
    after = ada.get("checks")
    found = {(item["kind"], item["severity"], item["statement_id"]): item for item in after["findings"]}
    assert set(found[("changed", "block", drug["id"])]["detail"]) & {"dose", "number"}
    assert ("blank", "block", allergy["id"]) in found
    kinds = {(kind, severity) for kind, severity, _ in found}
    assert kinds >= {("blank", "block"), ("query", "block"), ("outdated", "block"), ("typed", "notice")}
    assert kinds >= {("codes", "notice"), ("comment", "notice")}
    assert "ibuprofen" not in str([item["title"] for item in after["findings"]]).lower()


def test_what_blocks_is_settled_or_overridden_with_a_reason(as_person: Person) -> None:
    ada = as_person(ADA)
    assert sign(ada, 1, 409)["code"] == "unsettled"
    assert ada.post("sign", {"base_revision": 1, "attestation": "ok"}, 422)["code"] == "attestation"
    assert sign(ada, 1, override="I heard it myself.")["status"] == "final"
    assert ada.get("revisions")["revisions"][0]["reason"] == "sign: I heard it myself."


def test_a_signed_note_is_a_record(as_person: Person, store: Store) -> None:
    ada, ben = as_person(ADA), as_person(BEN)
    base = settled(as_person)
    assert sign(ada, 9, 409)["code"] == "conflict"
    signed = sign(ada, base)
    assert (signed["status"], signed["revision"], signed["can_edit"]) == ("final", 2, False)
    (signature,) = signed["signatures"]
    with store.begin(ME) as unit:
        saved = unit.revisions.note(ada.id)
        (record,) = unit.signatures.of(ada.id)
        assert unit.revisions.check(ada.id, RevisionKind.NOTE) == ()
    assert signature["sha256"] == serial.content_sha256(saved.document)
    assert (record.note, record.note_sha256, record.author_name) == (2, saved.revision.sha256, ADA.name)
    assert ada.get()["state"] == "signed"
    assert ben.edit("note", 2, {"op": "set_template", "template": "soap"}, status=409)["code"] == "closed"
    assert ben.edit("transcript", 2, {"op": "restore_flag", "flag": 0}, status=409)["code"] == "closed"
    assert ada.post("note/undo", {"base_revision": 2}, 409)
    assert sign(ada, 2, 409)["code"] == "signed"


def test_only_physicians_sign_and_only_what_they_see(as_person: Person) -> None:
    for person in (BEN, QUINN, CLEO):
        assert sign(as_person(person), 1, 403)["code"] == "forbidden"
    body = {"base_revision": 1, "attestation": as_person(ADA).get("checks")["attestation"]}
    assert as_person(DAN).post("sign", body, 404)


def test_an_addendum_stands_below_and_is_signed_itself(as_person: Person, store: Store) -> None:
    ada = as_person(ADA)
    words = {"text": "X-ray: no fracture.", "attestation": ada.get("checks")["addendum_attestation"]}
    assert ada.post("addenda", {"base_revision": 1, **words}, 409)["code"] == "not-signed"
    sign(ada, settled(as_person))
    longer = ada.post("addenda", {"base_revision": 2, **words})
    assert [item["text"] for item in longer["addenda"]] == ["X-ray: no fracture."]
    assert statements(longer) == statements(ada.get("note", params={"revision": 2}))
    with store.begin(ME) as unit:
        note = unit.revisions.note(ada.id).document
    assert note.addenda[0].signature.sha256 == serial.content_sha256(note, ["X-ray: no fracture."])
    assert note.signatures[0].sha256 == serial.content_sha256(note)


def test_an_amendment_is_a_new_revision_that_is_signed_again(as_person: Person) -> None:
    ada, ben = as_person(ADA), as_person(BEN)
    assert ada.post("amend", {"base_revision": 1, "reason": "dose"}, 409)["code"] == "not-signed"
    sign(ada, settled(as_person))
    words = {"text": "X-ray: no fracture.", "attestation": ada.get("checks")["addendum_attestation"]}
    ada.post("addenda", {"base_revision": 2, **words})
    opened = ada.post("amend", {"base_revision": 3, "reason": "The dose was wrong."})
    assert (opened["status"], opened["signatures"], opened["can_edit"]) == ("amended", [], True)
    assert "x-ray: no fracture." in about(opened, "addendum of")["text"].lower()
    drug = about(opened, "ibuprofen 400")
    edited = ben.edit("note", 4, {"op": "edit_statement", "statement": drug["id"], "text": "Takes ibuprofen 600 mg."})
    assert edited["revision"] == 5
    assert ben.post("note/undo", {"base_revision": 5})["revision"] == 6
    assert ben.post("note/undo", {"base_revision": 6}, 409)["code"] == "nothing-to-undo"
    amended = sign(ada, 6, override="checked")
    assert (amended["status"], amended["revision"]) == ("amended", 7)
    assert ada.get()["state"] == "amended"
    history = [item for item in ada.get("revisions")["revisions"] if item["kind"] == "note"]
    assert [item["number"] for item in history if item["signed"]] == [7, 3, 2]
    first = ada.get("note", params={"revision": 2})
    assert (first["status"], len(first["signatures"])) == ("final", 1)


def test_accepted_codes_are_signed_with_the_note(as_person: Person, store: Store) -> None:
    ada, cleo = as_person(ADA), as_person(CLEO)
    first = cleo.get("codes")["suggestions"][0]
    decision = {"system": first["system"], "code": first["code"], "decision": "accept"}
    cleo.post("codes/decisions", {"decisions": [decision]})
    sign(ada, settled(as_person))
    with store.begin(ME) as unit:
        suggestions = unit.revisions.note(ada.id).document.suggestions
    assert [item.status for item in suggestions if item.coding.code == first["code"]] == ["accepted"]
    cleo.post("codes/decisions", {"decisions": [{**decision, "decision": "reject"}]})
    assert (
        next(item for item in cleo.get("codes")["suggestions"] if item["code"] == first["code"])["status"] == "rejected"
    )


def test_two_revisions_are_compared(as_person: Person) -> None:
    ben = as_person(BEN)
    note = ben.get("note")
    drug, allergy = about(note, "ibuprofen 400"), about(note, "penicillin")
    ben.edit("transcript", 1, {"op": "replace_words", "first": 0, "count": 1, "text": "Very good"})
    ben.edit(
        "note",
        1,
        {"op": "edit_statement", "statement": drug["id"], "text": drug["text"].replace("400", "600")},
        {"op": "remove_statement", "statement": allergy["id"]},
    )
    turns = ben.get("diff", params={"kind": "transcript", "old": 1, "new": 2})
    assert (turns["added"], turns["removed"], len(turns["lines"])) == (2, 1, 1)
    pieces = ben.get("diff", params={"kind": "note", "old": 1, "new": 2})
    lines = {line["statement_id"]: line for line in pieces["lines"]}
    assert lines[allergy["id"]]["change"] == "removed"
    changed = [(piece["change"], piece["text"].strip()) for piece in lines[drug["id"]]["pieces"]]
    assert ("removed", "400") in changed
    assert ("added", "600") in changed
    assert ben.get("diff", 404, params={"kind": "note", "old": 1, "new": 9})
    assert ben.get("diff", 422, params={"kind": "song", "old": 1, "new": 2})


def test_the_draft_is_scored_against_what_was_signed(as_person: Person) -> None:
    ada, ben = as_person(ADA), as_person(BEN)
    assert ada.get("statistics", 409)["code"] == "not-signed"
    drug = about(ben.get("note"), "ibuprofen 400")
    ben.edit("note", 1, {"op": "edit_statement", "statement": drug["id"], "text": drug["text"].replace("400", "600")})
    ben.edit("transcript", 1, {"op": "resolve_flag", "flag": 0}, {"op": "replace_all", "find": "400", "text": "600"})
    sign(ada, 2, override="checked")
    figures = ada.get("statistics")
    assert figures["critical"] >= 1
    assert figures["score"] == 100 - 3 * figures["critical"] - figures["noncritical"]
    assert (figures["passed"], figures["author"], figures["transcript_edits"]) == (0, ADA.name, 1)
    assert {"dose", "number"} & {item["kind"] for item in figures["errors"]}
    overall = ada.client.get("/api/v1/statistics").json()
    assert (overall["total"]["notes"], overall["groups"][0]["author"]) == (1, ADA.name)
    assert overall["total"]["critical"] == figures["critical"]
    assert ada.client.get("/api/v1/statistics").json() == overall
    assert as_person(DAN).client.get("/api/v1/statistics").json() == {"total": None, "groups": []}


@pytest.mark.parametrize("name", [name for name in names("export") if name not in ("pdf",)])
def test_the_note_is_had_as_a_document(as_person: Person, name: str) -> None:
    ada = as_person(ADA)
    listed = {item["format"]: item for item in ada.get("documents")}
    response = ada.client.get(f"/api/v1/encounters/{ada.id}/documents/{name}")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith(listed[name]["media_type"].split(";")[0])
    assert response.headers["content-disposition"] == f'attachment; filename="note-1{listed[name]["suffix"]}"'
    assert response.content
    assert as_person(ADA).get("documents/song", 404)


def test_comments_are_made_and_settled(as_person: Person) -> None:
    ben, ada = as_person(BEN), as_person(ADA)
    made = ben.post("comments", {"text": "<b>check</b>", "at_second": 3.5}, 201)
    assert (made["author"]["name"], made["at_second"], made["statement_id"]) == (BEN.name, 3.5, None)
    settled_ = ada.patch(f"comments/{made['id']}", {"resolved": True})
    assert settled_["resolved_by"] == ADA.name
    assert ada.get("comments")["comments"] == [settled_]
    assert ada.patch("comments/none", {"resolved": True}, 404)
    assert ada.post("comments", {"text": ""}, 422)


def test_words_are_added_to_the_vocabulary_and_taken_off(
    as_person: Person, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribe.web.api.vocabulary.user_words.file", lambda settings: tmp_path / "words.tsv")
    client = as_person(BEN).client
    added = client.post("/api/v1/vocabulary", json={"text": "Okonkwo", "kind": "name", "sounds_like": ["oh conquer"]})
    assert [word["text"] for word in added.json()["words"]] == ["Okonkwo"]
    assert client.get("/api/v1/vocabulary").json() == added.json()
    refused = client.post("/api/v1/vocabulary", json={"text": "hello"})
    assert (refused.status_code, "everyday" in refused.json()["detail"]) == (422, True)
    assert client.post("/api/v1/vocabulary/remove", json={"text": "okonkwo"}).json() == {"words": []}
    assert client.post("/api/v1/vocabulary/remove", json={"text": "okonkwo"}).status_code == 404
