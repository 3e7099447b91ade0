"""What is taken out, what is flagged, and above all what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.asr import guards
from scribe.types import FlagKind, Interval, Segment, Word


def segment(text: str, start: float = 0.0, probability: float = 0.9, pace: float = 0.4, **scores: float) -> Segment:
    words = tuple(
        Word(start + pace * at, start + pace * (at + 1), f" {word}", probability)
        for at, word in enumerate(text.split())
    )
    return Segment(words, **{"avg_logprob": -0.2, **scores})  # type: ignore[arg-type]


def always(share: float) -> guards.SpeechShare:
    return lambda interval: share


LOOP = "I'm sorry. " * 8


@pytest.mark.parametrize(
    "text",
    [
        "No, no, no. I have no pain.",
        "Take 5 mg, 5 mg, not 50.",
        "No. No. No. No. No.",
        "It hurts a lot, a lot, a lot.",
        "Ten, twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety, one hundred, go on, go on.",
    ],
)
def test_repeats_that_people_say_stay(text: str) -> None:
    said = (segment(text),)
    assert guards.without_loops(said) == (said, ())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (LOOP, " I'm sorry."),
        ("Good. " + "you " * 12 + "Fine.", " Good. you Fine."),
        ("and then I went to the " * 4, " and then I went to the"),
        ("Take it. " + LOOP + "Twice a day.", " Take it. I'm sorry. Twice a day."),
    ],
)
def test_a_loop_is_said_once_and_flagged(text: str, left: str) -> None:
    segments, flags = guards.without_loops((segment(text),))
    assert "".join(item.text for item in segments) == left
    assert [flag.kind for flag in flags] == [FlagKind.LOOP]


def test_a_loop_over_several_segments_leaves_one_of_them() -> None:
    heard = [segment("How are you?"), *(segment("Thank you so much.", start=2.0 + 2 * at) for at in range(6))]
    segments, flags = guards.without_loops(heard)
    assert [item.text for item in segments] == [" How are you?", " Thank you so much."]
    assert flags[0].interval == Interval(2.0, pytest.approx(13.6))


words = st.lists(st.sampled_from(["yes", "No,", "pain", "mg", "5"]), min_size=1, max_size=80)


@given(words)
def test_taking_out_loops_twice_changes_nothing_more(text: list[str]) -> None:
    once, _ = guards.without_loops((segment(" ".join(text)),))
    assert guards.without_loops(once) == (once, ())


@given(words)
def test_taking_out_loops_only_takes_out(text: list[str]) -> None:
    heard = segment(" ".join(text))
    segments, flags = guards.without_loops((heard,))
    kept = [word for item in segments for word in item.words]
    rest = iter(heard.words)
    assert all(word in rest for word in kept)  # in order, each once
    assert {word.text for word in kept} == {word.text for word in heard.words}
    assert bool(flags) == (len(kept) < len(heard.words))


@pytest.mark.parametrize("scores", [{"avg_logprob": -0.8}, {"no_speech_prob": 0.7}])
def test_doubtful_text_over_hardly_any_voice_is_left_out(scores: dict[str, float]) -> None:
    assert list(guards.without_inventions([segment("You have to go.", **scores)], always(0.05))) == []


def test_more_words_than_anybody_can_speak_are_left_out_where_doubtful() -> None:
    hurried = segment("I will make sure that you are ready for this.", pace=0.05)
    assert list(guards.without_inventions([hurried], always(0.9))) == [hurried]
    assert list(guards.without_inventions([replace(hurried, avg_logprob=-0.8)], always(0.9))) == []


def test_clear_text_over_hardly_any_voice_stays_and_is_flagged() -> None:
    said = segment("All right.")
    assert list(guards.without_inventions([said], always(0.05))) == [said]
    assert [flag.reason for flag in guards.low_trust([said], always(0.05))] == [guards.SPEECH_REASON]


@pytest.mark.parametrize("scores", [{"avg_logprob": -1.3}, {"avg_logprob": -0.8, "no_speech_prob": 0.7}])
def test_doubtful_text_over_little_voice_is_left_out(scores: dict[str, float]) -> None:
    assert list(guards.without_inventions([segment("You have to go.", **scores)], always(0.2))) == []


@pytest.mark.parametrize("scores", [{"avg_logprob": -1.3}, {"avg_logprob": -0.8, "no_speech_prob": 0.7}])
def test_doubtful_text_over_a_voice_stays_and_is_flagged(scores: dict[str, float]) -> None:
    said = segment("I cannot breathe at night.", probability=0.3, **scores)
    assert list(guards.without_inventions([said], always(0.9))) == [said]
    assert [flag.kind for flag in guards.low_trust([said], always(0.9))] == [FlagKind.LOW_TRUST]


def test_a_known_phrase_goes_only_with_other_evidence() -> None:
    thanks = segment("Thank you.")
    doubted = replace(thanks, avg_logprob=-0.9, no_speech_prob=0.8)
    assert list(guards.without_inventions([thanks], always(0.9))) == [thanks]
    assert list(guards.without_inventions([thanks], always(0.2))) == []
    assert list(guards.without_inventions([doubted], always(0.9))) == []


def test_marks_without_words_are_left_out() -> None:
    assert list(guards.without_inventions([segment("...")], always(1.0))) == []


@pytest.mark.parametrize(
    ("said", "share", "reason"),
    [
        (replace(segment("Yes, it does."), fallback=True), 1.0, guards.FALLBACK_REASON),
        (segment("Yes, it does.", avg_logprob=-1.1), 1.0, guards.LOGPROB_REASON),
        (segment("Yes, it does.", probability=0.2), 1.0, guards.LOGPROB_REASON),
        (segment("Yes, it does."), 0.2, guards.SPEECH_REASON),
        (segment("one two three four five six seven eight nine", pace=0.1), 1.0, guards.SPEED_REASON),
    ],
)
def test_why_a_segment_is_flagged(said: Segment, share: float, reason: str) -> None:
    assert [flag.reason for flag in guards.low_trust([said], always(share))] == [reason]


def test_plain_speech_is_not_flagged() -> None:
    assert guards.low_trust([segment("I take lisinopril every morning.")], always(0.9)) == ()


def test_flags_that_touch_become_one() -> None:
    said = [segment("Yes, it does.", start=start, avg_logprob=-1.1) for start in (0.0, 1.5, 60.0)]
    flags = guards.low_trust(said, always(1.0))
    assert [flag.interval for flag in flags] == [Interval(0.0, pytest.approx(2.7)), Interval(60.0, pytest.approx(61.2))]


@given(st.text(min_size=1, max_size=60))
def test_no_flag_repeats_what_was_said(text: str) -> None:
    said = Segment((Word(0.0, 1.0, text, 0.01),), avg_logprob=-2.0)
    fixed = {guards.FALLBACK_REASON, guards.LOGPROB_REASON, guards.SPEECH_REASON, guards.SPEED_REASON}
    assert {flag.reason for flag in guards.low_trust([said], always(0.5))} <= fixed
