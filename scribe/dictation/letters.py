"""Abbreviations, and letters said one by one: "b i d", "Q4-6H", "p o", "c b c", D/C.

Sources: the Joint Commission's "Do Not Use" list and ISMP's list of error-prone abbreviations, as rows of
`do_not_use.yaml`.
"""

from __future__ import annotations

import re

from scribe.clinical.numbers import FIGURES, is_number, number
from scribe.config import DictationSettings
from scribe.dictation import codes, terms
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.rules import Doubt, Match, Rule, one
from scribe.types import FlagKind

EVERY = re.compile(r"q(\d{1,2})(h|hr|hrs|d|w|wk|wks|min)?")
RUN_ON = re.compile(r"([A-Za-z]{5,})(\d+(?:\.\d+)?)(mg|mcg|mL)?")  # Tegretol300 mg (ISMP)
TOGETHER = re.compile(r"(\d[\d.,]*)(mgs?|mcg|ug|µg|μg|m[lL]|cc|kg|cm|mm|mEq|meq|IU|iu|[uU]nits?|[uU]|lbs?|g|L|kcal)")
SPANS = {
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "hour": "hours",
    "hours": "hours",
    "d": "days",
    "day": "days",
    "days": "days",
    "w": "weeks",
    "wk": "weeks",
    "wks": "weeks",
    "week": "weeks",
    "weeks": "weeks",
    "month": "months",
    "months": "months",
    "min": "minutes",
    "minute": "minutes",
    "minutes": "minutes",
}
RATE_PARTS = {part: part for part in ("mg", "mcg", "g", "kg", "ng", "units", "min", "hour", "day", "mmol")} | {
    "cc": "mL",
    "ml": "mL",
    "ug": "mcg",
    "hr": "hour",
    "h": "hour",
    "u": "units",
    "l": "L",
    "dl": "dL",
    "meq": "mEq",
}
Q_WORDS = {
    "day": "qd",
    "daily": "qd",
    "night": "qnight",
    "nightly": "qnight",
    "am": "qam",
    "pm": "qpm",
    "hs": "qhs",
    "week": "qweek",
    "weekly": "qweek",
    "month": "qmonth",
    "monthly": "qmonth",
    "hour": "qhour",
    "shift": "qshift",
    "hour's": "qhour",
}
BARE_HOURS = frozenset({"2", "4", "6", "8", "12", "24"})  # "q 8" is every 8 hours
HOURS = frozenset(map(str, range(1, 13)))
LONGEST_RUN = 32  # letters said one by one
ENGLISH = frozenset({"in", "as", "ad", "im", "pr", "pc", "ac"})  # in plain lower case these are words, or may be


