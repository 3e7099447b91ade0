"""Numbers with what they measure: doses, durations, ranges, percentages, laboratory values.

Sources: AHDI Book of Style (figures for measures, doses, ages and durations; hyphen for "to" in a range and in a
compound modifier; mixed fractions as 1-1/2, decimals with metric units; commas from five digits), ISMP (commas from 1,000
and no trailing zero in doses, a zero before the point). A number is left in words where two readings are possible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.numerals import ONES, Number, is_number, number, with_commas
from scribe.dictation.rules import Doubt, Match, one
from scribe.dictation.terms import Measure, Spoken, UnitKind
from scribe.types import FlagKind

CHANGES = frozenset(
    "increase increased increasing decrease decreased decreasing reduce reduced reducing titrate titrated taper tapered tapering wean weaned "
    "switch switched change changed changing drop dropped dropping lower lowered lowering raise raised raising went gone go going advance advanced "
    "improved worsened fell rose up down from between uptitrate uptitrated moved bump bumped".split()
)
ONE_SPAN_CUES = frozenset("for in after every past last next about approximately per over until than within under only least another first exactly".split())
ONE_SPAN_BEHIND = frozenset("ago later prior before post postop postoperative postoperatively history follow followup course duration".split())
ONE_FORM_CUES = frozenset("take takes taking took use uses using apply inhale inhales give given instill place insert smokes smoke smoking drinks chew dissolve dispense".split())
ONE_FORM_BEHIND = frozenset("per a by every each daily at twice three four two orally po as in once on prn before after now of".split())
ALWAYS_FORMS = frozenset("tablet tab capsule cap caplet puff drop spray patch suppository pill dose vial inhalation application lozenge packet".split())
BODY_UNITS = frozenset({"foot", "feet", "hand", "hands", "beat", "breath", "inch", "mile", "yard", "pound", "dollar"})
LETTER_UNITS = frozenset({"l", "g", "m"})
VAGUE = frozenset({"something", "ish", "odd", "some"})


@dataclass(frozen=True, slots=True)
class Amount:
    """One number, or two of a range or a choice, and where they stand."""

    numbers: tuple[Number, ...]
    starts: tuple[int, ...]
    joiner: str = ""  # "to", "or"

    @property
    def end(self) -> int:
        """The atom behind the last number."""
        return self.numbers[-1].end


def begins(line: Line, at: int) -> bool:
    """Whether a number can begin at an atom."""
    low = line.low(at)
    return is_number(low) or low == "point" or (low in ("a", "an", "oh", "o") and line.low(at + 1) in ("hundred", "thousand", "million", "point"))


def unit_at(line: Line, at: int, spelled: bool) -> tuple[Spoken, int] | None:
    """The unit behind a number, and its end."""
    if not line.joined(at - 1):
        return None
    found = terms.find(terms.units(), line, at)
    if found is None or (line.low(at) in LETTER_UNITS and spelled):
        return None
    return found


def compound(line: Line, spoken: Spoken, end: int) -> tuple[str, int]:
    """A metric unit with what it is given per: mg/dL, mcg/kg/min, mL/hour; and the atom behind it."""
    text = spoken.unit.written
    while spoken.unit.per and line.low(end) in ("per", "a") and line.open(end - 1, end + 2):
        if line.low(end) == "a" and line.low(end + 1) not in ("minute", "hour"):
            break
        if line.low(end + 1) in ("minute", "hour", "min", "hr"):
            return text + {"minute": "/min", "min": "/min"}.get(line.low(end + 1), "/hour"), end + 2
        after = terms.find(terms.units(), line, end + 1)
        if line.low(end) == "a" or after is None or after[0].unit.kind is not UnitKind.METRIC or not after[0].unit.per:
            break
        text, end = f"{text}/{after[0].unit.written}", after[1]
        spoken = after[0]
    return text, end


def amount(line: Line, at: int, measure: Measure | None) -> Amount | None:
    """One number, "two to three", "one or two"."""
    first = _one_number(line, at, measure)
    joiners = ("to", "or", "and") if "between" in line.before(at, 2) else ("to", "or")
    if first is None or not line.joined(first.end - 1) or line.low(first.end) not in joiners:
        return None if first is None else Amount((first,), (at,))
    joiner, start = line.low(first.end), first.end + 1
    if not line.joined(first.end) or not begins(line, start) or line.low(start) in ("a", "an"):
        return Amount((first,), (at,))
    second = _one_number(line, start, measure)
    if first.value >= 90 and second is not None and not second.joined:
        said = number(line, start, joined=True)
        second = said if said and said.value > first.value else second  # "one hundred to one twenty"
    if second is None or (line.joined(second.end - 1) and is_number(line.low(second.end))):
        return Amount((first,), (at,))
    if second.joined and not first.joined and len(first.text) < 3 and measure is None:
        second = number(line, start) or second
    return Amount((first, second), (at, start), joiner)


def _one_number(line: Line, at: int, measure: Measure | None) -> Number | None:
    said = number(line, at, joined=True)
    if said is None or not said.joined:
        return said
    if measure is not None and measure.kind != "score":
        return said
    after = unit_at(line, said.end, spelled=True)
    if after and after[0].unit.kind in (UnitKind.METRIC, UnitKind.PLAIN):
        return said
    if line.low(said.end) in ("to", "or", "over", "percent") and line.joined(said.end - 1):
        return said if line.low(said.end) == "over" or _range_of_measures(line, said.end + 1) else number(line, at)
    return number(line, at)


def _range_of_measures(line: Line, at: int) -> bool:
    second = number(line, at, joined=True)
    if second is None:
        return False
    after = unit_at(line, second.end, spelled=True)
    return after is not None and after[0].unit.kind in (UnitKind.METRIC, UnitKind.PLAIN)


def figure(found: Number, settings: DictationSettings, *, dose: bool = False, decimal: bool = False, exact: bool = False) -> str:
    """A number in figures. `dose`: by ISMP's rules; `decimal`: never a fraction; `exact`: a trailing zero stays."""
    text = found.text
    if found.fraction is not None:
        if not decimal:
            return f"{text}-{found.fraction[0]}/{found.fraction[1]}"
        text = str(found.value.normalize())
    if "." in text and dose and not exact:
        text = text.rstrip("0").rstrip(".")
    commas = {"doses": 4 if dose else 5, "from 1,000": 4, "from 10,000": 5}[settings.thousands]
    return with_commas(text, commas)


