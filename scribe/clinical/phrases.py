"""What is said in a visit besides what is named: orders, corrections, offers and answers, questions for a detail."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from pathlib import Path

from scribe.clinical import notation
from scribe.clinical.lists import lists

TABLE = Path(__file__).with_name("phrases.tsv")
QUESTIONS = Path(__file__).with_name("questions.tsv")
_OPENING = re.compile(  # what stands before a clause: its mark, or a word that leads to it
    r"(?:^|[,.;:!?\u2026-] |"
    r"(?<!\S)(?:and|but|so|okay|ok|um|uh|then|now|me|know|say|remember|kind of|exactly|well|like|or) )$"
)


class Means(StrEnum):
    """What a phrase does, as `phrases.tsv` explains it."""

    ALLERGIES = "allergies"
    TOLD_BACK = "told back"
    SEEN = "seen"
    ORDERS = "orders"
    ADVISES = "advises"
    TESTED = "tested"
    TAKES_BACK = "takes back"
    CIRCUMSTANCE = "circumstance"
    NARROWS = "narrows"
    ANOTHER = "another"
    ALL = "all"
    ASKED_AGAIN = "asked again"
    GIVEN_UP = "given up"
    STOPPED = "stopped"
    OFF = "off"
    OFFERS = "offers"
    ACCEPTS = "accepts"
    TURNS_DOWN = "turns down"
    GOES_ON = "goes on"
    KNOWS_NOT = "knows not"
    HOW_MUCH = "how much"
    EXAMINED = "examined"
    OWN_TEST = "own test"
    TOLERATED = "tolerated"
    TAKEN = "taken"
    CESSATION = "cessation"
    TOLD_OF_PAST = "told of past"
    INTOLERANT = "intolerant"
    REACTS = "reacts"
    NEITHER = "neither"
    UPON = "upon"
    BESIDE = "beside"
    TOGETHER = "together"
    BARE_DOSE = "bare dose"
    NO_DOSE = "no dose"
    LEADS_UP = "leads up"
    REFERS = "refers"
    FILLER = "filler"
    DOUBTS = "doubts"
    OTHER = "other"
    NOT_HAD = "not had"
    TELLS_FIRST = "tells first"
    GRANTED = "granted"
    NO_CONDITION = "no condition"
    AFTER_ALL = "after all"
    STILL = "still"
    ASKS_FROM = "asks from"
    RECHECKS = "rechecks"
    TOLD_TO_PATIENT = "told to patient"
    TELLS_WHEN = "tells when"
    KNOWN = "known"
    IN_FAMILY = "in family"
    FIRST_PERSON = "first person"
    IF = "if"
    THEN = "then"
    ELSEWHERE = "elsewhere"
    SUGGESTS = "suggests"
    MAY_BE_HAD = "may be had"
    COMES_WITH = "comes with"
    SHOWS = "shows"
    LISTED = "listed"
    AFRESH = "afresh"
    LONG_NUMBER = "long number"
    DOSE_UNIT = "dose unit"
    NOT_IF = "not if"
    BECAUSE = "because"
    TROUBLE_WITH = "trouble with"
    DID_YOU = "did you"
    BROUGHT_UP = "brought up"
    IT_SHOWS = "it shows"
    PRESSED = "pressed"
    LISTS_ON = "lists on"
    BARE_DRUG = "bare drug"
    JOINT_SIGN = "joint sign"
    PART = "part"
    PLACE = "place"
    WORKS_AS = "works as"
    LIVES = "lives"
    FORMER = "former"
    WORDS_END = "words end"
    BEFORE_WORDS = "before words"
    EXACT = "exact"
    NO_CONTENT = "no content"
    FEARED = "feared"
    HAS_IT = "has it"
    FORGETS = "forgets"
    VACCINATED = "vaccinated"
    HAS_HAD = "has had"


class Asks(StrEnum):
    """What a question wants to know about what it takes for granted, as `questions.tsv` explains it."""

    DURATION = "duration"
    ONSET = "onset"
    SEVERITY = "severity"
    SITE = "site"
    SIDE = "side"
    AMOUNT = "amount"
    FREQUENCY = "frequency"
    AGGRAVATED_BY = "aggravated-by"
    RELIEVED_BY = "relieved-by"
    QUALITY = "quality"
    TOPIC = "topic"


def says(means: Means, line: str) -> re.Match[str] | None:
    """Where a line of words (`Text.line`) says so."""
    return _phrases()[means].search(line)


def begins(means: Means, line: str) -> bool:
    """Whether a line of words says so with its first words."""
    return _phrases()[means].match(line) is not None


def at_start(means: Means, line: str) -> re.Match[str] | None:
    """What a line of words says so with its first words."""
    return _phrases()[means].match(line)


def ends(means: Means, line: str) -> bool:
    """Whether a line of words says so with its last words."""
    return any(found.end() == len(line) for found in _phrases()[means].finditer(line))


def whole(means: Means, line: str) -> bool:
    """Whether a line of words says nothing else."""
    return _phrases()[means].fullmatch(line) is not None


def asks(line: str) -> Asks | None:
    """What a question (`Text.line`) asks about what it takes for granted; None where it asks whether it is so."""
    return next((what for what, pattern in _questions().items() if _opens_clause(pattern, line)), None)


def _opens_clause(pattern: re.Pattern[str], line: str) -> bool:
    """Whether words stand where a clause opens: not the "what" of "no matter what"."""
    return any(_OPENING.search(line[: found.start()]) for found in pattern.finditer(line))


@cache
def _phrases() -> dict[Means, re.Pattern[str]]:
    return notation.patterns(TABLE, ("means", "words"), Means, lists())


@cache
def _questions() -> dict[Asks, re.Pattern[str]]:
    return notation.patterns(QUESTIONS, ("asks", "words"), Asks, lists())
