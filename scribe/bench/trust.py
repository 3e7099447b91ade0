"""Whether text can be trusted: nothing is written where nobody speaks, and the same speech gives the same words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from scribe import audio
from scribe.asr import vad
from scribe.bench import baseline, nonspeech, scores, words
from scribe.bench.data import Recording
from scribe.bench.systems import BOTH, PLAIN, RAW, Systems
from scribe.config import Config
from scribe.plugins import OnProgress
from scribe.types import Audio

SILENCES = (5.0, 30.0, 120.0)  # seconds, spliced in where nobody speaks
RUNS = 5  # of the same file


def invented(recogniser: Systems, on_progress: OnProgress, *, with_baseline: bool) -> dict[str, Any]:
    """Words read into recordings in which nobody speaks: without the vocabulary, with it, by plain faster-whisper."""
    rows: dict[str, Callable[[Audio], str]] = {use: partial(_recognised, recogniser, use) for use in (PLAIN, BOTH)}
    if with_baseline:
        rows |= {row: partial(_raw, recogniser.config, with_vad) for row, with_vad in RAW.items()}
    tallies = {row: _Tally() for row in rows}
    clips = len(nonspeech.KINDS) * nonspeech.CLIPS_OF_A_KIND
    for at, clip in enumerate(nonspeech.clips()):
        on_progress("nonspeech", at, clips)
        for row, transcribe in rows.items():
            tallies[row] += _Tally.of(clip, transcribe(clip.audio))
    on_progress("nonspeech", clips, clips)
    return {row: tally.shown() for row, tally in tallies.items()}


def _recognised(recogniser: Systems, use: str, sound: Audio) -> str:
    return recogniser.transcript(sound, use).text


def _raw(config: Config, with_vad: bool, sound: Audio) -> str:
    return baseline.transcribe(sound.samples, config, vad=with_vad)


@dataclass(frozen=True, slots=True)
class _Tally(scores.Counts):
    """Words that nobody said."""

    clips: int = 0
    seconds: float = 0.0
    words: int = 0
    heard_in: tuple[str, ...] = ()  # the clips in which words were read

    @classmethod
    def of(cls, clip: nonspeech.Clip, text: str) -> _Tally:
        """One clip. Every word counts, also one that the normaliser would drop."""
        found = len(text.split())
        return cls(1, clip.audio.duration, found, (clip.name,) if found else ())

    def shown(self) -> dict[str, Any]:
        """As a row of a table."""
        minutes = self.seconds / 60
        return {
            "clips": self.clips,
            "minutes": minutes,
            "clips_with_words": len(self.heard_in),
            "words": self.words,
            "words_per_minute": self.words / minutes if minutes else None,
            "heard_in": ", ".join(self.heard_in),
        }


def silences(recordings: Sequence[Recording], recogniser: Systems, on_progress: OnProgress) -> dict[str, Any]:
    """By recording: words that change when silences are spliced in, and runs of the same file that differ."""
    rows = {}
    for at, recording in enumerate(recordings):
        on_progress("silences", at, len(recordings))
        rows[recording.id] = _steadiness(audio.load(recording.audio, recogniser.config.audio), recogniser)
    on_progress("silences", len(recordings), len(recordings))
    return rows


def _steadiness(sound: Audio, recogniser: Systems) -> dict[str, Any]:
    pauses = longest_pauses(sound, len(SILENCES))
    texts = [recogniser.transcript(sound).text for _ in range(RUNS)]
    before = words.normalise(texts[0])
    after = words.normalise(recogniser.transcript(spliced(sound, pauses)).text)
    return {
        "words": len(before),
        "silences": len(pauses),
        "changed_words": scores.word_errors(before, after).edits,
        "runs": RUNS,
        "runs_that_differ": sum(text != texts[0] for text in texts[1:]),
    }


def longest_pauses(sound: Audio, count: int) -> tuple[float, ...]:
    """Where to cut a recording, in seconds: the middles of its longest pauses, in order of time."""
    quiet = vad.detect(sound).probabilities < vad.KEEP
    edges = np.flatnonzero(np.diff(quiet, prepend=False, append=False)).reshape(-1, 2)  # (pause, [first, end) frame)
    between = edges[(edges[:, 0] > 0) & (edges[:, 1] < len(quiet))]
    longest = sorted(between.tolist(), key=lambda pause: pause[0] - pause[1])[:count]
    return tuple(sorted((first + end) / 2 * vad.SECONDS_PER_FRAME for first, end in longest))


def spliced(sound: Audio, cuts: Sequence[float]) -> Audio:
    """The recording with a silence of `SILENCES` at each cut (seconds), the last bit of 16 flickering."""
    rng = np.random.default_rng(1)
    pieces, at = [], 0
    for cut, seconds in zip(cuts, SILENCES, strict=False):
        end = round(cut * sound.sample_rate)
        noise = rng.integers(-1, 2, int(seconds * sound.sample_rate)) / 32768
        pieces += [sound.samples[at:end], noise.astype(np.float32)]
        at = end
    return Audio(np.concatenate([*pieces, sound.samples[at:]]), sound.sample_rate)
