"""Numbers in a row that share one noun: "two, five, and ten milligrams", "days two through five".

Source: AHDI Book of Style (numbers of a series are written alike: figures for all where one of them measures).
"""

from __future__ import annotations

from scribe.clinical.numbers import Number, is_number, number
from scribe.clinical.units import UnitKind
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.amounts import begins, figure, unit_at
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.rules import Match, Rule

LONGEST = 8  # numbers of one series


def shared_unit(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "two, five, and ten milligrams" as 2, 5, and 10 mg; "five and ten milligrams" as 5 and 10 mg."""
    if not begins(line, at) or line.low(at) in ("a", "an") or (at and is_number(line.low(at - 1))):
        return None
    if line.starts_sentence(at) and line.core(at)[:1].isupper():
        return None
    found: list[tuple[Number, int]] = []
    words: list[int] = []  # where "and" and "or" stand
    while len(found) < LONGEST:
        each = number(line, at, clipped=True)
        if each is None or each.fraction:
            return None
        found.append((each, at))
        at = each.end
        if words or at >= len(line) - 1 or line.atoms[at - 1].tail not in ("", ","):
            break
        if line.low(at) in ("and", "or") and line.joined(at):
            words.append(at)
            at += 1
        elif line.atoms[at - 1].tail != ",":
            return None
        if not begins(line, at):
            return None
    if not _is_series(line, found, words, at):
        return None
    pieces: list[Piece] = []
    for n, (each, first) in enumerate(found):
        if n == len(found) - 1:
            pieces.append(Piece(line.core(words[-1]), words[-1], first))
        mark = "," if line.atoms[each.end - 1].tail == "," and n < len(found) - 1 else ""
        pieces.append(Piece(figure(each, settings, dose=True, decimal=True) + mark, first, each.end))
    return Match(tuple(pieces))


def _is_series(line: Line, found: list[tuple[Number, int]], words: list[int], end: int) -> bool:
    """Whether numbers measure the same: a unit or percent stands behind the last, and a small number is no "one"."""
    if not words or len(found) < 2 or not any(each.spelled for each, _ in found):
        return False
    if "between" in line.before(found[0][1], 3) or (len(found) == 2 and line.atoms[found[0][0].end - 1].tail):
        return False
    unit = unit_at(line, end, spelled=True)
    percent = line.joined(end - 1) and line.low(end) in ("percent", "%")
    if unit is None:
        return percent
    measures = unit[0].unit.kind is UnitKind.METRIC or (unit[0].unit.kind is UnitKind.TIME and not unit[0].singular)
    return measures and (len(found) > 2 or found[0][0].text != "1" or unit[0].unit.kind is UnitKind.TIME)


def named(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "days two through five", "weeks six to eight", "grades two and three" in figures."""
    if line.low(at) not in terms.cues("numbered") or not line.joined(at):
        return None
    first = number(line, at + 1)
    if first is None or not first.text.isdecimal() or not line.open(first.end - 1, first.end + 2):
        return None
    joiner = line.low(first.end)
    second = number(line, first.end + 1) if joiner in ("to", "through", "and", "or", "thru") else None
    if second is None or not second.text.isdecimal() or terms.find(terms.units(), line, second.end):
        return None
    if not (first.spelled or second.spelled) or (line.joined(second.end - 1) and is_number(line.low(second.end))):
        return None
    name = Piece(line.core(at), at, at + 1)
    if joiner == "to" and first.value < second.value:
        return Match((name, Piece(f"{first.text}-{second.text}", at + 1, second.end)))
    word = Piece(line.core(first.end), first.end, first.end + 1)
    return Match((name, Piece(first.text, at + 1, first.end), word, Piece(second.text, first.end + 1, second.end)))


def counted(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "hospital day number five" as day number 5."""
    if line.low(at) != "number" or line.low(at - 1) not in terms.cues("counted") or not line.open(at, at + 2):
        return None
    found = number(line, at + 1)
    if found is None or not found.spelled or (line.joined(found.end - 1) and is_number(line.low(found.end))):
        return None
    return Match((Piece(line.core(at), at, at + 1), Piece(found.text, at + 1, found.end)))


RULES: tuple[Rule, ...] = (named, counted, shared_unit)
