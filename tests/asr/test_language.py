"""Another language than the one asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from scribe.asr import language
from scribe.config import AsrSettings, Config
from scribe.errors import InputError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, FlagKind, Interval, Provenance, Segment

SOUND = Audio(np.zeros(90 * 16_000, np.float32))
SPEECH = (Interval(0, 25), Interval(30, 55), Interval(60, 85))


class Heard:
    def __init__(self, likely: dict[str, float]) -> None:
        self._likely = likely

    def decode(self, terms: Sequence[str]) -> str:
        return ""

    def weigh(self, readings: Sequence[str]) -> Sequence[float]:
        return [0.0 for _ in readings]

    def languages(self) -> dict[str, float]:
        return self._likely


class Polyglot:
    """An engine that is told which language is spoken in each window."""

    provenance = Provenance("polyglot")

    def __init__(self, *likely: dict[str, float]) -> None:
        self._likely = list(likely)

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        return iter(())

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> Heard:
        return Heard(self._likely[min(int(pieces[0].start // 30), len(self._likely) - 1)])


ENGLISH, SPANISH, UNSURE = {"en": 0.97, "es": 0.01}, {"es": 0.95, "en": 0.03}, {"es": 0.5, "en": 0.4}


def test_english_is_let_pass() -> None:
    assert language.check(SOUND, SPEECH, Polyglot(ENGLISH), Config()) == ()
    assert language.check(SOUND, SPEECH, Polyglot(UNSURE), Config()) == ()
    assert language.check(SOUND, (), Polyglot(SPANISH), Config()) == ()


def test_another_language_is_refused_with_what_to_do() -> None:
    with pytest.raises(InputError, match=r"spoken in Spanish, not in English: set asr\.language to 'es'"):
        language.check(SOUND, SPEECH, Polyglot(SPANISH), Config())


def test_a_part_in_another_language_is_flagged() -> None:
    (flag,) = language.check(SOUND, SPEECH, Polyglot(SPANISH, ENGLISH, ENGLISH), Config())
    assert flag.kind is FlagKind.LANGUAGE
    assert flag.interval == Interval(0, 25)


def test_the_check_can_be_switched_off() -> None:
    settings = Config(asr=AsrSettings(check_language=False))
    assert language.check(SOUND, SPEECH, Polyglot(SPANISH), settings) == ()


def test_a_few_seconds_tell_nothing() -> None:
    assert language.check(SOUND, (Interval(0, 2),), Polyglot(SPANISH), Config()) == ()
