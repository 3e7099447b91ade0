"""What the script of the dictations makes of written reports."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

SCRIPT = Path(__file__).parents[2] / "samples" / "spoken.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_spoken", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


spoken = load()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Lasix 40 mg b.i.d., then 20 mg.", "Lasix forty milligrams BID, then twenty milligrams."),
        ("BP 152/88, murmur 2/6", "BP one fifty two over eighty eight, murmur two out of six"),
        ("105/70", "one oh five over seventy"),
        ("0.5 mcg q.6h. p.r.n. pain", "zero point five micrograms every six hours PRN pain"),
        ("on 6/24/2008 and June 3, 2014", "on June twenty fourth, two thousand eight and June third, twenty fourteen"),
        ("a 57-year-old with 3-4 episodes", "a fifty seven year-old with three to four episodes"),
        ("Hemoglobin A1c is 7.2%", "Hemoglobin A one C is seven point two percent"),
        ("PAST MEDICAL HISTORY: COPD.", "Past medical history: COPD."),
        (
            "at 7:30 a.m., 1,200 mL, 98.6 °F",
            "at seven thirty AM, one thousand two hundred milliliters, ninety eight point six degrees",
        ),
        ("1.  Lisinopril #30", "Lisinopril number thirty"),
    ],
)
def test_reports_are_spoken_as_a_clinician_would(written: str, said: str) -> None:
    assert spoken.spoken(written) == said


@given(st.integers(1, 999_999))
def test_numbers_in_words(number: int) -> None:
    assert not any(character.isdigit() for character in spoken.cardinal(number) + spoken.ordinal(number))
    assert spoken.ordinal(number).split()[:-1] == spoken.cardinal(number).split()[:-1]


@given(st.text(alphabet="abcXY 0123456789.,:;/-%#x()", max_size=60))
def test_no_figure_is_left(text: str) -> None:
    assert not any(character.isdigit() for character in spoken.spoken(text))


def test_punctuation_that_is_said() -> None:
    assert spoken.with_spoken_marks("Stable, no change.") == "Stable comma, no change period."


def test_sentences_are_short_enough_for_every_voice() -> None:
    text = "One two. " + "word " * 40 + "and, " + "word " * 20 + "end."
    parts = spoken.sentences(text)
    assert max(len(part.split()) for part in parts) <= 30
    assert " ".join(parts).split() == text.split()
