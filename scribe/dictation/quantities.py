"""Numbers with what they measure: doses, durations, ranges, percentages, laboratory values.

Sources: AHDI Book of Style (figures for measures, doses, ages and durations; hyphen for "to" in a range and in a
compound modifier; mixed fractions as 1-1/2, decimals with metric units; commas from five digits), ISMP (commas from
1,000 and no trailing zero in doses, a zero before the point). Where two readings are possible, the words stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from scribe.clinical.figures import in_words
from scribe.clinical.number_words import SCALES
from scribe.clinical.numbers import is_number, number
from scribe.clinical.units import UnitKind
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.amounts import Amount, amount, begins, compound, figure, unit_at, written
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.measure import Measure
from scribe.dictation.rules import Doubt, Match, one
from scribe.dictation.terms import Spoken
from scribe.types import FlagKind


def quantities(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """A number with its unit, or behind the name of a measure, or large enough to be written in figures."""
    if not begins(line, at):
        return None
    if line.atoms[at].glue == "-" and line.core(at).isdecimal() and line.low(at - 1).isalpha():
        return Match(end=at + 1)  # the strength of "U-100" is no amount
    measure = terms.measure_before(line, at)
    if line.low(at - 1) == "or" and "." in line.low(at - 2):
        measure = None  # "38.1 or two"
    found = amount(line, at, measure)
    if found is None:
        return None
    if _point_apart(line, at, found.end):
        return Match(end=_past_numbers(line, found.end))
    if line.joined(found.end - 1) and is_number(line.low(found.end)):
        if line.atoms[found.end].glue == " ":
            return _adjacent(line, at, found, settings)
        return _hyphen_range(line, at, found, settings)
    if at and line.joined(at - 1) and line.low(at - 1) == "point":
        return Match(end=found.end)
    percent = _percent(line, found, settings)
    if percent is not None:
        return percent
    spelled = any(each.spelled for each in found.numbers)
    unit = unit_at(line, found.end, spelled)
    if unit is None and spelled and line.joined(found.end - 1) and line.low(found.end) in terms.cues("letter_units"):
        return Match(end=found.end)  # "twenty five l"
    if unit is not None:
        return _with_unit(line, found, unit, measure, settings)
    if line.joined(found.end - 1) and line.low(found.end) in terms.cues("between"):
        after = unit_at(line, found.end + 1, spelled)
        if (
            after
            and after[0].unit.kind in (UnitKind.TIME, UnitKind.FORM, UnitKind.COUNT)
            and found.numbers[-1].value > 1
        ):
            return Match(tuple(written(line, found, settings)))  # "five to seven business days"
    return _bare(line, found, measure, settings)


def _point_apart(line: Line, at: int, end: int) -> bool:
    """A point that stands alone between two numbers may be a full stop or a decimal point: both stay as they are."""
    after = end < len(line) - 1 and line.core(end) == "" and is_number(line.low(end + 1))
    before = at > 1 and line.core(at - 1) == "" and is_number(line.low(at - 2))
    return after or before


def _with_unit(
    line: Line, found: Amount, unit: tuple[Spoken, int], measure: Measure | None, settings: DictationSettings
) -> Match | None:
    (spoken, end), last = unit, found.numbers[-1]
    kind, name = spoken.unit.kind, line.low(found.end)
    lone = len(found.numbers) == 1 and last.text == "1" and last.spelled and last.fraction is None
    if lone and not _one_counts(line, found, spoken, end, measure):
        return None
    if kind is UnitKind.COUNT and line.low(found.starts[0]) in ("a", "an"):
        return Match(end=end)  # "a hundred times"
    if kind is UnitKind.COUNT and last.value < 10 and line.low(found.starts[0] - 1) in ("my", "your"):
        return Match(end=end)  # "squeeze my two fingers"
    if kind is UnitKind.FORM and last.fraction is None and "and" in line.lows[found.starts[-1] : found.end]:
        return Match(end=end)  # "five hundred and one tablet" may be one tablet of 500
    if kind is UnitKind.TIME and _opens_with_capital(line, found.starts[0]):
        return Match(end=end)
    if spoken.singular and line.joined(end - 1) and line.low(end) in terms.heads():
        if last.clipped:
            return _unsure(found, end, settings, line)
        if spoken.unit.dose and _two_numbers(line, found):
            return _unsure(found, end, settings, line, split=-1)
    if kind is not UnitKind.METRIC:
        pieces = written(line, found, settings)
        if (
            name == "foot"
            and line.says(found.end, ("foot", "tall"))
            and line.low(found.starts[0] - 1) not in ("a", "the")
        ):
            return Match((*pieces, Piece("feet", found.end, end)))
        if spoken.singular and (modifies(line, end, kind) or _article(line, found.starts[0], end, kind)):
            name = "French" if name == "french" else "-".join(line.core(n) for n in range(found.end, end))
            return Match(_hyphened(pieces, found, name, end))
        if name == "french":
            return Match((*pieces, Piece("French", found.end, end)))
        if spoken.unit.written:
            return Match((*pieces, Piece(spoken.unit.written, found.end, end)))
        rest = [Piece(line.core(n), n, n + 1, line.atoms[n].glue) for n in range(found.end, end)]
        return Match((*pieces, *rest))
    exact = measure is not None and measure.kind == "lab"
    pieces = written(line, found, settings, dose=spoken.unit.dose, decimal=True, exact=exact)
    text, stop = compound(line, spoken, end)
    text = (
        "unit" if text == "units" and lone else "units" if text == "unit" and not lone and not spoken.singular else text
    )
    if spoken.singular and stop == end and (modifies(line, end, kind) or _article(line, found.starts[0], end, kind)):
        return Match(_hyphened(pieces, found, text, end))
    glue = line.atoms[found.end].glue if not last.spelled else " "
    return Match((*pieces, Piece(text, found.end, stop, glue if glue == "-" else " ")))


def _hyphened(pieces: list[Piece], found: Amount, name: str, end: int) -> tuple[Piece, ...]:
    """A measure as a modifier: 5-mg, 1- to 2-cm."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1 and len(found.numbers) == 2 and first.text.count("-") == 1:
        low, high = first.text.split("-")
        middle = found.starts[1] - 1
        words = (Piece(f"{low}-", first.first, middle), Piece("to", middle, found.starts[1]))
        return (*words, Piece(f"{high}-{name}", found.starts[1], end))
    if len(pieces) == 3:
        return (replace(first, text=f"{first.text}-"), pieces[1], Piece(f"{last.text}-{name}", last.first, end))
    return (*pieces[:-1], Piece(f"{last.text}-{name}", last.first, end))


