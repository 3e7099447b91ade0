from __future__ import annotations

from dataclasses import replace
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from scribe.config import Config, StoreSettings
from scribe.errors import ConflictError, NotFoundError, StoreError, VaultError
from scribe.store.actor import ME, Actor
from scribe.store.records import RevisionKind
from scribe.store.store import Store
from scribe.store.unit import Unit
from scribe.types import Encounter, Note, Section, SectionGroup, SectionKind, Segment, Statement, Transcript, Word

TRANSCRIPT, NOTE = RevisionKind.TRANSCRIPT, RevisionKind.NOTE


def said(*words: str) -> Transcript:
    return Transcript((Segment(tuple(Word(n, n + 1, f" {word}") for n, word in enumerate(words))),))


def noted(sentence: str) -> Note:
    statement = Statement("s1", sentence, author="Ada")
    section = Section(SectionKind.PLAN, "Plan", SectionGroup.PLAN, "18776-5", (statement,))
    return Note("note-1", Encounter("encounter-1"), (section,))


def test_revisions_are_numbered_and_chained(store: Store) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        first = unit.revisions.append(name, noted("Rest."), base=0)
        second = unit.revisions.append(name, noted("Rest and ice."), base=1, reason="edit")
    store.cache.forget(name)
    with store.begin(ME) as unit:
        assert [item.number for item in unit.revisions.history(name, NOTE)] == [1, 2]
        assert second.revision.previous_sha256 == first.revision.sha256
        assert unit.revisions.note(name).document == second.document == replace(noted("Rest and ice."), revision=2)
        assert unit.revisions.note(name, 1).document.statements[0].text == "Rest."
        assert unit.revisions.check(name, NOTE) == ()


def test_two_writers_conflict_and_nothing_is_lost(store: Store) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        unit.revisions.append(name, said("a"), base=0)
        unit.revisions.append(name, said("a", "b"), base=1)
    with pytest.raises(ConflictError, match="revision 2"), store.begin(Actor("u2", "Bo", frozenset())) as unit:
        unit.revisions.append(name, said("a", "c"), base=1)
    with store.begin(ME) as unit:
        assert unit.revisions.transcript(name).document.text == " a b"


def test_the_same_words_are_not_saved_twice(unit: Unit) -> None:
    name = unit.encounters.add().id
    first = unit.revisions.append(name, noted("Rest."), base=0)
    assert unit.revisions.append(name, noted("Rest."), base=0).revision == first.revision
    assert unit.revisions.append(name, first.document, base=1).revision.number == 1


@pytest.mark.parametrize("cold", [False, True])
def test_an_edit_that_changes_nothing_after_an_undo_is_no_revision(store: Store, cold: bool) -> None:
    """It says what is there already, so it is not saved, and what was undone can still be redone."""
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
    for number, word in enumerate(("a", "aa")):
        with store.begin(ME) as unit:
            unit.revisions.append(name, said(word), base=number)
    with store.begin(ME) as unit:
        assert unit.revisions.undo(name, TRANSCRIPT, base=2).number == 3
    if cold:
        store.cache.forget(name)
    with store.begin(ME) as unit:
        assert unit.revisions.append(name, said("a"), base=3).revision.number == 3
    with store.begin(ME) as unit:
        assert unit.revisions.redo(name, TRANSCRIPT, base=3).number == 4
        assert unit.revisions.transcript(name).document.text == " aa"


def test_many_small_edits_take_little_room_and_come_back_whole(store: Store) -> None:
    words = [f"word{number}" for number in range(2000)]
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        unit.revisions.append(name, said(*words), base=0)
        for number in range(1, 70):
            words[number * 20] = f"edit{number}"
            unit.revisions.append(name, said(*words), base=number)
        sizes = unit._context.connection.execute(text("SELECT number, length(body) FROM revision ORDER BY 1")).all()
        store.cache.forget(name)
        assert unit.revisions.transcript(name).document == said(*words)
        words[69 * 20] = "word1380"
        assert unit.revisions.transcript(name, 69).document == said(*words)
        assert unit.revisions.check(name, TRANSCRIPT) == ()
    assert [number for number, size in sizes if size > 2000] == [1, 33, 65]


def test_undo_and_redo_go_back_and_forth_over_a_reload(store: Store) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        for number, words in enumerate((["a"], ["a", "b"], ["a", "b", "c"])):
            unit.revisions.append(name, said(*words), base=number)

    def step(verb: str) -> str:
        store.cache.forget(name)
        with store.begin(ME) as unit:
            latest = unit.revisions.latest(name, TRANSCRIPT)
            assert latest
            getattr(unit.revisions, verb)(name, TRANSCRIPT, base=latest.number)
            return unit.revisions.transcript(name).document.text

    assert [step("undo"), step("undo"), step("redo"), step("redo")] == [" a b", " a", " a b", " a b c"]
    with pytest.raises(ConflictError, match="nothing to redo"):
        step("redo")
    assert [step("undo"), step("undo")] == [" a b", " a"]
    with pytest.raises(ConflictError, match="nothing to undo"):
        step("undo")
    with store.begin(ME) as unit:
        unit.revisions.append(name, said("a", "x"), base=9)
    with pytest.raises(ConflictError, match="nothing to redo"):
        step("redo")
    assert [step("undo"), step("redo")] == [" a", " a x"]
    with store.begin(ME) as unit:
        back = unit.revisions.revert_to(name, TRANSCRIPT, 3, base=12)
        assert (back.number, back.restores, unit.revisions.transcript(name).document.text) == (13, 3, " a b c")


