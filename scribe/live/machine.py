"""The machine a session runs on: what it has loaded, how fast it is, and what follows for live recognition."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from scribe import pipeline
from scribe.asr import correction
from scribe.asr import transcribe as recognition
from scribe.config import Config
from scribe.errors import AssetError
from scribe.events import LivePolicy
from scribe.plugins import AsrEngine, Reader, Relistener
from scribe.types import Audio, Interval, Mode, Role, Segment, SpeakerRole, Transcript, Word

SECONDS = 8.0  # of sound that is read, as much as an ordinary window
SENTENCE = " I have had a cough for three weeks, and it is worse at night when I lie down."
FAST = 0.15  # seconds for taking it in, up to which the open window can be read every second and more besides


_GREETING = Transcript(
    (
        Segment((Word(0.0, 1.0, " How are you today?", speaker="SPEAKER_00"),)),
        Segment((Word(1.0, 2.0, " I have a cough and take aspirin.", speaker="SPEAKER_01"),)),
    ),
    roles=(SpeakerRole("SPEAKER_00", Role.CLINICIAN, 1.0), SpeakerRole("SPEAKER_01", Role.PATIENT, 1.0)),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A policy, and why, in words to show."""

    policy: LivePolicy
    reason: str


def prepare(config: Config) -> None:
    """Load what a session needs, and use it once, so that the first words find it ready. It takes some seconds.

    Raises what the engines raise: AssetError, EngineError, ConfigError.
    """
    engine = pipeline.engine("asr", config.asr.engine, config)
    if (terms := recognition.terms_of(config)) is not None:
        correction.index(terms, config.models)
    if isinstance(engine, Relistener):
        _work(engine)  # the first time costs more than the others
    pipeline.engine("diarization", config.diarization.engine, config)
    greeting = pipeline.draft(_GREETING, config, mode=Mode.VISIT)
    with suppress(AssetError):
        pipeline.code(greeting.note, config)


def policy(engine: AsrEngine, config: Config, timer: Callable[[], float]) -> Chosen:
    """The policy of `live.policy`; where it is "auto", what taking in a bit of sound twice costs here decides."""
    if config.live.policy != "auto":
        return Chosen(LivePolicy(config.live.policy), "chosen by the setting live.policy")
    if not (isinstance(engine, Reader) and isinstance(engine, Relistener)):
        return Chosen(LivePolicy.WINDOWS, f"the engine {config.asr.engine} has no quick reading")
    costs = []
    for _ in range(2):  # the first also warms up
        before = timer()
        _work(engine)
        costs.append(timer() - before)
    cost = costs[-1]
    fast = cost <= FAST
    told = f"taking in a bit of speech took {cost:.2f} s here, "
    return (
        Chosen(LivePolicy.AGREEMENT, f"{told}fast enough to read every word twice")
        if fast
        else Chosen(LivePolicy.WINDOWS, f"{told}so each stretch of speech is read once, when it ends")
    )


def _work(engine: Relistener) -> None:
    """Work that is always the same: take a bit of sound in, and weigh a sentence; reading noise never is."""
    engine.listen(_murmur(), [Interval(0.0, SECONDS)]).weigh([SENTENCE])


def _murmur() -> Audio:
    """Noise with the loudness of speech, always the same."""
    noise = np.random.default_rng(0).standard_normal(round(SECONDS * 16_000))
    swell = 0.05 * (1 + np.sin(np.arange(len(noise)) * (2 * np.pi * 4 / 16_000)))
    return Audio((noise * swell).astype(np.float32))
