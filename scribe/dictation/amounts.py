"""An amount: one number or two of a range or a choice, and its unit; and how amounts are written in figures."""

from __future__ import annotations

from dataclasses import dataclass

from scribe.clinical.figures import with_commas
from scribe.clinical.number_words import ONES, SCALES
from scribe.clinical.numbers import Number, is_number, number
from scribe.clinical.units import UnitKind
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.measure import Measure
from scribe.dictation.terms import Spoken


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
    return (
        is_number(low)
        or low == "point"
        or (low in ("a", "an", "oh", "o") and (line.low(at + 1) in SCALES or line.low(at + 1) == "point"))
    )


def unit_at(line: Line, at: int, spelled: bool) -> tuple[Spoken, int] | None:
    """The unit behind a number, and its end."""
    if not line.joined(at - 1):
        return None
    found = terms.find(terms.units(), line, at)
    if line.low(at) == "second" and line.low(at + 1) in ("degree", "line", "toe", "finger", "trimester"):
        return None  # "type one second degree block"
    if found is None or (line.low(at) in terms.cues("letter_units") and spelled and found[1] == at + 1):
        return None
    return found


def compound(line: Line, spoken: Spoken, end: int) -> tuple[str, int]:
    """A metric unit with what it is given per: mg/dL, mcg/kg/min, mL/hour; and the atom behind it."""
    text = spoken.unit.written
    while spoken.unit.per and line.low(end) in ("per", "a", "an") and line.open(end - 1, end + 2):
        if line.low(end) != "per" and line.low(end + 1) not in ("minute", "hour"):
            break
        if "/" in text and line.low(end + 1) == "day":
            return text + "/day", end + 2
        if line.low(end + 1) in ("minute", "hour", "min", "hr"):
            return text + {"minute": "/min", "min": "/min"}.get(line.low(end + 1), "/hour"), end + 2
        after = terms.find(terms.units(), line, end + 1)
        if (
            line.low(end) != "per"
            or after is None
            or after[0].unit.kind is not UnitKind.METRIC
            or not after[0].unit.per
        ):
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
    short = joiner == "or" and "." in first.text and line.low(start) in ONES  # "38.1 or two" is 38.1 or 38.2
    if short or not line.joined(first.end) or not begins(line, start) or line.low(start) in ("a", "an"):
        return Amount((first,), (at,))
    second = _one_number(line, start, measure)
    if first.value >= 90 and second is not None and not second.clipped:
        said = number(line, start, clipped=True)
        second = said if said and said.value > first.value else second  # "one hundred to one twenty"
    if second is None or (line.joined(second.end - 1) and is_number(line.low(second.end))):
        return Amount((first,), (at,))
    if second.clipped and not first.clipped and len(first.text) < 3 and measure is None:
        second = number(line, start) or second
    return Amount((first, second), (at, start), joiner)


def _one_number(line: Line, at: int, measure: Measure | None) -> Number | None:
    said = number(line, at, clipped=True)
    if said is None or not said.clipped:
        return said
    if measure is not None and measure.kind != "score":
        return said
    after = unit_at(line, said.end, spelled=True)
    if after and after[0].unit.kind in (UnitKind.METRIC, UnitKind.PLAIN):
        return said
    stops = not line.joined(said.end - 1) or line.low(said.end) in terms.functions() - {"to", "or", "over"}
    rate = line.low(said.end) in ("an", "per") and line.low(said.end + 1) == "hour"
    if rate and said.spelled and line.low(at - 1) == "at":
        return said  # "at one twenty five an hour"
    if stops and said.spelled and line.low(at - 1) in ("over", "above", "below", "under", "than"):
        return said  # "call if it is over one sixty"
    if line.low(said.end) in ("to", "or", "over", "percent") and line.joined(said.end - 1):
        return said if line.low(said.end) == "over" or _range_of_measures(line, said.end + 1) else number(line, at)
    return number(line, at)


def _range_of_measures(line: Line, at: int) -> bool:
    second = number(line, at, clipped=True)
    if second is None:
        return False
    after = unit_at(line, second.end, spelled=True)
    return after is not None and after[0].unit.kind in (UnitKind.METRIC, UnitKind.PLAIN)


def figure(
    found: Number, settings: DictationSettings, *, dose: bool = False, decimal: bool = False, exact: bool = False
) -> str:
    """A number in figures. `dose`: by ISMP's rules; `decimal`: never a fraction; `exact`: a trailing zero stays."""
    text = found.text
    if found.fraction is not None:
        if not decimal:
            return f"{text}-{found.fraction[0]}/{found.fraction[1]}"
        text = str(found.value.normalize())
    if "." in text and dose and not exact:
        text = text.rstrip("0").rstrip(".")
    commas = {"doses": 4 if dose else 5, "from 1,000": 4, "from 10,000": 5}[settings.thousands]
    return with_commas(text, commas) + (f" {found.scale}" if found.scale else "")


def written(
    line: Line,
    found: Amount,
    settings: DictationSettings,
    *,
    dose: bool = False,
    decimal: bool = False,
    exact: bool = False,
) -> list[Piece]:
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
    if before[:1] and before[0] in terms.cues("spans"):
        return low < high  # "follow up in two to three weeks"
    return low < high and not terms.cues("changes").intersection(before) and "scale" not in before[:3]
