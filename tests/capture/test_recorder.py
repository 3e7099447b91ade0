"""Writing a recording and reading it back, also while it is being written."""

from __future__ import annotations

import json
import threading
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scribe import vault
from scribe.capture import folder as folders
from scribe.capture import recovery
from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording, State
from scribe.errors import CaptureError, VaultError
from scribe.types import Interval, MarkKind, Mode
from tests.capture.conftest import RATE, noise


def test_a_reader_sees_at_most_a_quarter_second_less_while_it_is_written(
    recorder: Recorder, key: vault.Key | None
) -> None:
    reader = Recording.open(recorder.folder, key=key)
    sound = noise(23)
    for at in range(0, len(sound), 1000):
        recorder.append(sound[at : at + 1000])
        reader.refresh()
        taken = min(at + 1000, len(sound))
        assert taken - RATE // 4 < reader.samples <= taken
        assert taken - RATE * 3 // 4 < recorder.durable_sample
    assert reader.state is State.RECORDING
    np.testing.assert_array_equal(reader.read_pcm(0, 10**9), sound[: reader.samples])
    done = recorder.stop()
    assert done.state is reader.state is State.FINISHED
    np.testing.assert_array_equal(done.read_pcm(0, 10**9), sound)
    np.testing.assert_allclose(done.read(150_000, 20_000), sound[150_000:170_000] / 32768, atol=1e-7)
    assert done.audio().duration == pytest.approx(23)
    assert len(done.read(400_000, 10)) == 0


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=30), st.booleans(), st.data())
def test_any_blocks_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], encrypted: bool, data: st.DataObject
) -> None:
    key = vault.new_key() if encrypted else None
    sound = noise(sum(sizes) / RATE)
    with Recorder.create(tmp_path_factory.mktemp("r"), key=key, mode=Mode.VISIT, source="test") as recorder:
        at = 0
        for size in sizes:
            recorder.append(sound[at : at + size])
            at += size
            if data.draw(st.booleans()):
                assert recorder.sync() == at
        done = recorder.stop()
    first = data.draw(st.integers(0, len(sound)))
    count = data.draw(st.integers(0, len(sound)))
    np.testing.assert_array_equal(done.read_pcm(first, count), sound[first : first + count])


def test_nothing_of_an_encrypted_recording_can_be_read_without_its_key(tmp_path: Path) -> None:
    key = vault.new_key()
    with Recorder.create(tmp_path, key=key, mode=Mode.VISIT, source="test") as recorder:
        recorder.append(np.full(RATE, 12345, np.int16))
        recorder.mark(MarkKind.CHECK, note="her sister rang")
        folder = recorder.stop().folder
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert np.full(4, 12345, "<i2").tobytes() not in everything
    assert b"sister" not in everything
    with pytest.raises(VaultError, match=r"store\.key"):
        Recording.open(folder, key=None)
    with pytest.raises(VaultError, match="encrypted with the key"):
        Recording.open(folder, key=vault.new_key())
    assert Recording.open(folder, key=key).marks[0].note == "her sister rang"
    assert "sister" not in repr(Recording.open(folder, key=key).marks)


def test_another_main_key_after_rewrapping(tmp_path: Path) -> None:
    old, new = vault.new_key(), vault.new_key()
    with Recorder.create(tmp_path, key=old, mode=Mode.VISIT, source="test") as recorder:
        recorder.append(noise(1))
        folder = recorder.stop().folder
    folders.rewrap(folder, old, new)
    np.testing.assert_array_equal(Recording.open(folder, key=new).read_pcm(0, RATE), noise(1))
    with pytest.raises(VaultError):
        Recording.open(folder, key=old)


def test_two_recorders_of_one_recording_are_refused(recorder: Recorder, key: vault.Key | None) -> None:
    with pytest.raises(CaptureError, match="being written by another"):
        Recorder.reopen(recorder.folder, key=key)
    with pytest.raises(CaptureError, match="being recorded now"):
        recovery.recover(recorder.folder, key)
    recorder.append(noise(1))
    assert recorder.stop().samples == RATE


def test_a_reader_who_asks_never_keeps_a_recorder_out(recorder: Recorder, key: vault.Key | None) -> None:
    recorder.append(noise(1))
    recorder.close()
    reader = Recording.open(recorder.folder, key=key)
    end = threading.Event()

    def ask() -> None:
        while not end.is_set():
            assert reader.state in State

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for _ in range(10):
            Recorder.reopen(recorder.folder, key=key).close()
    finally:
        end.set()
        thread.join()


def test_pauses_marks_and_parts(recorder: Recorder, key: vault.Key | None) -> None:
    recorder.append(noise(2))
    recorder.mark(MarkKind.MOMENT)
    recorder.pause()
    recorder.append(noise(5))
    assert recorder.paused
    recorder.resume()
    recorder.append(noise(1))
    recorder.mark(MarkKind.CHECK, at=0.5, note="dose")
    recorder.new_part()
    recorder.append(noise(1))
    done = recorder.stop()
    assert done.duration == pytest.approx(4)
    assert [(mark.at, mark.kind, mark.note) for mark in done.marks] == [(0.5, "check", "dose"), (2.0, "moment", "")]
    assert [pause.at for pause in done.pauses] == [2.0]
    assert done.pauses[0].lasted is not None
    assert done.parts == (Interval(0.0, 3.0), Interval(3.0, 4.0))


