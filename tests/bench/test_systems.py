"""One engine in several settings: the first decoding happens once, listening again stays possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from scribe.bench import systems
from scribe.config import Config
from scribe.plugins import Listening, OnProgress, Relistener, no_progress
from scribe.types import Audio, Interval, Provenance, Segment, Word

SOUND = Audio(np.zeros(16_000, np.float32))
SPEECH = (Interval(0.0, 1.0),)


@dataclass
class Engine:
    """Counts how often it decodes."""

    provenance: Provenance = field(default_factory=lambda: Provenance("counting"))
    decoded: int = 0

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        self.decoded += 1
        yield Segment((Word(0.0, 0.5, " Hello."),))


class Listener(Engine):
    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> Listening:
        raise NotImplementedError


def test_a_recording_is_decoded_once() -> None:
    engine = Engine()
    remembering = systems.remembering(engine)
    first = list(remembering.transcribe(SOUND, speech=SPEECH))
    assert list(remembering.transcribe(SOUND, speech=SPEECH)) == first
    assert engine.decoded == 1
    list(remembering.transcribe(SOUND, speech=(Interval(0.0, 0.5),)))
    list(remembering.transcribe(Audio(SOUND.samples.copy()), speech=SPEECH))
    assert engine.decoded == 3
    assert remembering.provenance == engine.provenance


def test_listening_again_stays_what_it_was() -> None:
    assert isinstance(systems.remembering(Listener()), Relistener)
    assert not isinstance(systems.remembering(Engine()), Relistener)


def test_settings_of_each_row() -> None:
    for use, (bias, repair) in systems.USES.items():
        asr = systems.with_use(Config(), use).asr
        assert (asr.bias, asr.repair) == (bias, repair)
        assert asr.model_copy(update={"bias": True, "repair": True}) == Config().asr
