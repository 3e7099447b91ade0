"""What is left when the process is killed, the power fails, the disk is full, or the machine sleeps."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe import vault
from scribe.capture import recovery
from scribe.capture.disk import AppendFile, Disk
from scribe.capture.recorder import HOLD_SECONDS, Recorder
from scribe.capture.recording import Recording, State
from scribe.errors import CaptureError, DiskFullError
from scribe.types import Interval, MarkKind, Mode
from tests.capture.conftest import RATE, noise
from tests.capture.power import ForgetfulDisk, PowerCut

BLOCK = RATE // 10
DROP_EVERY, DROPPED = 13 * RATE, 4 * RATE
SOUND = noise(120, seed=9)


def record_on(recorder: Recorder, first: int, last: int) -> Iterator[int]:
    """Record SOUND with marks, drops and a pause on the way; yields how much has been taken after each step."""
    for at in range(first, last, BLOCK):
        recorder.append(SOUND[at : at + BLOCK])
        yield at + BLOCK
        if (at + BLOCK) % DROP_EVERY == 0:
            recorder.drop_last(DROPPED / RATE)
        if (at + BLOCK) % (3 * RATE) == 0:
            recorder.mark(MarkKind.MOMENT)
        if (at + BLOCK) % (5 * RATE) == 0:
            recorder.pause()
            recorder.append(SOUND[:BLOCK])
            recorder.resume()


def check(recording: Recording, taken: int, allowed: float, certain: int | None = None) -> float:
    """That the recording is what was taken but for the last `allowed` seconds; how many seconds are missing.

    What was asked to be dropped is, if that was `certain` samples ago or more.
    """
    assert recording.state is State.FINISHED
    assert not recording.damaged
    missing = (taken - recording.samples) / RATE
    assert missing <= allowed
    assert not recording.missing
    heard = recording.read_pcm(0, 10**9)
    expected = SOUND[: len(heard)].copy()
    for hole in recording.dropped:
        start, end = round(hole.start * RATE), round(hole.end * RATE)
        assert (end % DROP_EVERY, end - start) == (0, DROPPED)
        expected[start:end] = 0
    np.testing.assert_array_equal(heard, expected)
    done = taken - BLOCK if certain is None else certain
    assert len(recording.dropped) >= min(done, recording.samples - 1) // DROP_EVERY
    assert all(mark.at <= recording.duration for mark in recording.marks)
    return missing


def _record_until_killed(root: Path, key: vault.Key | None, taken: object) -> None:
    with Recorder.create(root, key=key, mode=Mode.VISIT, source="test", id="killed") as recorder:
        for count in record_on(recorder, 0, len(SOUND)):
            taken.value = count  # type: ignore[attr-defined]
        taken.value = -1  # type: ignore[attr-defined]
        time.sleep(60)


def test_killed_at_50_moments(tmp_path: Path) -> None:
    """At most the quarter second is missing that had not made a frame; one command makes the rest whole."""
    context = multiprocessing.get_context("forkserver")
    rng, worst = random.Random(4), 0.0
    for number in range(50):
        key = vault.new_key() if number % 2 else None
        root = tmp_path / str(number)
        taken = context.Value("q", 0, lock=False)
        child = context.Process(target=_record_until_killed, args=(root, key, taken))
        child.start()
        assert child.pid is not None
        while not taken.value:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.25))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        if taken.value < 0:
            continue  # it was through before
        assert [item.id for item in recovery.unfinished(root)] == ["killed"]
        recovered = recovery.recover(root / "killed", key)
        worst = max(worst, check(recovered.recording, taken.value, allowed=0.25 + BLOCK / RATE))
        assert not recovered.report.damaged
        assert not recovery.unfinished(root)
    print(f"killed: at most {worst:.3f} s missing")  # noqa: T201  a measured figure


def test_power_cuts(tmp_path: Path) -> None:
    """Less than the last second is missing, wherever the power fails, and whatever of the unflushed survived."""
    length = 25 * RATE
    whole = ForgetfulDisk(tmp_path / "whole", cut_at=10**9)
    with Recorder.create(whole.root, key=None, mode=Mode.VISIT, source="test", id="cut", disk=whole) as recorder:
        assert list(record_on(recorder, 0, length))
        recorder.stop()
    whole.left(tmp_path / "unharmed")
    rng, worst, seen = random.Random(1), 0.0, 0
    for number, cut_at in enumerate(sorted(rng.sample(range(whole.steps), 60))):
        disk = ForgetfulDisk(tmp_path / f"r{number}", cut_at, seed=number)
        key, taken = vault.new_key() if number % 2 else None, 0
        with suppress(PowerCut):
            recorder = Recorder.create(disk.root, key=key, mode=Mode.VISIT, source="test", id="cut", disk=disk)
            try:
                for taken in record_on(recorder, 0, length):  # noqa: B007
                    pass
                recorder.stop()
            finally:
                with suppress(PowerCut):
                    recorder.close()
        left = disk.left(tmp_path / f"l{number}") / "cut"
        if not (left / "recording.json").exists():
            assert taken == 0
            continue
        recovered = recovery.recover(left, key)
        # the block that was being taken when the power failed counts as taken
        worst = max(worst, check(recovered.recording, min(taken + BLOCK, length), allowed=1.0, certain=0))
        assert not recovered.report.damaged
        again = Recorder.reopen(left, key=key)
        first = again.samples
        again.append(noise(1))
        np.testing.assert_array_equal(again.stop().read_pcm(first, RATE), noise(1))
        seen += 1
    assert seen > 50
    print(f"power cut: at most {worst:.3f} s missing")  # noqa: T201  a measured figure


class _NarrowFile(AppendFile):
    def __init__(self, path: Path, disk: NarrowDisk) -> None:
        super().__init__(path)
        self._disk = disk

    def _write(self, data: bytes) -> int:
        if not self._disk.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        piece = data[: self._disk.room]
        self._disk.room -= len(piece)
        return super()._write(piece)


class NarrowDisk(Disk):
    """Has room for so many bytes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def append(self, path: Path) -> AppendFile:
        return _NarrowFile(path, self)

    def free(self, folder: Path) -> int:
        return self.room


