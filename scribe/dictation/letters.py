"""Letters said one by one, and abbreviations: "b i d", "A-1-C", "l four l five", "t two n one m zero".

Sources: the Joint Commission's "Do Not Use" list and ISMP's list of error-prone abbreviations (rows of
`do_not_use.yaml`); codes after the AHDI Book of Style (L4-L5, T2N1M0, G3P2, A1c, aVF).
"""

from __future__ import annotations

import re
from functools import cache

from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.numerals import DIGITS, ONES, TEENS, is_number, number
from scribe.dictation.rules import Doubt, Match, Rule, one
from scribe.types import FlagKind

SMALL = {**{word: str(value) for word, value in {**ONES, **TEENS}.items() if value <= 12}, "zero": "0", "oh": "0"}
LEVELS = {"c": 8, "t": 12, "l": 5, "s": 5}  # vertebrae, and nerve root C8
NEXT = {("c", 7): ("t", 1), ("t", 12): ("l", 1), ("l", 5): ("s", 1)}
TNM = re.compile(r"(p|c|yp|yc)?t(is|x|[0-4][a-d]?)n(x|[0-3][a-c]?)(?:m(x|[01][a-c]?))?")
GRAVIDA = re.compile(r"g(\d{1,2})p(\d{4}|\d{1,2})(?:a(b?)(\d{1,2}))?")
EVERY = re.compile(r"q(\d{1,2})(h|hr|hrs|d|w|wk|wks|min)?")
TOGETHER = re.compile(r"(\d[\d.,]*)(mgs?|mcg|ug|µg|μg|m[lL]|cc|kg|cm|mm|mEq|meq|IU|iu|[uU]nits?|[uU]|lbs?|g|kcal)")
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
VITAMINS = {"b": ("1", "2", "3", "5", "6", "7", "9", "12"), "d": ("2", "3"), "k": ("1", "2")}
ENGLISH = frozenset({"as", "ad", "im", "pr", "pc", "ac"})  # in plain lower case these are words, or may be
RUN = 8  # letters and figures of one code


def _tokens(line: Line, at: int) -> list[str]:
    """Letters and small numbers from an atom on, each as one token: t, two, n, one -> t 2 n 1."""
    found: list[str] = []
    while len(found) < 2 * RUN:
        low = line.low(at + len(found))
        token = SMALL.get(low) or (low if len(low) == 1 and low.isalnum() else "")
        if not token and re.fullmatch(r"\d{1,2}|[a-z]{1,3}\d{1,4}[a-z]?|is|sp|pa|fi|hb|fev|co", low):
            token = low
        if not token:
            break
        found.append(token)
        if not line.joined(at + len(found) - 1):
            break
    return found


