"""What was decoded while the recording went on is what decoding the whole of it gives, and is not decoded again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from scribe import audio, pipeline
from scribe.asr import transcribe, vad
from scribe.asr.record import Record
from scribe.asr.remembering import Remembering, remembering
from scribe.config import AudioSettings, Config
from scribe.plugins import OnProgress, Relistener, no_progress
from scribe.types import Audio, Interval, Provenance, Segment, Word


class Counting:
    """One word for each piece."""

    provenance = Provenance("counting")

    def __init__(self) -> None:
        self.calls: list[tuple[Interval, ...]] = []
        self.questions = 0

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        self.calls.append(tuple(speech))
        for piece in speech:
            yield Segment((Word(piece.start, piece.end, f" w{piece.start}"),))

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> Counting:
        return self

    def decode(self, terms: Sequence[str]) -> str:
        self.questions += 1
        return " ".join(terms)

    def weigh(self, readings: Sequence[str]) -> tuple[float, ...]:
        self.questions += len(readings)
        return tuple(float(-len(text)) for text in readings)

    def languages(self) -> dict[str, float]:
        self.questions += 1
        return {"en": 1.0}


SILENCE = Audio(np.zeros(16_000 * 100, np.float32))
SPEECH = [Interval(at * 9.0, at * 9.0 + 8.0) for at in range(10)]


def test_each_block_is_decoded_once() -> None:
    engine = Counting()
    memory = remembering(engine, Config())
    first = list(memory.transcribe(SILENCE, speech=SPEECH))
    calls = len(engine.calls)
    assert list(memory.transcribe(SILENCE, speech=SPEECH)) == first
    assert len(engine.calls) == calls == 4  # of three stretches each, the last of one


def test_each_question_is_asked_once() -> None:
    engine = Counting()
    memory = remembering(engine, Config())
    assert isinstance(memory, Relistener)
    for _ in range(2):
        listening = memory.listen(SILENCE, SPEECH[:2])
        assert listening.decode(["a", "b"]) == "a b"
        assert listening.weigh(["one", "three", "one"]) == (-3.0, -5.0, -3.0)
        assert listening.languages() == {"en": 1.0}
    assert engine.questions == 4


def test_what_was_changed_is_asked_again() -> None:
    engine = Counting()
    memory = remembering(engine, Config())
    list(memory.transcribe(SILENCE, speech=SPEECH))
    memory.forget(Interval(0.0, 1.0))
    list(memory.transcribe(SILENCE, speech=SPEECH))
    assert len(engine.calls) == 5


def test_an_engine_that_cannot_listen_again_stays_so() -> None:
    class Plain:
        provenance = Provenance("plain")
        transcribe = Counting.transcribe

    memory = remembering(Plain(), Config())  # type: ignore[arg-type]
    assert type(memory) is Remembering
    assert not isinstance(memory, Relistener)


@pytest.mark.weights
def test_the_record_of_the_sample_is_the_offline_text_and_little_is_left_to_do(samples: Path) -> None:
    config = Config()
    whole = audio.load(samples / "visit.flac", AudioSettings())
    sound = Audio(whole.samples[: 45 * 16_000])
    engine = pipeline.engine("asr", "faster-whisper", config)
    record, growing = Record(engine, config, transcribe.terms_of(config)), vad.Growing()
    for at in range(0, len(sound.samples), 16_000):
        growing.feed(sound.samples[at : at + 16_000])
        so_far = Audio(sound.samples[: at + 16_000])
        record.hear(so_far, growing)
        while record.blocks_due:
            record.step(so_far, growing)
    decoded: list[object] = []
    inner = engine.transcribe
    record.engine._engine = type(  # counts what is left
        "Watched",
        (),
        {"transcribe": lambda _, *a, **k: decoded.append(1) or inner(*a, **k), "provenance": engine.provenance},
    )()
    found = transcribe.transcribe(sound, record.engine, config, speech=growing.finish())
    assert found == transcribe.transcribe(sound, engine, config)
    assert len(decoded) <= 2  # the last block, and one more