def append_all(recorder: Recorder, sound: NDArray[np.int16]) -> int:
    """How often the disk was full on the way."""
    full = 0
    for at in range(0, len(sound), BLOCK):
        try:
            recorder.append(sound[at : at + BLOCK])
        except DiskFullError as error:
            full += 1
            assert "make room" in str(error)  # noqa: PT017
    return full


@pytest.mark.parametrize("room", [2_000, 100_000, 322_000, 330_000, 700_001])
def test_a_full_disk_loses_nothing_that_memory_can_hold(tmp_path: Path, room: int, key: vault.Key | None) -> None:
    disk = NarrowDisk(room)
    sound = SOUND[: 60 * RATE]
    with Recorder.create(tmp_path, key=key, mode=Mode.VISIT, source="test", disk=disk) as recorder:
        assert append_all(recorder, sound)
        with pytest.raises(DiskFullError):
            recorder.mark(MarkKind.CHECK, at=1.0)
        with pytest.raises(DiskFullError):
            recorder.stop()
        safe = Recording.open(recorder.folder, key=key)
        assert safe.samples >= recorder.durable_sample >= (room - 2000) // 2 / 1.02 - RATE
        np.testing.assert_array_equal(safe.read_pcm(0, 10**9), sound[: safe.samples])
        disk.room = 10**9
        assert recorder.sync() == len(sound)
        done = recorder.stop()
    np.testing.assert_array_equal(done.read_pcm(0, 10**9), sound)
    assert [mark.kind for mark in done.marks] == [MarkKind.CHECK]
    assert not done.missing
    assert not recovery.recover(done.folder, key).report.damaged


