"""An engine that reads its words from a transcript that is already there, instead of recognising them.

Serves tests, demonstrations and work on the later stages: everything but the recognition is the real thing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from scribe import serial
from scribe.config import Config
from scribe.errors import InputError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, Interval, Provenance, Segment, Transcript


class ScriptedAsr:
    """`AsrEngine` that replays the transcript (JSON) that `asr.model` names.

    Raises InputError where that file is not a transcript with times.
    """

    def __init__(self, config: Config) -> None:
        path = Path(config.asr.model)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"asr.model: {path} cannot be read: name a transcript.json") from error
        self._transcript = serial.loads(text, Transcript)
        if not self._transcript.timed:
            raise InputError(f"asr.model: {path} has no times: name the transcript of a recording")
        self._provenance = Provenance("scripted", ((path.name, hashlib.sha256(text.encode()).hexdigest()),))

    @property
    def provenance(self) -> Provenance:
        """The transcript that is replayed."""
        return self._provenance

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        """The words whose middle lies within `speech` (seconds), without speakers."""
        for segment in self._transcript.segments:
            words = tuple(
                replace(word, speaker=None)
                for word in segment.words
                if any(interval.start <= (word.start + word.end) / 2 <= interval.end for interval in speech)
            )
            if words:
                yield replace(segment, words=words)
                on_progress("asr", words[-1].end, audio.duration)
