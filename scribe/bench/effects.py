"""Sounds of things, of people who do not speak, and of music, made from numbers: what a recogniser must not read.

Each function gives `length` samples at `RATE` of any loudness; `nonspeech` brings them to one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from scribe.bench.noise import PINK, Sound, band, coloured

RATE = 16_000  # hertz
Wave = NDArray[np.float64]  # (time,)
Event = Callable[[Generator], Wave]
DTMF = ((697, 770, 852, 941), (1209, 1336, 1477))  # hertz, of the rows and columns of a telephone's keys
SCALE = (0, 2, 4, 7, 9)  # semitones: pentatonic, so that any of its notes go together


def placed(rng: Generator, length: int, gaps: tuple[float, float], event: Event) -> Sound:
    """Events one after another, `gaps` seconds apart (uniform)."""
    sound = np.zeros(length)
    at = int(rng.uniform(0.0, gaps[1]) * RATE)
    while at < length:
        made = event(rng)[: length - at]
        sound[at : at + len(made)] += made
        at += max(int(rng.uniform(*gaps) * RATE), 1)
    return sound.astype(np.float32)


def burst(rng: Generator, seconds: float, low: float, high: float, decay: float) -> Wave:
    """Noise between `low` and `high` hertz that begins at once and falls to a third in `decay` seconds."""
    length = max(int(seconds * RATE), 32)
    return _wave(band(rng, length, low, high, RATE) * np.exp(-np.arange(length) / (decay * RATE)))


def tone(frequencies: Sequence[float], seconds: float, edge: float = 0.01) -> Wave:
    """Sines together, with soft edges of `edge` seconds."""
    time = np.arange(int(seconds * RATE)) / RATE
    ramp = np.minimum(1.0, np.minimum(time, time[::-1]) / edge)
    return _wave(np.sum([np.sin(2 * np.pi * frequency * time) for frequency in frequencies], axis=0) * ramp)


# --- things


def keyboard(rng: Generator, length: int) -> Sound:
    """Typing."""
    return placed(rng, length, (0.06, 0.35), lambda r: r.uniform(0.4, 1) * burst(r, 0.04, 1200, 6000, 0.006))


def mouse(rng: Generator, length: int) -> Sound:
    """A click now and then: the button goes down, and up."""

    def click(r: Generator) -> Wave:
        down, up = burst(r, 0.09, 2000, 7000, 0.003), burst(r, 0.02, 2500, 7000, 0.002)
        down[-len(up) :] += 0.6 * up
        return down

    return placed(rng, length, (0.4, 1.8), click)


def footsteps(rng: Generator, length: int) -> Sound:
    """Somebody walks."""

    def step(r: Generator) -> Wave:
        heel = burst(r, 0.15, 50, 250, 0.03)
        heel[:800] += 0.2 * burst(r, 0.05, 800, 3000, 0.01)[:800]
        return heel

    return placed(rng, length, (0.48, 0.58), step)


def door(rng: Generator, length: int) -> Sound:
    """A door falls shut."""
    return placed(rng, length, (1.5, 4.0), lambda r: burst(r, 0.8, 40, 400, 0.12))


def knocking(rng: Generator, length: int) -> Sound:
    """Knocks on wood, three at a time."""

    def three(r: Generator) -> Wave:
        return np.concatenate([burst(r, 0.22, 150, 900, 0.02) for _ in range(3)])

    return placed(rng, length, (1.2, 3.0), three)


def paper(rng: Generator, length: int) -> Sound:
    """Pages are turned."""
    return placed(rng, length, (0.2, 1.0), lambda r: _swell(r, r.uniform(0.2, 0.7), 1500, 7500, rough=True))


def clock(rng: Generator, length: int) -> Sound:
    """A clock ticks."""
    return placed(rng, length, (0.499, 0.5), lambda r: burst(r, 0.03, 2500, 5000, 0.004))


def rain(rng: Generator, length: int) -> Sound:
    """Rain on a window."""
    drops = placed(rng, length, (0.01, 0.08), lambda r: r.uniform(0.2, 1.5) * burst(r, 0.02, 1500, 7000, 0.004))
    return (0.4 * band(rng, length, 800, 7500, RATE) + drops).astype(np.float32)


def water(rng: Generator, length: int) -> Sound:
    """A tap runs."""
    gurgle = placed(rng, length, (0.05, 0.2), lambda r: 0.5 * _chirp(r.uniform(300, 700), r.uniform(800, 1500), 0.05))
    return (band(rng, length, 300, 6000, RATE) + gurgle).astype(np.float32)


def traffic(rng: Generator, length: int) -> Sound:
    """A road outside: rumble that comes and goes."""
    return band(rng, length, 30, 500, RATE) * _slow(rng, length, 4.0)


def fan(rng: Generator, length: int) -> Sound:
    """A fan or an air duct: noise, and the tone of its blades."""
    time = np.arange(length) / RATE
    blades = np.sin(2 * np.pi * rng.uniform(80, 160) * time) + 0.5 * np.sin(2 * np.pi * rng.uniform(200, 320) * time)
    return (coloured(rng, length, PINK, RATE) + 0.4 * blades).astype(np.float32)


def engine(rng: Generator, length: int) -> Sound:
    """A motor that idles: pulses with a wandering rate."""
    phase = np.cumsum(rng.uniform(22, 34) * (1 + 0.1 * (_slow(rng, length, 1.0) - 0.5))) / RATE
    return (np.exp(-6 * (phase % 1)) * band(rng, length, 40, 900, RATE)).astype(np.float32)


def crackle(rng: Generator, length: int) -> Sound:
    """A loose plug."""
    return placed(rng, length, (0.005, 0.3), lambda r: r.uniform(0.1, 1) * burst(r, 0.003, 200, 7500, 0.001))


# --- people who do not speak


def breathing(rng: Generator, length: int) -> Sound:
    """In and out."""

    def breath(r: Generator) -> Wave:
        return np.concatenate([_swell(r, 1.2, 400, 2500), 0.7 * _swell(r, 1.5, 200, 1200)])

    return placed(rng, length, (3.0, 3.8), breath)


def cough(rng: Generator, length: int) -> Sound:
    """Coughs: two or three bursts of air, without a voice."""

    def fit(r: Generator) -> Wave:
        return np.concatenate([burst(r, 0.3, 300, 3500, 0.07) for _ in range(int(r.integers(2, 4)))])

    return placed(rng, length, (1.5, 3.5), fit)


def applause(rng: Generator, length: int) -> Sound:
    """Many hands."""
    return placed(rng, length, (0.005, 0.03), lambda r: r.uniform(0.3, 1) * burst(r, 0.03, 700, 4000, 0.008))


# --- music


def chords(rng: Generator, length: int, timbre: int = 0) -> Sound:
    """Chords, one a second or so."""
    root = rng.uniform(110, 220)

    def chord(r: Generator) -> Wave:
        notes = [root * 2 ** (semitones / 12) for semitones in r.choice(SCALE, 3, replace=False)]
        return _wave(np.sum([_note(note, 1.2, timbre) for note in notes], axis=0))

    return placed(rng, length, (0.95, 1.05), chord)


def arpeggio(rng: Generator, length: int, timbre: int = 0) -> Sound:
    """A melody of single notes."""
    root = rng.uniform(220, 440)

    def note(r: Generator) -> Wave:
        return _note(root * 2 ** ((r.choice(SCALE) + 12 * r.integers(0, 2)) / 12), 0.35, timbre)

    return placed(rng, length, (0.24, 0.26), note)


def drums(rng: Generator, length: int) -> Sound:
    """Drum, snare, cymbal."""

    def hit(r: Generator) -> Wave:
        sounds = (_chirp(140, 50, 0.25), burst(r, 0.2, 200, 5000, 0.05), 0.5 * burst(r, 0.08, 5000, 7800, 0.02))
        return sounds[int(r.integers(3))]

    return placed(rng, length, (0.249, 0.25), hit)


def band_playing(rng: Generator, length: int) -> Sound:
    """Chords, melody and drums together."""
    return chords(rng, length, 2) + arpeggio(rng, length, 1) + 2 * drums(rng, length)


# --- tones


def dialling(rng: Generator, length: int) -> Sound:
    """Keys of a telephone."""
    rows, columns = DTMF
    return placed(rng, length, (0.18, 0.3), lambda r: tone((r.choice(rows), r.choice(columns)), 0.12))


def dial_tone(rng: Generator, length: int) -> Sound:
    """A line that is free."""
    return tone((350, 440), length / RATE).astype(np.float32)[:length]


def ringing(rng: Generator, length: int) -> Sound:
    """A telephone rings at the other end: two seconds in six."""
    return placed(rng, length, (5.99, 6.0), lambda r: tone((440, 480), 2.0))


def ringtone(rng: Generator, length: int) -> Sound:
    """A telephone rings here."""
    return placed(rng, length, (1.2, 1.3), lambda r: np.tile(tone((880, 1320), 0.08), 8))


def busy(rng: Generator, length: int) -> Sound:
    """A line that is taken."""
    return placed(rng, length, (0.99, 1.0), lambda r: tone((480, 620), 0.5))


def monitor(rng: Generator, length: int) -> Sound:
    """A heart monitor."""
    return placed(rng, length, (0.78, 0.84), lambda r: tone((960,), 0.1))


def alarm(rng: Generator, length: int) -> Sound:
    """A pump's alarm."""
    return placed(rng, length, (1.9, 2.0), lambda r: np.concatenate([tone((pitch,), 0.2) for pitch in (784, 659, 523)]))