def test_dropped_sound_is_silent_at_once_and_gone_from_every_file(recorder: Recorder, key: vault.Key | None) -> None:
    sound = noise(34)
    recorder.append(sound)
    recorder.mark(MarkKind.MOMENT, at=30.0)
    reader = Recording.open(recorder.folder, key=key)
    before = reader.read_pcm(0, 10**9)
    assert len(before) == len(sound)
    recorder.drop_last(15.3)
    reader.refresh()
    kept = len(sound) - round(15.3 * RATE)
    np.testing.assert_array_equal(reader.read_pcm(0, kept), sound[:kept])
    assert not reader.read_pcm(kept, 10**9).any()
    assert reader.dropped == (Interval(kept / RATE, 34.0),)
    assert not reader.marks
    assert reader.samples == len(sound)
    # also without the journal's word for it
    (recorder.folder / "journal.jsonl").rename(recorder.folder / "old")
    bare = Recording.open(recorder.folder, key=key).read_pcm(0, 10**9)
    np.testing.assert_array_equal(bare[:kept], sound[:kept])
    assert not bare[kept:].any()
    (recorder.folder / "old").rename(recorder.folder / "journal.jsonl")
    recorder.append(sound[:RATE])
    done = recorder.stop()
    np.testing.assert_array_equal(done.read_pcm(len(sound), RATE), sound[:RATE])
    assert not recovery.recover(done.folder, key).report.damaged


def test_dropping_more_than_there_is_drops_all(recorder: Recorder) -> None:
    recorder.append(noise(3))
    recorder.drop_last(60)
    recorder.append(noise(1))
    done = recorder.stop()
    assert done.dropped == (Interval(0.0, 3.0),)
    assert not done.read_pcm(0, 3 * RATE).any()
    np.testing.assert_array_equal(done.read_pcm(3 * RATE, RATE), noise(1))


def test_going_on_with_a_finished_recording(recorder: Recorder, key: vault.Key | None) -> None:
    recorder.append(noise(12.1))
    folder = recorder.stop().folder
    again = Recorder.reopen(folder, key=key)
    assert again.durable_sample == again.samples == round(12.1 * RATE)
    again.new_part()
    again.append(noise(1, seed=1))
    done = again.stop()
    assert done.parts == (Interval(0.0, 12.1), Interval(12.1, 13.1))
    np.testing.assert_array_equal(done.read_pcm(0, 10**9), np.concatenate([noise(12.1), noise(1, seed=1)]))


def test_a_closed_recording_takes_nothing(recorder: Recorder) -> None:
    recorder.close()
    with pytest.raises(CaptureError, match="closed"):
        recorder.append(noise(1))
    with pytest.raises(CaptureError, match="closed"):
        recorder.mark(MarkKind.MOMENT)


def test_only_mono_16_bits(recorder: Recorder) -> None:
    with pytest.raises(CaptureError, match="16-bit"):
        recorder.append(np.zeros(5, np.float32))  # type: ignore[arg-type]
    with pytest.raises(CaptureError, match="mono"):
        recorder.append(np.zeros((5, 2), np.int16))


@pytest.mark.parametrize("name", ["../x", "a/b", ".", "a b", "a" * 65])
def test_an_id_is_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaptureError, match="letters"):
        Recorder.create(tmp_path, key=None, mode=Mode.VISIT, source="test", id=name)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    Recorder.create(tmp_path, key=None, mode=Mode.VISIT, source="test", id="a").close()
    with pytest.raises(CaptureError, match="already"):
        Recorder.create(tmp_path, key=None, mode=Mode.VISIT, source="test", id="a")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CaptureError, match="cannot write"):
        Recorder.create(tmp_path / "file", key=None, mode=Mode.VISIT, source="test")


def test_export(recorder: Recorder, tmp_path: Path) -> None:
    sound = noise(11)
    recorder.append(sound)
    recorder.stop().export_wav(tmp_path / "out.wav")
    with wave.open(str(tmp_path / "out.wav")) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (RATE, 1, 2)
        np.testing.assert_array_equal(np.frombuffer(wav.readframes(10**9), "<i2"), sound)


def test_a_changed_line_of_the_journal_shows(recorder: Recorder, key: vault.Key | None) -> None:
    recorder.append(noise(25))
    folder = recorder.stop().folder
    lines = (folder / "journal.jsonl").read_text().splitlines()
    second = json.loads(lines[1])
    second["samples"] += 1
    lines[1] = json.dumps(second)
    (folder / "journal.jsonl").write_text("\n".join(lines) + "\n")
    reader = Recording.open(folder, key=key)
    assert reader.damaged
    np.testing.assert_array_equal(reader.read_pcm(0, 10**9), noise(25))
