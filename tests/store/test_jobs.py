from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from scribe.config import Config, StoreSettings
from scribe.errors import ConflictError, NotFoundError
from scribe.store.actor import ME, SYSTEM
from scribe.store.jobs import PATIENCE
from scribe.store.records import Job, JobState, Priority, State
from scribe.store.store import Store
from scribe.store.unit import Unit


def queued(unit: Unit, audio: str = "a", **options: Any) -> Job:
    return unit.jobs.enqueue(unit.encounters.add().id, "draft", audio_sha256=audio, config_hash="c", **options)


def test_a_recording_is_queued_once_for_each_configuration(unit: Unit) -> None:
    name = unit.encounters.add().id
    first = unit.jobs.enqueue(name, "draft", audio_sha256="a", config_hash="c", options={"mode": "visit"})
    assert unit.jobs.enqueue(name, "draft", audio_sha256="a", config_hash="c") == first
    assert first.options == {"mode": "visit"}
    assert unit.jobs.enqueue(name, "draft", audio_sha256="a", config_hash="other") != first
    assert len(unit.jobs.of(name)) == 2
    assert unit.jobs.counts() == {JobState.WAITING: 2}


def test_stat_goes_first_then_the_oldest(store: Store, clock: Any) -> None:
    names = []
    for urgent in (False, False, True):
        clock.forward(seconds=1)
        with store.begin(ME) as unit:
            names.append(queued(unit, urgent=urgent).id)
    with store.begin(SYSTEM) as unit:
        claimed = [unit.jobs.claim("w") for _ in range(4)]
    assert [item.id if item else None for item in claimed] == [names[2], names[0], names[1], None]


def test_progress_is_written_and_a_silent_worker_loses_its_job(store: Store, clock: Any) -> None:
    with store.begin(SYSTEM) as unit:
        queued(unit)
        old = unit.jobs.claim("old")
        assert old
        unit.jobs.heartbeat(old, stage="asr", done=3, total=9)
        assert (unit.jobs.get(old.id).stage, unit.jobs.get(old.id).done) == ("asr", 3)
    clock.forward(seconds=59)
    with store.begin(SYSTEM) as unit:
        unit.jobs.heartbeat(old)
        assert unit.jobs.get(old.id).stage == "asr"
    clock.forward(seconds=59)
    with store.begin(SYSTEM) as unit:
        assert unit.jobs.claim("new") is None
    clock.forward(seconds=2)
    with store.begin(SYSTEM) as unit:
        new = unit.jobs.claim("new")
        assert new
        assert (new.id, new.attempts, new.interruptions, new.stage) == (old.id, 1, 1, "")
    for call in ("heartbeat", "complete", "hand_back"):
        with pytest.raises(ConflictError, match="no longer"), store.begin(SYSTEM) as unit:
            getattr(unit.jobs, call)(old)
    with store.begin(SYSTEM) as unit:
        assert unit.jobs.complete(new).state is JobState.DONE


def test_what_a_late_worker_made_is_not_stored(store: Store, clock: Any) -> None:
    with store.begin(SYSTEM) as unit:
        job = queued(unit)
        late = unit.jobs.claim("late")
        assert late
    clock.forward(seconds=61)
    with store.begin(SYSTEM) as unit:
        assert unit.jobs.claim("other")
    with suppress(ConflictError), store.begin(SYSTEM) as unit:
        unit.comments.add(job.encounter_id, "made twice")
        unit.jobs.complete(late)
        pytest.fail("the old claim still counts")
    with store.begin(ME) as unit:
        assert unit.comments.of(job.encounter_id) == ()


def test_a_failure_is_tried_again_later_and_parked_in_the_end(store: Store, clock: Any) -> None:
    with store.begin(SYSTEM) as unit:
        queued(unit)
    pauses = []
    for attempt in (1, 2, 3):
        with store.begin(SYSTEM) as unit:
            claimed = unit.jobs.claim("w")
            assert claimed
            assert claimed.attempts == attempt
            failed = unit.jobs.fail(claimed, "the disk is full", again=True)
            assert unit.jobs.claim("w") is None
        pauses.append((failed.available_at - clock.now).total_seconds())
        clock.forward(seconds=60)
    assert pauses[:2] == [5, 20]
    assert (failed.state, failed.reason) == (JobState.PARKED, "the disk is full")
    with store.begin(ME) as unit:
        assert unit.jobs.again(failed.id).attempts == 0
        assert unit.jobs.claim("w")


