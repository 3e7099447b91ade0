"""Recognition while the recording goes on: words that stay, and a tail that may still change.

`Streaming` is told of sound as it is recorded (`hear`) and says what could be done (`due`, `draft_due`); whoever drives
it decides when. It keeps no sound: the recording is read where it lies. What it gives is a preview; the record is
made by `record` and `transcribe`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scribe.asr import agreement, correction, doubts, guards, live_windows, vad, windows
from scribe.asr.live_windows import Window
from scribe.asr.vocabulary import Vocabulary
from scribe.config import Config
from scribe.events import LivePolicy
from scribe.plugins import AsrEngine, Reader
from scribe.types import Audio, Flag, Interval, Segment, Word

LATE = 5.0  # seconds behind from which nothing tentative is read, and windows are taken as long as they come
LEAST_DRAFT = 0.5  # seconds of speech that are worth a tentative reading
SLACK = 0.3  # seconds that the voice detector may miss of a short answer
KNOWN_WORDS = 600  # last words in which drugs count as named in the recording


@dataclass(frozen=True, slots=True)
class Heard:
    """What one reading gave: words that stay, those that may change, and what a person should check."""

    committed: tuple[Word, ...] = field(default=(), repr=False)
    tentative: tuple[Word, ...] = field(default=(), repr=False)
    flags: tuple[Flag, ...] = ()


class Streaming:
    """The state of one recording; `engine` is shared."""

    def __init__(
        self, engine: AsrEngine, config: Config, terms: Vocabulary | None, policy: LivePolicy = LivePolicy.WINDOWS
    ) -> None:
        self.growing = vad.Growing()
        self.policy = policy
        self._engine, self._config, self._terms = engine, config, terms
        self._boundary = 0.0  # seconds up to which words are committed
        self._before: tuple[Interval, ...] = ()  # pieces of the last window
        self._said: list[Word] = []  # committed words of the open window (agreement only)
        self._last: tuple[Word, ...] = ()  # the last reading of it, without those
        self._drafted = 0.0  # seconds of speech in the last tentative reading
        self._recent: list[Word] = []

    def hear(self, samples: NDArray[np.float32]) -> None:
        """The next samples of the recording, (time,)."""
        self.growing.feed(samples)

    @property
    def behind(self) -> float:
        """Seconds since a window could first be read that is not read yet; 0 where none is."""
        window = self.due()
        return max(self.growing.heard - window.end, 0.0) if window else 0.0

    @property
    def opened(self) -> float | None:
        """Seconds since the open window began; None where nobody speaks."""
        window = live_windows.open_window(self.growing, self._boundary)
        return self.growing.heard - window.start if window else None

    def due(self, *, ended: bool = False) -> Window | None:
        """The next window that has come to an end; with `ended` what is left of the recording, too."""
        window = live_windows.next_window(self.growing, self._boundary)
        if window and self.growing.heard - window.end > LATE:
            window = live_windows.next_window(self.growing, self._boundary, hurried=True)
        return live_windows.next_window(self.growing, self._boundary, ended=True) if ended and not window else window

    def end(self) -> None:
        """No more sound will come: what is left of the last frame counts."""
        self.growing.finish()

    def commit(self, audio: Audio, window: Window) -> Heard:
        """Read a window that is due; its words stay.

        Silence that `audio` has behind the recording is read with it; a word that begins there was not heard.
        """
        pieces = window.pieces
        if audio.duration > self.growing.heard and window.end >= self.growing.heard:
            pieces = (*pieces[:-1], Interval(pieces[-1].start, audio.duration))
        context = window.spoken < live_windows.LONE and not self._said
        if context:
            pieces = (*live_windows.tail(self._before), *pieces)
        segments = self._read(audio, pieces)
        if context:
            segments = _after(segments, self._boundary)
        segments, loops = guards.without_loops(segments)
        mended = self._mended(segments, audio, pieces)
        words = [word for segment in mended[0] for word in segment.words if word.start < self.growing.heard]
        words = words[agreement.unsaid([word for word in self._said if _middle(word) < window.end], words) :]
        if window.spoken < live_windows.LONE and len(words) > guards.FASTEST_SPEECH * (window.spoken + SLACK):
            words = []  # more than can be said in a moment: Whisper at a loss; the record will tell
        flags = (*loops, *mended[1], *guards.low_trust(mended[0], self.growing.so_far.share))
        self._close(window)
        return self._committed(words, flags)

    def draft_due(self, seconds: float) -> bool:
        """Whether the open window holds at least `seconds` of speech more than when it was last read."""
        window = live_windows.open_window(self.growing, self._boundary)
        return window is not None and window.spoken >= max(self._drafted + seconds, LEAST_DRAFT)

    def draft(self, audio: Audio) -> Heard:
        """Read the open window; with agreement, words that were read twice stay."""
        window = live_windows.open_window(self.growing, self._boundary)
        if window is None:
            return Heard()
        self._drafted = window.spoken
        if self.policy is LivePolicy.AGREEMENT:
            return self._agreed(audio, window)
        engine = self._engine
        if isinstance(engine, Reader):
            text = engine.draft(audio, window.pieces)
            if not text.strip() or guards.reads_invented(text):
                return Heard()
            return Heard(tentative=tuple(_spread(text, window)))
        return Heard(tentative=_words(self._read(audio, window.pieces)))

    def erase(self, interval: Interval) -> None:
        """What was said in `interval` (seconds) is dropped."""
        self.growing.erase(interval)
        self._said, self._last, self._drafted = [], (), 0.0

    def _agreed(self, audio: Audio, window: Window) -> Heard:
        segments, _ = guards.without_loops(self._read(audio, window.pieces))
        words = _words(segments)
        words = words[agreement.unsaid(self._said, words) :]
        count = agreement.agreed(self._last, words)
        count = min(count, self._first_doubt(words[:count]))  # whether a term was misheard is judged in a whole window
        stays, tail = words[:count], words[count:]
        self._said += stays
        self._last = tail
        return replace(self._committed(stays, ()), tentative=tail)

    def _first_doubt(self, words: Sequence[Word]) -> int:
        if self._terms is None or not words:
            return len(words)
        by_sound = correction.index(self._terms, self._config.models)
        return min((item.first for item in doubts.suspects(words, self._terms, by_sound)), default=len(words))

    def _read(self, audio: Audio, pieces: Sequence[Interval]) -> tuple[Segment, ...]:
        """What is said in `pieces`, without what nobody said."""
        engine = self._engine
        heard = (
            engine.read(audio, pieces) if isinstance(engine, Reader) else engine.transcribe(audio, speech=list(pieces))
        )
        return tuple(guards.without_inventions(windows.whole_words(heard), self.growing.so_far.share))

    def _mended(
        self, segments: tuple[Segment, ...], audio: Audio, pieces: Sequence[Interval]
    ) -> tuple[tuple[Segment, ...], tuple[Flag, ...]]:
        """Medical terms put right as far as the window alone tells."""
        if self._terms is None or not segments:
            return segments, ()
        known = correction.known_drugs([*self._recent, *_words(segments)], self._terms)
        mended = correction.corrected(segments, audio, pieces, self._engine, self._terms, self._config, known=known)
        return mended.segments, mended.flags

    def _close(self, window: Window) -> None:
        self._boundary, self._before = window.end, window.pieces
        self._said = [word for word in self._said if _middle(word) >= window.end]  # where no pause was to be had
        self._last, self._drafted = (), 0.0

    def _committed(self, words: Sequence[Word], flags: Sequence[Flag]) -> Heard:
        self._recent = [*self._recent, *words][-KNOWN_WORDS:]
        return Heard(committed=tuple(words), flags=tuple(flags))


def _words(segments: Sequence[Segment]) -> tuple[Word, ...]:
    return tuple(word for segment in segments for word in segment.words)


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _after(segments: Sequence[Segment], time: float) -> tuple[Segment, ...]:
    """The words whose middle lies after `time`."""
    kept = (
        replace(segment, words=tuple(word for word in segment.words if _middle(word) >= time)) for segment in segments
    )
    return tuple(segment for segment in kept if segment.words)


def _spread(text: str, window: Window) -> list[Word]:
    """The words of a text without times, each given its share of the window by letters."""
    parts = text.split()
    step = (window.end - window.start) / max(sum(map(len, parts)), 1)
    words, at = [], window.start
    for part in parts:
        words.append(Word(round(at, 3), round(at + step * len(part), 3), f" {part}", 0.0))
        at += step * len(part)
    return words
