"""Ages, fractions and dimensions as they are written.

Source: AHDI Book of Style (62-year-old; 1/2 tablet, but decimals with metric units; 2 x 3 cm, 2 x 2-mm as a modifier).
"""

from __future__ import annotations

import re
from decimal import Decimal

from scribe.clinical.number_words import ONES, PARTS
from scribe.clinical.numbers import is_number, number
from scribe.clinical.units import UnitKind
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.amounts import amount, begins, figure, unit_at
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.quantities import modifies
from scribe.dictation.rules import Match, one
from scribe.dictation.terms import Spoken

WRITTEN = frozenset({2, 3, 4, 7, 8})  # parts of a whole that are written in figures


def two_ages(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "five and seven year old siblings" as 5- and 7-year-old siblings."""
    first = number(line, at) if is_number(line.low(at)) else None
    if first is None or line.low(first.end) != "and" or not line.open(first.end - 1, first.end + 2):
        return None
    second = number(line, first.end + 1)
    if second is None or not second.text.isdecimal() or not first.text.isdecimal() or first.value >= second.value:
        return None
    end = second.end
    if (
        line.low(end) not in terms.cues("ages")
        or line.low(end + 1) not in ("old", "olds")
        or not line.open(at, end + 2)
    ):
        return None
    low = "-".join((second.text, line.low(end), line.low(end + 1)))
    middle = Piece("and", first.end, first.end + 1)
    return Match((Piece(f"{first.text}-", at, first.end), middle, Piece(low, first.end + 1, end + 2)))


def ages(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "sixty two year old" as 62-year-old; "two to three year old" as 2- to 3-year-old."""
    if not begins(line, at):
        return None
    found = amount(line, at, None)
    if found is None or not line.joined(found.end - 1) or found.numbers[-1].clipped:
        return None
    span, old = line.low(found.end), line.low(found.end + 1)
    if span not in terms.cues("ages") or not line.joined(found.end) or old not in ("old", "olds"):
        return None
    if at and is_number(line.low(at - 1)) and line.joined(at - 1):
        return None
    texts = [figure(each, settings) for each in found.numbers]
    tail = f"-{span}-{old}"
    if len(texts) == 2:
        return one(f"{texts[0]}- {found.joiner} {texts[1]}{tail}", at, found.end + 2)
    return one(texts[0] + tail, at, found.end + 2)


def fractions(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "one half tablet" as 1/2 tablet, "half a milligram" as 0.5 mg; without a unit it stays in words."""
    low = line.low(at)
    if low == "half" and line.low(at + 1) in ("a", "of") and line.joined(at):
        start = at + 2 + (line.low(at + 1) == "of" and line.low(at + 2) == "a")
        unit = unit_at(line, start, spelled=True)
        if (
            unit
            and unit[0].unit.kind is UnitKind.METRIC
            and unit[0].unit.dose
            and unit[0].singular
            and line.low(start) != "unit"
        ):
            return Match((Piece("0.5", at, start), Piece(unit[0].unit.written, start, unit[1])))
        return None
    if match := _part_of_unit(line, at):
        return match
    top, part = ONES.get(low, 0), line.low(at + 1)
    if (
        top
        and PARTS.get(part) in WRITTEN
        and line.low(at + 2) == "of"
        and line.open(at, at + 3)
        and (top > 1) == part.endswith("s")
    ) and line.atoms[at + 1].glue == " ":
        return one(f"{line.core(at)}-{part}", at, at + 2)
    if not top or PARTS.get(part) not in WRITTEN or not line.open(at, at + 3) or (top == 1) == part.endswith("s"):
        return None
    bottom = PARTS[part]
    unit = unit_at(line, at + 2, spelled=True)
    if unit is None or top >= bottom or (part == "third" and unit[0].unit.kind is UnitKind.TIME):
        return None
    kind = unit[0].unit.kind
    if kind is UnitKind.METRIC and bottom != 3:
        value = str((Decimal(top) / Decimal(bottom)).normalize())
        return Match((Piece(value, at, at + 2), Piece(unit[0].unit.written, at + 2, unit[1])))
    if kind in (UnitKind.PLAIN, UnitKind.FORM):
        return one(f"{top}/{bottom}", at, at + 2)
    return None


def _part_of_unit(line: Line, at: int) -> Match | None:
    """Writes "a quarter milligram" as 0.25 mg, "a half centimeter lesion" as a 0.5-cm lesion."""
    start = at + (line.low(at) == "a" and line.joined(at))
    value = {"half": "0.5", "quarter": "0.25"}.get(line.low(start), "")
    unit = unit_at(line, start + 1, spelled=True) if value else None
    if unit is None or unit[0].unit.kind is not UnitKind.METRIC or not unit[0].singular:
        return None
    name, end = unit[0].unit.written, unit[1]
    if name == "unit" or (at and (is_number(line.low(at - 1)) or line.low(at - 1) in ("and", "one"))):
        return None
    if modifies(line, end, UnitKind.METRIC):
        article = (Piece(line.core(at), at, start),) if start > at else ()
        return Match((*article, Piece(f"{value}-{name}", start, end)))
    return Match((Piece(value, at, start + 1), Piece(name, start + 1, end)))


def dimensions(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "two by three centimeters" as 2 x 3 cm, "four by four gauze" as 4 x 4 gauze."""
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(?:x(\d+(?:\.\d+)?))?", line.low(at)):
        text = " x ".join(part for part in found.groups() if part)
        return one(text, at, at + 1) if unit_at(line, at + 1, spelled=False) else None
    if not begins(line, at):
        return None
    pieces: list[Piece] = []
    start = at
    unit: tuple[Spoken, int] | None = None
    while len(pieces) < 12:
        side = number(line, start)
        if side is None:
            return None
        pieces.append(Piece(figure(side, settings, decimal=True, exact=True), start, side.end))
        end = side.end
        unit = unit_at(line, end, side.spelled)
        if unit and unit[0].unit.dose:
            return None  # "325 mg x 1"
        by = unit[1] if unit and unit[0].unit.kind in (UnitKind.METRIC, UnitKind.PLAIN) else end
        if (
            line.low(by) not in ("by", "x")
            or not line.joined(by - 1)
            or not line.joined(by)
            or not begins(line, by + 1)
        ):
            break
        if unit and by != end:
            pieces.append(Piece(unit[0].unit.written or line.core(end), end, by))
        pieces.append(Piece("x", by, by + 1))
        start = by + 1
    if not any(piece.text == "x" for piece in pieces):
        return None
    if unit is None:
        return Match(tuple(pieces)) if line.low(end) in terms.cues("gauze") else Match(end=end)
    if unit[0].unit.kind not in (UnitKind.METRIC, UnitKind.PLAIN):
        return Match(end=end)
    name = unit[0].unit.written or line.core(end)
    if unit[0].singular and modifies(line, unit[1], unit[0].unit.kind):
        last = pieces[-1]
        return Match((*pieces[:-1], Piece(f"{last.text}-{name}", last.first, unit[1])))
    glue = "-" if line.atoms[end].glue == "-" and not is_number(line.low(end)) else " "
    return Match((*pieces, Piece(name, end, unit[1], glue)))
