"""No number is written that was not heard: the plain reading, and what happens where the rules fail."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.config import Config, DictationSettings
from scribe.dictation import formatting, write
from scribe.dictation.heard import is_heard
from scribe.dictation.rules import one
from scribe.dictation.written import verbatim
from scribe.types import FlagKind, Mode, Segment, Transcript, Word


def heard(*texts: str) -> Transcript:
    words = tuple(Word(at / 4, at / 4 + 0.25, text, 0.9, "A") for at, text in enumerate(texts))
    return Transcript((Segment(words),), duration=len(texts) / 4)


def page(transcript: Transcript, mode: Mode) -> str:
    return "".join(item.word.text for item in write.write(transcript, mode, Config()).written)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((" the", " aPTT", " 41", ".6"), " the aPTT 41.6"),
        ((" her", " lactate", "-2", ".4"), " her lactate 2.4"),
        ((" a", " sodium", "-131"), " a sodium 131"),
        ((" creatinine", " 1", ".0,", " up"), " creatinine 1.0, up"),
        ((" clonazepam", " 0", ".25", "-0", ".5", " mg"), " clonazepam 0.25-0.5 mg"),
        ((" INR", " 2", ".5", "-3", ".5"), " INR 2.5-3.5"),
        ((" an", " A", "1", "C", " of", " 6", ".9"), " an A1c 6.9%"),
        ((" heparin", " 5", ",000", " units"), " heparin 5,000 units"),
        ((" pressure", " 118", "/76"), " pressure 118/76"),
        ((" fentanyl", "-25", " mcg"), " fentanyl 25 mcg"),
        ((" a", " base", " excess", "-4", ".1"), " a base excess-4.1"),
        ((" after", " COVID", "-19"), " after COVID-19"),
        ((" a", " 71", "-year", "-old"), " a 71-year-old"),
    ],
)
def test_pieces_of_a_stored_transcript_are_one_number(pieces: tuple[str, ...], expected: str, mode: Mode) -> None:
    found = page(heard(*pieces), mode)
    assert found.lower() == expected.lower()


def test_a_command_in_pieces_is_a_command() -> None:
    assert page(heard(" next", "-section", " plan", " rest"), Mode.DICTATION) == "\n\nPlan: Rest"
    assert page(heard(" next", "-", "section", " plan", " rest"), Mode.DICTATION) == "\n\nPlan: Rest"


def test_a_dose_in_pieces_is_judged() -> None:
    flags = write.write(heard(" levothyroxine", " 75", ".0", " mg"), Mode.VISIT, Config()).flags
    assert [(flag.kind, flag.readings[0]) for flag in flags] == [(FlagKind.DOSE, "75 mg")]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("forty one point six", "41.6"),
        ("a hundred and one point five", "101.5"),
        ("thirty two hundred", "3,200"),
        ("oh point three four", "0.34"),
        ("one fifty two over eighty eight", "152/88"),
        ("two and a half", "2-1/2"),
        ("two and a half", "2.5"),
        ("three quarters", "3/4"),
        ("nineteen eighty four", "1984"),
        ("two thousand ten", "2010"),
        ("eight oh five", "8:05"),
        ("March third", "3/3"),
        ("seven one eight five five five", "718-555"),
        ("one 52", "152"),
        (" 1.50 mg", "1.5 mg"),
        ("twice daily", "twice daily"),
    ],
)
def test_what_can_be_said_so(said: str, written: str) -> None:
    assert is_heard(said, written)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (" 37.1", " 370.1"),
        (" 0.5-1.5", " 0.5-10.5"),
        ("fifteen", "1.5"),
        ("fifteen", "50"),
        ("forty one", "410"),
        ("five", "5 and 5"),
        ("eighty over one twenty", "120/80"),
        ("a dose", "1 dose"),
        ("10 mg", "100 mg"),
        ("12 50", "1250"),
    ],
)
def test_what_cannot(said: str, written: str) -> None:
    assert not is_heard(said, written)


def test_a_rule_that_makes_a_number_up_costs_its_span_only(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = lambda line, at, settings: one("370.1", at, at + 1) if line.low(at) == "37.1" else None  # noqa: E731
    monkeypatch.setattr(formatting, "PASSES", ((wrong,), *formatting.PASSES))
    words = [Word(float(at), at + 1.0, f" {text}") for at, text in enumerate("give ten units PTT 37.1 today".split())]
    found = formatting.formatted(verbatim(words), DictationSettings())
    assert "".join(item.word.text for item in found.written) == " give 10 units PTT 37.1 today"
    (flag,) = found.flags
    assert (flag.kind, flag.interval.start, flag.interval.end) == (FlagKind.NUMBER, 4.0, 5.0)
    assert flag.reason == formatting.NOT_HEARD


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.from_regex(r" [A-Za-z]{2,7}|-?\d{1,3}|\.\d|[-/]\d{1,2}| \d{1,4}", fullmatch=True), min_size=1, max_size=9
    )
)
def test_figures_in_any_pieces_are_the_figures_of_the_page(pieces: list[str]) -> None:
    heard_figures = figures("".join(pieces))
    for mode in Mode:
        remaining = iter(heard_figures)
        shown = figures(page(heard(*pieces), mode))
        assert all(value in remaining for value in shown), (shown, heard_figures)


def figures(text: str) -> list[str]:
    return [f"{float(found):g}" for found in re.findall(r"\d+(?:\.\d+)?|(?<![\w.])\.\d+", text.replace(",", ""))]
