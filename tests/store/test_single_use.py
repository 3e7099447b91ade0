"""What works once works once, however many try it at the same moment, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from scribe.errors import ConflictError, InputError
from scribe.store.actor import ME, SYSTEM, Actor, StaffRole
from scribe.store.once import Answer
from scribe.store.records import RevisionKind
from scribe.store.sessions import Session
from scribe.store.store import Store
from scribe.store.unit import Unit
from scribe.types import Segment, Transcript, Word

CROWD = 6


def at_once(
    store: Store, work: Callable[[Unit, int], Any], actor: Callable[[int], Actor] = lambda _: SYSTEM
) -> list[Any]:
    """What `CROWD` units that begin at the same moment came to: their result, or the conflict they met."""
    ready, found = threading.Barrier(CROWD), [None] * CROWD

    def one(number: int) -> None:
        try:
            ready.wait(30)
            with store.begin(actor(number)) as unit:
                found[number] = work(unit, number)
        except (ConflictError, InputError) as error:
            found[number] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def made(found: list[Any]) -> list[Any]:
    """Those that got through."""
    return [one for one in found if one is not None and one is not False and not isinstance(one, Exception)]


@pytest.fixture
def somebody(store: Store) -> str:
    with store.begin(SYSTEM) as unit:
        return unit.people.add("ada", "Ada", {StaffRole.ADMIN}, password="first").id


def enrolled(store: Store, person: str, secret: str) -> tuple[str, ...]:
    with store.begin(SYSTEM) as unit:
        return unit.people.enrol(person, secret, pyotp.TOTP(secret).at(store.clock()))


def test_a_recovery_code_lets_one_in(store: Store, somebody: str) -> None:
    codes = enrolled(store, somebody, pyotp.random_base32())
    for code in codes[:5]:
        assert len(made(at_once(store, lambda unit, _, code=code: unit.people.second_factor_fits(somebody, code)))) == 1
    with store.begin(SYSTEM) as unit:
        assert unit.people.get(somebody).recovery_left == len(codes) - 5


def test_the_digits_of_an_authenticator_let_one_in(store: Store, somebody: str, clock: Any) -> None:
    secret = pyotp.random_base32()
    enrolled(store, somebody, secret)
    for _ in range(3):
        clock.forward(seconds=30)
        digits = pyotp.TOTP(secret).at(store.clock())
        found = at_once(store, lambda unit, _, digits=digits: unit.people.second_factor_fits(somebody, digits))
        assert len(made(found)) == 1


def test_a_secret_is_enrolled_once_with_the_same_digits(store: Store, somebody: str) -> None:
    secret = pyotp.random_base32()
    digits = pyotp.TOTP(secret).at(store.clock())
    assert len(made(at_once(store, lambda unit, _: unit.people.enrol(somebody, secret, digits)))) == 1


def test_a_first_password_is_changed_once(store: Store, somebody: str) -> None:
    def change(unit: Unit, number: int) -> Any:
        return unit.people.set_password(somebody, f"new{number}", by_themselves=True, in_place_of="first")

    assert len(made(at_once(store, change))) == 1


def test_administrators_who_demote_one_another_leave_one(store: Store, somebody: str) -> None:
    with store.begin(SYSTEM) as unit:
        others = [unit.people.add(f"a{number}", "A", {StaffRole.ADMIN}).id for number in range(CROWD - 1)]
    admins = [somebody, *others]
    at_once(store, lambda unit, number: unit.people.set_roles(admins[number], {StaffRole.QA}))
    with store.begin(SYSTEM) as unit:
        assert sum(StaffRole.ADMIN in one.roles for one in unit.people.all()) == 1


def test_a_login_is_given_once(store: Store, somebody: str) -> None:
    found = at_once(store, lambda unit, _: unit.people.add("ben", "Ben", {StaffRole.QA}))
    assert len(made(found)) == 1
    assert all(isinstance(one, ConflictError) for one in found if one not in made(found))


def test_a_session_is_renewed_once(store: Store, somebody: str, clock: Any) -> None:
    with store.begin(SYSTEM) as unit:
        session = unit.sessions.find(unit.sessions.start(somebody, "", timedelta(hours=1)))
    assert isinstance(session, Session)
    cookies = made(at_once(store, lambda unit, _: unit.sessions.renew(session)))
    assert len(cookies) == 1
    with store.begin(SYSTEM) as unit:
        assert unit.sessions.find(cookies[0]) is not None


def spoken(text: str) -> Transcript:
    return Transcript((Segment((Word(0.0, 1.0, text, 0.9),)),))


@pytest.fixture
def encounter(store: Store) -> str:
    with store.begin(ME) as unit:
        name = unit.encounters.add(patient="Jane Doe").id
        for number in range(3):
            unit.revisions.append(name, spoken(f"words {number}"), base=number)
        return name


def test_one_of_many_edits_of_a_revision_is_the_next(store: Store, encounter: str) -> None:
    def edit(unit: Unit, number: int) -> Any:
        return unit.revisions.append(encounter, spoken(f"mine {number}"), base=3)

    assert [one.revision.number for one in made(at_once(store, edit))] == [4]


def test_one_of_many_undos_counts(store: Store, encounter: str) -> None:
    kind = RevisionKind.TRANSCRIPT
    found = at_once(store, lambda unit, _: unit.revisions.undo(encounter, kind, base=3))
    assert [one.number for one in made(found)] == [4]
    found = at_once(store, lambda unit, _: unit.revisions.redo(encounter, kind, base=4))
    assert [one.number for one in made(found)] == [5]
    with store.begin(SYSTEM) as unit:
        assert unit.revisions.check(encounter, kind) == ()


def test_an_encounter_is_claimed_by_one(store: Store, encounter: str) -> None:
    def person(number: int) -> Actor:
        return Actor(f"u{number}", f"Person {number}", frozenset({StaffRole.QA}))

    found = made(at_once(store, lambda unit, _: unit.encounters.claim(encounter), person))
    assert len(found) == 1
    with store.begin(SYSTEM) as unit:
        assert unit.encounters.get(encounter).owner_id == found[0].owner_id


def test_a_job_is_claimed_by_one_worker(store: Store, encounter: str) -> None:
    with store.begin(SYSTEM) as unit:
        for number in range(3):
            unit.jobs.enqueue(encounter, "draft", audio_sha256=f"{number:064d}", config_hash="0" * 64)
    found = made(at_once(store, lambda unit, number: unit.jobs.claim(f"worker {number}")))
    assert len({job.id for job in found}) == len(found) <= 3


def test_a_question_is_answered_once(store: Store, encounter: str) -> None:
    with store.begin(ME) as unit:
        query = unit.queries.ask(encounter, "Which side?").id
    found = made(at_once(store, lambda unit, number: unit.queries.answer(query, f"side {number}")))
    assert len(found) == 1
    with store.begin(ME) as unit:
        assert unit.queries.get(query).answer == found[0].answer


def test_a_key_is_used_once(store: Store, encounter: str) -> None:
    assert len(made(at_once(store, lambda unit, _: unit.once.use("provider", "state")))) == 1
    answer = Answer("fingerprint", 201, "application/json", b'{"patient":"Jane Doe"}', encounter)

    def keep(unit: Unit, number: int) -> bool:
        return unit.once.keep("u-ada", "key", answer)

    assert len(made(at_once(store, keep))) == 1
    with store.begin(ME) as unit:
        assert unit.once.find("u-ada", "key") == answer
        assert unit.once.find("u-ben", "key") is None


def test_an_answer_is_kept_for_a_day(store: Store, encounter: str, clock: Any) -> None:
    answer = Answer("fingerprint", 200, "application/json", b"{}")
    with store.begin(ME) as unit:
        unit.once.keep("u-ada", "of an encounter", replace(answer, encounter_id=encounter))
        unit.once.keep("u-ada", "of none", answer)
    clock.forward(hours=23)
    with store.begin(ME) as unit:
        assert unit.once.find("u-ada", "of none") == answer
    clock.forward(hours=2)
    with store.begin(ME) as unit:
        assert unit.once.find("u-ada", "of an encounter") is None
        assert unit.once.use("u-ada", "of none")