def flat_line(rng: Generator, length: int) -> Sound:
    """One tone that does not end."""
    return tone((rng.uniform(400, 1000),), length / RATE).astype(np.float32)[:length]


def siren(rng: Generator, length: int) -> Sound:
    """Up and down."""
    time = np.arange(length) / RATE
    return np.sin(2 * np.pi * np.cumsum(900 + 350 * np.sin(2 * np.pi * 0.4 * time)) / RATE).astype(np.float32)


def _note(frequency: float, seconds: float, timbre: int) -> Wave:
    """A note that dies away: 0 a flute, 1 a clarinet, 2 a string, 3 a bell."""
    partials = ((1,), (1, 3, 5, 7), (1, 2, 3, 4, 5, 6), (1, 2.76, 5.4))[timbre]
    time = np.arange(int(seconds * RATE)) / RATE
    ramp = np.minimum(1.0, time / 0.01) * np.exp(-2.5 * time / seconds)
    heard = [partial for partial in partials if partial * frequency < RATE / 2]
    partials_heard = [np.sin(2 * np.pi * partial * frequency * time) / partial for partial in heard]
    return _wave(np.sum(partials_heard, axis=0) * ramp)


def _chirp(start: float, end: float, seconds: float) -> Wave:
    length = int(seconds * RATE)
    phase = np.cumsum(np.linspace(start, end, length)) / RATE
    return _wave(np.sin(2 * np.pi * phase) * np.linspace(1, 0, length))


def _swell(r: Generator, seconds: float, low: float, high: float, *, rough: bool = False) -> Wave:
    """Noise that rises and falls; `rough` breaks it into grains."""
    length = int(seconds * RATE)
    sound = band(r, length, low, high, RATE) * np.sin(np.linspace(0, np.pi, length)) ** 2
    return _wave(sound * (np.repeat(r.uniform(0, 1, length // 100 + 1), 100)[:length] ** 3 if rough else 1.0))


def _slow(rng: Generator, length: int, seconds: float) -> Sound:
    """A curve between 0 and 1 that turns every `seconds`."""
    points = rng.uniform(0, 1, int(length / (seconds * RATE)) + 2)
    return np.interp(np.arange(length), np.arange(len(points)) * seconds * RATE, points).astype(np.float32)


def _wave(samples: NDArray[np.floating]) -> Wave:
    return np.asarray(samples, np.float64)