def _one_counts(line: Line, found: Amount, spoken: Spoken, end: int, measure: Measure | None) -> bool:
    """Whether "one" before a unit counts: "one milligram", "one week ago"; not "one day I woke up", "one foot"."""
    at, kind, name = found.starts[0], spoken.unit.kind, line.low(found.end)
    before, after = line.before(at, 1), line.after(end, 1)
    if kind is UnitKind.METRIC:
        return True
    if kind is UnitKind.PLAIN:
        return name not in terms.cues("body_units") or measure is not None
    if kind is UnitKind.TIME:
        if name == "second":
            return False
        score = measure is not None and measure.kind == "score"
        if modifies(line, end, kind) and line.low(end) in ("history", "follow", "followup", "course", "old"):
            return True
        return bool(
            terms.cues("one_span_cues").intersection(before)
            or terms.cues("one_span_behind").intersection(after)
            or score
        )
    if kind is UnitKind.FORM:
        a_day = name == "pack" and bool({"a", "per"}.intersection(after))
        return (
            a_day
            or name in terms.cues("always_forms")
            or bool(
                terms.cues("one_form_cues").intersection(before) and terms.cues("one_form_behind").intersection(after)
            )
        )
    return False


def _article(line: Line, at: int, end: int, kind: UnitKind) -> bool:
    """Whether an article before a singular measure and a word behind it make it a modifier: "a one centimeter tag"."""
    low = line.low(end)
    near = line.low(at - 1) in ("a", "an", "another", "the") and line.joined(at - 1) and line.joined(end - 1)
    plain = low.isalpha() and low not in terms.functions() and not is_number(low) and line.atoms[end].glue == " "
    return near and plain and kind in (UnitKind.METRIC, UnitKind.PLAIN) and low not in ("tall", "in", "per")


def modifies(line: Line, end: int, kind: UnitKind) -> bool:
    """Whether a singular unit belongs to a noun behind it: "five milligram tablet", "two week history"."""
    if not line.joined(end - 1) or line.atoms[end].glue != " ":
        return False
    low = line.low(end)
    if re.fullmatch(r"x\d+", low) or "'" in low:
        return False
    if kind is UnitKind.TIME:
        return bool(low) and low not in terms.functions() and not is_number(low)
    if kind in (UnitKind.FORM, UnitKind.COUNT):
        return low in ("history", "supply", "course", "regimen", "bottle", "biopsy", "series")
    if line.low(end - 1) in ("gauge", "french"):
        return bool(low) and (low == "iv" or low not in terms.functions())
    words = line.after(end, 3)
    if not low or low in terms.functions():
        return False
    for word in words:
        if word in terms.functions():
            return False
        if word in terms.heads():
            return True
    return False


