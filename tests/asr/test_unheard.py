"""Speech without words: decoded again, or flagged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scribe.asr import unheard, vad
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, FlagKind, Interval, Provenance, Segment, Word

FRAMES = int(20 / vad.SECONDS_PER_FRAME)


class Again:
    """An engine that hears these words wherever it is asked to listen."""

    provenance = Provenance("again")

    def __init__(self, text: str, logprob: float = -0.2) -> None:
        self.text, self.logprob = text, logprob
        self.asked: list[Interval] = []

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        self.asked += speech
        parts = self.text.split()
        for interval in speech:
            step = interval.duration / max(len(parts), 1)
            words = (
                Word(interval.start + at * step, interval.start + (at + 1) * step, f" {part}")
                for at, part in enumerate(parts)
            )
            if parts:
                yield Segment(tuple(words), self.logprob)


def speech_from(*intervals: tuple[float, float]) -> vad.Speech:
    probabilities = np.zeros(FRAMES, np.float32)
    for start, end in intervals:
        probabilities[int(start / vad.SECONDS_PER_FRAME) : int(end / vad.SECONDS_PER_FRAME)] = 0.95
    return vad.Speech(probabilities, 20.0)


def segment(start: float, end: float, count: int = 4) -> Segment:
    step = (end - start) / count
    return Segment(tuple(Word(start + at * step, start + (at + 1) * step, f" w{at}") for at in range(count)))


SOUND = Audio(np.zeros(20 * 16_000, np.float32))
SPEECH = speech_from((0.0, 10.0))


def test_a_hole_is_decoded_again_and_its_words_stand_in_order() -> None:
    engine = Again("atorvastatin forty milligrams")
    segments, flags = unheard.recovered([segment(0, 3), segment(7, 10)], SOUND, SPEECH, engine)
    assert [round(item.start) for item in segments] == [0, 3, 7]
    assert segments[1].text == " atorvastatin forty milligrams"
    assert segments[1].fallback  # to be listened to
    assert flags == ()
    assert 2.9 < engine.asked[0].start < 3.2
    assert 6.8 < engine.asked[0].end < 7.1


def test_a_hole_inside_a_segment_cuts_it() -> None:
    whole = Segment((*segment(0, 3).words, *segment(7, 10).words))
    segments, _ = unheard.recovered([whole], SOUND, SPEECH, Again("in between"))
    assert "".join(item.text for item in segments) == " w0 w1 w2 w3 in between w0 w1 w2 w3"


def test_a_hole_that_stays_is_flagged_as_inaudible() -> None:
    for engine in (Again(""), Again("some words of no worth", logprob=-3.0), Again("no " * 15)):
        segments, (flag,) = unheard.recovered([segment(0, 3), segment(7, 10)], SOUND, SPEECH, engine)
        assert len(segments) == 2
        assert flag.kind is FlagKind.INAUDIBLE
        assert 2.9 < flag.interval.start < flag.interval.end < 7.1


def test_silence_between_words_is_no_hole() -> None:
    quiet = speech_from((0.0, 3.0), (7.0, 10.0))
    engine = Again("anything")
    segments, flags = unheard.recovered([segment(0, 3), segment(7, 10)], SOUND, quiet, engine)
    assert (len(segments), flags, engine.asked) == (2, (), [])


def test_speech_before_and_after_all_words_counts() -> None:
    found = list(unheard.holes([segment(4, 6)], SPEECH))
    assert [(round(hole.start), round(hole.end)) for hole in found] == [(0, 4), (6, 10)]


def test_nothing_heard_at_all() -> None:
    assert len(list(unheard.holes([], SPEECH))) == 1
