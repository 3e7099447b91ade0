"""Writers killed without warning, on both databases: what was acknowledged is there, whole, once."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from scribe import vault
from scribe.batch.worker import Worker
from scribe.config import Config, StoreSettings
from scribe.errors import StoreError, VaultError
from scribe.plugins import OnProgress
from scribe.store.actor import ME, SYSTEM
from scribe.store.records import Job, JobState, RevisionKind
from scribe.store.store import Store
from scribe.types import Encounter, Note, Section, SectionGroup, SectionKind, Segment, Statement, Transcript, Word

MOMENTS = 50  # on each database
REMARKS = 20  # of each process
TRANSCRIPT, NOTE = RevisionKind.TRANSCRIPT, RevisionKind.NOTE


def said(count: int) -> Transcript:
    return Transcript((Segment(tuple(Word(n, n + 1, f" word{n}") for n in range(count + 1))),))


def noted(sentence: str) -> Note:
    statement = Statement("s1", sentence, author="Ada")
    return Note("n", Encounter("e"), (Section(SectionKind.PLAN, "Plan", SectionGroup.PLAN, "18776-5", (statement,)),))


def write(config: Config, name: str, acknowledged: Connection) -> None:
    """A process that edits a transcript and drafts notes, and says what it has stored, until it is killed."""
    store = Store.open(config)
    with store.begin(ME, read_only=True) as unit:
        latest = unit.revisions.latest(name, TRANSCRIPT)
    number = latest.number if latest else 0
    while True:
        with store.begin(ME) as unit:
            saved = unit.revisions.append(name, said(number), base=number)
        number = saved.revision.number
        acknowledged.send((name, TRANSCRIPT, number, saved.revision.sha256))
        with store.begin(SYSTEM) as unit:
            visit = unit.encounters.add().id
            unit.jobs.enqueue(visit, "draft", audio_sha256="a", config_hash="c")
        with store.begin(SYSTEM) as unit:
            job = unit.jobs.claim("w")
            assert job
        with store.begin(SYSTEM) as unit:
            drafted = unit.revisions.append(job.encounter_id, noted(f"Draft {number}."), base=0)
            unit.jobs.complete(job)
        acknowledged.send((job.encounter_id, NOTE, 1, drafted.revision.sha256))


@pytest.fixture(params=["sqlcipher", "postgresql"])
def config(request: pytest.FixtureRequest, configure: Any, key_file: Path) -> Config:
    url = {"url": request.getfixturevalue("postgres").database()} if request.param == "postgresql" else {}
    made: Config = configure(key=f"file:{key_file}", lease_seconds=0.01, attempts=1000, **url)
    return made


def killed_writers(config: Config, name: str, moments: int) -> Iterator[tuple[str, RevisionKind, int, str]]:
    """What writers acknowledged before each was killed at some moment."""
    context, chance = multiprocessing.get_context("forkserver"), random.Random(7)
    for _ in range(moments):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=write, args=(config, name, theirs), daemon=True)
        process.start()
        theirs.close()
        if not ours.poll(60):
            pytest.fail("the writer wrote nothing")
        time.sleep(chance.random() * 0.1)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        try:
            while True:
                yield ours.recv()
        except (EOFError, OSError):
            ours.close()


def test_no_acknowledged_change_is_lost_at_any_moment(config: Config) -> None:
    store = Store.open(config)
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
    store.close()
    acknowledged = list(killed_writers(config, name, MOMENTS))
    store = Store.open(config)
    with store.begin(ME, read_only=True) as unit:
        edits = {item.number: item.sha256 for item in unit.revisions.history(name, TRANSCRIPT)}
        assert list(edits) == list(range(1, len(edits) + 1))
        assert unit.revisions.check(name, TRANSCRIPT) == ()
        assert unit.revisions.transcript(name).document == said(len(edits) - 1)
        for whose, kind, number, sha256 in acknowledged:
            stored = edits if whose == name else {1: unit.revisions.note(whose).revision.sha256}
            assert stored[number] == sha256, (kind, number)
        for job in unit.jobs.find(limit=100_000):
            notes = unit.revisions.history(job.encounter_id, NOTE)
            assert len(notes) == (job.state is JobState.DONE), job.state
            assert unit.revisions.check(job.encounter_id, NOTE) == ()
    assert len(acknowledged) >= MOMENTS
    assert store.verify_audit().findings == ()
    store.close()


def test_a_database_that_goes_away_and_comes_back(postgres: Any, configure: Any) -> None:
    store = Store.open(configure(url=postgres.database()))
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        unit.revisions.append(name, noted("Rest."), base=0)
    postgres.stop()
    try:
        with pytest.raises(StoreError, match="cannot be reached, nothing was changed"), store.begin(ME) as unit:
            unit.revisions.append(name, noted("Ice."), base=1)
        with pytest.raises(StoreError, match="cannot be reached"):
            Store.open(Config(store=store.settings))
    finally:
        postgres.start()

    def save() -> int:
        with store.begin(ME) as unit:
            return unit.revisions.append(name, noted("Ice."), base=1).revision.number

    assert store.retry(save) == 2
    with store.begin(ME) as unit:
        assert unit.revisions.note(name).document.statements[0].text == "Ice."
        assert unit.revisions.check(name, NOTE) == ()
    store.close()


def test_a_worker_outlasts_a_database_that_is_away(postgres: Any, configure: Any) -> None:
    config = configure(url=postgres.database(), lease_seconds=0.5, attempts=10)
    store = Store.open(config)
    with store.begin(ME) as unit:
        job = unit.jobs.enqueue(unit.encounters.add().id, "draft", audio_sha256="a", config_hash="c")
    away, done = threading.Event(), threading.Event()

    def work(store: Store, job: Job, settings: Config, on_progress: OnProgress) -> None:
        if not away.is_set():
            postgres.stop()
            away.set()
        with store.begin(SYSTEM) as unit:
            unit.jobs.complete(job)
            unit.revisions.append(job.encounter_id, noted("Rest."), base=0)
        done.set()

    worker = Worker(store, config, "w", work=work)
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert away.wait(60)
    postgres.start()
    assert done.wait(60)
    worker.stop.set()
    thread.join()
    with store.begin(ME) as unit:
        assert unit.jobs.get(job.id).state is JobState.DONE
        assert len(unit.revisions.history(job.encounter_id, NOTE)) == 1
    store.close()


def test_a_connection_that_breaks_within_a_unit_changes_nothing(postgres: Any, configure: Any) -> None:
    store = Store.open(configure(url=postgres.database()))
    with store.begin(ME) as unit:
        name = unit.encounters.add().id

    def interrupted() -> None:
        with store.begin(ME) as unit:
            unit.comments.add(name, "lost")
            postgres.stop()
            postgres.start()
            unit.comments.add(name, "lost, too")

    with pytest.raises(StoreError, match="nothing was changed"):
        interrupted()
    with store.begin(ME) as unit:
        assert unit.comments.of(name) == ()
    store.close()


def test_a_disk_that_is_full_is_told(configure: Any) -> None:
    store = Store.open(configure())
    with store.begin(ME) as unit:
        name = unit.encounters.add().id

    def too_much() -> None:
        with store.begin(ME) as unit:
            pages = unit._context.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            unit._context.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
            unit.comments.add(name, random.Random(1).randbytes(200_000).hex())

    with pytest.raises(StoreError, match="disk is full, nothing was changed"):
        too_much()
    store.close()


def test_another_key_opens_nothing_and_changes_nothing(config: Config, tmp_path: Path) -> None:
    store = Store.open(config)
    with store.begin(ME) as unit:
        name = unit.encounters.add(patient="Zoë").id
    store.close()
    other = tmp_path / "other"
    other.write_text(vault.as_text(vault.new_key()))
    for key in (f"file:{other}", ""):
        wrong = Config(store=StoreSettings.model_validate({**config.store.model_dump(), "key": key}))
        with pytest.raises(VaultError):
            Store.open(wrong)
    store = Store.open(config)
    with store.begin(ME) as unit:
        assert unit.encounters.get(name).patient == "Zoë"
    store.close()


def test_no_word_of_a_note_is_in_any_file(configure: Any, key_file: Path, tmp_path: Path) -> None:
    canary = b"pheochromocytoma"
    store = Store.open(configure(key=f"file:{key_file}"))
    for number in range(3):
        with store.begin(ME) as unit:
            visit = unit.encounters.add(patient=canary.decode(), title=canary.decode())
            for base in range(20):
                unit.revisions.append(visit.id, noted(f"{canary.decode()} {base}"), base=base)
            unit.comments.add(visit.id, canary.decode())
            unit.queries.ask(visit.id, canary.decode())
            file = store.blobs.receive([canary * 100])
            unit.recordings.add(visit.id, file, media_type="audio/wav", name=canary.decode())
        if number == 1:
            with store.transaction() as connection:
                connection.exec_driver_sql("CREATE TEMP TABLE t AS SELECT * FROM encounter ORDER BY patient")
    everywhere = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name.endswith("-wal") for path in everywhere), "it is still open"
    assert [path.name for path in everywhere if canary in path.read_bytes()] == []
    store.close()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and canary in path.read_bytes()] == []


def test_no_word_of_a_note_is_in_the_files_of_the_server(postgres: Any, configure: Any, key_file: Path) -> None:
    canary = b"phaeochromocytoma"
    store = Store.open(configure(key=f"file:{key_file}", url=postgres.database()))
    with store.begin(ME) as unit:
        visit = unit.encounters.add(patient=canary.decode())
        unit.revisions.append(visit.id, noted(canary.decode()), base=0)
        unit.comments.add(visit.id, canary.decode())
    with store.transaction() as connection:
        connection.exec_driver_sql("SELECT pg_switch_wal()")
    store.close()
    files = [path for path in postgres.folder.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert [path for path in files if canary in path.read_bytes()] == []


def test_processes_that_write_at_once_keep_one_chain(config: Config) -> None:
    store = Store.open(config)
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
    store.close()
    context = multiprocessing.get_context("forkserver")
    processes = [context.Process(target=remark, args=(config, name), daemon=True) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * 4
    store = Store.open(config)
    verdict = store.verify_audit()
    assert verdict.findings == ()
    assert verdict.checkpoints > 4
    with store.begin(ME, read_only=True) as unit:
        assert len(unit.comments.of(name)) == 4 * REMARKS
    store.close()


def remark(config: Config, name: str) -> None:
    store = Store.open(config)
    for number in range(REMARKS):
        with store.begin(ME) as unit:
            unit.comments.add(name, f"remark {number}")
        if number % 5 == 0:
            store.attest()
    store.close()