def _two_numbers(line: Line, found: Amount) -> bool:
    """Whether a number may be two: no product has 205 mg, but "two hundred five milligram tablets" are easily said."""
    last = found.numbers[-1]
    parts = line.lows[found.starts[-1] : found.end]
    return last.text.isdecimal() and last.value > 100 and 0 < last.value % 100 < 10 and "hundred" in parts[:-1]


def _unsure(found: Amount, end: int, settings: DictationSettings, line: Line, split: int = 1) -> Match:
    """Leaves "one fifty milligram tablet", 150 mg or one tablet of 50 mg, as it was said, and flags it."""
    last = found.numbers[-1]
    unit = line.core(end - 1)
    split = len(last.text) - 2 if split == 1 else split
    count = last.text[:split] if split > 0 else f"{last.text[:-1]}0"
    readings = (f"{last.text} {unit}", f"{count} x {int(last.text[split:])} {unit}")
    return Match(end=end + 1, doubt=Doubt(FlagKind.DOSE, "number can be read in two ways", readings))


def _adjacent(line: Line, at: int, found: Amount, settings: DictationSettings) -> Match:
    """Two numbers side by side: "eight eight ounce glasses" as eight 8-ounce glasses; else both stay in words."""
    first = found.numbers[-1]
    second = number(line, first.end)
    if second is None:
        return Match(end=first.end + 1)
    unit = unit_at(line, second.end, second.spelled)
    noun = unit is not None and line.joined(unit[1] - 1) and line.low(unit[1]) in terms.heads()
    if unit is None or not noun or not unit[0].singular or len(found.numbers) > 1 or first.fraction:
        return Match(end=_past_numbers(line, second.end))
    whole = first.text.isdecimal() and int(first.text) < 10
    plural = line.low(unit[1]).endswith("s") or first.text == "1"
    apart = second.value < 10 or second.value >= 100 or "." in second.text
    if whole and plural and apart:
        words = Piece(in_words(int(first.text)), at, first.end)
        name = unit[0].unit.written or line.core(second.end)
        dose = unit[0].unit.dose
        return Match((words, Piece(f"{figure(second, settings, dose=dose, decimal=dose)}-{name}", first.end, unit[1])))
    said = number(line, at, clipped=True)
    if said is not None and said.clipped and unit[0].unit.dose:
        return _unsure(replace(found, numbers=(said,)), unit[1], settings, line)
    return Match(end=unit[1])


def _hyphen_range(line: Line, at: int, found: Amount, settings: DictationSettings) -> Match:
    """Writes "three-four days" as 3-4 days; two hyphened numbers that measure nothing stay."""
    first, second = found.numbers[-1], number(line, found.end)
    end = _past_numbers(line, found.end)
    if second is None or second.end != end or not (first.spelled and second.spelled) or first.value >= second.value:
        return Match(end=end)
    if unit_at(line, end, spelled=True) is None or len(found.numbers) > 1:
        return Match(end=end)
    return one(f"{figure(first, settings)}-{figure(second, settings)}", at, end)


def _past_numbers(line: Line, at: int) -> int:
    while at < len(line) and is_number(line.low(at)) and line.joined(at - 1):
        at += 1
    return at


def _percent(line: Line, found: Amount, settings: DictationSettings) -> Match | None:
    end = found.end
    if not line.joined(end - 1):
        return None
    stop = end + 1 if line.low(end) in ("percent", "%") else end + 2 if line.says(end, ("per", "cent")) else 0
    if not stop:
        return None
    pieces = written(line, found, settings, decimal=True, exact=True)
    return Match((*pieces[:-1], Piece(pieces[-1].text + "%", pieces[-1].first, stop)))