@pytest.mark.parametrize(
    "attack", ["UPDATE revision SET reason = 'x'", "DELETE FROM revision", "UPDATE revision SET body = sha256"]
)
def test_the_database_refuses_to_change_a_revision(store: Store, attack: str) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        unit.revisions.append(name, noted("Rest."), base=0)
    if "body" in attack and not store.place.is_sqlite:
        attack = "UPDATE revision SET body = '\\x00'"
    with pytest.raises(StoreError), store.transaction() as connection:
        connection.execute(text(attack))
    with store.begin(ME) as unit:
        assert unit.revisions.check(name, NOTE) == ()


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        ("UPDATE revision SET author_name = 'Eve' WHERE number = 2", "revision 2 is not as it was written"),
        ("DELETE FROM revision WHERE number = 2", "revision 2 is missing"),
        ("UPDATE revision SET body_sha256 = sha256 WHERE number = 1", "revision 1 is not as it was written"),
    ],
)
def test_a_change_behind_the_guards_is_found(store: Store, attack: str, found: str) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        for number, sentence in enumerate(("Rest.", "Ice.", "Heat.")):
            unit.revisions.append(name, noted(sentence), base=number)
    with store.transaction() as connection:
        for trigger in ("revision_keeps", "revision_words", "revision_stays"):
            connection.execute(text(f"DROP TRIGGER {trigger}" + ("" if store.place.is_sqlite else " ON revision")))
        connection.execute(text(attack))
    store.cache.forget(name)
    with store.begin(ME) as unit:
        assert found in unit.revisions.check(name, NOTE)


def test_sealed_words_do_not_open_in_another_place(store: Store) -> None:
    if store.key is None:
        pytest.skip("nothing is sealed")
    with store.begin(ME) as unit:
        one, two = unit.encounters.add().id, unit.encounters.add().id
        unit.revisions.append(one, noted("Rest."), base=0)
        unit.revisions.append(two, noted("Rest."), base=0)
    with store.transaction() as connection:
        connection.execute(text("DROP TRIGGER revision_words" + ("" if store.place.is_sqlite else " ON revision")))
        swap = "UPDATE revision SET body = (SELECT body FROM revision WHERE encounter_id = :a) WHERE encounter_id = :b"
        connection.execute(text(swap), {"a": one, "b": two})
    store.cache.forget(two)
    with pytest.raises(VaultError), store.begin(ME) as unit:
        unit.revisions.note(two)


def test_what_is_not_there_is_not_found(unit: Unit) -> None:
    name = unit.encounters.add().id
    assert unit.revisions.latest(name, NOTE) is None
    with pytest.raises(NotFoundError, match="no note"):
        unit.revisions.note(name)
    unit.revisions.append(name, noted("Rest."), base=0)
    with pytest.raises(NotFoundError, match="revision 9"):
        unit.revisions.note(name, 9)
    with pytest.raises(NotFoundError):
        unit.revisions.append("nothing", noted("Rest."), base=0)


def test_a_note_carries_the_number_of_its_revision(unit: Unit) -> None:
    name = unit.encounters.add().id
    saved = unit.revisions.append(name, replace(noted("Rest."), revision=7), base=0)
    assert saved.document.revision == unit.revisions.note(name).document.revision == 1


class Editing(RuleBasedStateMachine):
    """Edits, undo, redo and reverts in any order behave like an editor's two stacks; the chain always holds."""

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        self.store = Store.open(Config(store=StoreSettings(folder=self.folder.name)))
        with self.store.begin(ME) as unit:
            self.name = unit.encounters.add().id
        self.number, self.undos, self.redos = 0, list[str](), list[str]()
        self.texts: list[str] = []

    @rule(word=st.text(alphabet="abc", min_size=1, max_size=3), cold=st.booleans())
    def edit(self, word: str, cold: bool) -> None:
        if cold:
            self.store.cache.forget(self.name)
        text = f" {word}"
        with self.store.begin(ME) as unit:
            saved = unit.revisions.append(self.name, said(word), base=self.number)
        if self.undos and self.undos[-1] == text:
            assert saved.revision.number == self.number
            return
        self.number += 1
        assert saved.revision.number == self.number
        self.undos.append(text)
        self.redos.clear()
        self.texts.append(text)

    @rule(verb=st.sampled_from(["undo", "redo"]))
    def step(self, verb: str) -> None:
        possible = len(self.undos) > 1 if verb == "undo" else bool(self.redos)
        try:
            with self.store.begin(ME) as unit:
                self.number = getattr(unit.revisions, verb)(self.name, TRANSCRIPT, base=self.number).number
        except ConflictError:
            assert not possible
            return
        assert possible
        source, target = (self.undos, self.redos) if verb == "undo" else (self.redos, self.undos)
        target.append(source.pop())
        self.texts.append(self.undos[-1])

    @invariant()
    def all_is_as_it_was_written(self) -> None:
        if not getattr(self, "texts", None):
            return
        with self.store.begin(ME, read_only=True) as unit:
            assert unit.revisions.transcript(self.name).document.text == self.undos[-1]
            history = unit.revisions.history(self.name, TRANSCRIPT)
            assert [item.number for item in history] == list(range(1, self.number + 1))
            assert unit.revisions.check(self.name, TRANSCRIPT) == ()
            for number, text in enumerate(self.texts, 1):
                assert unit.revisions.transcript(self.name, number).document.text == text

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


Editing.TestCase.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
TestEditing = Editing.TestCase
