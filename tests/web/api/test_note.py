"""The note over the API: evidence, edits, merging, undo, redrafting after corrections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scribe.store.actor import Actor
from scribe.web.schemas.note import NoteEdited, NoteOut
from scribe.web.schemas.why import WhyOut
from tests.web.api.conftest import ADA, BEN, CLEO, Opened

Person = Callable[[Actor], Opened]


def statements(note: dict[str, Any]) -> list[dict[str, Any]]:
    return [statement for section in note["sections"] for statement in section["statements"]]


def about(note: dict[str, Any], words: str) -> dict[str, Any]:
    """The statement with these words."""
    return next(item for item in statements(note) if words in item["text"].lower())


def utc(body: Any) -> Any:
    return {**body, "at": body["at"].replace("+00:00", "Z")}


def test_a_note_is_what_its_model_says_and_leads_to_the_words_it_was_heard_in(as_person: Person) -> None:
    ben = as_person(BEN)
    note, words = ben.get("note"), ben.get("transcript")["words"]
    assert NoteOut.model_validate(note).model_dump(mode="json") == utc(note)
    assert (note["revision"], note["transcript_revision"], note["transcript_latest"]) == (1, 1, 1)
    for statement in statements(note):
        assert statement["heard"], statement
        for heard in statement["heard"]:
            said = words[heard["first"] : heard["first"] + heard["count"]]
            assert heard["interval"] == {"start": said[0]["start"], "end": said[-1]["end"]}
    drug = about(note, "ibuprofen 400")
    assert drug["flags"] == [0]
    shown = {
        excerpt["statement_id"]
        for block in note["view"]["blocks"]
        for row in block["rows"]
        for cell in row["cells"]
        for excerpt in cell
    }
    assert shown <= {item["id"] for item in statements(note)}


def test_evidence_follows_the_words_when_the_transcript_is_corrected(as_person: Person) -> None:
    ben = as_person(BEN)
    before = about(ben.get("note"), "ibuprofen 400")["heard"][0]
    ben.edit("transcript", 1, {"op": "replace_words", "first": 0, "count": 2, "text": "Hello and a very good morning."})
    note = ben.get("note")
    after = about(note, "ibuprofen 400")["heard"][0]
    assert (after["first"], after["count"], after["interval"]) == (
        before["first"] + 4,
        before["count"],
        before["interval"],
    )
    assert note["transcript_latest"] == 2


def test_an_edited_statement_keeps_its_evidence_and_tells_what_differs_from_what_was_heard(as_person: Person) -> None:
    ben = as_person(BEN)
    drug = about(ben.get("note"), "ibuprofen 400")
    text = drug["text"].replace("400 mg", "600 mg")
    edited = ben.edit("note", 1, {"op": "edit_statement", "statement": drug["id"], "text": text})
    NoteEdited.model_validate(edited)
    now = about(edited["note"], "ibuprofen 600")
    assert (now["author"], now["drafted"], now["heard"]) == (BEN.name, drug["text"], drug["heard"])
    assert set(now["concerns"]) & {"dose", "number"}
    better = ben.edit(
        "note", 2, {"op": "edit_statement", "statement": drug["id"], "text": drug["text"].rstrip(".") + " now."}
    )
    assert about(better["note"], "ibuprofen 400")["concerns"] == []
    back = ben.edit("note", 3, {"op": "restore_statement", "statement": drug["id"]})
    assert about(back["note"], "ibuprofen 400") == drug


def test_statements_are_added_moved_removed_and_restored(as_person: Person) -> None:
    ben = as_person(BEN)
    note = ben.get("note")
    allergy = about(note, "penicillin")
    edited = ben.edit(
        "note",
        1,
        {"op": "add_statement", "kind": "plan", "text": "Ice the knee.", "id": "ice"},
        {"op": "remove_statement", "statement": allergy["id"]},
        {"op": "move_statement", "statement": "ice", "kind": "assessment"},
        {"op": "set_template", "template": "progress"},
    )["note"]
    typed = about(edited, "ice the knee")
    assert (typed["author"], typed["heard"], typed["concerns"]) == (BEN.name, [], ["typed"])
    assert [(item["statement"]["id"], item["author"]) for item in edited["removed"]] == [(allergy["id"], BEN.name)]
    assert edited["removed"][0]["statement"]["heard"] == allergy["heard"]
    assert edited["view"]["template"] == "progress"
    restored = ben.edit("note", 2, {"op": "restore_statement", "statement": allergy["id"]})["note"]
    assert about(restored, "penicillin")["id"] == allergy["id"]
    assert restored["removed"] == []


def test_edits_of_two_people_are_merged_or_refused_and_undone(as_person: Person) -> None:
    ben, ada = as_person(BEN), as_person(ADA)
    one, other = statements(ben.get("note"))[:2]
    ben.edit("note", 1, {"op": "edit_statement", "statement": one["id"], "text": "Knee pain."})
    merged = ada.edit("note", 1, {"op": "edit_statement", "statement": other["id"], "text": "Other."})
    assert (merged["merged"], merged["revision"]) == (True, 3)
    refused = ada.edit("note", 1, {"op": "remove_statement", "statement": one["id"]}, status=409)
    assert (refused["code"], refused["revision"]) == ("conflict", 3)
    undone = ben.post("note/undo", {"base_revision": 3})["note"]
    assert [item["text"] for item in statements(undone)[:2]] == [one["text"], "Other."]
    assert (undone["can_undo"], undone["can_redo"]) == (False, True)
    redone = ben.post("note/redo", {"base_revision": 4})["note"]
    assert statements(redone)[0]["text"] == "Knee pain."


@pytest.mark.parametrize(
    ("op", "code"),
    [
        ({"op": "edit_statement", "statement": "none", "text": "x"}, "input"),
        ({"op": "set_template", "template": "/etc/passwd.yaml"}, "template"),
        ({"op": "add_statement", "kind": "plan", "text": ""}, "invalid"),
        ({"op": "add_statement", "kind": "nowhere", "text": "x"}, "invalid"),
        ({"op": "restore_statement", "statement": "none"}, "input"),
    ],
)
def test_a_bad_edit_changes_nothing(as_person: Person, op: dict[str, Any], code: str) -> None:
    ben = as_person(BEN)
    assert ben.edit("note", 1, op, status=422)["code"] == code
    assert ben.get("note")["revision"] == 1


def test_a_coder_reads_the_note_and_does_not_edit_it(as_person: Person) -> None:
    cleo = as_person(CLEO)
    assert cleo.get("note")["can_edit"] is False
    assert cleo.edit("note", 1, {"op": "set_template", "template": "soap"}, status=403)["code"] == "forbidden"


def test_a_redraft_takes_in_corrections_and_keeps_what_persons_did(as_person: Person, pages: list[str]) -> None:
    ben = as_person(BEN)
    note = ben.get("note")
    allergy, drug = about(note, "penicillin"), about(note, "ibuprofen 400")
    ben.edit("transcript", 1, {"op": "replace_all", "find": "penicillin", "text": "amoxicillin"})
    ben.edit(
        "note",
        1,
        {"op": "edit_statement", "statement": drug["id"], "text": "Ibuprofen 400 mg twice daily with food."},
        {"op": "add_statement", "kind": "plan", "text": "Ice the knee.", "id": "ice"},
    )
    pages.clear()
    redrafted = ben.post("note/redraft", {"base_revision": 2})["note"]
    assert len(pages) == 1  # the words are formatted once
    assert (redrafted["transcript_revision"], redrafted["reason"]) == (2, "redraft")
    assert about(redrafted, "amoxicillin")["id"] == allergy["id"]
    assert about(redrafted, "with food")["id"] == drug["id"]
    assert about(redrafted, "with food")["author"] == BEN.name
    assert about(redrafted, "ice the knee")["author"] == BEN.name
    assert len(statements(redrafted)) == len(statements(note)) + 1
    undone = ben.post("note/undo", {"base_revision": 3})["note"]
    assert about(undone, "penicillin")["id"] == allergy["id"]


def test_templates_are_listed(as_person: Person) -> None:
    found = as_person(BEN).client.get("/api/v1/templates").json()
    assert found["default"] in {item["name"] for item in found["templates"]}
    assert all("/" not in item["origin"] for item in found["templates"])


def test_a_statement_tells_why_it_stands_there(as_person: Person) -> None:
    ben = as_person(BEN)
    note = ben.get("note")
    name = about(note, "denies fever")["id"]
    why = ben.get(f"note/statements/{name}/why")
    assert WhyOut.model_validate(why).model_dump(mode="json") == why
    assert (why["rule"], why["file"]) == ("realisation/history.denied", "scribe/sections/realisation/history.py")
    fever = next(item for item in why["findings"] if item["concept"] == "fever")
    assert fever["claims"] == ["absent"]
    assert all(said["interval"] for said in fever["said"])
    assert not why["codes"], "a denial gives none"
    assert ben.get("note/statements/s999/why", 404)["code"] == "not-found"
    whys = [ben.get(f"note/statements/{item['id']}/why") for item in statements(note)]
    heard = [(code, found) for found in whys for code in found["codes"] if code["finding"]]
    assert heard, "a code leads to what its words were heard as"
    assert all(code["finding"] in {item["id"] for item in found["findings"]} for code, found in heard)
    added = ben.edit("note", 1, {"op": "add_statement", "kind": "plan", "text": "Rest."})
    typed = about(added["note"], "rest.")
    assert ben.get(f"note/statements/{typed['id']}/why")["rule"] == "typed"