def codes(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """TNM, gravida and para, A1c, SpO2 and the like: letters and figures that are written as one word."""
    low = line.low(at)
    if not low or len(low) > 8 or not low[0].isalpha() or (at and line.atoms[at].glue == "-"):
        return None
    tokens = _tokens(line, at)
    for length in range(len(tokens), 0, -1):
        text = "".join(tokens[:length])
        written = _code(text)
        if written and (length > 1 or written != line.core(at)) and not (length == 2 and text in ("o2", "po2")):
            return one(written, at, at + length, keep_case=True)
    return _oxygen(line, at, tokens)


@cache
def _code(text: str) -> str:
    if any(letter.isdecimal() for letter in text) and text in terms.spelled():
        return terms.spelled()[text]
    if re.fullmatch(r"g6pd|d(?:5|10|50)w", text):
        return text.upper()
    if found := TNM.fullmatch(text):
        prefix, tumor, node, metastasis = found.groups()
        parts = [("T", tumor), ("N", node), ("M", metastasis)]
        return (prefix or "") + "".join(name + ("X" if part == "x" else part) for name, part in parts if part)
    if found := GRAVIDA.fullmatch(text):
        gravida, para, _, abortus = found.groups()
        return f"G{gravida}P{para}" + (f"A{abortus}" if abortus else "")
    return ""


def _oxygen(line: Line, at: int, tokens: list[str]) -> Match | None:
    if tokens[:2] == ["o", "2"] and line.core(at) != "O2":
        beside = {*line.after(at + 2, 1), *line.before(at, 1)}
        if beside & {
            "sat",
            "sats",
            "saturation",
            "saturations",
            "requirement",
            "requirements",
            "home",
            "supplemental",
            "therapy",
            "level",
            "levels",
            "via",
        }:
            return one("O2", at, at + 2, keep_case=True)
    return None


def _level(line: Line, at: int) -> tuple[str, int, int] | None:
    """A vertebra at an atom: letter, number, end. "l four", "L4", "L-4"."""
    low = line.low(at)
    if found := re.fullmatch(r"([ctls])(\d{1,2})", low):
        letter, value, end = found[1], int(found[2]), at + 1
    elif low in LEVELS and line.joined(at) and re.fullmatch(r"\d{1,2}", SMALL.get(line.low(at + 1), line.low(at + 1))):
        after = SMALL.get(line.low(at + 1), line.low(at + 1))
        if _starts_unit(line, at + 2) or (at and line.joined(at - 1) and line.low(at - 1)[:1].isdecimal()):
            return None  # "37 L two", "c 5 mg"
        letter, value, end = low, int(after), at + 2
    else:
        return None
    return (letter, value, end) if 1 <= value <= LEVELS[letter] else None


def vertebrae(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "l four l five" as L4-L5, "c five to c seven" as C5-C7, "l four five" as L4-5, "t twelve" as T12."""
    if not line.low(at) or line.low(at)[0] not in LEVELS or line.atoms[at].glue == "-":
        return None
    first = _level(line, at)
    if first is None:
        return None
    letter, value, end = first
    text = f"{letter.upper()}{value}"
    if line.low(end) == "weighted" and letter == "t" and line.joined(end - 1):
        return one(f"{text}-weighted", at, end + 1, keep_case=True)
    follows = NEXT.get((letter, value), (letter, value + 1))
    joiner = line.joined(end - 1) and line.low(end) in ("to", "dash", "hyphen")
    second = _level(line, end + joiner) if line.joined(end - 1 + joiner) else None
    if second and line.atoms[end].glue == "-":
        written = f"{text}-{second[0].upper()}{second[1]}"
        return (
            one(written, at, second[2], keep_case=True) if line.core(at).islower() or line.core(end).islower() else None
        )
    ranged = (joiner and not {"from", "between"} & set(line.before(at, 1)) and line.low(end) == "to") or (
        joiner and line.low(end) != "to"
    )
    pair = not joiner and letter != "s" and second is not None and second[:2] == follows  # S1 S2 are heart sounds, too
    if second and line.atoms[end].glue != "-" and (ranged or pair):
        return one(f"{text}-{second[0].upper()}{second[1]}", at, second[2], keep_case=True)
    after = SMALL.get(line.low(end), line.low(end))
    if line.joined(end - 1) and after == str(value + 1) and letter in "cl" and not _measured(line, end + 1):
        return one(f"{text}-{after}", at, end + 1, keep_case=True)
    return one(text, at, end, keep_case=True) if end > at + 1 or line.core(at) != text else None


def _starts_unit(line: Line, at: int) -> bool:
    """Whether a unit in more than one letter, or a decimal point, stands at an atom."""
    if not line.joined(at - 1):
        return False
    long_unit = len(line.low(at)) > 1 and terms.find(terms.units(), line, at) is not None
    return long_unit or line.low(at) in ("point", "by", "over", "percent")


def _measured(line: Line, at: int) -> bool:
    """Whether what stands at an atom makes a measure or a longer number of the number before it."""
    if not line.joined(at - 1):
        return False
    return (
        terms.find(terms.units(), line, at) is not None
        or is_number(line.low(at))
        or line.low(at) in ("point", "by", "over", "percent")
    )


def lettered(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """V1 to V6 of an electrocardiogram, B12, D3, H2 blocker."""
    low, after = line.low(at), SMALL.get(line.low(at + 1), line.low(at + 1))
    if len(low) != 1 or not low.isalpha() or not line.joined(at) or not after.isdecimal():
        return None
    vitamin = after in VITAMINS.get(low, ()) and ("vitamin" in line.before(at, 2) or (low, after) == ("b", "12"))
    blocker = (
        low == "h"
        and after in "12"
        and line.low(at + 2) in ("blocker", "blockers", "antagonist", "receptor", "antihistamine")
    )
    saline = (
        low == "d" and after in ("5", "10") and line.low(at + 2) in ("half", "normal", "quarter", "lactated", "water")
    )
    if saline or vitamin or blocker or (low == "v" and after in tuple("123456")):
        return one(f"{low.upper()}{after}", at, at + 2, keep_case=True)
    return None


def every(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "q six hours", "q6h", "Q4-6H" as every 6 hours, every 4-6 hours."""
    low = line.low(at)
    if not low.startswith("q"):
        return None
    if found := EVERY.fullmatch(low):
        return _merged(line, at, found[1], found[2] or "")
    if low != "q" or not line.joined(at):
        return None
    first = number(line, at + 1)
    if first is None:
        merged = re.fullmatch(r"(\d{1,2})(h|hr|hrs|d|w|wk|wks|min)", line.low(at + 1))
        return _written_every(at, at + 2, merged[1], merged[2]) if merged else None
    end = first.end
    if line.low(end) in ("to", "or") or (end < len(line) and line.atoms[end].glue == "-"):
        second = number(line, end + (line.low(end) in ("to", "or")))
        end = second.end if second else end
    if line.low(end) not in SPANS or not line.joined(end - 1):
        return None
    span = SPANS[line.low(end)]
    if end == first.end and first.text == "1":
        span = span[:-1]
    middle = [Piece(line.core(n), n, n + 1, line.atoms[n].glue) for n in range(at + 1, end)]
    return Match((Piece("every", at, at + 1), *middle, Piece(span, end, end + 1)))


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
    found = TOGETHER.fullmatch(line.core(at))
    return Match((Piece(found[1], at, at + 1), Piece(found[2], at, at + 1))) if found else None


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
    if row.needs and not _near(line, at, end, row.needs):
        return None
    if row.said == "po":
        return _by_mouth(line, at, end)
    if row.kind == "bedtime":
        return {"at bedtime": "at bedtime", "nightly": "nightly", "qhs": "qhs"}[settings.bedtime]
    if row.kind == "frequency" and settings.frequencies == "latin" and said in ("bid", "tid", "qid", "prn"):
        return ".".join(said) + "."
    return row.written


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
    if low in ("sub", "subcu") and line.low(at + 1) in ("q", "cu") and line.joined(at):
        return one("subcut", at, at + 2)
    if len(low) < 2 or low not in terms.abbreviations():
        return one(low.upper(), at, at + 1, keep_case=True) if core == low and low in terms.acronyms() else None
    spoken = (
        core.isupper()
        or "." in core
        or low not in ("bid", "po", "ac", "pc", "sc", "sl", "pr", "im", "od", "os", "ou", "ad", "as", "au")
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
        if found.before and not (DIGITS.fullmatch(line.low(end)) or is_number(line.low(end))):
            return None
        row = found
    doubt = Doubt(FlagKind.DOSE, "abbreviation with more than one meaning", row.readings)
    return Match(end=end, doubt=doubt)


def run_of_letters(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Letters said one by one: "b i d", "p o", "c b c". All letters of the run must make sense, or none is touched."""
    if len(line.low(at)) != 1 or not line.low(at).isalpha():
        return None
    if at and line.joined(at - 1) and line.low(at - 1)[:1].isdecimal() and line.low(at) in "ugl":
        return None
    end = at + 1
    while line.joined(end - 1) and len(line.low(end)) == 1 and line.low(end).isalpha() and end - at < 4 * RUN:
        end += 1
    if end == at + 1:
        return None
    pieces = _segmented(line, at, end, settings)
    if pieces is None and line.joined(end - 1):
        pieces = _segmented(line, at, end - 1, settings)  # the last letter may belong to what follows: q four hours
        end -= bool(pieces)
    if not pieces:
        return Match(end=end)
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


RULES: tuple[Rule, ...] = (apart, every, codes, vertebrae, lettered, unclear, abbreviated, run_of_letters)
