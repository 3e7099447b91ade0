from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe import serial
from scribe.config import Config
from scribe.dictation import commands, templates
from scribe.dictation.editing import dictate
from scribe.dictation.write import write
from scribe.dictation.written import Written, relocate, verbatim
from scribe.dictation.written import transcript as page
from scribe.types import Mode, Section, SectionGroup, SectionKind, Segment, Span, Statement, Transcript, Word

Say = Callable[..., Transcript]


def lines(transcript: Transcript) -> tuple[Written, ...]:
    return dictate(transcript.words, commands.load(), templates.load()).written


def written(transcript: Transcript) -> Transcript:
    return page(lines(transcript), transcript)


def section(*spans: Span) -> tuple[Section, ...]:
    statements = tuple(Statement(f"s{at}", "text", (span,)) for at, span in enumerate(spans))
    return (Section(SectionKind.HPI, "HPI", SectionGroup.HISTORY, "10164-2", statements),)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("cough comma fever comma and chills period she is well period", " Cough, fever, and chills. She is well."),
        ("plan colon rest semicolon fluids period", " Plan: Rest; fluids."),
        ("is it worse question mark yes exclamation point", " Is it worse? Yes!"),
        ("the knee open parenthesis right close parenthesis is sore period", " The knee (right) is sore."),
        ("she said open quote dizzy close quote comma twice period", ' She said "dizzy", twice.'),
        ("and slash or follow hyphen up period", " And/or follow-up."),
        ("assessment colon asthma period new paragraph plan colon rest", " Assessment: Asthma.\n\nPlan: Rest"),
        ("she takes colon aspirin period", " She takes: aspirin."),
        ("one new line two next line three", " One\ntwo\nthree"),
        ("fever new line new paragraph chills", " Fever\n\nChills"),
    ],
)
def test_spoken_marks_are_written(say: Say, said: str, expected: str) -> None:
    assert written(say(said)).text == expected


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("Chief complaint colon, cough period, new paragraph, plan", " Chief complaint: Cough.\n\nPlan"),
        ("cough, comma, fever. Period. She", " Cough, fever. She"),
        ("pressure 128 comma. Pulse 96 comma. I see", " Pressure 128, pulse 96, I see"),
        ("seen at 9 a.m. period He left", " Seen at 9 a.m. He left"),
        ("seen at 9 a.m. comma alone period", " Seen at 9 a.m., alone."),
        ("well, new paragraph, well. New paragraph.", " Well\n\nWell."),
        ("period period fever period", " Fever."),
        ("comma fever comma", " Fever,"),
        ("fever open parenthesis", " Fever ("),
    ],
)
def test_the_recognisers_own_marks_never_double_the_spoken_ones(say: Say, heard: str, expected: str) -> None:
    assert written(say(heard)).text == expected


def test_marks_in_visits_are_left_alone(say: Say) -> None:
    talk = say("Well, I had a period of pain. Over the last week, it got worse, and so I came here today, you see.")
    assert write(talk, Mode.VISIT, Config()).written == tuple(verbatim(talk.words))


def test_only_marks_leave_nothing_to_write(say: Say) -> None:
    assert written(say("period new paragraph")).words == ()
    assert written(Transcript(())).words == ()


def test_a_mark_widens_its_word_and_keeps_its_speaker(say: Say) -> None:
    first, second = written(say("fever full stop well", speaker="a")).words
    assert (first.text, first.start, first.end, first.speaker) == (" Fever.", 0.0, 1.5, "a")
    assert (second.text, second.start, second.end) == (" Well", 1.5, 2.0)


def test_an_opening_mark_widens_the_word_after_it(say: Say) -> None:
    opened = written(say("open quote dizzy close quote")).words
    assert [(word.text, word.start, word.end) for word in opened] == [(' "Dizzy"', 0.0, 2.5)]


def test_segments_and_what_belongs_to_them_stay(say: Say) -> None:
    words = say("fever period new paragraph chills period").words
    segments = (Segment(words[:2], -0.1, 0.01), Segment(words[2:4], -0.2, 0.02), Segment(words[4:], -0.3, 0.03))
    result = written(Transcript(segments, duration=3.0))
    assert [(segment.text, segment.avg_logprob) for segment in result.segments] == [
        (" Fever.", -0.1),
        ("\n\nChills.", -0.3),
    ]
    assert result.duration == 3.0


