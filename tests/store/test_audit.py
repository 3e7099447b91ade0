"""The audit trail: what is told, and that no later change of it goes unseen."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from scribe.config import Config, StoreSettings
from scribe.errors import NotFoundError, StoreError
from scribe.store.actor import ME, SYSTEM, Actor, StaffRole
from scribe.store.audit import Entry, Event
from scribe.store.audit_check import Verdict
from scribe.store.records import Filter
from scribe.store.store import Store

ANNA = Actor("anna", "Dr Anna", frozenset({StaffRole.PHYSICIAN}), "s1")
ROWS = 12  # of the trail that is tampered with


def rows(store: Store) -> list[Entry]:
    """The trail, the oldest row first."""
    with store.begin(SYSTEM, read_only=True) as unit:
        return list(reversed(unit.audit.latest(1000)))


def told(store: Store) -> list[tuple[str, str]]:
    return [(row.actor, row.action) for row in rows(store)][1:]


def test_a_change_and_a_reading_are_told_with_who_what_and_whom(store: Store) -> None:
    with store.begin(ANNA) as unit:
        made = unit.encounters.add(patient="Jane Doe", identifier="MRN 4711")  # no hash can hold it by chance
    with store.begin(ANNA, read_only=True) as unit:
        unit.encounters.get(made.id)
    created, read = rows(store)[1:]
    assert (created.action, created.encounter, created.role) == ("encounter.create", made.id, "physician")
    assert (read.action, read.encounter, read.actor) == ("encounter.read", made.id, "anna")
    assert created.patient == read.patient != ""
    assert "Jane" not in repr(rows(store))
    assert "MRN" not in "".join(getattr(created, name) for name in Entry.__slots__ if name != "seq")
    assert store.verify_audit().intact


def test_the_same_patient_has_the_same_reference_in_every_encounter(store: Store) -> None:
    with store.begin(ANNA) as unit:
        for number in ("4711", " 4711 ", "4712"):
            unit.encounters.add(patient="Jane Doe", identifier=number)
    first, again, other = (row.patient for row in rows(store)[1:])
    assert first == again != other


def test_the_same_reading_is_told_once_in_five_minutes(store: Store, clock: Any) -> None:
    with store.begin(ANNA) as unit:
        made = unit.encounters.add()
    for _ in range(3):
        with store.begin(ANNA, read_only=True) as unit:
            unit.encounters.get(made.id)
    assert told(store).count(("anna", "encounter.read")) == 1
    clock.forward(minutes=6)
    with store.begin(ANNA, read_only=True) as unit:
        unit.encounters.get(made.id)
    assert told(store).count(("anna", "encounter.read")) == 2


def test_a_change_that_is_undone_is_not_told_but_what_was_refused_is(store: Store) -> None:
    def refused() -> None:
        with store.begin(ANNA) as unit:
            unit.encounters.add()
            unit.record(Event("encounter.read", encounter="other", outcome="refused"))
            raise NotFoundError("not yours")

    with pytest.raises(NotFoundError):
        refused()
    assert told(store) == [("anna", "encounter.read")]
    assert rows(store)[-1].outcome == "refused"


@pytest.mark.parametrize("read_only", [False, True])
def test_what_cannot_be_told_does_not_happen(store: Store, read_only: bool) -> None:
    with store.begin(ANNA) as unit:
        made = unit.encounters.add()
    with store.transaction() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO elsewhere"))

    def looked() -> None:
        with store.begin(ANNA, read_only=read_only) as unit:
            unit.encounters.get(made.id)
            if not read_only:
                unit.encounters.add()

    with pytest.raises(StoreError):
        looked()
    with store.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM encounter")).scalar() == 1
        connection.execute(text("ALTER TABLE elsewhere RENAME TO audit"))
    with store.begin(ANNA, read_only=True) as unit:
        unit.encounters.get(made.id)
    assert told(store)[-1] == ("anna", "encounter.read"), "a reading that could not be told is told the next time"


def test_a_clock_that_is_set_back_is_told_and_the_order_stays(store: Store, clock: Any) -> None:
    with store.begin(ANNA) as unit:
        unit.encounters.add()
    clock.forward(hours=-2)
    with store.begin(ANNA) as unit:
        unit.encounters.add()
    found = rows(store)
    assert [row.action for row in found][1:] == ["encounter.create", "audit.clock", "encounter.create"]
    assert "7200 s" in found[2].reason
    assert [row.seq for row in found] == [1, 2, 3, 4]
    assert store.verify_audit().intact


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq = 1",
        "DELETE FROM audit_state",
    ],
)
def test_the_database_itself_refuses_to_change_the_trail(store: Store, statement: str) -> None:
    with pytest.raises(StoreError), store.transaction() as connection:
        connection.execute(text(statement))
    assert store.verify_audit().intact


def test_every_part_of_a_unit_tells(store: Store) -> None:
    """Whoever adds a method to the store that touches patient data marks it; these need not tell."""
    silent = {
        "Encounters": {"access", "exists", "visible"},
        "Recordings": {  # of a file: no words, no sound
            *("get", "of", "captured_as", "settled_captures", "sent", "adopt", "timed")
        },
        "Revisions": {"latest", "history", "check", "count"},
        "Codes": set(),
        "Queries": set(),
        "Comments": set(),
        "Signatures": {"of"},
        "Jobs": {
            *("get", "of", "find", "counts", "claim", "take", "urgent_waits"),
            *("heartbeat", "complete", "fail", "hand_back", "abandoned"),
        },
    }
    with store.begin(ME) as unit:
        for name in ("encounters", "recordings", "revisions", "codes", "queries", "comments", "signatures", "jobs"):
            part = type(getattr(unit, name))
            methods = {key for key, value in vars(part).items() if callable(value) and not key.startswith("_")}
            mute = {key for key in methods if not hasattr(getattr(part, key), "action")}
            assert mute == silent[part.__name__] & methods, part.__name__


# --- tampering
@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with `ROWS` rows and a checkpoint."""
    folder = tmp_path_factory.mktemp("audit") / "store"
    store = Store.open(Config(store=StoreSettings(folder=str(folder))))
    for number in range(1, ROWS):
        with store.begin(ANNA) as unit:
            unit.record(Event("note.read", f"note:{number}", encounter="e1", reason=str(number)))
    store.attest()
    store.close()
    return folder


