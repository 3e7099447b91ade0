from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from scribe.errors import ConflictError, NotFoundError
from scribe.store.actor import ME, Actor
from scribe.store.records import MOVES, Filter, Order, Priority, State
from scribe.store.store import Store
from scribe.store.tables import encounter
from scribe.store.unit import Unit

OTHER = Actor("u2", "Bo", frozenset())


def test_an_encounter_comes_back_as_it_was_added(store: Store) -> None:
    with store.begin(ME) as unit:
        added = unit.encounters.add(patient="Zoë O'Hara", identifier="MRN 17", title="Knee", birth_date="1950-01-02")
    with store.begin(ME, read_only=True) as unit:
        found = unit.encounters.get(added.id)
    assert found == added
    assert (found.patient, found.identifier, found.birth_date) == ("Zoë O'Hara", "MRN 17", "1950-01-02")
    assert found.state is State.RECORDED
    assert found.due_at - found.received_at == timedelta(hours=24)


def test_a_record_shows_no_patient_in_its_repr(unit: Unit) -> None:
    added = unit.encounters.add(patient="Canary", identifier="Canary", title="Canary", birth_date="Canary")
    assert "Canary" not in repr(added) + repr(Filter(text="Canary"))


def test_a_search_knows_no_case_and_no_accents(unit: Unit) -> None:
    wanted = unit.encounters.add(patient="Zoë O'Hara", identifier="MRN 17", title="Knee")
    unit.encounters.add(patient="Bo Smith", identifier="MRN 18")
    for text in ["zoe", "HARA zoë", "mrn 17", "o'h", "knee 17"]:
        page = unit.encounters.find(Filter(text=text))
        assert [item.id for item in page.encounters] == [wanted.id], text
        assert page.total == 1


def test_a_search_for_sql_finds_nothing(unit: Unit) -> None:
    unit.encounters.add(patient="Bo Smith")
    for text in ["%", "_", "' OR 1=1 --", '"; DROP TABLE encounter; --', "\\"]:
        assert unit.encounters.find(Filter(text=text)).total == 0, text


def test_the_worklist_is_in_the_order_of_urgency(unit: Unit, clock: Any) -> None:
    first = unit.encounters.add(due_at=clock.now + timedelta(hours=9))
    soon = unit.encounters.add(due_at=clock.now + timedelta(hours=8))
    stat = unit.encounters.add(priority=Priority.STAT, due_at=clock.now + timedelta(hours=10))
    assert [item.id for item in unit.encounters.find(Filter()).encounters] == [stat.id, soon.id, first.id]
    assert unit.encounters.find(Filter(order=Order.DUE)).encounters[0].id == soon.id


def test_pages_and_counts(unit: Unit) -> None:
    for number in range(5):
        added = unit.encounters.add(patient=f"P{number}")
        if number < 2:
            unit.encounters.move(added.id, State.TRANSCRIBING)
    pages = [unit.encounters.find(Filter(text="p", limit=2, offset=offset)) for offset in (0, 2, 4)]
    assert len({item.id for page in pages for item in page.encounters}) == 5
    recorded = unit.encounters.find(Filter(states=(State.RECORDED,)))
    assert recorded.total == 3
    assert recorded.counts == {State.RECORDED: 3, State.TRANSCRIBING: 2}


def test_only_the_allowed_moves(store: Store) -> None:
    def moves(unit: Unit, start: State, target: State) -> bool:
        added = unit.encounters.add()
        unit._context.connection.execute(update(encounter).where(encounter.c.id == added.id).values(state=start))
        try:
            return unit.encounters.move(added.id, target).version > added.version
        except ConflictError:
            return False

    with store.begin(ME) as unit:
        for start in State:
            for target in State:
                assert moves(unit, start, target) == (target in MOVES[start]), (start, target)


def test_the_turnaround_clock_stops_when_it_first_awaits_signature(store: Store, clock: Any) -> None:
    with store.begin(ME) as unit:
        added = unit.encounters.add(priority=Priority.STAT)
        unit.encounters.move(added.id, State.DRAFT)
    for state in (State.AWAITING_SIGNATURE, State.IN_CORRECTION, State.AWAITING_SIGNATURE, State.SIGNED):
        clock.forward(hours=1)
        with store.begin(ME) as unit:
            record = unit.encounters.move(added.id, state)
    assert record.returned_at == added.received_at + timedelta(hours=1)
    assert record.signed_at == added.received_at + timedelta(hours=4)
    assert not record.overdue(clock.now)


def test_what_is_late_is_found(store: Store, clock: Any) -> None:
    with store.begin(ME) as unit:
        late = unit.encounters.add(priority=Priority.STAT)
        unit.encounters.add()
    clock.forward(hours=3)
    with store.begin(ME) as unit:
        assert [item.id for item in unit.encounters.find(Filter(overdue=True)).encounters] == [late.id]


def test_one_owner_at_a_time(store: Store) -> None:
    with store.begin(ME) as unit:
        added = unit.encounters.add()
        assert unit.encounters.claim(added.id).owner_id == ME.user_id
    with pytest.raises(ConflictError, match="Me works on"), store.begin(OTHER) as unit:
        unit.encounters.claim(added.id)
    with pytest.raises(ConflictError), store.begin(OTHER) as unit:
        unit.encounters.release(added.id)
    with store.begin(OTHER) as unit:
        assert unit.encounters.claim(added.id, take_over=True).owner_name == "Bo"
        assert unit.encounters.find(Filter(unowned=True)).total == 0
        assert unit.encounters.release(added.id).owner_id is None


def test_a_change_to_an_old_version_is_refused(unit: Unit) -> None:
    added = unit.encounters.add(patient="A", identifier="1")
    changed = unit.encounters.change(added.id, version=1, patient="B", priority=Priority.STAT)
    assert (changed.patient, changed.identifier, changed.version) == ("B", "1", 2)
    assert changed.due_at < added.due_at
    with pytest.raises(ConflictError):
        unit.encounters.change(added.id, version=1, patient="C")


def test_access_is_opened_for_a_time(store: Store, clock: Any) -> None:
    with store.begin(ME) as unit:
        added = unit.encounters.add()
        assert unit.encounters.visible(added.id, ME.user_id)
        assert not unit.encounters.visible(added.id, "u2")
        assert unit.encounters.visible(added.id, "u2", or_unowned=True)
        assert unit.encounters.find(Filter(visible_to="u2", or_unowned=True)).total == 1
        unit.encounters.grant(added.id, "u2", reason="on call", until=clock.now + timedelta(hours=1))
        assert unit.encounters.visible(added.id, "u2")
        assert unit.encounters.find(Filter(visible_to="u2")).total == 1
        assert [item.reason for item in unit.encounters.access(added.id)] == ["on call"]
    clock.forward(hours=2)
    with store.begin(ME) as unit:
        assert not unit.encounters.visible(added.id, "u2")
        unit.encounters.revoke(added.id, "u2")
        with pytest.raises(NotFoundError):
            unit.encounters.revoke(added.id, "u2")


def test_an_unknown_id_is_not_found(unit: Unit) -> None:
    with pytest.raises(NotFoundError):
        unit.encounters.get("nothing")
    with pytest.raises(NotFoundError):
        unit.encounters.claim("nothing")


def test_a_unit_that_fails_changes_nothing(store: Store) -> None:
    with suppress(ZeroDivisionError), store.begin(ME) as unit:
        unit.encounters.add()
        raise ZeroDivisionError
    with store.begin(ME) as unit:
        assert unit.encounters.find(Filter()).total == 0