def every(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "q six hours", "q6h", "Q4-6H" as every 6 hours, every 4-6 hours."""
    low = line.low(at)
    if not low.startswith("q"):
        return None
    low = low.replace(".", "")
    if found := EVERY.fullmatch(low):
        return _merged(line, at, found[1], found[2] or "")
    if found := re.fullmatch(r"q(1[0-2]|[1-9])([ap])m", low):
        return Match(
            (Piece("daily", at, at + 1), Piece("at", at, at + 1), *_clock_hour(at, at + 1, found[1], found[2]))
        )
    if low != "q" or not line.joined(at):
        return None
    if hour := _at_hour(line, at + 1):
        return Match((Piece("daily", at, at + 1), Piece("at", at, at + 1), *hour))
    first = number(line, at + 1)
    if first is None:
        merged = re.fullmatch(r"(\d{1,2})(h|hr|hrs|d|w|wk|wks|min)", line.low(at + 1))
        return _written_every(at, at + 2, merged[1], merged[2]) if merged else None
    end = first.end
    if line.low(end) in ("to", "or") or (end < len(line) and line.atoms[end].glue == "-"):
        second = number(line, end + (line.low(end) in ("to", "or")))
        end = second.end if second else end
    if line.low(end) not in SPANS or not line.joined(end - 1):
        hours = end == first.end and first.text in BARE_HOURS and _near(line, at, end, "dose") and _stops(line, end)
        return _written_every(at, end, first.text, "h") if hours else None
    span = SPANS[line.low(end)]
    if end == first.end and first.text == "1":
        span = span[:-1]
    middle = [Piece(line.core(n), n, n + 1, line.atoms[n].glue) for n in range(at + 1, end)]
    return Match((Piece("every", at, at + 1), *middle, Piece(span, end, end + 1)))


def _stops(line: Line, end: int) -> bool:
    """Whether nothing that counts follows: "q eight", "q 8 prn"."""
    return not line.joined(end - 1) or line.low(end) in terms.functions()


def _clock_hour(first: int, end: int, hour: str, half: str) -> tuple[Piece, Piece]:
    return Piece(hour, first, end), Piece(f"{half}.m.", first, end)


def _at_hour(line: Line, at: int) -> tuple[Piece, Piece] | None:
    """The hour of "q six p m", "q 6 PM" (ISMP: daily at 6 p.m.)."""
    hour = number(line, at)
    if hour is None or hour.text not in HOURS or not line.joined(hour.end - 1):
        return None
    low = line.low(hour.end)
    if low in ("am", "pm"):
        return _clock_hour(at, hour.end + 1, hour.text, low[0])
    apart = low in ("a", "p") and line.low(hour.end + 1) == "m" and line.joined(hour.end)
    return _clock_hour(at, hour.end + 2, hour.text, low) if apart else None


def _merged(line: Line, at: int, text: str, span: str) -> Match | None:
    if span:
        return _written_every(at, at + 1, text, span)
    after = line.low(at + 1)
    joined = line.joined(at)
    if (
        joined
        and (found := re.fullmatch(r"(\d{1,2})(h|hr|hrs|d|w|wk|wks|min)", after))
        and line.atoms[at + 1].glue == "-"
    ):
        return _written_every(at, at + 2, f"{text}-{found[1]}", found[2])
    if joined and after in SPANS:
        return _written_every(at, at + 2, text, after)
    return None


def _written_every(at: int, end: int, text: str, span: str) -> Match:
    unit = SPANS[span] if text != "1" else SPANS[span][:-1]
    return Match((Piece("every", at, end), Piece(text, at, end), Piece(unit, at, end)))


def apart(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "5mg", "10U" as 5 mg, 10 U (ISMP: a space between dose and unit)."""
    core = line.core(at)
    if found := RUN_ON.fullmatch(core):
        unit = terms.find(terms.units(), line, at + 1) if line.joined(at) else None
        if found[3] or (unit and unit[0].unit.dose):
            pieces = [Piece(part, at, at + 1) for part in found.groups() if part]
            return Match(tuple(pieces), keep_case=True)
    if line.low(at) == "mmhg" and core != "mm Hg":
        return Match((Piece("mm", at, at + 1), Piece("Hg", at, at + 1)), keep_case=True)
    if "/" in core and (rate := _rate(line, at)):
        return one(rate, at, at + 1, keep_case=True)
    found = TOGETHER.fullmatch(core)
    return Match((Piece(found[1], at, at + 1), Piece(found[2], at, at + 1))) if found else None


def _rate(line: Line, at: int) -> str | None:
    """Writes "cc/hr" behind a number as mL/hour."""
    if not at or not line.joined(at - 1) or not FIGURES.fullmatch(line.low(at - 1)):
        return None
    parts = [RATE_PARTS.get(part) for part in line.low(at).split("/")]
    text = "/".join(part for part in parts if part)
    return text if all(parts) and text != line.core(at) else None


def _near(line: Line, at: int, end: int, kind: str) -> bool:
    before, after = line.before(at, 8), line.after(end, 6)
    if terms.near(kind).intersection(before) or terms.near(kind).intersection(after):
        return True
    return kind == "dose" and any(is_number(low) or low[:1].isdecimal() for low in before[:4])


def _expanded(line: Line, at: int, end: int, said: str, spoken: bool, settings: DictationSettings) -> str | None:
    """What an abbreviation is written as here; None where it stays."""
    row = terms.abbreviations().get(said)
    if row is None or (row.word and not spoken and (said in ENGLISH or not _near(line, at, end, "dose"))):
        return None
    if said == "pr" and line.low(end) in ("interval", "intervals", "segment", "prolongation", "depression"):
        return None
    if said == "as" and line.low(end) in (
        "needed",
        "directed",
        "well",
        "tolerated",
        "prescribed",
        "instructed",
        "a",
        "the",
    ):
        return None
    if said in ("sq", "sc") and line.low(end) in ("cm", "centimeter", "centimeters", "m", "meters", "feet", "inches"):
        return None
    if said == "in" and not _after_dose(line, at):
        return None
    if row.needs and not _near(line, at, end, row.needs):
        return None
    if row.said == "po":
        return _by_mouth(line, at, end)
    if row.kind == "bedtime":
        return {"at bedtime": "at bedtime", "nightly": "nightly", "qhs": "qhs"}[settings.bedtime]
    if row.kind == "frequency" and settings.frequencies == "latin" and said in ("bid", "tid", "qid", "prn"):
        return ".".join(said) + "."
    return row.written


def _after_dose(line: Line, at: int) -> bool:
    """Whether IN stands behind a unit, in a line that is not all capitals."""
    mixed = any(atom.core.islower() and len(atom.core) > 2 for atom in line.atoms)
    return (
        mixed and line.joined(at - 1) and line.low(at - 1) in ("mg", "mcg", "ml", "milligrams", "micrograms", "units")
    )


def _by_mouth(line: Line, at: int, end: int) -> str | None:
    if line.low(end) in terms.oral() and line.joined(end - 1):
        return "oral"
    return "PO" if terms.cues("tolerates").intersection(line.before(at, 1)) else "by mouth"


def abbreviated(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """One atom, or "sub q" and "q day": an abbreviation in full."""
    low, core = line.low(at), line.core(at)
    if low == "q" and line.joined(at) and line.low(at + 1) in Q_WORDS:
        text = _expanded(line, at, at + 2, Q_WORDS[line.low(at + 1)], True, settings)
        return one(text, at, at + 2) if text else None
    if (
        low == "q"
        and line.open(at, at + 3)
        and line.low(at + 1) == "other"
        and line.low(at + 2) in ("day", "week", "month", "hour")
    ):
        return one("every", at, at + 1)
    if low == "q" and line.low(at + 1).endswith("day") and line.joined(at) and len(line.low(at + 1)) > 5:
        return one("every", at, at + 1)
    if low == "per" and line.low(at + 1) == "os" and line.joined(at):
        return one("by mouth", at, at + 2)
    if low in ("sub", "subcu") and line.low(at + 1) in ("q", "cu") and line.joined(at):
        return one("subcut", at, at + 2)
    if len(low) < 2 or low not in terms.abbreviations():
        return one(low.upper(), at, at + 1, keep_case=True) if core == low and low in terms.acronyms() else None
    spoken = (
        core.isupper()
        or "." in core
        or low not in ("in", "bid", "po", "ac", "pc", "sc", "sl", "pr", "im", "od", "os", "ou", "ad", "as", "au")
    )
    text = _expanded(line, at, at + 1, low, spoken, settings)
    return None if text is None or text == core else one(text, at, at + 1)


def unclear(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Abbreviations of more than one meaning stay, and are flagged."""
    low, core = line.low(at), line.core(at)
    end = at + 1
    if low == "d" and line.joined(at) and line.low(at + 1) in ("c", "c'd", "slash"):
        slash = line.low(at + 1) == "slash"
        if slash and line.low(at + 2) not in ("c", "c'd"):
            return None
        row, end = terms.ambiguous()["d/c"], at + 2 + slash
        if (len(line.low(end)) == 1 and line.joined(end - 1)) or (
            at and len(line.low(at - 1)) == 1 and line.joined(at - 1)
        ):
            return None
    else:
        found = terms.ambiguous().get(low)
        if found is None or found.letters or (found.word and not core.isupper()):
            return None
        if found.before and not (FIGURES.fullmatch(line.low(end)) or is_number(line.low(end))):
            return None
        if found.needs and not _near(line, at, end, found.needs):
            return None
        row = found
    doubt = Doubt(FlagKind.DOSE, "abbreviation with more than one meaning", row.readings)
    return Match(end=end, doubt=doubt)


def pair(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "h and h" as H and H."""
    first, second = line.low(at), line.low(at + 2)
    if line.low(at + 1) != "and" or (first, second) not in terms.pairs() or not line.open(at, at + 3):
        return None
    if not (line.core(at).islower() and line.core(at + 2).islower()):
        return None
    pieces = (Piece(first.upper(), at, at + 1), Piece("and", at + 1, at + 2), Piece(second.upper(), at + 2, at + 3))
    return Match(pieces, keep_case=True)


def run_of_letters(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Letters said one by one: "b i d", "p o", "c b c". All letters of the run must make sense, or none is touched."""
    if len(line.low(at)) != 1 or not line.low(at).isalpha():
        return None
    if at and line.joined(at - 1) and line.low(at - 1)[:1].isdecimal() and line.low(at) in "ugl":
        return None
    end = at + 1
    while line.joined(end - 1) and len(line.low(end)) == 1 and line.low(end).isalpha() and end - at < LONGEST_RUN:
        end += 1
    if end == at + 1:
        return None
    pieces = _segmented(line, at, end, settings)
    if pieces is None and line.joined(end - 1):
        pieces = _segmented(line, at, end - 1, settings)  # the last letter may belong to what follows: q four hours
        end -= bool(pieces)
    if not pieces:
        code = line.joined(end - 1) and is_number(line.low(end))  # the last letter may begin "c five"
        return Match(end=end - code) if end - code > at else None
    return Match(tuple(pieces), keep_case=not pieces[0].text[:1].islower())


def _segmented(line: Line, at: int, end: int, settings: DictationSettings) -> list[Piece] | None:
    if at == end:
        return []
    for length in range(min(6, end - at), 1, -1):
        said = "".join(line.low(n) for n in range(at, at + length))
        text = _expanded(line, at, at + length, said, True, settings) or terms.spelled().get(said)
        if text and (rest := _segmented(line, at + length, end, settings)) is not None:
            return [Piece(text, at, at + length), *rest]
    if line.low(at) in ("a", "i") and (rest := _segmented(line, at + 1, end, settings)):
        return [Piece(line.core(at), at, at + 1), *rest]
    return None


RULES: tuple[Rule, ...] = (apart, every, *codes.RULES, unclear, abbreviated, pair, run_of_letters)
