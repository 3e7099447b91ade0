"""Correcting a transcript over the API: patches, merging, conflicts, undo after a reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scribe.store.actor import Actor
from scribe.web.schemas.transcript import TranscriptEdited, TranscriptOut
from tests.web.api.conftest import ADA, BEN, CLEO, QUINN, VISIT, Opened

Person = Callable[[Actor], Opened]


def replace(first: int, count: int, text: str) -> dict[str, Any]:
    return {"op": "replace_words", "first": first, "count": count, "text": text}


def text_of(body: dict[str, Any]) -> str:
    return "".join(word["text"] for word in body["words"]).strip()


def applied(words: list[Any], edited: dict[str, Any]) -> list[Any]:
    """The words with the patches of an answer, as a page makes them."""
    words = list(words)
    for patch in edited["patches"]:
        words[patch["first"] : patch["first"] + patch["count"]] = patch["words"]
    return words


def test_a_transcript_is_what_its_model_says(as_person: Person) -> None:
    body = as_person(BEN).get("transcript")
    assert TranscriptOut.model_validate(body).model_dump(mode="json", exclude_unset=True) == {
        **body,
        "at": body["at"].replace("+00:00", "Z"),
    }
    assert text_of(body) == " ".join(text for _, text in VISIT)
    drug, overlap = body["flags"]
    assert body["words"][drug["first"]]["text"] == " ibuprofen"
    assert (drug["count"], drug["rank"], drug["checked_by"]) == (1, 0, None)
    assert overlap["kind"] == "overlap"
    assert (body["can_edit"], body["can_undo"], body["can_redo"]) == (True, False, False)
    assert as_person(CLEO).get("transcript")["can_edit"] is False


def test_an_edit_answers_with_patches_that_give_the_new_transcript(as_person: Person) -> None:
    ben = as_person(BEN)
    before = ben.get("transcript")
    edited = ben.edit(
        "transcript", 1, replace(1, 1, "evening to you,"), replace(0, 1, "Good,"), {"op": "resolve_flag", "flag": 0}
    )
    after = ben.get("transcript")
    TranscriptEdited.model_validate(edited)
    assert (edited["revision"], edited["merged"], edited["can_undo"]) == (2, False, True)
    assert applied(before["words"], edited) == after["words"]
    assert text_of(after).startswith("Good, evening to you, What brings")
    assert edited["flags"] == after["flags"]
    assert after["flags"][0]["checked_by"] == BEN.name
    assert after["words"][2]["author"] == BEN.name
    assert ben.get()["state"] == "in_correction"
    assert ben.get("transcript", params={"revision": 1})["words"] == before["words"]
    assert ben.get("transcript", params={"revision": 1})["can_edit"] is False


def test_speakers_are_named_split_and_merged(as_person: Person) -> None:
    ben = as_person(BEN)
    edited = ben.edit(
        "transcript",
        1,
        {"op": "split", "first": 3},
        {"op": "name_speaker", "speaker": "SPEAKER_02", "name": "Nurse Kim", "role": "other"},
        {"op": "assign_speaker", "first": 0, "count": 1, "speaker": None},
    )
    assert edited["speakers"][-1] == {"speaker": "SPEAKER_02", "role": "other", "score": 1.0, "name": "Nurse Kim"}
    speakers = [word["speaker"] for word in ben.get("transcript")["words"]]
    assert speakers[:8] == [None, "SPEAKER_00", "SPEAKER_00", *["SPEAKER_02"] * 4, "SPEAKER_01"]
    merged = ben.edit("transcript", 2, {"op": "merge_speakers", "speaker": "SPEAKER_02", "into": "SPEAKER_00"})
    assert {item["speaker"] for item in merged["speakers"]} == {"SPEAKER_00", "SPEAKER_01"}


def test_edits_of_two_people_are_merged_or_refused_with_the_newest_revision(as_person: Person) -> None:
    ben, ada = as_person(BEN), as_person(ADA)
    before = ada.get("transcript")["words"]
    ben.edit("transcript", 1, replace(0, 1, "Very good"))
    edited = ada.edit("transcript", 1, replace(10, 1, "much"))
    assert edited["merged"] is True
    assert edited["revision"] == 3
    assert applied(before, edited) == ada.get("transcript")["words"]
    refused = ada.edit("transcript", 1, replace(0, 1, "Bad"), status=409)
    assert (refused["code"], refused["revision"], refused["author"]) == ("conflict", 3, ADA.name)
    assert ada.edit("transcript", 9, replace(0, 1, "Bad"), status=409)["revision"] == 3
    assert text_of(ben.get("transcript")).startswith("Very good morning.")


def test_an_edit_that_is_sent_twice_is_made_once(as_person: Person) -> None:
    ben = as_person(BEN)
    first = ben.edit("transcript", 1, replace(0, 1, "Hello"))
    assert ben.edit("transcript", 1, replace(0, 1, "Hello"))["revision"] == first["revision"] == 2


def test_undo_and_redo_are_your_own_and_survive_a_reload(as_person: Person) -> None:
    ben, ada = as_person(BEN), as_person(ADA)
    original = ben.get("transcript")["words"]
    ben.edit("transcript", 1, replace(0, 1, "One"))
    ben.edit("transcript", 2, replace(1, 1, "Two"))
    ada.edit("transcript", 3, replace(10, 1, "Three"))
    fresh = as_person(BEN)
    assert fresh.get("transcript")["can_undo"] is True
    undone = fresh.post("transcript/undo", {"base_revision": 4})
    assert (undone["can_undo"], undone["can_redo"]) == (True, True)
    words = fresh.get("transcript")["words"]
    assert [word["text"] for word in words[:2]] == [" One", original[1]["text"]]
    assert words[10]["text"] == " Three"
    fresh.post("transcript/undo", {"base_revision": 5})
    assert ben.get("transcript")["words"][:10] == original[:10]
    assert ben.post("transcript/undo", {"base_revision": 6}, 409)["code"] == "nothing-to-undo"
    redone = ben.post("transcript/redo", {"base_revision": 6})
    assert redone["patches"][0]["words"][0]["text"] == " One"
    ben.edit("transcript", 7, replace(5, 1, "x"))
    assert ben.post("transcript/redo", {"base_revision": 8}, 409)["code"] == "nothing-to-redo"
    ada.post("transcript/undo", {"base_revision": 8})
    assert ben.get("transcript")["words"][10]["text"] == original[10]["text"]


def test_an_edit_that_others_built_on_cannot_be_undone(as_person: Person) -> None:
    ben, ada = as_person(BEN), as_person(ADA)
    ben.edit("transcript", 1, replace(0, 1, "One"))
    ada.edit("transcript", 2, replace(0, 1, "Uno"))
    assert ben.post("transcript/undo", {"base_revision": 3}, 409)["code"] == "conflict"


@pytest.mark.parametrize(
    ("ops", "code"),
    [
        ([replace(500, 1, "x")], "input"),
        ([replace(0, 1, "x"), {"op": "resolve_flag", "flag": 77}], "input"),
        ([{"op": "undo_repair", "repair": 0}], "input"),
        ([{"op": "replace_words", "first": -1, "count": 1, "text": "x"}], "invalid"),
        ([{"op": "rewrite"}], "invalid"),
        ([{"op": "assign_speaker", "first": 0, "count": 1, "speaker": "<script>"}], "invalid"),
        ([replace(0, 1, "a\u0000b")], "invalid"),
        ([], "invalid"),
    ],
)
def test_a_bad_edit_changes_nothing(as_person: Person, ops: list[dict[str, Any]], code: str) -> None:
    ben = as_person(BEN)
    refused = ben.edit("transcript", 1, *ops, status=422)
    assert refused["code"] == code
    assert "ibuprofen" not in str(refused)
    assert ben.get("transcript")["revision"] == 1


def test_who_may_not_edit_is_refused(as_person: Person) -> None:
    assert as_person(CLEO).edit("transcript", 1, replace(0, 1, "x"), status=403)["code"] == "forbidden"
    assert as_person(QUINN).edit("transcript", 1, replace(0, 1, "x"))["revision"] == 2


typed = st.lists(st.sampled_from(["a", "left", "10 mg"]), max_size=3).map(" ".join)
edits = st.builds(replace, st.integers(0, 60), st.integers(0, 4), typed)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edits, min_size=1, max_size=5))
def test_any_edits_can_be_taken_back_one_by_one(as_person: Person, given_: list[dict[str, Any]]) -> None:
    ben = as_person(BEN)
    before = ben.get("transcript")
    while before["can_undo"]:
        ben.post("transcript/undo", {"base_revision": before["revision"]})
        before = ben.get("transcript")
    revision, states = before["revision"], [before["words"]]
    for edit in given_:
        edited = ben.edit("transcript", revision, edit)
        words = applied(states[-1], edited)
        starts = [word["start"] for word in words]
        assert starts == sorted(starts)
        if edited["revision"] != revision:
            states.append(words)
        revision = edited["revision"]
    for expected in reversed(states[:-1]):
        revision = ben.post("transcript/undo", {"base_revision": revision})["revision"]
        assert ben.get("transcript")["words"] == expected