def test_relocated_spans_leave_out_the_marks_at_their_ends(say: Say) -> None:
    heard = say("plan colon rest comma fluids period new paragraph signed")
    formatted = written(heard)
    whole = formatted.text.index("Rest, fluids.")
    (moved,) = relocate(section(Span(whole, whole + len("Rest, fluids."))), lines(heard), heard)
    (statement,) = moved.statements
    assert [heard.text[span.start : span.end] for span in statement.heard] == ["rest comma fluids"]
    assert [(interval.start, interval.end) for interval in statement.seconds] == [(1.0, 2.5)]


def test_statements_that_were_typed_stay_as_they_are(say: Say) -> None:
    typed = replace(section(Span(0, 1))[0], statements=(Statement("s", "Seen.", author="A"),))
    heard = say("fever period")
    assert relocate((typed,), lines(heard), heard) == (typed,)


def test_without_times_no_seconds_are_made_up(say: Say) -> None:
    heard = replace(say("fever period chills"), timed=False)
    (moved,) = relocate(section(Span(1, 6)), lines(heard), heard)
    assert moved.statements[0].seconds == ()


def test_the_sample_reads_as_the_report_it_is(samples: Path) -> None:
    gold = serial.loads((samples / "dictation.gold.json").read_text(encoding="utf-8"), Transcript)
    text = written(gold).text
    paragraphs = text.strip().split("\n\n")
    assert len(paragraphs) == 10
    assert paragraphs[0] == "Chief complaint: Cough and fever."
    assert paragraphs[3] == "Medications: Albuterol inhaler when needed, and levothyroxine, 75 micrograms daily."
    assert "She had a period of chills last night. She denies" in text
    assert "albuterol inhaler (two puffs every four hours as needed). Follow up in one week, or sooner" in text
    expected = (samples / "dictation.note.md").read_text(encoding="utf-8")
    prose = " ".join(expected.split())
    for paragraph in paragraphs:
        assert paragraph.split(": ", 1)[1] in prose


PLACES = {commands.Place.CLOSE, commands.Place.OPEN, commands.Place.BREAK}
VOCABULARY = [
    phrase
    for command in commands.load().commands
    if command.place in PLACES and command.write.strip() in set('.,:;?!()-"/') | {""} and command.action == "write"
    for phrase in (*command.say, *command.misheard)
]
SPEECH = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(VOCABULARY), st.sampled_from(["fever", "the", "a", "Well,", "she", "120", "end."])),
        st.floats(0, 1),
        st.floats(0, 1),
    ),
    max_size=40,
)


def transcript_of(speech: list[tuple[str, float, float]]) -> Transcript:
    words, at = [], 0.0
    for phrase, pause, length in speech:
        at += pause
        for text in phrase.split():
            words.append(Word(at, at + length, f" {text}"))
            at += length
    half = len(words) // 2
    segments = tuple(Segment(tuple(part)) for part in (words[:half], words[half:]) if part)
    return Transcript(segments, duration=at)


@given(SPEECH)
def test_words_keep_their_order_and_their_times(speech: list[tuple[str, float, float]]) -> None:
    heard = transcript_of(speech)
    words = written(heard).words
    assert [word.start for word in words] == sorted(word.start for word in words)
    for word in words:
        assert 0.0 <= word.start <= word.end <= heard.duration
    said = [word.text.strip(" ,.").lower() for word in heard.words]
    remaining = iter(said)
    for word in words:
        core = word.text.strip(' \n.,:;?!()"-/').lower()
        parts = core.replace("/", " ").split()
        assert all(part in remaining for part in parts)  # a subsequence of what was said


@given(SPEECH, st.data())
def test_every_span_is_led_back_to_words_that_were_said(
    speech: list[tuple[str, float, float]], data: st.DataObject
) -> None:
    heard = transcript_of(speech)
    formatted = written(heard)
    if not formatted.words:
        return
    length = len(formatted.text)
    start = data.draw(st.integers(0, length - 1))
    span = Span(start, data.draw(st.integers(start + 1, length)))
    (moved,) = relocate(section(span), lines(heard), heard)
    (place,) = moved.statements[0].heard
    assert 0 <= place.start < place.end <= len(heard.text)
    interval, wide = heard.seconds(place), formatted.seconds(span)
    assert interval is not None
    assert wide is not None
    assert wide.start <= interval.start <= interval.end <= wide.end
    assert moved.statements[0].seconds == (interval,)
