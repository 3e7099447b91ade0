"""The recognition of a recording that goes on, done as it will be done at the end, block by block.

Nothing of this is shown. It is what makes the record be there soon after the stop: `transcribe.transcribe` is then
asked about the whole recording with `engine`, which remembers the blocks and the questions that were settled before.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress

from scribe.asr import correction, guards, language, unheard, vad, windows
from scribe.asr.remembering import remembering
from scribe.asr.vocabulary import Vocabulary
from scribe.asr.windows import Block
from scribe.config import Config
from scribe.errors import InputError
from scribe.plugins import AsrEngine
from scribe.types import Audio, Interval, Segment, Word


class Record:
    """Decodes blocks of the recording once nothing can change them any more."""

    def __init__(self, engine: AsrEngine, config: Config, terms: Vocabulary | None) -> None:
        self.engine = remembering(engine, config)
        self._config, self._terms = config, terms
        self._begin()

    def _begin(self) -> None:
        self._packer = windows.Packer(windows.limit(self._config.asr))
        self._due: deque[Block] = deque()
        self._packed = 0  # stretches of speech that the packer has
        self._segments: list[Segment] = []
        self._last: list[Segment] = []  # of the block before

    @property
    def blocks_due(self) -> int:
        """How many blocks could be decoded now."""
        return len(self._due)

    @property
    def words(self) -> tuple[Word, ...]:
        """What is decoded so far."""
        return tuple(word for segment in self._segments for word in segment.words)

    def hear(self, audio: Audio, growing: vad.Growing) -> None:
        """Take in what speech is settled in `audio`, the recording so far."""
        for interval in growing.settled(self._packed):
            self._due.extend(self._packer.add(audio, interval))
            self._packed += 1

    def step(self, audio: Audio, growing: vad.Growing) -> None:
        """Decode one block that is due, and ask all that will be asked about it."""
        block = self._due.popleft()
        if not self._segments:
            with suppress(InputError):  # whether the language is another is judged at the end, by more than this
                language.check(audio, block.pieces, self.engine, self._config)
        heard = self.engine.transcribe(audio, speech=block.pieces)
        said = guards.without_inventions(windows.whole_words(heard), growing.so_far.share)
        segments = list(guards.without_loops(tuple(said))[0])
        self._fill_holes(segments, audio, growing)
        self._segments += segments
        self._last = segments or self._last
        if self._terms and segments:
            known = correction.known_drugs(self.words, self._terms)
            correction.corrected(segments, audio, block.pieces, self.engine, self._terms, self._config, known=known)

    def forget(self, interval: Interval) -> None:
        """The recording was changed in `interval` (seconds): begin again, with what is remembered of the rest."""
        self.engine.forget(interval)
        self._begin()

    def _fill_holes(self, segments: list[Segment], audio: Audio, growing: vad.Growing) -> None:
        """Decode again what no word covers between the block before and the end of this one."""
        around = [*self._last, *segments]
        if not segments:
            return
        speech = growing.so_far
        probabilities = speech.probabilities.copy()
        probabilities[: int(around[0].start / vad.SECONDS_PER_FRAME)] = 0.0
        probabilities[int(around[-1].end / vad.SECONDS_PER_FRAME) :] = 0.0
        unheard.recovered(around, audio, vad.Speech(probabilities, speech.duration), self.engine)
