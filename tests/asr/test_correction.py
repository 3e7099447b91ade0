"""The pass that puts terms right, with engines that are told what to answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from scribe.asr import correction, vocabulary
from scribe.asr.repair import Mended
from scribe.config import AsrSettings, Config
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, FlagKind, Interval, Provenance, Segment, Word

SOUND = Audio(np.zeros(60 * 16_000, np.float32))
SPEECH = (Interval(0.0, 25.0), Interval(30.0, 55.0))
DOUBTFUL = "start as a thromice in 500 mg today"


class Heard:
    def __init__(self, engine: Again) -> None:
        self._engine = engine

    def decode(self, terms: Sequence[str]) -> str:
        self._engine.hints.append(tuple(terms))
        return self._engine.second

    def weigh(self, readings: Sequence[str]) -> list[float]:
        self._engine.weighed += len(readings)
        return [0.0 for _ in readings]

    def languages(self) -> dict[str, float]:
        return {}


class Deaf:
    """An engine that cannot listen again."""

    provenance = Provenance("deaf")

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        return iter(())


class Again(Deaf):
    """One that can, finds every reading as probable as any other, and hears `second` the second time."""

    def __init__(self, second: str = "") -> None:
        self.second = second
        self.hints: list[tuple[str, ...]] = []
        self.weighed = 0
        self.windows: list[tuple[Interval, ...]] = []

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> Heard:
        self.windows.append(tuple(pieces))
        return Heard(self)


def said(text: str, start: float = 0.0) -> Segment:
    return Segment(tuple(Word(start + at, start + at + 0.8, f" {part}", 0.7) for at, part in enumerate(text.split())))


def corrected(engine: Deaf, *segments: Segment, **settings: bool) -> Mended:
    config = Config(asr=AsrSettings(**settings))  # type: ignore[arg-type]
    return correction.corrected(segments, SOUND, SPEECH, engine, vocabulary.load(config), config)


def text_of(mended: Mended) -> str:
    return "".join(segment.text for segment in mended.segments)


def test_a_misheard_drug_is_put_right_by_sound() -> None:
    mended = corrected(Again(), said(DOUBTFUL))
    assert text_of(mended) == " start azithromycin 500 mg today"
    assert [made.rule for made in mended.repairs] == ["sound"]


def test_only_windows_with_a_doubt_are_listened_to_again() -> None:
    engine = Again()
    corrected(engine, said("the patient is doing well today", 1.0), said(DOUBTFUL, 31.0))
    assert [pieces[0].start for pieces in engine.windows] == [30.0]
    assert engine.hints == []  # settled by sound: no second decoding


def test_without_repair_the_second_decoding_alone_puts_it_right() -> None:
    engine = Again("Start azithromycin 500 mg today")
    mended = corrected(engine, said(DOUBTFUL), repair=False)
    assert text_of(mended) == " start azithromycin 500 mg today"
    assert [made.rule for made in mended.repairs] == ["second-decode"]
    assert "azithromycin" in engine.hints[0]


def test_what_a_second_decoding_writes_elsewhere_is_not_taken() -> None:
    mended = corrected(Again("Start azithromycin 500 mg today and 50 later"), said(DOUBTFUL), repair=False)
    assert text_of(mended).endswith(" 500 mg today")
    assert FlagKind.NUMBER in {flag.kind for flag in mended.flags}


def test_both_switched_off_change_nothing() -> None:
    engine = Again("Start azithromycin 500 mg today")
    mended = corrected(engine, said(DOUBTFUL), repair=False, bias=False)
    assert text_of(mended) == f" {DOUBTFUL}"
    assert engine.hints == []


def test_an_engine_that_cannot_listen_again_is_no_obstacle() -> None:
    assert text_of(corrected(Deaf(), said(DOUBTFUL))) == " start azithromycin 500 mg today"


@pytest.mark.parametrize("text", ["he takes lisinopril 20 mg and metformin", "no chest pain, no fever", ""])
def test_what_is_right_stays(text: str) -> None:
    segments = (said(text),) if text else ()
    mended = corrected(Again(), *segments)
    assert mended.segments == segments
    assert mended.repairs == mended.flags == ()


def test_the_same_words_give_the_same_result() -> None:
    segments = (said(DOUBTFUL), said("continue levothyroxene and well butrin", 31.0))
    assert corrected(Again(), *segments) == corrected(Again(), *segments)
