"""What changed between two revisions, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scribe.coding.comparison import ChangeKind, compare
from scribe.types import Note, SuggestionStatus

Documented = Callable[[str], Note]


def test_the_same_note_has_no_changes(documented: Documented) -> None:
    note = documented("assessment: Gout.")
    assert compare(note, note) == ()


def test_added_and_removed_say_whether_the_words_are_new_or_gone(documented: Documented) -> None:
    old = documented("assessment: Gout.\nplan: Rest.")
    new = documented("assessment: Asthma.\nplan: Rest.")
    added, removed = compare(old, new)
    assert (added.kind, added.new and added.new.coding.code) == (ChangeKind.ADDED, "J45.909")
    assert added.reason == "new words in the note: “Asthma”"
    assert (removed.kind, removed.old and removed.old.coding.code) == (ChangeKind.REMOVED, "M10.9")
    assert removed.reason == "its words are no longer in the note"


def test_a_code_that_became_another_is_one_change(documented: Documented) -> None:
    old = documented("assessment: Hypertension.\nplan: Rest.")
    new = documented("assessment: Hypertension.\nplan: Rest.\nassessment: Heart failure.")
    changes = {(item.old and item.old.coding.code, item.new and item.new.coding.code) for item in compare(old, new)}
    assert changes == {("I10", "I11.0"), (None, "I50.9")}


def test_decisions_and_releases_are_changes(documented: Documented) -> None:
    old = documented("assessment: Gout.")
    (item,) = old.suggestions
    accepted = replace(old, suggestions=(replace(item, status=SuggestionStatus.ACCEPTED),))
    assert [change.reason for change in compare(old, accepted)] == ["proposed became accepted"]
    newer = replace(old, suggestions=(replace(item, coding=replace(item.coding, version="2027-04")),))
    assert [change.reason for change in compare(old, newer)] == ["release 2026-04 became 2027-04"]
