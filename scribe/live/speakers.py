"""Who said the committed words, found anew as the recording goes on, and what has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from scribe import pipeline
from scribe.config import Config
from scribe.diarization.attribute import attribute, pieces_asked
from scribe.events import Assignment
from scribe.plugins import Diarizer, Followable, Follower
from scribe.types import Audio, Interval, Mode, Segment, SpeakerRole, Transcript, Word

CLEAR = 0.8  # score from which a role is shown
LEAST_WORDS = 20  # that a speaker must have said


class Speakers:
    """Voices and roles of one recording."""

    def __init__(self, config: Config, mode: Mode | None) -> None:
        """Load the diarizer, unless one person dictates alone: loading it takes longer than everything else."""
        self._config, self._alone = config, mode is Mode.DICTATION
        diarizer = None if self._alone else pipeline.engine("diarization", config.diarization.engine, config)
        self._follower: Follower | None = diarizer.follow() if isinstance(diarizer, Followable) else None
        self.diarizer: Diarizer | None = self._follower or diarizer
        self._prints = () if self._alone else pipeline.voiceprints(config)

    def stretches_due(self, audio: Audio) -> bool:
        """Whether there is work to be done beforehand on what is recorded so far."""
        return bool(self._follower and self._follower.due(audio))

    def hear(self, audio: Audio) -> None:
        """Do a little of it."""
        if self._follower:
            self._follower.hear(audio)

    def find(self, words: Sequence[Word], audio: Audio) -> Transcript:
        """The words with speakers, and the speakers with roles, as far as is known now."""
        plain = Transcript((Segment(tuple(replace(word, speaker=None) for word in words)),), duration=audio.duration)
        return attribute(plain, audio, self.diarizer, self._config, prints=self._prints)

    def embed_ahead(self, words: Sequence[Word], audio: Audio) -> None:
        """Embed what will be asked for at the end, for words of the record so far."""
        if self._follower and words:
            turns = self._follower.diarize(audio, num_speakers=self._config.diarization.speakers or None)
            self._follower.embed(audio, pieces_asked(words, turns))

    def forget(self, interval: Interval) -> None:
        """The sound of `interval` is no longer what it was."""
        if self._follower:
            self._follower.forget(interval)


def clear(found: Transcript) -> tuple[SpeakerRole, ...]:
    """The roles that are clear: sure, and of speakers who said enough."""
    said = Counter(word.speaker for word in found.words)
    return tuple(item for item in found.roles if item.score >= CLEAR and said[item.speaker] >= LEAST_WORDS)


def changes(before: Sequence[str | None], after: Sequence[str | None], indices: Sequence[int]) -> list[Assignment]:
    """What to tell a screen: runs of words (by their `indices` among the committed) that get another speaker."""
    changed = [(index, new) for index, old, new in zip(indices, before, after, strict=True) if old != new]
    runs: list[Assignment] = []
    for index, speaker in changed:
        last = runs[-1] if runs else None
        if last and last.speaker == speaker and last.first + last.count == index:
            runs[-1] = replace(last, count=last.count + 1)
        else:
            runs.append(Assignment(index, 1, speaker))
    return runs