def _bare(line: Line, found: Amount, measure: Measure | None, settings: DictationSettings) -> Match | None:
    """A number without a unit."""
    at, numbers = found.starts[0], found.numbers
    low = line.low(at)
    if not any(each.spelled for each in numbers) and len(numbers) == 1:
        return _zero_before_point(line, at, measure, settings)
    if line.low(found.end) in ("past", "til", "till", "after") and is_number(line.low(found.end + 1)):
        return Match(end=found.end + 2)  # "twenty past nine"
    if (
        line.low(found.end) in terms.cues("vague")
        or line.says(found.end, ("to", "the"))
        or (found.end < len(line) and line.atoms[found.end].glue == "-" and line.joined(found.end - 1))
    ):
        return None
    if measure is not None:
        return _value(line, found, measure, settings)
    decimal = any("." in each.text for each in numbers)
    if decimal:
        if low == "one" and line.low(at - 1) == "at" and line.joined(found.end - 1):
            return Match(end=found.end)  # "at one point two people came"
        if low == "point" and not _starts_value(line, at, found.end):
            return None
        return Match(tuple(written(line, found, settings)))
    if (
        (low in ("a", "an") and found.end == at + 2)  # "a hundred", but "a hundred and fifty" in figures
        or low in SCALES
        or (numbers[0].fraction and numbers[0].fraction[1] != 7)  # sevenths are weeks of pregnancy
        or _opens_with_capital(line, at)
    ):
        return Match(end=found.end)
    falls = len(numbers) == 2 and numbers[0].value >= numbers[1].value and found.joiner == "to"
    if max(each.value for each in numbers) < settings.figures_from or (falls and line.low(at - 1) != "from"):
        if len(numbers) == 2:
            return Match(end=found.end)
        return None
    if len(numbers) == 2 and numbers[0].text == "1" and not numbers[0].clipped:
        return Match(end=found.end)
    return Match(tuple(written(line, found, settings)))


def _starts_value(line: Line, at: int, end: int) -> bool:
    """Whether "point five" is a value: it ends its phrase, and nothing or a word like "was" stands before it."""
    opens = at == 0 or bool(terms.cues("value_verbs").intersection(line.before(at, 1)))
    return opens and not line.joined(end - 1)


def _value(line: Line, found: Amount, measure: Measure, settings: DictationSettings) -> Match | None:
    """The value of a measure: in figures, however small. "one" only where nothing else follows."""
    numbers = found.numbers
    if len(numbers) == 1 and numbers[0].text == "1" and numbers[0].spelled and line.joined(found.end - 1):
        return None
    pieces = written(line, found, settings, exact=True, decimal=measure.kind != "score")
    if (
        measure.name == "A1c"
        and all(3 <= each.value <= 20 for each in numbers)
        and line.low(found.end) not in ("percent", "over", "point")
    ):
        pieces[-1] = replace(pieces[-1], text=pieces[-1].text + "%")
    if measure.name == "oxygen saturation" and _is_saturation(line, found.end, [each.value for each in numbers]):
        pieces[-1] = replace(pieces[-1], text=pieces[-1].text + "%")
    return Match(tuple(pieces))


def _is_saturation(line: Line, end: int, values: Sequence[Decimal]) -> bool:
    """Whether numbers behind "sats" can only be percent."""
    plain = all(50 <= value <= 100 for value in values)
    glued = end < len(line) and line.atoms[end].glue == "-"
    return (
        plain and not glued and line.low(end) not in ("percent", "over", "point", "%", "to", "and", "or", "percentage")
    )


def _zero_before_point(line: Line, at: int, measure: Measure | None, settings: DictationSettings) -> Match | None:
    core = line.core(at)
    if core.startswith(".") and line.low(at + 1) not in ("caliber", "magnum"):
        return one(f"0{core}", at, at + 1)
    if measure is not None and measure.name == "oxygen saturation" and re.fullmatch(r"\d{2,3}", core):
        return one(f"{core}%", at, at + 1) if _is_saturation(line, at + 1, [Decimal(core)]) else None
    if (
        measure is not None
        and measure.name == "A1c"
        and re.fullmatch(r"\d{1,2}(?:\.\d)?", core)
        and 3 <= Decimal(core) <= 20
    ):
        return one(f"{core}%", at, at + 1)
    return None


def _opens_with_capital(line: Line, at: int) -> bool:
    """Whether a number word opens a sentence: there it stays in words (AHDI: spell out, or recast)."""
    return line.starts_sentence(at) and line.core(at)[:1].isupper() and line.joined(at)


def of_a1c(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "A1c of seven point two" as A1c 7.2%."""
    if line.low(at) != "of" or line.low(at - 1) != "a1c" or not line.joined(at - 1):
        return None
    if re.fullmatch(r"\d+(?:\.\d+)?%", line.low(at + 1)):
        return one(line.core(at + 1), at, at + 2)
    match = quantities(line, at + 1, settings)
    if match is None or not match.pieces or not match.pieces[-1].text.endswith("%"):
        return None
    return Match((replace(match.pieces[0], first=at), *match.pieces[1:]))
