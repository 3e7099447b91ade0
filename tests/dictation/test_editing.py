from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.dictation import commands, templates
from scribe.dictation.commands import Action
from scribe.dictation.editing import Dictated, dictate
from scribe.dictation.parse import spoken
from scribe.dictation.written import transcript as page
from scribe.types import FlagKind, Segment, Transcript, Word

Say = Callable[..., Transcript]
PLAIN = ["fever", "the", "a", "Well,", "she", "120", "end.", "to", "left", "smith", "one", "two", "x", "b", "normal"]
VOCABULARY = [phrase for command in commands.load().commands for phrase in (*command.say, *command.misheard)]
ARGUMENTS = ["correct left to right", "insert normal knee exam", "insert joint injection", "spell that s m i t h"]
TAKES_AWAY = {Action.SCRATCH, Action.UNDO, Action.CORRECT, Action.CLEAR_FIELD, Action.ITEM, Action.NEXT_ITEM}
FIELDS = {Action.INSERT, Action.NEXT_FIELD, Action.PREVIOUS_FIELD, Action.ACCEPT_DEFAULTS, Action.LEAVE_FIELD}
SPEECH = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(PLAIN), st.sampled_from(VOCABULARY), st.sampled_from(ARGUMENTS)),
        st.sampled_from([0.0, 0.0, 0.1, 0.4, 0.6, 2.0]),
    ),
    max_size=30,
)


def edited(transcript: Transcript) -> Dictated:
    return dictate(transcript.words, commands.load(), templates.load())


def text(transcript: Transcript) -> str:
    return "".join(item.word.text for item in edited(transcript).written)


def transcript_of(speech: list[tuple[str, float]]) -> Transcript:
    words, at = [], 0.0
    for phrase, pause in speech:
        at += pause
        for part in phrase.split():
            words.append(Word(at, at + 0.3, f" {part}", 0.8, "a"))
            at += 0.3
    half = len(words) // 2
    segments = tuple(Segment(tuple(part)) for part in (words[:half], words[half:]) if part)
    return Transcript(segments, duration=at)


@settings(max_examples=300)
@given(SPEECH)
def test_written_words_lead_to_words_that_were_said_and_stay_in_order(speech: list[tuple[str, float]]) -> None:
    heard = transcript_of(speech)
    result = edited(heard)
    firsts = [item.first for item in result.written]
    assert firsts == sorted(firsts)
    for item in result.written:
        assert 0 <= item.first <= item.last < len(heard.words)
        assert item.word.text.strip()
        assert 0.0 <= item.word.start <= item.word.end <= heard.duration
    assert page(result.written, heard).text == "".join(item.word.text for item in result.written)
    for flag in result.flags:
        assert flag.kind in (FlagKind.BLANK, FlagKind.MARKED)
        assert 0.0 <= flag.interval.start <= flag.interval.end <= heard.duration


@settings(max_examples=300)
@given(SPEECH)
def test_no_word_is_lost_unless_a_command_asks_for_it(speech: list[tuple[str, float]]) -> None:
    heard = transcript_of(speech)
    found = spoken(heard.words)
    asked = {item.command.action for item in found}
    if asked & (TAKES_AWAY | FIELDS | {Action.SPELL}):
        return
    inside = {at for item in found for at in range(item.first, item.last + 1)}
    kept = [word.text.strip(" .,").lower() for at, word in enumerate(heard.words) if at not in inside]
    remaining = iter(item.word.text.lower() for item in edited(heard).written)
    assert all(any(word in text for text in remaining) for word in kept)


@settings(max_examples=100)
@given(SPEECH)
def test_it_is_done_the_same_way_each_time_and_changes_nothing(speech: list[tuple[str, float]]) -> None:
    heard = transcript_of(speech)
    before = heard.text
    assert edited(heard) == edited(heard)
    assert heard.text == before


def test_what_was_corrected_leads_to_both_places(say: Say) -> None:
    heard = say("takes lisinopril daily period correct lisinopril to losartan period bye")
    written = edited(heard).written
    assert [(item.word.text, item.first, item.last) for item in written] == [
        (" Takes", 0, 0),
        (" losartan", 1, 7),
        (" daily.", 2, 2),
        (" Bye", 9, 9),
    ]


def test_a_correction_that_fits_nothing_stays_and_is_flagged(say: Say) -> None:
    heard = say("lungs clear | correct heart to liver | bye")
    result = edited(heard)
    assert text(heard) == " Lungs clear correct heart to liver bye"
    (flag,) = result.flags
    assert (flag.kind, flag.interval.start, flag.interval.end) == (FlagKind.MARKED, 2.0, 4.0)
    assert "heart" not in flag.reason


def test_a_flag_marks_the_sentence(say: Say) -> None:
    (flag,) = edited(say("well period potassium is six flag this | recheck")).flags
    assert (flag.kind, flag.interval.start, flag.interval.end) == (FlagKind.MARKED, 1.0, 3.5)
    assert edited(say("flag this")).flags == ()
    assert text(say("flag this")) == " Flag this"


def test_a_blank_is_flagged_where_it_was_left(say: Say) -> None:
    heard = say("aspirin leave blank milligrams period")
    (flag,) = edited(heard).flags
    assert (flag.kind, flag.interval.start, flag.interval.end) == (FlagKind.BLANK, 0.5, 1.5)
    assert text(heard) == " Aspirin ____ milligrams."


def test_flags_of_what_was_taken_back_go_with_it(say: Say) -> None:
    assert edited(say("well period aspirin blank milligrams scratch that")).flags == ()
    assert edited(say("insert normal knee exam scratch that")).flags == ()


def test_no_pause_is_left_where_something_was_taken_back(say: Say) -> None:
    written = edited(say("she has | | | | gout | | | | scratch that asthma")).written
    assert [item.word.text for item in written] == [" She", " has", " asthma"]
    assert written[2].word.start - written[1].word.end < 0.5


def test_taking_back_reaches_to_the_pause_before(say: Say) -> None:
    heard = say("she has gout and asthma scratch that asthma")
    words = [
        replace(word, start=word.start + 0.6 * (at > 2), end=word.end + 0.6 * (at > 2))
        for at, word in enumerate(heard.words)
    ]
    spoken_later = Transcript((Segment(tuple(words)),), duration=10)
    assert text(spoken_later) == " She has gout asthma"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("next field is optics", " Next field is optics"),
        ("clear field please", " Clear field please"),
        ("scratch that", ""),
        ("undo that", ""),
        ("caps", " Caps"),
        ("literal", " Literal"),
        ("insert nothing known", " Insert nothing known"),
    ],
)
def test_commands_with_nothing_to_do(say: Say, said: str, written: str) -> None:
    assert text(say(said)) == written