def test_killed_while_the_disk_is_full(tmp_path: Path, key: vault.Key | None) -> None:
    disk = NarrowDisk(400_000)
    recorder = Recorder.create(tmp_path, key=key, mode=Mode.VISIT, source="test", disk=disk)
    assert append_all(recorder, SOUND[: 30 * RATE])
    durable = recorder.durable_sample
    recorder.close()  # the most that a killed process leaves
    recording = recovery.recover(recorder.folder, key).recording
    assert recording.samples >= durable
    np.testing.assert_array_equal(recording.read_pcm(0, 10**9), SOUND[: recording.samples])


def test_a_disk_that_stays_full_takes_bounded_memory_and_keeps_times_right(tmp_path: Path) -> None:
    disk = NarrowDisk(100_000)
    with Recorder.create(tmp_path, key=None, mode=Mode.VISIT, source="test", disk=disk) as recorder:
        for _ in range(4):
            assert append_all(recorder, SOUND)
            assert recorder.held <= HOLD_SECONDS * RATE
        assert not recorder.room
        disk.room = 10**9
        recorder.append(SOUND[:RATE])
        done = recorder.stop()
    assert done.samples == 4 * len(SOUND) + RATE
    (lost,) = done.missing
    assert lost.end == 480.0
    assert lost.start == pytest.approx(HOLD_SECONDS, abs=4)
    kept = round(lost.start * RATE)
    np.testing.assert_array_equal(done.read_pcm(0, kept), np.tile(SOUND, 4)[:kept])
    assert not done.read_pcm(kept, 480 * RATE - kept).any()
    np.testing.assert_array_equal(done.read_pcm(480 * RATE, RATE), SOUND[:RATE])


def test_dropping_on_a_full_disk_is_done_when_there_is_room(tmp_path: Path, key: vault.Key | None) -> None:
    disk = NarrowDisk(10**9)
    with Recorder.create(tmp_path, key=key, mode=Mode.VISIT, source="test", disk=disk) as recorder:
        recorder.append(SOUND[: 15 * RATE])
        disk.room = 100
        with pytest.raises(DiskFullError):
            recorder.drop_last(5)
        disk.room = 10**9
        done = recorder.stop()
    assert done.dropped == (Interval(10.0, 15.0),)
    (done.folder / "journal.jsonl").unlink()
    assert not Recording.open(done.folder, key=key).read_pcm(10 * RATE, 5 * RATE).any()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A real file system of 1 MiB; skipped where the test may not make one."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_real_full_disk(tmp_path: Path, key: vault.Key | None) -> None:
    with small_disk(tmp_path / "small") as small:
        (small / "ballast").write_bytes(bytes(400_000))
        with Recorder.create(small, key=key, mode=Mode.VISIT, source="test") as recorder:
            assert append_all(recorder, SOUND[: 28 * RATE])
            (small / "ballast").unlink()
            done = recorder.stop()
        np.testing.assert_array_equal(done.read_pcm(0, 10**9), SOUND[: 28 * RATE])


def _play(root: Path, seconds: float) -> None:
    from scribe.capture.intake import Intake
    from scribe.capture.simulate import Playback
    from scribe.types import Audio

    source = Playback(Audio(SOUND[: round(seconds * RATE)] / np.float32(32768)), "x")
    with Recorder.create(root, key=None, mode=Mode.VISIT, source="test", id="stopped") as recorder:
        intake = Intake(source, recorder)
        intake.start()
        while intake.running:
            time.sleep(0.02)
        intake.stop()
        recorder.stop()


def test_a_process_that_is_stopped_for_a_while_goes_on(tmp_path: Path) -> None:
    child = multiprocessing.get_context("forkserver").Process(target=_play, args=(tmp_path, 2.5))
    child.start()
    assert child.pid is not None
    time.sleep(1)
    os.kill(child.pid, signal.SIGSTOP)
    time.sleep(1.5)
    assert recovery.summaries(tmp_path)[0].state is State.RECORDING
    os.kill(child.pid, signal.SIGCONT)
    child.join(60)
    assert child.exitcode == 0
    recording = Recording.open(tmp_path / "stopped", key=None)
    assert recording.state is State.FINISHED
    np.testing.assert_array_equal(recording.read_pcm(0, 10**9), SOUND[: round(2.5 * RATE)])