def written(line: Line, found: Amount, settings: DictationSettings, *, dose: bool = False, decimal: bool = False, exact: bool = False) -> list[Piece]:
    """An amount in figures: 5, 5-10, 5 or 10."""
    texts = [figure(each, settings, dose=dose, decimal=decimal, exact=exact) for each in found.numbers]
    if len(texts) == 1:
        return [Piece(texts[0], found.starts[0], found.end)]
    if found.joiner == "to" and _is_range(line, found):
        if any("-" in text for text in texts):
            return [Piece(f"{texts[0]} to {texts[1]}", found.starts[0], found.end)]
        return [Piece(f"{texts[0]}-{texts[1]}", found.starts[0], found.end)]
    middle = found.starts[1] - 1
    return [
        Piece(texts[0], found.starts[0], middle),
        Piece(line.core(middle), middle, found.starts[1]),
        Piece(texts[1], found.starts[1], found.end),
    ]


def _is_range(line: Line, found: Amount) -> bool:
    low, high = found.numbers[0].value, found.numbers[1].value
    before = line.before(found.starts[0], 5)
    return low < high and not CHANGES.intersection(before) and before[:2] != ["of", "scale"] and before[:1] != ["scale"]


def quantities(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """A number with its unit, or behind the name of a measure, or large enough to be written in figures."""
    if not begins(line, at):
        return None
    measure = terms.measure_before(line, at)
    found = amount(line, at, measure)
    if found is None:
        return None
    if line.joined(found.end - 1) and is_number(line.low(found.end)) and line.atoms[found.end].glue == " ":
        return _adjacent(line, at, found, settings)
    if at and line.joined(at - 1) and line.low(at - 1) == "point":
        return Match(end=found.end)
    percent = _percent(line, found, settings)
    if percent is not None:
        return percent
    spelled = any(each.spelled for each in found.numbers)
    unit = unit_at(line, found.end, spelled)
    if unit is not None:
        return _with_unit(line, found, unit, measure, settings)
    return _bare(line, found, measure, settings)


def _with_unit(line: Line, found: Amount, unit: tuple[Spoken, int], measure: Measure | None, settings: DictationSettings) -> Match | None:
    (spoken, end), last = unit, found.numbers[-1]
    kind, name = spoken.unit.kind, line.low(found.end)
    lone = len(found.numbers) == 1 and last.text == "1" and last.spelled and last.fraction is None
    if lone and not _one_counts(line, found, spoken, end, measure):
        return None
    if kind is UnitKind.COUNT and name == "times" and _fixed_frequency(line, found, end):
        return Match(end=end)
    if kind is UnitKind.TIME and _opens_with_capital(line, found.starts[0]):
        return Match(end=end)
    if last.joined and spoken.singular and line.joined(end - 1) and line.low(end) in terms.heads():
        return _unsure(found, end, settings, line)
    if kind is not UnitKind.METRIC:
        pieces = written(line, found, settings)
        if spoken.singular and modifies(line, end, kind) and last.text != "1":
            name = "-".join(line.core(n) for n in range(found.end, end))
            return Match((*pieces[:-1], Piece(f"{pieces[-1].text}-{name}", pieces[-1].first, end)))
        rest = [Piece(line.core(n), n, n + 1, line.atoms[n].glue) for n in range(found.end, end)]
        return Match((*pieces, *rest))
    exact = measure is not None and measure.kind == "lab"
    pieces = written(line, found, settings, dose=spoken.unit.dose, decimal=True, exact=exact)
    text, stop = compound(line, spoken, end)
    text = "unit" if text == "units" and lone else "units" if text == "unit" and not lone and not spoken.singular else text
    if spoken.singular and stop == end and modifies(line, end, kind):
        return Match((*pieces[:-1], Piece(f"{pieces[-1].text}-{text}", pieces[-1].first, end)))
    glue = line.atoms[found.end].glue if not last.spelled else " "
    return Match((*pieces, Piece(text, found.end, stop, glue if glue == "-" else " ")))


def _one_counts(line: Line, found: Amount, spoken: Spoken, end: int, measure: Measure | None) -> bool:
    """Whether "one" before a unit counts: "one milligram", "one week ago"; not "one day I woke up", "one foot"."""
    at, kind, name = found.starts[0], spoken.unit.kind, line.low(found.end)
    before, after = line.before(at, 1), line.after(end, 1)
    if kind is UnitKind.METRIC:
        return True
    if kind is UnitKind.PLAIN:
        return name not in BODY_UNITS or measure is not None
    if kind is UnitKind.TIME:
        score = measure is not None and measure.kind == "score"
        if modifies(line, end, kind) and line.low(end) in ("history", "follow", "followup", "course", "old"):
            return True
        return bool(ONE_SPAN_CUES.intersection(before) or ONE_SPAN_BEHIND.intersection(after) or score)
    if kind is UnitKind.FORM:
        return name in ALWAYS_FORMS or bool(ONE_FORM_CUES.intersection(before) and ONE_FORM_BEHIND.intersection(after))
    return False


def _fixed_frequency(line: Line, found: Amount, end: int) -> bool:
    """ "three times daily" is the fixed wording of t.i.d."""
    return len(found.numbers) == 1 and found.numbers[0].text in ("3", "4") and found.numbers[0].spelled and line.low(end) == "daily"


def modifies(line: Line, end: int, kind: UnitKind) -> bool:
    """Whether a singular unit belongs to a noun behind it: "five milligram tablet", "two week history"."""
    if not line.joined(end - 1) or line.atoms[end].glue != " ":
        return False
    low = line.low(end)
    if kind is UnitKind.TIME:
        return bool(low) and low not in terms.functions() and not is_number(low)
    if kind in (UnitKind.FORM, UnitKind.COUNT):
        return low in ("history", "supply", "course", "regimen", "bottle", "biopsy", "series")
    words = line.after(end, 3)
    if not low or low in terms.functions():
        return False
    for word in words:
        if word in terms.functions():
            return False
        if word in terms.heads():
            return True
    return False


def _unsure(found: Amount, end: int, settings: DictationSettings, line: Line) -> Match:
    """ "one fifty milligram tablet": 150 mg, or one tablet of 50 mg. It stays as said, and is flagged."""
    last = found.numbers[-1]
    unit = line.core(end - 1)
    readings = (f"{last.text} {unit}", f"{last.text[0]} x {int(last.text[1:])} {unit}")
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
    whole = first.text.isdigit() and int(first.text) < 10
    plural = line.low(unit[1]).endswith("s") or first.text == "1"
    apart = second.value < 10 or second.value >= 100 or "." in second.text
    if whole and plural and apart:
        words = Piece(_in_words(first), at, first.end)
        name = unit[0].unit.written or line.core(second.end)
        dose = unit[0].unit.dose
        return Match((words, Piece(f"{figure(second, settings, dose=dose, decimal=dose)}-{name}", first.end, unit[1])))
    said = number(line, at, joined=True)
    if said is not None and said.joined and unit[0].unit.dose:
        return _unsure(replace(found, numbers=(said,)), unit[1], settings, line)
    return Match(end=unit[1])


def _in_words(small: Number) -> str:
    return next(word for word, value in ONES.items() if str(value) == small.text) if small.text != "0" else "zero"


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
    if line.low(found.end) in VAGUE or (found.end < len(line) and line.atoms[found.end].glue == "-" and line.joined(found.end - 1)):
        return None
    if measure is not None:
        return _value(line, found, measure, settings)
    decimal = any("." in each.text for each in numbers)
    if decimal:
        if low == "one" and line.low(at - 1) == "at" and line.joined(found.end - 1):
            return Match(end=found.end)  # "at one point two people came"
        return None if low == "point" else Match(tuple(written(line, found, settings)))
    if low in ("a", "an") or low in ("hundred", "thousand", "million") or numbers[0].fraction or _opens_with_capital(line, at):
        return None
    if max(each.value for each in numbers) < settings.figures_from or (len(numbers) == 2 and numbers[0].value >= numbers[1].value and found.joiner == "to"):
        if len(numbers) == 2:
            return Match(end=found.end)
        return None
    if len(numbers) == 2 and numbers[0].text == "1" and not numbers[0].joined:
        return Match(end=found.end)
    return Match(tuple(written(line, found, settings)))


def _value(line: Line, found: Amount, measure: Measure, settings: DictationSettings) -> Match | None:
    """The value of a measure: in figures, however small. "one" only where nothing else follows."""
    numbers = found.numbers
    if len(numbers) == 1 and numbers[0].text == "1" and numbers[0].spelled and line.joined(found.end - 1):
        return None
    pieces = written(line, found, settings, exact=True, decimal=measure.kind != "score")
    if measure.name == "A1c" and all(3 <= each.value <= 20 for each in numbers) and line.low(found.end) not in ("percent", "over", "point"):
        pieces[-1] = replace(pieces[-1], text=pieces[-1].text + "%")
    return Match(tuple(pieces))


def _zero_before_point(line: Line, at: int, measure: Measure | None, settings: DictationSettings) -> Match | None:
    core = line.core(at)
    if measure is not None and measure.name == "A1c" and re.fullmatch(r"\d{1,2}(?:\.\d)?", core) and 3 <= Decimal(core) <= 20:
        return one(f"{core}%", at, at + 1)
    return one(f"0{core}", at, at + 1) if core.startswith(".") and measure is not None else None


def _opens_with_capital(line: Line, at: int) -> bool:
    """Whether a number word opens a sentence: there it stays in words (AHDI: spell out, or recast)."""
    return line.starts_sentence(at) and line.core(at)[:1].isupper() and line.joined(at)


def of_a1c(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """ "A1c of seven point two" as A1c 7.2%."""
    if line.low(at) != "of" or line.low(at - 1) != "a1c" or not line.joined(at - 1):
        return None
    if re.fullmatch(r"\d+(?:\.\d+)?%", line.low(at + 1)):
        return one(line.core(at + 1), at, at + 2)
    match = quantities(line, at + 1, settings)
    if match is None or not match.pieces or not match.pieces[-1].text.endswith("%"):
        return None
    return Match((replace(match.pieces[0], first=at), *match.pieces[1:]))
