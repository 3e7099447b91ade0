"""The driver's thread: every subscriber gets every event, whoever joins late a snapshot, and failures are told."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording
from scribe.config import Config
from scribe.errors import EngineError
from scribe.events import Committed, Finished, LiveSnapshot, LiveState, Warned, applied
from scribe.live.clock import Played, VirtualClock
from scribe.live.driver import LiveDriver
from scribe.types import Mode
from tests.live.conftest import RATE, script, sound
from tests.live.test_session import SECONDS, TEXTS, UTTERANCES

PATIENCE = 300.0  # seconds, on a machine that does much else


def test_a_recording_is_followed_to_its_record(scripted: Callable[..., Config], tmp_path: Path) -> None:
    """With the real recorder, written in blocks while the driver reads."""
    config = scripted(UTTERANCES, TEXTS)
    recorder = Recorder.create(tmp_path, key=None, mode=Mode.VISIT, source="test")
    folder = next(path for path in tmp_path.iterdir() if path.is_dir())
    driver = LiveDriver(Recording.open(folder, key=None), config)
    early = driver.subscribe()
    driver.start()
    samples = (sound(UTTERANCES, SECONDS) * 32767).astype(np.int16)
    late = None
    for at in range(0, len(samples), RATE):
        recorder.append(samples[at : at + RATE])
        recorder.sync()
        time.sleep(0.02)
        late = driver.subscribe() if at == 10 * RATE else late
    recorder.stop()
    result = driver.join(PATIENCE)
    assert result is not None
    events = list(early)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    said = [word.text for event in events if isinstance(event, Committed) for word in event.words]
    assert said == [word.text for word in script(UTTERANCES, TEXTS).words]
    assert any(isinstance(event, Finished) and event.transcript == result.transcript for event in events)
    assert late is not None
    shown = late.snapshot
    for event in late:
        shown = applied(shown, event)
    fold = LiveSnapshot(0, LiveState.RECORDING, 0.0)
    for event in events:
        fold = applied(fold, event)
    assert (shown.words, shown.state, shown.seq) == (fold.words, LiveState.READY, fold.seq)
    assert list(driver.subscribe()) == []  # it is over
    assert driver.snapshot.finished


def test_an_edit_from_another_thread_is_in_the_record(scripted: Callable[..., Config]) -> None:
    clock = VirtualClock()
    driver = LiveDriver(Played(sound(UTTERANCES, SECONDS), clock, mode=Mode.VISIT), scripted(UTTERANCES, TEXTS))
    driver.start()
    joined = driver.subscribe()
    clock.wait(12.0)
    while not any(isinstance(event, Committed) for event in [joined.get(PATIENCE)]):
        pass
    driver.replace_words(7, 1, "now?")
    driver.replace_words(900, 1, "nobody said so")
    clock.wait(30.0)
    result = driver.join(PATIENCE)
    assert result is not None
    assert result.transcript.text.startswith(" What brings you in to see me now?")


def test_a_failure_is_told_and_raised(scripted: Callable[..., Config], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = VirtualClock()
    played = Played(sound(UTTERANCES, SECONDS), clock, mode=Mode.VISIT)

    def fail(first: int, count: int) -> np.ndarray:
        raise RuntimeError("words that were said")

    monkeypatch.setattr(played, "read", fail)
    driver = LiveDriver(played, scripted(UTTERANCES, TEXTS))
    joined = driver.subscribe()
    driver.start()
    clock.wait(5.0)
    with pytest.raises(EngineError, match=r"RuntimeError.*the recording goes on"):
        driver.join(PATIENCE)
    warned = [event.message for event in joined if isinstance(event, Warned)]
    assert len(warned) == 1
    assert "words that were said" not in warned[0]


def test_abandoning_ends_it_without_a_record(scripted: Callable[..., Config]) -> None:
    driver = LiveDriver(
        Played(sound(UTTERANCES, SECONDS), VirtualClock(), mode=Mode.VISIT), scripted(UTTERANCES, TEXTS)
    )
    driver.start()
    driver.abandon()
    assert driver.join(PATIENCE) is None
