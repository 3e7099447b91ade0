"""Speech for the tests of dictation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scribe.types import Segment, Transcript, Word

Say = Callable[..., Transcript]


@pytest.fixture(scope="session")
def say() -> Say:
    """Make a transcript of words of half a second each, without pauses; `|` is a pause of a second."""

    def speak(text: str, *, speaker: str | None = None) -> Transcript:
        words, at = [], 0.0
        for part in text.split():
            if part == "|":
                at += 1.0
                continue
            words.append(Word(at, at + 0.5, f" {part}", 0.9, speaker))
            at += 0.5
        return Transcript((Segment(tuple(words)),) if words else (), duration=at)

    return speak
