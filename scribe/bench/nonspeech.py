"""Recordings in which nobody speaks, the same each time: a recogniser must write nothing for any."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import Generator

from scribe.bench import effects
from scribe.bench.effects import RATE
from scribe.bench.noise import BROWN, PINK, WHITE, Sound, coloured, hum, level
from scribe.types import Audio

Make = Callable[[Generator, int], Sound]  # random numbers, samples
SECONDS = (2.0, 8.0, 20.0, 5.0)  # of a kind's clips, in turn
LONGEST = 60.0  # seconds, of the first clip of `LONG` kinds
LEVELS = (-20.0, -32.0, -45.0, -26.0)  # dBFS, root mean square, in turn
LONG = frozenset(("silence", "dither", "pink", "fan", "hum 60 Hz", "band", "breathing", "keyboard"))
CLIPS_OF_A_KIND = 3


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording without speech, and what is heard in it."""

    name: str
    audio: Audio


def clips(every: int = 1) -> Iterator[Clip]:
    """All clips, or every `every`-th kind of sound: silence, noises, things, people who do not speak, music, tones."""
    for kind in list(KINDS)[::every]:
        for number in range(CLIPS_OF_A_KIND):
            yield clip(kind, number)


def clip(kind: str, number: int) -> Clip:
    """One clip: the same kind and number always give the same sound."""
    seconds = LONGEST if number == 0 and kind in LONG else SECONDS[(number + len(kind)) % len(SECONDS)]
    rng = np.random.default_rng(int(hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:16], 16))
    sound = KINDS[kind](rng, int(seconds * RATE))
    if kind not in AS_MADE:
        sound = level(sound, LEVELS[(number + len(kind)) % len(LEVELS)])
    return Clip(f"{kind} {number + 1}", Audio(np.clip(sound, -1.0, 1.0).astype(np.float32), RATE))


def _silence(rng: Generator, length: int) -> Sound:
    return np.zeros(length, np.float32)


def _dither(rng: Generator, length: int) -> Sound:
    """The last bit of a 16-bit recording."""
    return (rng.integers(-1, 2, length) / 32768).astype(np.float32)


def _offset(rng: Generator, length: int) -> Sound:
    """A converter that is not at zero."""
    return (rng.uniform(0.05, 0.4) + _dither(rng, length)).astype(np.float32)


def _clipped(rng: Generator, length: int) -> Sound:
    """Noise much too loud for the converter."""
    return np.clip(coloured(rng, length, PINK, RATE), -0.9, 0.9)


def _bumps(rng: Generator, length: int) -> Sound:
    """Somebody handles the microphone."""
    return np.clip(3 * effects.door(rng, length) + 0.02 * coloured(rng, length, PINK, RATE), -1.0, 1.0)


def _office(rng: Generator, length: int) -> Sound:
    """An office at work, without voices."""
    parts = (effects.fan, effects.keyboard, effects.mouse, effects.paper)
    return sum(
        (level(part(rng, length), -30.0 - 3 * at) for at, part in enumerate(parts)), np.zeros(length, np.float32)
    )


def _ward(rng: Generator, length: int) -> Sound:
    """A ward at night, without voices."""
    parts = (effects.monitor, effects.fan, effects.footsteps, effects.breathing)
    return sum(
        (level(part(rng, length), -30.0 - 2 * at) for at, part in enumerate(parts)), np.zeros(length, np.float32)
    )


def _colour(exponent: float) -> Make:
    return lambda rng, length: coloured(rng, length, exponent, RATE)


def _mains(frequency: float) -> Make:
    return lambda rng, length: hum(rng, length, frequency, RATE)


AS_MADE = frozenset(("silence", "dither", "offset", "clipped", "microphone handled"))  # their level is their point
KINDS: dict[str, Make] = {
    "silence": _silence,
    "dither": _dither,
    "offset": _offset,
    "white": _colour(WHITE),
    "pink": _colour(PINK),
    "brown": _colour(BROWN),
    "clipped": _clipped,
    "hum 50 Hz": _mains(50.0),
    "hum 60 Hz": _mains(60.0),
    "fan": effects.fan,
    "traffic": effects.traffic,
    "engine": effects.engine,
    "rain": effects.rain,
    "water": effects.water,
    "keyboard": effects.keyboard,
    "mouse": effects.mouse,
    "footsteps": effects.footsteps,
    "door": effects.door,
    "knocking": effects.knocking,
    "paper": effects.paper,
    "clock": effects.clock,
    "crackle": effects.crackle,
    "microphone handled": _bumps,
    "breathing": effects.breathing,
    "cough": effects.cough,
    "applause": effects.applause,
    "chords of flutes": partial(effects.chords, timbre=0),
    "chords of strings": partial(effects.chords, timbre=2),
    "melody of a clarinet": partial(effects.arpeggio, timbre=1),
    "melody of a bell": partial(effects.arpeggio, timbre=3),
    "drums": effects.drums,
    "band": effects.band_playing,
    "dialling": effects.dialling,
    "dial tone": effects.dial_tone,
    "ringing": effects.ringing,
    "ringtone": effects.ringtone,
    "busy": effects.busy,
    "monitor": effects.monitor,
    "alarm": effects.alarm,
    "flat line": effects.flat_line,
    "siren": effects.siren,
    "office": _office,
    "ward": _ward,
}
