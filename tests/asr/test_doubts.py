"""Which words are doubted, and which are let be."""

from __future__ import annotations

import pytest

from scribe.asr import correction, vocabulary
from scribe.asr.doubts import Doubt, Suspect, suspects
from scribe.asr.vocabulary import Vocabulary
from scribe.config import Config
from scribe.types import Word


@pytest.fixture(scope="module")
def known() -> Vocabulary:
    return vocabulary.load(Config())


def words_of(text: str, probability: float = 0.9) -> list[Word]:
    """`*` before a word: the recogniser was not sure of it."""
    return [
        Word(float(at), at + 0.9, f" {part.lstrip('*')}", 0.3 if part.startswith("*") else probability)
        for at, part in enumerate(text.split())
    ]


def doubted(known: Vocabulary, text: str) -> list[Suspect]:
    return suspects(words_of(text), known, correction.index(known, Config().models))


@pytest.mark.parametrize(
    ("text", "heard", "term"),
    [
        ("start as a thromice in today", "as a thromice in", "azithromycin"),
        ("he takes well butrin daily", "well butrin", "Wellbutrin"),
        ("continue levothyroxene as before", "levothyroxene", "levothyroxine"),
        ("lungs are clear to osculation", "osculation", "auscultation"),
        ("he is on a tenelol for that", "a tenelol", "atenolol"),
        ("and a torva statin at night", "a torva statin", "atorvastatin"),
    ],
)
def test_unknown_words_are_read_with_their_neighbours(known: Vocabulary, text: str, heard: str, term: str) -> None:
    (suspect,) = doubted(known, text)
    assert suspect.doubt is Doubt.UNKNOWN
    assert (suspect.readings[0].heard, suspect.readings[0].term.text) == (heard, term)


def test_an_unsure_word_before_a_dose_is_doubted(known: Vocabulary) -> None:
    (suspect,) = doubted(known, "weaned from *project 20 mg daily")
    assert suspect.doubt is Doubt.DOSED
    assert suspect.readings[0].term.text == "Prozac"


def test_a_fairly_sure_word_is_doubted_only_where_a_drug_of_that_strength_sounds_like_it(known: Vocabulary) -> None:
    (suspect,) = doubted(known, "weaned from project 20 mg daily")
    assert suspect.readings[0].term.text == "Prozac"
    assert suspect.readings[0].dose_fits
    assert doubted(known, "weaned from project 33 mg daily") == []


def test_a_reading_knows_whether_the_dose_fits(known: Vocabulary) -> None:
    for dose, fits in (
        ("75 micrograms", True),
        ("seventy five micrograms", True),
        ("75 grams", False),
        ("daily", None),
    ):
        (suspect,) = doubted(known, f"takes levothyroxene {dose}")
        assert suspect.readings[0].dose_fits is fits


def test_the_same_word_without_a_dose_is_not(known: Vocabulary) -> None:
    assert doubted(known, "he finished the *project at work") == []


@pytest.mark.parametrize(
    "text",
    [
        "the patient takes lisinopril and metformin every day",
        "*he *takes lisinopril 20 mg and he *started metformin 500 mg daily",
        "no chest pain or shortness of breath on the left side",
        "he has had hypertension and diabetes for twenty five years",
        "she was seen by Dr. Zolofft in the clinic yesterday",
        "we will see you again in a couple of weeks to talk about it",
    ],
)
def test_words_that_are_right_are_let_be(known: Vocabulary, text: str) -> None:
    assert [suspect for suspect in doubted(known, text) if suspect.doubt is not Doubt.SOUND] == []


def test_numbers_and_negations_are_in_no_stretch(known: Vocabulary) -> None:
    for suspect in doubted(known, "no metform in 500 mg not levothyroxene fifty"):
        for reading in suspect.readings:
            assert not {"no", "not", "500", "fifty"} & set(reading.heard.split())


def test_a_stretch_ends_at_a_full_stop(known: Vocabulary) -> None:
    for suspect in doubted(known, "he took metform. In the morning"):
        assert all("in" not in reading.heard.split() for reading in suspect.readings)


def test_a_drug_that_the_recording_names_clearly_ranks_higher(known: Vocabulary) -> None:
    index = correction.index(known, Config().models)
    (before,) = suspects(words_of("refill the micrones today"), known, index)
    name = before.readings[1].term.text
    (after,) = suspects(words_of("refill the micrones today"), known, index, known=[name])
    ranks = [{item.term.text: item.rank for item in one.readings}[name] for one in (before, after)]
    assert ranks[1] == pytest.approx(ranks[0] + 0.03)
    assert [item.rank for item in after.readings] == sorted((item.rank for item in after.readings), reverse=True)
