"""What a second decoding is given, and what is taken from it."""

from __future__ import annotations

import pytest

from scribe.asr import bias, correction, vocabulary
from scribe.asr.doubts import Doubt, Reading, Suspect
from scribe.asr.retrieval import Index
from scribe.asr.vocabulary import Vocabulary
from scribe.config import Config
from scribe.types import FlagKind, Word


@pytest.fixture(scope="module")
def known() -> Vocabulary:
    return vocabulary.load(Config())


@pytest.fixture(scope="module")
def index(known: Vocabulary) -> Index:
    return correction.index(known, Config().models)


def words_of(text: str) -> list[Word]:
    return [Word(at, at + 0.8, f" {part}") for at, part in enumerate(text.split())]


def test_hints_are_few_and_the_likeliest_first(known: Vocabulary) -> None:
    readings = [Reading(0, 0, "x", item, 0.5 + at / 200) for at, item in enumerate(known.drugs[:60])]
    found = bias.hints([Suspect(0, 0, Doubt.UNKNOWN, tuple(readings))], ["aspirin"], known)
    assert len(found) == bias.MOST_HINTS
    assert found[0] == max(readings, key=lambda item: item.rank).term.text


def test_a_hinted_term_in_place_of_what_sounds_like_it_is_proposed(known: Vocabulary, index: Index) -> None:
    words = words_of("start as a thromice in today")
    found = bias.proposals(words, range(6), "Start azithromycin today", ["azithromycin"], known, index)
    (suspect,) = found
    assert (suspect.first, suspect.last) == (1, 4)
    assert suspect.readings[0].term.text == "azithromycin"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("start the other one today", "start azithromycin today"),  # sounds like nothing of it
        ("start erythromycin today", "start azithromycin today"),  # a term already
        ("start 500 today", "start Advil today"),  # a number
        ("start today", "start azithromycin today"),  # nothing was heard there
        ("we will see him today", "we will see her today"),  # no term
    ],
)
def test_other_differences_are_not(known: Vocabulary, index: Index, first: str, second: str) -> None:
    words = words_of(first)
    assert bias.proposals(words, range(len(words)), second, ["azithromycin", "Advil"], known, index) == []


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ("takes 15 mg daily", "takes 50 mg daily", [FlagKind.NUMBER]),
        ("takes fifteen mg daily", "takes 15 mg daily", []),
        ("a 65 -year -old man", "a 65-year-old man", []),
        ("he has no pain", "he has pain", [FlagKind.NEGATION]),
        ("the left knee", "the right knee", [FlagKind.SIDE]),
        ("the left sided pain", "the left-sided pain", []),
        ("he feels fine", "he feels fined", []),
    ],
)
def test_decodings_that_differ_in_what_can_harm_are_flagged(first: str, second: str, kinds: list[FlagKind]) -> None:
    words = words_of(first)
    found = list(bias.disagreements(words, range(len(words)), second))
    assert [flag.kind for flag in found] == kinds
