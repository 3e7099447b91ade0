"""What a person is asked to check: the words that can harm, and not the others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe import serial
from scribe.asr import risk, vocabulary
from scribe.asr.vocabulary import Term, TermKind, Vocabulary
from scribe.config import Config
from scribe.types import Flag, FlagKind, Interval, Repair, Segment, Transcript, Word

TERMS = (
    Term("hydroxyzine", TermKind.DRUG, strengths=("10 mg", "25 mg", "50 mg"), confusable=("hydralazine",)),
    Term("hydralazine", TermKind.DRUG, strengths=("10 mg", "25 mg", "50 mg", "100 mg"), confusable=("hydroxyzine",)),
    Term("lisinopril", TermKind.DRUG, strengths=("2.5 mg", "5 mg", "10 mg", "20 mg", "30 mg", "40 mg")),
    Term("Zestril", TermKind.DRUG, brand=True, generic="lisinopril"),
    Term("levothyroxine", TermKind.DRUG, strengths=("25 mcg", "50 mcg", "75 mcg", "100 mcg")),
    Term("metoprolol succinate", TermKind.DRUG, strengths=("25 mg", "50 mg", "100 mg", "200 mg")),
    Term("hydrocodone-acetaminophen", TermKind.DRUG, strengths=("5-325 mg", "10-325 mg")),
    Term("insulin glargine", TermKind.DRUG, strengths=("100 units/mL",)),
    Term("clonidine", TermKind.DRUG, strengths=("0.1 mg", "0.2 mg"), confusable=("clonazepam",)),
    Term("clonazepam", TermKind.DRUG, strengths=("0.5 mg", "1 mg", "2 mg"), confusable=("clonidine",)),
    Term("water", TermKind.DRUG),
    Term("pneumonia", TermKind.DISEASE),
)
VOCABULARY = Vocabulary(TERMS)


def heard(line: str) -> Transcript:
    """Words at 0.95, one a second; `word{30}` stands at 0.30, and what follows `~` is joined to the word before."""
    words = []
    for at, item in enumerate(line.split()):
        found = re.fullmatch(r"(~?)(.+?)(?:\{(\d+)\}(\W*))?", item)
        assert found
        text = ("" if found[1] else " ") + found[2] + (found[4] or "")
        words.append(Word(float(at), at + 0.8, text, int(found[3] or 95) / 100))
    return Transcript((Segment(tuple(words)),), duration=float(len(words)))


def found(line: str) -> list[tuple[FlagKind, str, tuple[str, ...]]]:
    """Kind, words and readings of each flag."""
    transcript = heard(line)
    return [(flag.kind, words_of(transcript, flag), flag.readings) for flag in risk.flags(transcript, VOCABULARY)]


def words_of(transcript: Transcript, flag: Flag) -> str:
    inside = [w for w in transcript.words if w.start < flag.interval.end and w.end > flag.interval.start]
    return "".join(word.text for word in inside).strip(" .,")


@pytest.mark.parametrize(
    "line",
    [
        "I take lisinopril 10 milligrams daily and metoprolol succinate 25 milligrams.",
        "I take lisinopril{62}, 20 milligrams{60} once a day.",
        "Continue hydroxyzine 25 milligrams at night.",  # clear, though it has a neighbour
        "Zestril 40 mg daily",
        "two tablets of lisinopril 20 mg",
        "insulin glargine 37 units at night",  # measured out: any number can be
        "hydrocodone-acetaminophen 5 milligrams as needed",
        "vancomycin 15 milligrams per kilo",
        "no more than 3000 milligrams of lisinopril a day",
        "lisinopril for 7 years",
        "take it with water{30}",
        "I take the bus{30} and I take walks{20}",
        "No{95} fever, no chills, she denies chest pain.",
        "no{20} problem, no{20} worries",
        "all right{20}, you are right{20} now, I left{20} the house",
        "no one{20} told me, this one{20} hurts",
        "in 2015{65} she moved",
        "the right knee and the left knee hurt",
        "the right knee is worse than the left knee",
        "the right hip. The left hip is fine.",
        "we can{60} try that",
        "it was bought{30}, two tablets",
        "Mrs Wojciechowska came in from Hohenstaufen",
        "they have{10} done it and did{10} well",
        "her cholesterol was 180 milligrams per deciliter",
    ],
)
def test_ordinary_speech_is_left_alone(line: str) -> None:
    assert found(line) == []


@pytest.mark.parametrize(
    ("line", "kind", "words", "readings"),
    [
        ("start lisinopril{40} 10 mg daily", FlagKind.DRUG, "lisinopril", ("lisinopril",)),
        ("start metoprolol succinate{40} daily", FlagKind.DRUG, "metoprolol succinate", ("metoprolol succinate",)),
        ("take hydroxyzine{65} 25 mg", FlagKind.DRUG, "hydroxyzine", ("hydroxyzine", "hydralazine")),
        ("take clonidine{40} 0.1 mg", FlagKind.DRUG, "clonidine", ("clonidine",)),  # the other has no such dose
        ("Start a thromice in 500 milligrams today", FlagKind.DRUG, "thromice in", ("thromice in",)),
        ("when needed, and levothyroxene, 75 micrograms", FlagKind.DRUG, "levothyroxene", ("levothyroxene",)),
        ("I take adorvastatin at night", FlagKind.DRUG, "adorvastatin", ("adorvastatin",)),
        ("he is on combat{50}. Two puffs daily", FlagKind.DRUG, "combat", ("combat",)),
        ("her lysinopril was late", FlagKind.DRUG, "lysinopril", ("lysinopril",)),
        ("weaned from project{50} 20 mg", FlagKind.DRUG, "project", ("project",)),
        ("started listen{40} to pearl 10 milligrams", FlagKind.DRUG, "listen to pearl", ("listen to pearl",)),
        ("clonidine 2 mg daily", FlagKind.DRUG, "clonidine 2 mg", ("clonidine 2 mg", "clonazepam 2 mg")),
        (
            "metoprolol succinate 15 mg",
            FlagKind.DRUG,
            "metoprolol succinate 15 mg",
            ("metoprolol succinate 15 mg", "50 mg"),
        ),
        ("800 mg of lisinopril", FlagKind.DRUG, "800 mg of lisinopril", ("lisinopril 800 mg",)),
        ("levothyroxine 75 mg daily", FlagKind.DOSE, "levothyroxine 75 mg", ("75 mg", "75 mcg")),
        ("lisinopril 50 daily", FlagKind.DOSE, "lisinopril 50", ("50", "15")),
        ("lisinopril 20{40} milligrams", FlagKind.DOSE, "20 milligrams", ("20 milligrams",)),
        ("lisinopril 20 milligrams{30}", FlagKind.DOSE, "20 milligrams", ("20 milligrams",)),
        ("lisinopril 10{30} at night", FlagKind.DOSE, "10", ("10",)),
        ("take fifty{60} milligrams of it", FlagKind.DOSE, "fifty milligrams", ("50", "15")),
        ("his pulse was 115{60}", FlagKind.NUMBER, "115", ("115", "150")),
        ("for seven{30} days", FlagKind.NUMBER, "seven", ("seven",)),
        ("one{30} beer", FlagKind.NUMBER, "one", ("one",)),
        ("in twenty ~-four{30} hours", FlagKind.NUMBER, "twenty-four", ("twenty-four",)),
        ("No{20} fever", FlagKind.NEGATION, "No", ("No",)),
        ("she doesn't{20} smoke", FlagKind.NEGATION, "doesn't", ("doesn't",)),
        ("I can{20} walk far", FlagKind.NEGATION, "can", ("can", "can't")),
        ("known{20} drug allergies", FlagKind.NEGATION, "known", ("known", "no known")),
        ("the left{30} knee", FlagKind.SIDE, "left", ("left", "right")),
        ("right{30} lower leg", FlagKind.SIDE, "right", ("right", "left")),
        ("the right knee, sorry, the left knee hurts", FlagKind.SIDE, "right knee, sorry, the left", ("right", "left")),
    ],
)
def test_what_can_harm_is_flagged(line: str, kind: FlagKind, words: str, readings: tuple[str, ...]) -> None:
    assert found(line) == [(kind, words, readings)]


@pytest.mark.parametrize("name", ["visit", "dictation"])
def test_the_samples_heard_right_give_no_flags(name: str, samples: Path) -> None:
    gold = serial.loads((samples / f"{name}.gold.json").read_text(encoding="utf-8"), Transcript)
    assert risk.flags(gold, vocabulary.load(Config())) == ()


def test_a_drug_that_was_put_in_is_always_checked() -> None:
    transcript = heard("take lisinopril and pneumonia daily")
    repairs = (
        Repair(1, 1, (Word(1.0, 1.4, " listen", 0.3), Word(1.4, 1.8, " opril,", 0.3)), "sound", 0.95),
        Repair(3, 1, (Word(3.0, 3.8, " new", 0.3),), "sound", 0.95),
    )
    transcript = Transcript(transcript.segments, repairs=repairs, duration=transcript.duration)
    (flag,) = risk.flags(transcript, VOCABULARY)
    assert (flag.kind, flag.reason, flag.readings) == (FlagKind.DRUG, risk.REPLACED, ("lisinopril", "listen opril"))


def test_flags_come_by_risk_and_then_by_time() -> None:
    transcript = heard("no{20} pain in the left{20} knee, start lisinopril{20} and clonidine{20} for seven{20} days")
    kinds = [flag.kind for flag in risk.flags(transcript, VOCABULARY)]
    assert kinds == [FlagKind.DRUG, FlagKind.DRUG, FlagKind.NUMBER, FlagKind.NEGATION, FlagKind.SIDE]


def test_flags_of_one_kind_that_overlap_are_one() -> None:
    flags = (
        Flag(FlagKind.DRUG, Interval(2.0, 3.0), "first", ("a",)),
        Flag(FlagKind.DRUG, Interval(1.0, 2.5), "second", ("b", "a")),
        Flag(FlagKind.DOSE, Interval(2.0, 3.0), "third"),
    )
    assert risk.joined(flags) == (
        Flag(FlagKind.DRUG, Interval(1.0, 3.0), "first", ("a", "b")),
        Flag(FlagKind.DOSE, Interval(2.0, 3.0), "third"),
    )


def test_the_flags_stand_beside_those_of_the_guards_in_order_of_time() -> None:
    transcript = heard("no{20} pain and lisinopril{20} daily")
    loop = Flag(FlagKind.LOOP, Interval(1.0, 2.0), "repeats")
    transcript = Transcript(transcript.segments, flags=(loop,), duration=transcript.duration)
    once = risk.flagged(transcript, VOCABULARY)
    assert [flag.kind for flag in once.flags] == [FlagKind.NEGATION, FlagKind.LOOP, FlagKind.DRUG]
    assert risk.flagged(once, VOCABULARY) == once


def test_text_without_times_has_no_flags() -> None:
    transcript = heard("lisinopril{20}")
    assert risk.flags(Transcript(transcript.segments, timed=False), VOCABULARY) == ()


TEXTS = (
    "no not left right knee lisinopril clonidine take 15 fifty mg , . milligrams of one 1 ,000 -old / % … can't at 0"
)
WORDS = st.sampled_from(TEXTS.split())


@given(st.lists(st.tuples(WORDS, st.booleans(), st.floats(0, 1)), max_size=25))
def test_any_words_give_flags_within_the_recording_and_no_words_in_their_reasons(
    items: list[tuple[str, bool, float]],
) -> None:
    words = tuple(
        Word(float(at), at + 0.5, f" {text}" if spaced else text, chance)
        for at, (text, spaced, chance) in enumerate(items)
    )
    transcript = Transcript((Segment(words),) if words else (), duration=float(len(words)))
    flags = risk.flags(transcript, VOCABULARY)
    reasons = {value for name, value in vars(risk).items() if name.isupper() and isinstance(value, str)}
    assert {flag.reason for flag in flags} <= reasons
    for flag in flags:
        assert 0 <= flag.interval.start <= flag.interval.end <= transcript.duration
    assert flags == risk.joined(flags)
