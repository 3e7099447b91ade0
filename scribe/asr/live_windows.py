"""Where live recognition cuts: windows of speech that end in a pause, soon enough for whoever reads along.

A short window is read badly and costs as much as a longer one; a long one keeps its first words waiting. So the pause
that ends a window may be the shorter the longer the window is. Nobody's words are cut while a pause can be had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scribe.asr import vad
from scribe.types import Interval

# How long a pause must be, in seconds, to end a window of at least so many seconds of speech and pauses.
NEEDED = ((0.0, 1.0), (5.0, 0.5), (7.0, 0.3), (9.0, 0.16))
LEAST = 5.0  # a cut that is forced leaves as much, if it can
MOST = 11.0  # seconds: beyond it the longest pause is taken, or the moment at which speech is least likely
HURRIED = 20.0  # seconds in one window, and...
HURRIED_PAUSE = 0.3  # ...the pause that ends it, where recognition is behind: fewer windows cost less
SHORTEST_PAUSE = 0.12  # seconds without voice that count as a pause
LONE = 1.0  # seconds of speech that are not read alone...
CONTEXT = 5.0  # ...but after so much of what was read before


@dataclass(frozen=True, slots=True)
class Window:
    """Speech to be read as one: `pieces` with a little sound around, and `end`, up to which it decides."""

    pieces: tuple[Interval, ...]
    start: float  # seconds at which the speech begins
    end: float
    spoken: float  # seconds of speech


def open_window(growing: vad.Growing, boundary: float) -> Window | None:
    """All that was said after `boundary`; None where that is nothing yet."""
    runs = _runs(growing.runs, boundary)
    return _window(runs, boundary, growing.heard, growing.heard) if runs else None


def next_window(growing: vad.Growing, boundary: float, *, hurried: bool = False, ended: bool = False) -> Window | None:
    """The window after `boundary` that can be read, once it has come to an end; with `ended`, what is left.

    `hurried`: as long a window as can be had.
    """
    runs = _runs(growing.runs, boundary)
    if not runs:
        return None
    start, heard = runs[0].start, growing.heard
    pauses = list(_pauses(runs, growing.probabilities, heard))
    cut = _last(pauses, start) if hurried else None
    if cut is None:
        near = (pause for pause in pauses if pause.start - start <= MOST)
        cut = next((pause for pause in near if pause.duration >= needed(pause.start - start)), None)
    if cut is None and heard - start > MOST:
        cut = _forced(pauses, start, growing.probabilities)
    if cut is None:
        return _window(runs, boundary, heard, heard) if ended else None
    end = cut.start + min(cut.duration / 2, vad.PAD)
    return _window([run for run in runs if run.start < cut.start], boundary, end, cut.start)


def needed(length: float) -> float:
    """Seconds of pause that end a window of `length` seconds."""
    return next(pause for least, pause in reversed(NEEDED) if length >= least)


def _runs(runs: vad.Runs, boundary: float) -> list[Interval]:
    """What is said after `boundary`, in order."""
    found = [runs.open] if runs.open else []
    for run in reversed(runs.closed):
        if run.end <= boundary:
            break
        found.append(run)
    later = (Interval(max(run.start, boundary), run.end) for run in reversed(found))
    return [run for run in later if run.end > run.start]


def _pauses(runs: Sequence[Interval], probabilities: NDArray[np.float32], heard: float) -> Iterator[Interval]:
    """Stretches without voice from the first word on, between and within runs, the one at the end included."""
    first, last = round(runs[0].start / vad.SECONDS_PER_FRAME), round(heard / vad.SECONDS_PER_FRAME)
    silent = np.ones(last - first + 2, dtype=np.int8)  # framed by voice: see below
    silent[[0, -1]] = 0
    for run in runs:
        begin, end = (round(time / vad.SECONDS_PER_FRAME) for time in (run.start, run.end))
        silent[begin - first + 1 : end - first + 1] = probabilities[begin:end] < vad.KEEP
    edges = np.flatnonzero(np.diff(silent))
    for begin, end in edges.reshape(-1, 2):
        pause = Interval((first + int(begin)) * vad.SECONDS_PER_FRAME, (first + int(end)) * vad.SECONDS_PER_FRAME)
        if pause.duration >= SHORTEST_PAUSE and begin:
            yield pause


def _last(pauses: Sequence[Interval], start: float) -> Interval | None:
    """The last pause that is not too far from `start`."""
    near = [pause for pause in pauses if pause.duration >= HURRIED_PAUSE and LEAST <= pause.start - start <= HURRIED]
    return near[-1] if near else None


def _forced(pauses: Sequence[Interval], start: float, probabilities: NDArray[np.float32]) -> Interval:
    """The longest pause between `LEAST` and `MOST`; where there is none, the frame that is least like speech."""
    near = [pause for pause in pauses if LEAST <= pause.start - start <= MOST]
    if near:
        return max(near, key=lambda pause: pause.duration)
    first, last = (round((start + time) / vad.SECONDS_PER_FRAME) for time in (LEAST, MOST))
    at = first + int(np.argmin(probabilities[first:last]))
    return Interval(at * vad.SECONDS_PER_FRAME, (at + 1) * vad.SECONDS_PER_FRAME)


def _window(runs: Sequence[Interval], boundary: float, end: float, speech_end: float) -> Window:
    """The window of `runs` up to `end`; the sound between two runs is shared by both, as in `vad.padded`."""
    pieces: list[Interval] = []
    for at, run in enumerate(runs):
        before = runs[at - 1].end if at else boundary
        after = runs[at + 1].start if at + 1 < len(runs) else end
        start = run.start - (min(vad.PAD, (run.start - before) / 2) if at else min(vad.PAD, run.start - before))
        stop = min(run.end, speech_end)
        stop = min(stop + (min(vad.PAD, (after - stop) / 2) if at + 1 < len(runs) else vad.PAD), after)
        pieces.append(Interval(start, max(stop, start)))
    spoken = sum(min(run.end, speech_end) - run.start for run in runs)
    return Window(tuple(piece for piece in pieces if piece.end > piece.start), runs[0].start, end, spoken)


def tail(pieces: Sequence[Interval], seconds: float = CONTEXT) -> tuple[Interval, ...]:
    """The last `seconds` of pieces."""
    kept: list[Interval] = []
    for piece in reversed(pieces):
        if seconds <= 0:
            break
        kept.append(Interval(max(piece.start, piece.end - seconds), piece.end))
        seconds -= piece.duration
    return tuple(reversed(kept))
