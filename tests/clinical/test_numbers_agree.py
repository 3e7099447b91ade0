"""Every user of the reader of numbers agrees on every phrase that is made for a value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from scribe.asr import quantities
from scribe.clinical.figures import normal
from scribe.clinical.numbers import Words, number
from scribe.clinical.stated import possible, values
from scribe.dictation.formatting import format_text
from scribe.types import Word

# written a second time, apart from the table that is tested
ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += "seventeen eighteen nineteen".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
PARTS = {"a half": "0.5", "one half": "0.5", "a quarter": "0.25", "three quarters": "0.75", "one eighth": "0.125"}


@dataclass(frozen=True)
class Phrase:
    text: str
    value: Decimal


def below_hundred(value: int, hyphen: str) -> str:
    if value < 20:
        return ONES[value]
    return TENS[value // 10] + (f"{hyphen}{ONES[value % 10]}" if value % 10 else "")


def below_thousand(value: int, hyphen: str, joiner: str) -> str:
    if value < 100:
        return below_hundred(value, hyphen)
    rest = f"{joiner}{below_hundred(value % 100, hyphen)}" if value % 100 else ""
    return f"{ONES[value // 100]} hundred{rest}"


@st.composite
def wholes(draw: DrawFn, most: int = 999_999_999) -> Phrase:
    """A whole number by the grammar, with or without "and" and hyphens."""
    value = draw(st.one_of(st.integers(0, min(most, 999)), st.integers(0, most)))
    hyphen, joiner = draw(st.sampled_from(" -")), draw(st.sampled_from([" ", " and "]))
    groups = []
    rest = value
    for scale, name in ((1_000_000, " million"), (1000, " thousand"), (1, "")):
        group, rest = divmod(rest, scale)
        if group or (scale == 1 and not groups):
            between = " and " if groups and scale == 1 and group < 100 and joiner == " and " else " "
            groups.append((between if groups else "") + below_thousand(group, hyphen, joiner) + name)
    text = "".join(groups)
    if text.startswith("one ") and text.split()[1] in ("hundred", "thousand", "million"):
        text = draw(st.sampled_from([text, f"a {text[4:]}"]))
    return Phrase(text, Decimal(value))


@st.composite
def decimals(draw: DrawFn) -> Phrase:
    """As in "a hundred and two point four", "oh point zero five"."""
    whole, digits = draw(wholes(most=1999)), draw(st.text("0123456789", min_size=1, max_size=3))
    said = " ".join("oh" if digit == "0" and draw(st.booleans()) else ONES[int(digit)] for digit in digits)
    text = whole.text if whole.value else draw(st.sampled_from(["zero", "oh", "nought"]))
    return Phrase(f"{text} point {said}", Decimal(f"{whole.value}.{digits}"))


@st.composite
def mixed(draw: DrawFn) -> Phrase:
    """As in "two and a half"."""
    whole, part = draw(wholes(most=99).filter(lambda made: made.value > 0)), draw(st.sampled_from(sorted(PARTS)))
    return Phrase(f"{whole.text} and {part}", whole.value + Decimal(PARTS[part]))


@st.composite
def clipped_hundreds(draw: DrawFn) -> Phrase:
    """As in "sixty five hundred"."""
    value = draw(st.integers(11, 99).filter(lambda value: value % 10))
    return Phrase(f"{below_hundred(value, ' ')} hundred", Decimal(100 * value))


@st.composite
def scaled(draw: DrawFn) -> Phrase:
    """As in "2.5 million", "two point five million", "one and a half million"."""
    small = draw(st.one_of(decimals(), mixed(), st.decimals("0.1", 999, places=1).map(lambda v: Phrase(f"{v}", v))))
    return Phrase(f"{small.text} million", small.value * 1_000_000)


@st.composite
def figures(draw: DrawFn) -> Phrase:
    value = draw(st.one_of(st.integers(0, 99_999_999), st.decimals(0, 9999, places=2)))
    return Phrase(draw(st.sampled_from([f"{value}", f"{value:,}"])), Decimal(value))


PHRASES = st.one_of(wholes(), decimals(), mixed(), clipped_hundreds(), scaled(), figures())


def recognised(text: str) -> list[float | None]:
    words = [Word(float(at), at + 1.0, f" {word}", 0.9) for at, word in enumerate(text.split())]
    return [found.value for found in quantities.numbers(quantities.tokens(words))]


@settings(max_examples=300, deadline=None)
@given(PHRASES)
def test_a_phrase_is_read_back_as_its_value(phrase: Phrase) -> None:
    words = phrase.text.replace("-", " ").split()
    found = number(Words(words), 0)
    assert found is not None
    assert (found.value, found.end) == (phrase.value, len(words))


@settings(max_examples=300, deadline=None)
@given(PHRASES, st.sampled_from(["units", "milligrams", "tablets", "people"]))
def test_every_user_reads_the_same_value(phrase: Phrase, noun: str) -> None:
    text = f"she had {phrase.text} {noun}"
    expected = [normal(phrase.value)]
    assert [each.value for each in values(text, every_one=True)] == expected
    assert expected[0] in possible(text)
    assert recognised(text) == [float(phrase.value)]
    assert [each.value for each in values(format_text(text), every_one=True)] == expected


@settings(max_examples=100, deadline=None)
@given(st.integers(80, 220).filter(lambda value: value % 100), st.integers(40, 119), st.sampled_from(["over", "/"]))
def test_a_pressure_is_one_pair_for_all(top: int, bottom: int, between: str) -> None:
    def clipped(value: int) -> str:
        rest = value % 100
        said = f"oh {ONES[rest]}" if 0 < rest < 10 else below_hundred(rest, " ") if rest else "hundred"
        return below_hundred(value, " ") if value < 100 else f"{ONES[value // 100]} {said}"

    text = f"blood pressure {clipped(top)} over {clipped(bottom)}" if between == "over" else f"BP {top}/{bottom}"
    expected = f"{top}/{bottom}"
    assert [each.value for each in values(text)] == [expected]
    assert [each.value for each in values(format_text(text))] == [expected]
    if between == "over":
        assert recognised(text) == [top, bottom]