def tampered(written: Path, folder: Path, script: str) -> Verdict:
    """The verdict about a copy of the store in which somebody with full rights on the database ran a script."""
    shutil.copytree(written, folder)
    with closing(sqlite3.connect(folder / "scribe.db")) as connection:
        for name in ("audit_keeps", "audit_stays", "audit_state_stays"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.executescript(script)
        connection.commit()
    store = Store.open(Config(store=StoreSettings(folder=str(folder))))
    verdict = store.verify_audit()
    store.close()
    return verdict


SEQ = st.integers(1, ROWS)
COLUMN = st.sampled_from(
    ["at", "actor", "name", "role", "action", "object", "encounter", "patient", "outcome", "reason", "prev_mac", "mac"]
)
HARMLESS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@settings(max_examples=25, deadline=None, suppress_health_check=HARMLESS)
@given(seq=SEQ, column=COLUMN)
def test_an_edit_is_found(written: Path, tmp_path_factory: pytest.TempPathFactory, seq: int, column: str) -> None:
    script = f"UPDATE audit SET {column} = {column} || 'x' WHERE seq = {seq}"
    verdict = tampered(written, tmp_path_factory.mktemp("t") / "s", script)
    assert verdict.findings[0].seq == seq


@settings(max_examples=12, deadline=None, suppress_health_check=HARMLESS)
@given(first=st.integers(1, ROWS), count=st.integers(1, ROWS))
def test_a_deletion_is_found(written: Path, tmp_path_factory: pytest.TempPathFactory, first: int, count: int) -> None:
    script = f"DELETE FROM audit WHERE seq >= {first} AND seq < {first + count}"
    verdict = tampered(written, tmp_path_factory.mktemp("t") / "s", script)
    assert verdict.findings[0].seq == first


@settings(max_examples=12, deadline=None, suppress_health_check=HARMLESS)
@given(pair=st.tuples(SEQ, SEQ).filter(lambda pair: pair[0] != pair[1]))
def test_two_rows_that_changed_places_are_found(
    written: Path, tmp_path_factory: pytest.TempPathFactory, pair: tuple[int, int]
) -> None:
    one, other = sorted(pair)
    script = (
        f"UPDATE audit SET seq = -1 WHERE seq = {one}; UPDATE audit SET seq = {one} WHERE seq = {other};"
        f"UPDATE audit SET seq = {other} WHERE seq = -1"
    )
    verdict = tampered(written, tmp_path_factory.mktemp("t") / "s", script)
    assert {one, other} <= {finding.seq for finding in verdict.findings}


@settings(max_examples=12, deadline=None, suppress_health_check=HARMLESS)
@given(at=st.integers(2, ROWS), copied=SEQ)
def test_a_row_that_is_squeezed_in_is_found(
    written: Path, tmp_path_factory: pytest.TempPathFactory, at: int, copied: int
) -> None:
    columns = "at, actor, name, role, action, object, encounter, patient, outcome, reason, prev_mac, mac"
    script = (
        f"UPDATE audit SET seq = -seq WHERE seq >= {at}; UPDATE audit SET seq = -seq + 1 WHERE seq < 0;"
        f"INSERT INTO audit SELECT {at}, {columns} FROM audit WHERE seq = {copied if copied < at else copied + 1};"
        f"UPDATE audit_state SET seq = seq + 1"
    )
    verdict = tampered(written, tmp_path_factory.mktemp("t") / "s", script)
    assert min(finding.seq for finding in verdict.findings) in (at, at + 1)  # a copy of the row at its own place fits


@pytest.mark.parametrize("left", range(ROWS))
def test_a_trail_that_was_cut_off_is_found(written: Path, tmp_path: Path, left: int) -> None:
    script = (
        f"DELETE FROM audit WHERE seq > {left};"
        f"UPDATE audit_state SET seq = {left}, mac = coalesce((SELECT mac FROM audit WHERE seq = {left}), '{'0' * 64}')"
    )
    verdict = tampered(written, tmp_path / "s", script)
    assert any(finding.seq == left + 1 for finding in verdict.findings)


def test_a_row_added_by_someone_without_the_key_is_found(written: Path, tmp_path: Path) -> None:
    columns = "at, actor, name, role, action, object, encounter, patient, outcome, reason, prev_mac, mac"
    script = (
        f"INSERT INTO audit SELECT {ROWS + 1}, {columns} FROM audit WHERE seq = 3;"
        f"UPDATE audit_state SET seq = {ROWS + 1}, mac = (SELECT mac FROM audit WHERE seq = 3)"
    )
    verdict = tampered(written, tmp_path / "s", script)
    assert ROWS + 1 in {finding.seq for finding in verdict.findings}


def test_an_untouched_copy_is_intact(written: Path, tmp_path: Path) -> None:
    verdict = tampered(written, tmp_path / "s", "SELECT 1")
    assert verdict.intact
    assert (verdict.rows, verdict.checkpoints) == (ROWS, 1)


def test_an_older_database_put_back_is_seen_and_says_so_itself(store: Store, config: Config, tmp_path: Path) -> None:
    file = store.place.file
    if file is None:
        pytest.skip("the database is no file")
    with store.begin(ANNA) as unit:
        unit.encounters.add()
    store.close()
    shutil.copy(file, tmp_path / "old.db")
    store = Store.open(config)
    for _ in range(5):
        with store.begin(ANNA) as unit:
            unit.encounters.add()
    store.attest()
    store.close()
    for extra in ("-wal", "-shm"):
        file.with_name(file.name + extra).unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", file)

    restored = Store.open(config)
    found = rows(restored)[-1]
    assert (found.action, found.outcome) == ("audit.behind", "failed")
    assert not restored.verify_audit().intact
    head = restored.auditor.trail
    with restored.transaction(read_only=True) as connection:
        end = head.head(connection)
    restored.auditor.witness.restored(end, "disk failed; backup of Monday")
    verdict = restored.verify_audit()
    assert verdict.intact
    assert "backup of Monday" in verdict.notes[0]
    restored.close()


def test_a_changed_or_shortened_file_of_checkpoints_is_found(store: Store) -> None:
    for _ in range(3):
        with store.begin(ANNA) as unit:
            unit.record(Event("note.read"))
        store.attest()
    file = store.auditor.witness.file
    good = file.read_text()
    lines = good.splitlines(keepends=True)
    file.write_text("".join(lines[1:]))
    assert not store.verify_audit().intact
    file.write_text(good.replace('"seq": 2', '"seq": 3', 1))
    assert not store.verify_audit().intact
    file.write_text("nonsense\n")
    assert not store.verify_audit().intact
    file.write_text(good)
    assert store.verify_audit().intact


def test_a_checkpoint_that_a_power_cut_left_unfinished_stops_nobody(store: Store) -> None:
    with store.begin(ANNA) as unit:
        unit.record(Event("note.read"))
    store.attest()
    file = store.auditor.witness.file
    good = file.read_text()
    file.write_text(good + good[: len(good) // 2].splitlines()[0])
    assert store.verify_audit().intact
    with store.begin(ANNA) as unit:
        unit.record(Event("note.read"))
    store.attest()
    assert store.verify_audit().intact
    assert file.read_text().startswith(good)
    assert len(file.read_text().splitlines()) == len(good.splitlines()) + 1


def test_the_first_key_can_be_kept_elsewhere(store: Store, tmp_path: Path) -> None:
    away = tmp_path / "usb-stick"
    store.auditor.witness.take_first_key(away, remove=True)
    with store.begin(ANNA) as unit:
        unit.encounters.add()
    with pytest.raises(StoreError, match="--key"):
        store.verify_audit()
    assert store.verify_audit(bytes.fromhex(away.read_text())).intact
    assert not store.verify_audit(bytes(32)).intact
    assert away.stat().st_mode & 0o777 == 0o600


def test_the_worker_does_not_tell_what_it_reads(store: Store) -> None:
    with store.begin(SYSTEM) as unit:
        unit.encounters.find(Filter())
    assert told(store) == []