def test_what_cannot_work_is_parked_at_once(unit: Unit) -> None:
    job = queued(unit)
    claimed = unit.jobs.claim("w")
    assert claimed
    assert unit.jobs.fail(claimed, "not a recording", again=False).state is JobState.PARKED
    with pytest.raises(ConflictError):
        unit.jobs.complete(claimed)
    assert [item.id for item in unit.jobs.find(JobState.PARKED)] == [job.id]


def test_a_recording_that_kills_its_workers_is_parked(store: Store) -> None:
    with store.begin(SYSTEM) as unit:
        job = queued(unit)
        for worker in ("a", "b", "c"):
            assert unit.jobs.claim(worker)
            assert [item.id for item in unit.jobs.abandoned(worker, crashed=True)] == [job.id]
        assert unit.jobs.claim("d") is None
        assert unit.jobs.get(job.id).state is JobState.PARKED
        assert "3 times" in unit.jobs.get(job.id).reason


def test_a_server_that_is_stopped_again_and_again_parks_nothing(store: Store, clock: Any) -> None:
    with store.begin(SYSTEM) as unit:
        job = queued(unit)
        unit.encounters.move(job.encounter_id, State.TRANSCRIBING)
        for times in range(1, PATIENCE + 1):
            assert unit.jobs.claim("a")
            (freed,) = unit.jobs.abandoned("a", crashed=False)
            assert (freed.state, freed.attempts, freed.interruptions) == (JobState.WAITING, 0, times)
            assert unit.encounters.get(job.encounter_id).state is State.RECORDED


def test_a_recording_that_takes_the_machine_down_is_put_off_and_never_given_up(store: Store, clock: Any) -> None:
    waited = []
    with store.begin(SYSTEM) as unit:
        queued(unit)
    for _ in range(PATIENCE + 9):
        with store.begin(SYSTEM) as unit:
            assert unit.jobs.claim("a")
        clock.forward(seconds=61)  # nobody tells that the worker is gone: its lease ends
        with store.begin(SYSTEM) as unit:
            if (again := unit.jobs.claim("b")) is None:
                (put_off,) = unit.jobs.find(JobState.WAITING)
                waited.append((put_off.available_at - clock.now).total_seconds() / 60)
                assert "stopped" in put_off.reason
                clock.forward(hours=1)
            else:
                unit.jobs.abandoned(again.worker or "", crashed=False)
                clock.forward(hours=1)
    assert waited == sorted(waited)
    assert max(waited) <= 60


def test_stat_that_is_set_later_counts_and_is_taken_back(unit: Unit) -> None:
    job = queued(unit)
    unit.jobs.fail(unit.jobs.claim("w") or job, "not a recording", again=False)
    unit.encounters.change(job.encounter_id, priority=Priority.STAT)
    assert unit.jobs.again(job.id).urgent
    assert unit.jobs.urgent_waits()
    unit.encounters.change(job.encounter_id, title="the same")
    assert unit.jobs.get(job.id).urgent
    unit.encounters.change(job.encounter_id, priority=Priority.ROUTINE)
    assert not unit.jobs.get(job.id).urgent
    assert unit.jobs.claim("w", urgent=True) is None
    assert unit.jobs.claim("w")


def test_one_job_is_taken_out_of_turn(store: Store, clock: Any) -> None:
    with store.begin(SYSTEM) as unit:
        first, second = queued(unit), queued(unit)
        assert unit.jobs.take(second.id, "live") == unit.jobs.get(second.id)
        assert unit.jobs.take(second.id, "other") is None
        claimed = unit.jobs.claim("w")
        assert claimed
        assert claimed.id == first.id
        unit.jobs.complete(claimed)
        assert unit.jobs.take(first.id, "live") is None
    clock.forward(seconds=61)
    with store.begin(SYSTEM) as unit:
        late = unit.jobs.take(second.id, "other")
        assert late
        assert (late.worker, late.attempts, late.interruptions) == ("other", 1, 1)


def test_an_encounter_is_not_transcribed_for_ever(store: Store) -> None:
    with store.begin(SYSTEM) as unit:
        job = queued(unit)
        unit.encounters.move(job.encounter_id, State.TRANSCRIBING)
        for worker in ("a", "b", "c"):
            unit.jobs.claim(worker)
            unit.jobs.abandoned(worker, crashed=True)
        unit.jobs.claim("d")
        assert unit.encounters.get(job.encounter_id).state is State.RECORDED
        other = queued(unit)
        unit.encounters.move(other.encounter_id, State.TRANSCRIBING)
        unit.jobs.cancel(other.id)
        assert unit.encounters.get(other.encounter_id).state is State.RECORDED


