"""Written forms: the table of rules and near misses, and what must hold for any text."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.clinical.number_words import CARDINALS, ORDINALS
from scribe.clinical.numbers import FIGURES
from scribe.config import DictationSettings
from scribe.dictation.formatting import format_text, formatted
from scribe.dictation.written import Written, transcript, verbatim
from scribe.types import Flag, FlagKind, Segment, Transcript, Word

TABLE = Path(__file__).with_name("formatting.tsv")
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]
VOCABULARY = """
one two five ten fifteen twenty fifty hundred thousand zero oh point and a to or over out of by times plus half
milligrams milligram mcg units percent degrees tablets day weeks old year inches blood pressure pulse temperature
b i d q h s p o n l four c stage type cranial nerves leads gravida para june first second twenty-five 152 88 5.0 .5
the patient has no pain one of them eight, mass. D/C b.i.d. QD 5mg 7.2% 1-2 x3 every hours per kilogram minute
""".split()
ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += ["seventeen", "eighteen", "nineteen"]
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def spoken(value: int, joiner: str = " ") -> str:
    """A number in words."""
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10 - 2] + (joiner + ONES[value % 10] if value % 10 else "")
    if value < 1000:
        rest = value % 100
        return f"{ONES[value // 100]} hundred" + (f" {spoken(rest, joiner)}" if rest else "")
    rest = value % 1000
    return f"{spoken(value // 1000, joiner)} thousand" + (f" {spoken(rest, joiner)}" if rest else "")


def words(text: str, probability: float = 1.0, speaker: str | None = None) -> list[Word]:
    """Words a second long."""
    parts = text.split(" ")
    return [
        Word(float(at), float(at + 1), part if at == 0 else f" {part}", probability, speaker)
        for at, part in enumerate(parts)
    ]


def flags(text: str, probability: float = 1.0) -> tuple[Flag, ...]:
    """The flags of one line."""
    return formatted(verbatim(words(text, probability)), DictationSettings()).flags


def text_of(written: tuple[Written, ...]) -> str:
    """The written words joined."""
    return "".join(item.word.text for item in written)


def test_the_table_is_large_and_half_of_it_near_misses_or_positives() -> None:
    same = sum(spoken == written for spoken, written, _ in ROWS)
    assert len(ROWS) >= 450
    assert 200 <= same <= len(ROWS) - 400


@pytest.mark.parametrize(("heard", "expected", "source"), ROWS, ids=[row[0] for row in ROWS])
def test_written_form(heard: str, expected: str, source: str) -> None:
    assert format_text(heard) == expected, source


@pytest.mark.parametrize("expected", sorted({row[1] for row in ROWS}))
def test_what_is_written_stays(expected: str) -> None:
    assert format_text(expected) == expected


@given(st.integers(0, 999_999), st.sampled_from([" ", "-"]))
def test_numbers_round_trip(value: int, joiner: str) -> None:
    unit = "unit" if value == 1 else "units"
    figures = f"{value:,}"
    assert format_text(f"give {spoken(value, joiner)} units of insulin") == f"give {figures} {unit} of insulin"


@given(st.integers(10, 999_999))
def test_bare_numbers_round_trip(value: int) -> None:
    said = format_text(f"there were {spoken(value)}")
    assert said.replace(",", "") == f"there were {value}"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=14))
def test_writing_twice_changes_nothing(said: list[str]) -> None:
    once = format_text(" ".join(said))
    assert format_text(once) == once


@settings(deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=80))
def test_any_text_goes_through(text: str) -> None:
    format_text(text)


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[A-Za-z]{2,9}[,.]?", fullmatch=True), min_size=1, max_size=12))
def test_no_figure_is_invented(said: list[str]) -> None:
    number_words = CARDINALS | ORDINALS.keys() | {"oh", "point", "half", "bid", "tid", "qid", "tiw", "biw"}
    plain = [word for word in said if word.strip(",.").lower() not in number_words and "ties" not in word.lower()]
    if plain:
        assert not re.search(r"\d", format_text(" ".join(plain)))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=14))
def test_every_word_is_covered_in_order(said: list[str]) -> None:
    heard = words(" ".join(said))
    made = formatted(verbatim(heard), DictationSettings()).written
    covered = sorted({at for item in made for at in range(item.first, item.last + 1)})
    assert covered == list(range(len(heard)))
    assert [item.first for item in made] == sorted(item.first for item in made)
    assert all(item.word.start == heard[item.first].start for item in made)
    assert all(item.word.end == heard[item.last].end for item in made)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=14))
def test_figures_that_were_said_are_never_lost(said: list[str]) -> None:
    heard = [word.strip(".,") for word in said if FIGURES.fullmatch(word.strip(".,"))]
    made = format_text(" ".join(said))
    for figure in heard:
        significant = figure.rstrip("0").strip(".").replace(".", "") if "." in figure else figure
        assert significant in made.replace(".", "").replace(",", "")


def test_a_written_word_keeps_what_it_stands_for() -> None:
    heard = words("blood pressure one fifty two over eighty eight today")
    heard[4] = Word(4.0, 5.0, " two", 0.3)
    made = formatted(verbatim(heard), DictationSettings()).written
    pressure = made[2]
    assert (pressure.word.text, pressure.first, pressure.last) == (" 152/88", 2, 7)
    assert (pressure.word.start, pressure.word.end, pressure.word.probability) == (2.0, 8.0, 0.3)
    assert made[3].word is heard[8]


def test_words_that_nothing_touches_are_the_same_objects() -> None:
    given_words = verbatim(words("She has no pain, and the two of us agree."))
    made = formatted(given_words, DictationSettings()).written
    assert all(a is b for a, b in zip(made, given_words, strict=True))


def test_no_number_reaches_over_two_speakers_or_a_line() -> None:
    two = words("it was twenty", speaker="A") + words("five milligrams", speaker="B")
    two[3] = Word(3.0, 4.0, " five", 1.0, "B")
    assert text_of(formatted(verbatim(two), DictationSettings()).written) == "it was 20 5 mg"
    lines = [*words("it was twenty"), Word(3.0, 4.0, "\nfive"), Word(4.0, 5.0, " milligrams")]
    assert text_of(formatted(verbatim(lines), DictationSettings()).written) == "it was 20\n5 mg"


def test_the_written_transcript_is_made_of_it() -> None:
    heard = Transcript((Segment(tuple(words("take twenty five"))), Segment((Word(3.0, 4.0, " milligrams"),))))
    made = formatted(verbatim(heard.words), DictationSettings()).written
    assert transcript(made, heard).text == "take 25 mg"


def test_switched_off_nothing_changes() -> None:
    heard = verbatim(words("twenty five milligrams"))
    assert formatted(heard, DictationSettings(formatting=False)).written == tuple(heard)


@pytest.mark.parametrize(
    ("setting", "heard", "expected"),
    [
        ({"bedtime": "nightly"}, "q h s", "nightly"),
        ({"bedtime": "qhs"}, "five milligrams q h s", "5 mg qhs"),
        ({"frequencies": "latin"}, "ten milligrams b i d p r n", "10 mg b.i.d. p.r.n."),
        ({"temperature": "symbol"}, "ninety eight point six degrees fahrenheit", "98.6 °F"),
        ({"thousands": "from 1,000"}, "white count six thousand four hundred", "white count 6,400"),
        ({"thousands": "from 10,000"}, "five thousand units", "5000 units"),
        ({"figures_from": 1}, "she has two sisters", "she has 2 sisters"),
        ({"figures_from": 100}, "twelve people, twelve milligrams", "twelve people, 12 mg"),
    ],
)
def test_settings(setting: dict[str, object], heard: str, expected: str) -> None:
    assert format_text(heard, DictationSettings(**setting)) == expected


@pytest.mark.parametrize(
    ("heard", "kind", "readings"),
    [
        ("levothyroxine twenty five milligrams daily", FlagKind.DOSE, ("25 mg", "25 mcg")),
        ("lisinopril twenty micrograms daily", FlagKind.DOSE, ("20 mcg", "20 mg")),
        ("take five hundred grams by mouth daily", FlagKind.DOSE, ("500 g",)),
        ("take one fifty milligram tablet", FlagKind.DOSE, ("150 milligram", "1 x 50 milligram")),
        ("give two hundred five milligram tablets", FlagKind.DOSE, ("205 milligram", "200 x 5 milligram")),
        ("insulin per SS before meals", FlagKind.DOSE, ("sliding scale", "one-half")),
        ("amlodipine fifty milligrams", FlagKind.DOSE, ("50 mg",)),
        ("D/C lisinopril", FlagKind.DOSE, ("discharge", "discontinue")),
        ("MS 4 mg IV", FlagKind.DOSE, ("morphine sulfate", "magnesium sulfate")),
        ("blood pressure eighty over one twenty", FlagKind.NUMBER, ("80/120",)),
        ("oxygen saturation one hundred five percent", FlagKind.NUMBER, ("105%",)),
        ("temperature one hundred thirty", FlagKind.NUMBER, ("130",)),
        ("pulse four hundred", FlagKind.NUMBER, ("400",)),
        ("heart rate fifteen", FlagKind.NUMBER, ("15", "50")),
        ("potassium forty one", FlagKind.NUMBER, ("41",)),
    ],
)
def test_what_cannot_be_is_flagged(heard: str, kind: FlagKind, readings: tuple[str, ...]) -> None:
    found = flags(heard)
    assert [(flag.kind, flag.readings) for flag in found] == [(kind, readings)]


@pytest.mark.parametrize(
    "heard",
    [
        "levothyroxine twenty five micrograms daily",
        "blood pressure one twenty over eighty, pulse seventy two, temperature ninety eight point six",
        "temperature thirty seven degrees celsius",
        "height five foot nine, weight one eighty five pounds",
        "she has MS and lives in Washington, DC",
        "pain seven out of ten and strength five over five",
        "metformin one thousand milligrams twice daily",
        "vancomycin one gram every twelve hours",
    ],
)
def test_what_is_usual_is_not_flagged(heard: str) -> None:
    assert flags(heard) == ()


def test_fifteen_or_fifty_is_flagged_where_it_counts_and_was_heard_poorly() -> None:
    assert [flag.readings for flag in flags("take fifteen milligrams", 0.4)] == [("15 mg", "50 mg")]
    assert flags("take fifteen milligrams", 0.9) == ()
    assert flags("there were fifteen people", 0.4) == ()


def test_a_flag_names_the_seconds_and_no_words() -> None:
    (flag,) = flags("blood pressure eighty over one twenty today")
    assert (flag.interval.start, flag.interval.end) == (2.0, 6.0)
    assert not re.search(r"\d", flag.reason)


def test_cost_grows_with_the_length(steps: Callable[..., int]) -> None:
    line = "the patient takes twenty five milligrams of metoprolol b i d and feels well "
    format_text(line)
    short, long = (steps(lambda text=line * times: format_text(text)) for times in (20, 200))
    assert long < 11 * short
    assert long < 1_000 * len((line * 200).split())


def test_human_transcripts_keep_their_words(shared_data: Path, some: Callable[..., list[Path]]) -> None:
    """In real interviews nothing but numbers, units and abbreviations changes, and never twice."""
    for file in some(sorted((shared_data / "osce" / "transcripts").glob("*.txt")), 8):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            once = format_text(line)
            assert format_text(once) == once
