"""Frames of a browser: cut, sent again, doubled, out of order, or lies."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scribe.capture import stream
from scribe.capture.history import Stretch
from scribe.capture.recorder import Recorder
from scribe.capture.stream import Flags, Reason, StreamFrame, StreamReceiver
from scribe.errors import CaptureError, StreamError
from scribe.types import Interval, Mode
from tests.capture.conftest import RATE, noise


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[StreamReceiver]:
    with Recorder.create(tmp_path, key=None, mode=Mode.VISIT, source="browser", id="visit") as recorder:
        yield StreamReceiver(recorder)


SESSION = stream.session_of("visit")


def frames(sound: NDArray[np.int16], size: int = 2048, first: int = 0) -> list[StreamFrame]:
    starts = range(0, len(sound), size)
    cut = [StreamFrame(SESSION, seq, first + at, sound[at : at + size]) for seq, at in enumerate(starts)]
    return [*cut[:-1], *(replace(frame, flags=Flags.LAST) for frame in cut[-1:])]


def reason(error: pytest.ExceptionInfo[StreamError]) -> str:
    return error.value.reason


@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**40),
    st.integers(0, 50),
    st.sampled_from(Flags),
)
def test_a_frame_is_read_as_it_was_written(session: int, seq: int, first: int, count: int, flags: Flags) -> None:
    frame = StreamFrame(session, seq, first, noise(count / RATE), flags)
    read = stream.decode(stream.encode(frame))
    np.testing.assert_array_equal(read.samples, frame.samples)
    assert (read.session, read.seq, read.first, read.flags) == (session, seq, first, flags)


def test_the_layout_is_the_one_that_is_written_down() -> None:
    data = stream.encode(StreamFrame(2**63, 7, 2**33, np.array([1, -2], np.int16), Flags.LAST))
    assert data[:26] == struct.pack("<BBHQIQH", 0x53, 1, 1, 2**63, 7, 2**33, 2)
    assert data[26:30] == b"\x01\x00\xfe\xff"
    assert len(data) == 34


@given(st.binary(max_size=200))
def test_garbage_is_a_typed_error(data: bytes) -> None:
    with pytest.raises(StreamError):
        stream.decode(data)


@given(st.integers(0, 8 * 57 - 1))
def test_any_flipped_bit_is_noticed(bit: int) -> None:
    data = bytearray(stream.encode(StreamFrame(SESSION, 1, 5, noise(27 / 2 / RATE))))
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    with pytest.raises(StreamError):
        stream.decode(bytes(data))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_cutting_resending_doubling_and_reordering_gives_the_same_samples(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    sound = noise(data.draw(st.floats(0.1, 4)), seed=1)
    folder = tmp_path_factory.mktemp("r")
    Recorder.create(folder, key=None, mode=Mode.VISIT, source="browser", id="visit").close()
    kept_from = 0
    for _ in range(data.draw(st.integers(0, 3))):  # servers that are killed: only what is on the disk goes on
        with Recorder.reopen(folder / "visit", key=None) as recorder:
            server = StreamReceiver(recorder)
            for _ in range(data.draw(st.integers(0, 3))):  # connections that are cut
                kept_from = talk(sound, server, kept_from, data)
    with Recorder.reopen(folder / "visit", key=None) as recorder:
        server = StreamReceiver(recorder)
        receipts = [server.receive(message) for message in connect(sound, server, kept_from, 4000)]
        assert not receipts or receipts[-1].last
        recording = recorder.stop()
    np.testing.assert_array_equal(recording.read_pcm(0, 10**9), sound)
    assert not recording.missing


def connect(sound: NDArray[np.int16], server: StreamReceiver, kept_from: int, size: int) -> list[bytes]:
    """What a browser sends that has kept everything from `kept_from` on."""
    start = server.connect().next_sample
    assert start >= kept_from, "the server asks for sound that it said may be forgotten"
    return [stream.encode(frame) for frame in frames(sound[start:], size, start)]


def talk(sound: NDArray[np.int16], server: StreamReceiver, kept_from: int, data: st.DataObject) -> int:
    """One connection, cut at some point; from where on the browser has to keep its sound after it."""
    messages = connect(sound, server, kept_from, data.draw(st.integers(1000, 16_000)))
    messages = messages[: data.draw(st.integers(0, len(messages)))]
    if data.draw(st.booleans()):
        messages = data.draw(st.permutations(messages))
    for message in messages:
        for _ in range(data.draw(st.sampled_from([1, 1, 2]))):
            server.receive(message)
        if data.draw(st.booleans()):
            kept_from = server.acknowledge().durable_sample
    return kept_from


def test_frames_that_come_early_wait_and_say_for_what(receiver: StreamReceiver) -> None:
    sent = [stream.encode(frame) for frame in frames(noise(1), 4000)]
    receiver.receive(sent[0])
    early = receiver.receive(sent[3])
    assert early == stream.Receipt(4000, Stretch(4000, 8000), last=False)
    assert receiver.receive(sent[1]).missing == Stretch(8000, 4000)
    assert receiver.receive(sent[2]) == stream.Receipt(RATE, None, last=True)


def test_only_what_is_flushed_is_acknowledged(receiver: StreamReceiver) -> None:
    receiver.receive(stream.encode(frames(noise(0.1))[0]))
    assert receiver.connect().durable_sample == 0
    assert receiver.acknowledge().durable_sample == 1600


def test_a_gap_at_the_sender_is_silence_and_is_listed(receiver: StreamReceiver) -> None:
    sound = noise(3)
    cut = [
        StreamFrame(SESSION, 0, 0, sound[:RATE]),
        StreamFrame(SESSION, 1, 2 * RATE, sound[2 * RATE :], Flags.GAP | Flags.LAST),
    ]
    assert receiver.receive(stream.encode(cut[1])).missing == Stretch(0, 2 * RATE)  # the one before may still come
    assert receiver.receive(stream.encode(cut[0])).last
    recording = receiver._recorder.stop()
    assert recording.missing == (Interval(1.0, 2.0),)
    expected = sound.copy()
    expected[RATE : 2 * RATE] = 0
    np.testing.assert_array_equal(recording.read_pcm(0, 10**9), expected)


LIES = {
    "another recording": (lambda frame: replace(frame, session=SESSION ^ 1), Reason.SESSION),
    "the same number for other sound": (lambda frame: replace(frame, seq=2), Reason.SEQUENCE),
    "later number, earlier sound": (lambda frame: replace(frame, first=0), Reason.SEQUENCE),
    "a number far ahead": (lambda frame: replace(frame, seq=2**32 - 1), Reason.SEQUENCE),
    "sound far ahead": (lambda frame: replace(frame, first=2**60), Reason.AHEAD),
    "a gap of a year": (lambda frame: replace(frame, first=2**39, flags=Flags.GAP), Reason.AHEAD),
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_are_refused_and_the_recording_is_as_it_was(receiver: StreamReceiver, lie: str) -> None:
    honest = frames(noise(1), 4000)
    for frame in honest[:3]:
        receiver.receive(stream.encode(frame))
    tell, expected = LIES[lie]
    with pytest.raises(StreamError) as error:
        receiver.receive(stream.encode(tell(honest[3])))
    assert reason(error) == expected
    assert receiver.receive(stream.encode(honest[3])).last
    np.testing.assert_array_equal(receiver._recorder.stop().read_pcm(0, 10**9), noise(1))


def test_an_oversized_frame_is_refused_before_it_is_read(receiver: StreamReceiver) -> None:
    with pytest.raises(StreamError) as error:
        receiver.receive(bytes(stream.MAX_BYTES + 1))
    assert reason(error) == Reason.OVERSIZED
    with pytest.raises(StreamError, match="split"):
        stream.encode(StreamFrame(SESSION, 0, 0, np.zeros(stream.MAX_SAMPLES + 1, np.int16)))


def test_another_version_is_told_to_reload(receiver: StreamReceiver) -> None:
    data = bytearray(stream.encode(frames(noise(1))[0]))
    data[1] = 2
    with pytest.raises(StreamError) as error:
        receiver.receive(bytes(data))
    assert reason(error) == Reason.VERSION


def test_early_frames_take_bounded_memory(receiver: StreamReceiver) -> None:
    sent = [stream.encode(StreamFrame(SESSION, seq, 1 + seq, noise(1))) for seq in range(22)]
    for message in sent[:-1]:
        receiver.receive(message)
    with pytest.raises(StreamError) as error:
        receiver.receive(sent[-1])
    assert reason(error) == Reason.AHEAD
    assert receiver.connect().next_sample == 0


def test_nothing_is_recorded_during_a_pause(receiver: StreamReceiver) -> None:
    sent = [stream.encode(frame) for frame in frames(noise(1), 8000)]
    receiver.receive(sent[0])
    receiver._recorder.pause()
    receiver.receive(sent[0])
    with pytest.raises(StreamError) as error:
        receiver.receive(sent[1])
    assert reason(error) == Reason.PAUSED
    receiver._recorder.resume()
    assert receiver.receive(sent[1]).next_sample == RATE


def test_a_stream_error_is_a_capture_error() -> None:
    assert issubclass(StreamError, CaptureError)