def test_a_clock_that_is_put_back_keeps_no_job(store: Store, clock: Any) -> None:
    with store.begin(SYSTEM) as unit:
        queued(unit)
        late = unit.jobs.claim("late")
        queued(unit)
    clock.forward(days=-2)
    with store.begin(SYSTEM) as unit:
        found = [unit.jobs.claim("w"), unit.jobs.claim("w")]
        assert all(found)
        assert late
        with pytest.raises(ConflictError):
            unit.jobs.complete(late)


def test_a_worker_that_is_told_to_stop_hands_back_without_a_try(unit: Unit) -> None:
    queued(unit)
    claimed = unit.jobs.claim("w")
    assert claimed
    assert unit.jobs.hand_back(claimed).attempts == 0
    assert unit.jobs.claim("w")


def test_a_person_cancels(unit: Unit) -> None:
    job = queued(unit)
    claimed = unit.jobs.claim("w")
    assert claimed
    assert unit.jobs.cancel(job.id).state is JobState.CANCELLED
    with pytest.raises(ConflictError):
        unit.jobs.heartbeat(claimed)
    unit.jobs.again(job.id)
    second = unit.jobs.claim("w")
    assert second
    unit.jobs.complete(second)
    for refused in (unit.jobs.cancel, unit.jobs.again):
        with pytest.raises(ConflictError):
            refused(job.id)
    with pytest.raises(NotFoundError):
        unit.jobs.get("nothing")


def test_workers_that_claim_at_once_get_different_jobs(config: Config) -> None:
    stores = [Store.open(config) for _ in range(4)]
    with stores[0].begin(ME) as unit:
        names = {queued(unit, audio=str(number)).id for number in range(20)}
    claimed: list[str] = []

    def work(store: Store) -> None:
        while True:
            with store.begin(SYSTEM) as unit:
                found = unit.jobs.claim("w")
            if found is None:
                return
            claimed.append(found.id)

    threads = [threading.Thread(target=work, args=[store]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert sorted(claimed) == sorted(names)


class Workers(RuleBasedStateMachine):
    """Workers that claim, fall silent, come back and finish in any order: each job has its effect at most once."""

    jobs = Bundle("jobs")
    claims = Bundle("claims")

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        self.now = datetime(2026, 3, 2, tzinfo=UTC)
        self.store = Store.open(Config(store=StoreSettings(folder=self.folder.name)), clock=lambda: self.now)
        self.effects: dict[str, int] = {}

    @rule(target=jobs, urgent=st.booleans())
    def add(self, urgent: bool) -> str:
        with self.store.begin(ME) as unit:
            return queued(unit, urgent=urgent).id

    @rule(target=claims)
    def claim(self) -> Job | None:
        with self.store.begin(SYSTEM) as unit:
            return unit.jobs.claim("w")

    @rule(seconds=st.sampled_from([1, 30, 61, 400]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(claimed=claims, verb=st.sampled_from(["complete", "fail", "hand_back", "heartbeat"]))
    def report(self, claimed: Job | None, verb: str) -> None:
        if claimed is None:
            return
        try:
            with self.store.begin(SYSTEM) as unit:
                if verb == "fail":
                    unit.jobs.fail(claimed, "why", again=True)
                else:
                    getattr(unit.jobs, verb)(claimed)
        except ConflictError:
            return
        if verb == "complete":
            self.effects[claimed.id] = self.effects.get(claimed.id, 0) + 1

    @rule(job=jobs)
    def again(self, job: str) -> None:
        with suppress(ConflictError), self.store.begin(ME) as unit:
            unit.jobs.again(job)

    @invariant()
    def nothing_runs_twice_in_effect(self) -> None:
        if not hasattr(self, "effects"):
            return
        assert set(self.effects.values()) <= {1}
        with self.store.begin(ME, read_only=True) as unit:
            done = {item.id for item in unit.jobs.find(JobState.DONE)}
            for item in unit.jobs.find():
                assert 0 <= item.attempts <= 3
                assert (item.state is JobState.RUNNING) == (item.leased_until is not None)
        assert done == set(self.effects)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


Workers.TestCase.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
TestWorkers = Workers.TestCase
