"""Spans, words and seconds: the chain from a note back to the recording."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.types import (
    Assertion,
    CodeSuggestion,
    Coding,
    Evidence,
    Interval,
    Repair,
    Role,
    Segment,
    Span,
    SpeakerRole,
    Statement,
    Transcript,
    Word,
)


def transcript_of(*texts: str) -> Transcript:
    """One segment; word i is heard from second i to i + 0.5."""
    return Transcript((Segment(tuple(Word(i, i + 0.5, text) for i, text in enumerate(texts))),), duration=len(texts))


transcripts = st.lists(st.text("ab é", min_size=1, max_size=4), min_size=1, max_size=12).map(
    lambda texts: transcript_of(*texts)
)


def test_text_is_the_join_of_the_words() -> None:
    assert transcript_of(" No", " fever.").text == " No fever."


@given(transcripts, st.data())
def test_words_in_a_span_are_those_that_share_a_character(transcript: Transcript, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(transcript.text) - 1))
    end = data.draw(st.integers(start + 1, len(transcript.text)))
    expected, at = [], 0
    for word in transcript.words:
        if at < end and at + len(word.text) > start:
            expected.append(word)
        at += len(word.text)
    assert list(transcript.words_in(Span(start, end))) == expected


def test_an_empty_span_has_no_words_and_no_seconds() -> None:
    transcript = transcript_of(" a", " b")
    assert transcript.words_in(Span(1, 1)) == ()
    assert transcript.seconds(Span(1, 1)) is None


@given(transcripts, st.data())
def test_the_span_of_words_finds_them_again(transcript: Transcript, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(transcript.words) - 1))
    last = data.draw(st.integers(first, len(transcript.words) - 1))
    span = transcript.span_of(first, last)
    if transcript.text[span.start : span.end].strip():
        found = transcript.words_in(span)
        assert found[-1] == transcript.words[last]
        assert set(found) <= set(transcript.words[first : last + 1])


def test_seconds_run_from_the_first_word_to_the_last() -> None:
    transcript = transcript_of(" No", " fever", " today")
    assert transcript.seconds(transcript.span_of(1, 2)) == Interval(1, 2.5)


def test_text_without_times_has_no_seconds() -> None:
    transcript = Transcript((Segment((Word(0, 0, "No"),)),), timed=False)
    assert transcript.seconds(Span(0, 2)) is None


def test_roles_are_found_by_speaker() -> None:
    transcript = Transcript((), roles=(SpeakerRole("SPEAKER_00", Role.CLINICIAN, 0.9),))
    assert transcript.role_of("SPEAKER_00") is Role.CLINICIAN
    assert transcript.role_of("SPEAKER_01") is None
    assert transcript.role_of(None) is None


def test_nothing_that_was_said_shows_in_a_repr() -> None:
    secret = "amoxicillin"
    transcript = transcript_of(f" {secret}")
    statement = Statement("s1", f"Takes {secret}.", heard=(Span(0, 5),))
    shown = repr([transcript, transcript.segments, transcript.words, statement])
    assert secret not in shown


def test_a_statement_needs_a_source() -> None:
    with pytest.raises(ValueError, match="neither heard nor typed"):
        Statement("s1", "Invented.")
    assert Statement("s1", "Typed.", author="dr-1").heard == ()


def test_no_evidence_no_suggestion() -> None:
    coding = Coding("icd10cm", "2026-04", "I10", "Essential (primary) hypertension")
    with pytest.raises(ValueError, match="without evidence"):
        CodeSuggestion(coding, ())
    evidence = Evidence("s1", Span(0, 3), Assertion.PRESENT, "lexicon", 0.9)
    with pytest.raises(ValueError, match="between 0 and 1"):
        CodeSuggestion(coding, (evidence,), probability=1.5)
    with pytest.raises(ValueError, match="at least one character"):
        Evidence("s1", Span(3, 3), Assertion.PRESENT, "lexicon", 0.9)


REPAIRED_WORD = st.tuples(st.text("abc", min_size=1, max_size=3), st.sampled_from(["SPEAKER_00", "SPEAKER_01", None]))


@st.composite
def repaired(draw: st.DrawFn) -> tuple[Transcript, Transcript]:
    """A transcript as it was recognised, and the same with some of its stretches replaced by other words."""
    now: list[list[Word]] = [[]]
    before: list[list[Word]] = [[]]
    repairs: list[Repair] = []
    for at in range(draw(st.integers(1, 6))):
        text, speaker = draw(REPAIRED_WORD)
        heard = tuple(
            Word(at + part / 10, at + part / 10 + 0.1, f" {text}{part}", 0.3, speaker)
            for part in range(draw(st.integers(1, 3)))
        )
        if draw(st.booleans()):
            count = draw(st.integers(1, 3))
            repairs.append(Repair(sum(map(len, now)), count, heard, "sound", 0.9))
            now[-1].extend(Word(at, at + 0.3, f" term{part}", 0.3, speaker) for part in range(count))
        else:
            now[-1].extend(heard)
        before[-1].extend(heard)
        if draw(st.booleans()):
            now.append([])
            before.append([])

    def made(segments: list[list[Word]], repairs: tuple[Repair, ...]) -> Transcript:
        return Transcript(tuple(Segment(tuple(words)) for words in segments if words), repairs=repairs)

    return made(before, ()), made(now, tuple(repairs))


@given(repaired(), st.randoms(use_true_random=False))
def test_undoing_every_repair_in_any_order_gives_what_was_recognised(
    transcripts: tuple[Transcript, Transcript], random: Random
) -> None:
    heard, transcript = transcripts
    while transcript.repairs:
        repair = random.choice(transcript.repairs)
        left = len(transcript.repairs)
        transcript = transcript.undo(repair)
        assert len(transcript.repairs) == left - 1
        for other in transcript.repairs:
            words = transcript.words[other.first : other.first + other.count]
            assert [word.text.strip() for word in words] == [f"term{part}" for part in range(other.count)]
    assert transcript == heard


def test_undo_keeps_who_said_it() -> None:
    term = Word(0.0, 1.0, " lisinopril", 0.4, "SPEAKER_01")
    repair = Repair(0, 1, (Word(0.0, 0.5, " listen"), Word(0.5, 1.0, " opril")), "sound", 0.95)
    undone = Transcript((Segment((term,)),), repairs=(repair,)).undo(repair)
    assert [(word.text, word.speaker) for word in undone.words] == [(" listen", "SPEAKER_01"), (" opril", "SPEAKER_01")]


def test_a_repair_that_starts_in_one_segment_and_ends_in_the_next_is_undone() -> None:
    words = tuple(Word(at, at + 1, text) for at, text in enumerate((" take", " insulin", " glargine", " daily")))
    repair = Repair(1, 2, (Word(1, 2, " insolent"), Word(2, 3, " large")), "sound", 0.95)
    transcript = Transcript((Segment(words[:2]), Segment(words[2:])), repairs=(repair,))
    assert transcript.undo(repair).text == " take insolent large daily"


def test_a_repair_of_another_transcript_is_refused() -> None:
    repair = Repair(0, 1, (Word(0, 1, " a"),), "sound", 0.9)
    with pytest.raises(ValueError, match="not made in this transcript"):
        transcript_of(" b").undo(repair)
