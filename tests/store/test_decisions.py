from __future__ import annotations

import pytest

from scribe.errors import ConflictError, NotFoundError
from scribe.store.actor import ME
from scribe.store.records import Decision, SignatureKind
from scribe.store.store import Store
from scribe.store.unit import Unit


def test_decisions_are_kept_in_order(unit: Unit) -> None:
    name = unit.encounters.add().id
    unit.codes.decide(name, Decision.ACCEPTED, system="icd10cm", code="M17.11")
    unit.codes.decide(name, Decision.REPLACED, system="icd10cm", code="M17.11", replacement="M17.12", reason="left")
    unit.codes.decide(name, Decision.ORDERED, system="icd10cm", order=("M17.12", "I10"))
    first, second, third = unit.codes.of(name)
    assert (first.decision, first.code, first.author_name) == (Decision.ACCEPTED, "M17.11", "Me")
    assert (second.replacement, second.reason) == ("M17.12", "left")
    assert third.order == ("M17.12", "I10")
    assert first.seq < second.seq < third.seq


def test_a_question_is_answered_once(store: Store) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        asked = unit.queries.ask(name, "Which knee?", options=("left", "right"), statement_id="s1", asked_of="u2")
        assert [item.id for item in unit.queries.of(name, unanswered=True)] == [asked.id]
        answered = unit.queries.answer(asked.id, "left")
        assert (answered.question, answered.answer, answered.answered_by) == ("Which knee?", "left", "Me")
        assert unit.queries.of(name, unanswered=True) == ()
    with pytest.raises(ConflictError), store.begin(ME) as unit:
        unit.queries.answer(asked.id, "right")
    with store.begin(ME) as unit:
        assert unit.queries.get(asked.id).answer == "left"


def test_comments_are_resolved_and_reopened(unit: Unit) -> None:
    name = unit.encounters.add().id
    added = unit.comments.add(name, "Check the dose", place="statement:s3")
    assert unit.comments.of(name) == (added,)
    assert unit.comments.resolve(added.id).resolved_by == "Me"
    assert unit.comments.resolve(added.id, resolved=False).resolved_at is None


def test_signatures_name_what_was_signed(unit: Unit) -> None:
    name = unit.encounters.add().id
    added = unit.signatures.add(name, note=3, note_sha256="ab", transcript=2, statement="I have read it.")
    unit.signatures.add(name, note=4, note_sha256="cd", statement="Added.", kind=SignatureKind.ADDENDUM)
    assert unit.signatures.of(name)[0] == added
    assert [item.kind for item in unit.signatures.of(name)] == [SignatureKind.NOTE, SignatureKind.ADDENDUM]


def test_no_words_in_reprs(unit: Unit) -> None:
    name = unit.encounters.add().id
    shown = (
        unit.codes.decide(name, Decision.ADDED, system="icd10cm", code="Canary", reason="Canary"),
        unit.queries.ask(name, "Canary", options=("Canary",)),
        unit.comments.add(name, "Canary"),
    )
    assert "Canary" not in repr(shown)


def test_what_is_not_there_is_not_found(unit: Unit) -> None:
    for look in (unit.queries.get, unit.comments.get, unit.recordings.get, unit.jobs.get):
        with pytest.raises(NotFoundError):
            look("nothing")
    with pytest.raises(NotFoundError):
        unit.comments.add("nothing", "text")
