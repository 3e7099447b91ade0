from __future__ import annotations

from collections.abc import Callable

import pytest

from scribe.dictation.commands import Action, load
from scribe.dictation.parse import spoken
from scribe.dictation.tokens import tokens
from scribe.types import Transcript

Say = Callable[..., Transcript]


def marks(transcript: Transcript) -> list[tuple[str, int]]:
    return [(item.command.write, item.first) for item in spoken(transcript.words)]


@pytest.mark.parametrize(
    ("phrase", "mark"),
    [
        (phrase, command.write)
        for command in load().commands
        if command.action is Action.WRITE and not command.needs_pause and not command.closed_by
        for phrase in command.say
    ],
)
def test_every_phrase_of_the_table_is_heard_between_words(say: Say, phrase: str, mark: str) -> None:
    assert marks(say(f"mild fever {phrase} she agrees")) == [(mark, 2)]


@pytest.mark.parametrize("phrase", ["Period.", "PERIOD", "period,", '"period"', "full-stop", "Full Stop."])
def test_case_punctuation_and_hyphens_of_the_recogniser_do_not_matter(say: Say, phrase: str) -> None:
    assert marks(say(f"no fever {phrase} Next"))[0] == (".", 2)


@pytest.mark.parametrize(
    "text",
    [
        "she was well for a period of time",
        "the period was painful",
        "over the same time period she lost weight",
        "her last menstrual period was in May",
        "during this period she slept",
        "in the postoperative period she did well",
        "a two week period without pain",
        "isolate for that 14 day period at home",
        "he takes it each period",
        "the colon was clean",
        "a polyp of the sigmoid colon was removed",
        "there is colon cancer in the family",
        "his colon was resected",
        "the comma bacillus was seen",
        "she follows the DASH diet",
        "a dash of salt",
        "a slash wound of the arm",
        "the new line was placed",
        "this is a next line therapy",
        "that is a question mark for me",
    ],
)
def test_inside_a_phrase_a_word_stays_a_word(say: Say, text: str) -> None:
    assert marks(say(text)) == []
    assert marks(say(f"{text} period")) == [(".", len(text.split()))]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("she takes it twice a day period", 6),
        ("no surgery at this time period", 5),
        ("return in one week period she agrees", 4),
        ("there was no cure for this period new paragraph", 6),
        ("seen on May first period she is well", 4),
        ("chest is clear period of note she smokes", 3),
    ],
)
def test_a_full_stop_is_heard_after_words_that_often_come_before_the_noun(say: Say, text: str, at: int) -> None:
    assert (".", at) in marks(say(text))


@pytest.mark.parametrize("text", ["she was in recovery | period | she", "she was in the recovery, Period. She"])
def test_a_pause_or_a_heard_mark_makes_it_a_command(say: Say, text: str) -> None:
    assert len(marks(say(text))) == 1


def test_a_dash_is_a_mark_unless_it_is_a_run_or_a_diet(say: Say) -> None:
    assert marks(say("mild fever | dash | no chills")) == [(" -", 2)]
    assert marks(say("mild fever dash no chills")) == [(" -", 2)]
    assert marks(say("he made a quick dash home")) == []


def test_a_heading_before_the_organ_of_the_same_name(say: Say) -> None:
    assert marks(say("family history colon colon cancer in his father period")) == [(":", 2), (".", 8)]


def test_what_was_misheard_is_believed_among_well_heard_marks(say: Say) -> None:
    assert marks(say("cough karma fever coma and chills period")) == [(",", 1), (",", 3), (".", 6)]
    assert marks(say("physical examination column lungs clear period")) == [(":", 2), (".", 5)]
    assert marks(say("bad karma they said")) == []


@pytest.mark.parametrize("text", ["she fell into coma", "history of hepatic coma", "fever comma coma", "spinal column"])
def test_a_diagnosis_is_not_taken_for_a_misheard_mark(say: Say, text: str) -> None:
    at = len(text.split())
    assert [item for item in marks(say(f"{text} period")) if item[1] == at - 1] == []
    assert (".", at) in marks(say(f"{text} period"))


def test_in_running_speech_a_lone_single_word_is_not_believed(say: Say) -> None:
    talk = "so we went on like this and then it got better again " * 5
    assert marks(say(f"{talk} period {talk}")) == []
    assert marks(say(f"{talk} new paragraph {talk}")) != []


def test_marks_do_not_overlap_and_are_in_order(say: Say) -> None:
    found = spoken(say("fever period period new paragraph new line comma colon").words)
    ends = [-1, *(mark.last for mark in found)]
    assert all(mark.first > end for mark, end in zip(found, ends, strict=False))


def test_nothing_that_was_said_shows_in_a_repr(say: Say) -> None:
    heard = say("she takes lisinopril daily correct lisinopril to losartan")
    (item,) = spoken(heard.words)
    shown = repr([item, *tokens(heard.words)])
    assert item.command.action is Action.CORRECT
    assert not any(word in shown for word in ("lisinopril", "losartan"))