def test_a_wall_clock_that_jumps_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Recorder.create(tmp_path, key=None, mode=Mode.VISIT, source="test") as recorder:
        recorder.append(SOUND[: 5 * RATE])
        recorder.mark(MarkKind.MOMENT)
        monkeypatch.setattr(time, "time", lambda: 0.0)
        recorder.append(SOUND[5 * RATE : 9 * RATE])
        recorder.mark(MarkKind.MOMENT)
        done = recorder.stop()
    assert [mark.at for mark in done.marks] == [5.0, 9.0]
    np.testing.assert_array_equal(done.read_pcm(0, 10**9), SOUND[: 9 * RATE])


# --- damage
def test_a_damaged_segment_keeps_what_can_be_read(recorder: Recorder, key: vault.Key | None) -> None:
    recorder.append(SOUND[: 25 * RATE])
    folder = recorder.stop().folder
    data = bytearray((folder / "000001.pcm").read_bytes())
    data[100_000] ^= 1
    (folder / "000001.pcm").write_bytes(data)
    recovered = recovery.recover(folder, key)
    assert recovered.report.damaged == (1,)
    heard = recovered.recording.read_pcm(0, 10**9)
    wrong = np.flatnonzero(heard != SOUND[: 25 * RATE])
    assert len(wrong) <= RATE
    assert not heard[wrong].any()


def test_a_missing_segment_is_silence_and_is_said(recorder: Recorder, key: vault.Key | None) -> None:
    recorder.append(SOUND[: 35 * RATE])
    folder = recorder.stop().folder
    whole = recovery.summary(folder).seconds
    (folder / "000001.pcm").unlink()
    recovered = recovery.recover(folder, key)
    (hole,) = recovered.report.missing
    assert recovered.recording.missing == (hole,)
    assert hole.duration == pytest.approx(10, abs=1)
    assert recovered.recording.duration == whole == 35
    start, end = round(hole.start * RATE), round(hole.end * RATE)
    expected = SOUND[: 35 * RATE].copy()
    expected[start:end] = 0
    np.testing.assert_array_equal(recovered.recording.read_pcm(0, 10**9), expected)


@pytest.mark.parametrize("lines", [0, 1, 2])
def test_a_journal_that_is_gone_or_cut_short(recorder: Recorder, key: vault.Key | None, lines: int) -> None:
    recorder.append(SOUND[: 25 * RATE])
    folder = recorder.stop().folder
    journal = folder / "journal.jsonl"
    kept = journal.read_bytes().splitlines(keepends=True)[:lines]
    journal.write_bytes(b"".join(kept) + b'{"kind": "sto')
    assert recovery.summary(folder).state is State.INTERRUPTED
    assert recovery.summary(folder).seconds == 25
    recording = recovery.recover(folder, key).recording
    np.testing.assert_array_equal(recording.read_pcm(0, 10**9), SOUND[: 25 * RATE])


def test_a_changed_journal_is_kept_beside_the_new_one(recorder: Recorder, key: vault.Key | None) -> None:
    recorder.append(SOUND[: 25 * RATE])
    folder = recorder.stop().folder
    journal = folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([lines[0], b"nonsense\n", *lines[2:]]))
    assert Recording.open(folder, key=key).damaged
    recording = recovery.recover(folder, key).recording
    np.testing.assert_array_equal(recording.read_pcm(0, 10**9), SOUND[: 25 * RATE])
    assert not recording.damaged
    assert b"nonsense" in (folder / "journal.damaged").read_bytes()


def test_a_card_that_is_damaged(recorder: Recorder, key: vault.Key | None) -> None:
    folder = recorder.stop().folder
    (folder / "recording.json").write_text("{")
    with pytest.raises(CaptureError, match="damaged"):
        Recording.open(folder, key=key)
    assert recovery.summaries(folder.parent) == ()
    assert recovery.unreadable(folder.parent) == (folder,)
