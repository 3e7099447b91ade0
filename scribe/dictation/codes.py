"""Letters and figures that are written as one word: "l four l five", "t two n one m zero", "a one c", "g three p two".

Sources: AHDI Book of Style (L4-L5, T12, G3P2, A1c, aVF, V1); AJCC (T2N1M0).
"""

from __future__ import annotations

import re
from functools import cache

from scribe.clinical.number_words import BELOW_HUNDRED
from scribe.clinical.numbers import is_number, number
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.atoms import Line
from scribe.dictation.rules import Match, Rule, one

SMALL = {**{word: str(value) for word, value in BELOW_HUNDRED.items() if value <= 12}, "oh": "0"}
LEVELS = {"c": 8, "t": 12, "l": 5, "s": 5}  # vertebrae, and nerve root C8
NEXT = {("c", 7): ("t", 1), ("t", 12): ("l", 1), ("l", 5): ("s", 1)}
TNM = re.compile(r"(p|c|yp|yc)?t(is|x|[0-4][a-d]?)(p|c)?n(x|[0-3][a-c]?)(?:m(x|[01][a-c]?))?")
GRAVIDA = re.compile(r"g(\d{1,2})p(\d{4}|\d{1,2})(?:a(b?)(\d{1,2}))?")
VITAMINS = {"b": ("1", "2", "3", "5", "6", "7", "9", "12"), "d": ("2", "3"), "k": ("1", "2")}
NAMED = frozenset({"vitamin", "vitamins", "hepatitis", "hep", "group", "plan", "type", "omega", "influenza", "class"})
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
        if (
            written
            and (length > 1 or written != line.core(at))
            and not (text == "o2" and length == 2)
            and not (text == "po2" and length > 1 and _measured(line, at + length))
        ):
            return one(written, at, at + length, keep_case=True)
    return _oxygen(line, at, tokens)


@cache
def _code(text: str) -> str:
    if any(letter.isdecimal() for letter in text) and text in terms.spelled():
        return terms.spelled()[text]
    if re.fullmatch(r"g6pd|d(?:5|10|50)w", text):
        return text.upper()
    if found := TNM.fullmatch(text):
        prefix, tumor, again, node, metastasis = found.groups()
        parts = [("T", tumor), (f"{again or ''}N", node), ("M", metastasis)]
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
        before = line.low(at - 1) if at and line.joined(at - 1) else ""
        if not _stands_alone(line, at + 1) or before[:1].isdecimal() or before in NAMED:
            return None  # "37 L two", "c 5 mg", "vitamin c five hundred milligrams"
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


def _stands_alone(line: Line, at: int) -> bool:
    """Whether the small number at an atom is whole and measures nothing: not "five hundred", not "one gram"."""
    found = number(line, at)
    if found is None or found.end != at + 1:
        return False
    if not line.joined(at):
        return True
    after = line.low(at + 1)
    unit = terms.find(terms.units(), line, at + 1)
    measures = unit is not None and (len(after) > 1 or not is_number(line.low(at + 2)))
    return not measures and after not in ("point", "by", "over", "percent", "%")


def _measured(line: Line, at: int) -> bool:
    """Whether what stands at an atom makes a measure or a longer number of the number before it."""
    if not line.joined(at - 1):
        return False
    return (
        terms.find(terms.units(), line, at) is not None
        or is_number(line.low(at))
        or line.low(at) in ("point", "by", "over", "percent")
    )


def covid(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "covid nineteen" as COVID-19."""
    if line.low(at) != "covid" or line.low(at + 1) not in ("nineteen", "19") or not line.joined(at):
        return None
    return one("COVID-19", at, at + 2, keep_case=True) if line.atoms[at + 1].glue == " " else None


def lettered(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """V1 to V6 of an electrocardiogram, B12, D3, H2 blocker."""
    low, after = line.low(at), SMALL.get(line.low(at + 1), line.low(at + 1))
    if low == "d" and after in ("fifty", "50") and {"amp", "amps", "ampule", "push"} & set(line.before(at, 3)):
        return one("D50", at, at + 2, keep_case=True) if line.joined(at) and line.atoms[at + 1].glue == " " else None
    if len(low) != 1 or not low.isalpha() or not line.joined(at) or not after.isdecimal():
        return None
    vitamin = after in VITAMINS.get(low, ()) and ("vitamin" in line.before(at, 2) or (low, after) == ("b", "12"))
    blocker = (
        low == "h"
        and after in "12"
        and line.low(at + 2) in ("blocker", "blockers", "antagonist", "receptor", "antihistamine")
    )
    saline = (
        low == "d"
        and after in ("5", "10")
        and line.low(at + 2) in ("half", "normal", "quarter", "lactated", "water", "at", "drip", "infusion", "in")
    )
    if not _stands_alone(line, at + 1):
        return None
    if saline or vitamin or blocker or (low == "v" and after in tuple("123456")):
        return one(f"{low.upper()}{after}", at, at + 2, keep_case=True)
    return None


def scores(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "PHQ nine" as PHQ-9, "curb sixty five" as CURB-65."""
    low = line.low(at)
    if low not in ("phq", "gad", "curb", "sf", "ca") or not line.joined(at) or line.atoms[at + 1].glue == "-":
        return None
    found = number(line, at + 1, clipped=True)
    if low == "ca" and line.says(at + 1, ("nineteen", "nine")):
        return one("CA 19-9", at, at + 3, keep_case=True)
    if found is None or f"{low}-{found.text}" not in terms.cues("hyphened_scores"):
        return None
    return one(f"{low.upper()}-{found.text}", at, found.end, keep_case=True)


def vitamin(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "vitamin d" as vitamin D."""
    low = line.low(at)
    if line.low(at - 1) != "vitamin" or not line.joined(at - 1) or low not in tuple("abcdek") or line.core(at) != low:
        return None
    article = low == "a" and line.joined(at) and line.low(at + 1) not in terms.functions() | {"deficiency"}
    return None if article else one(low.upper(), at, at + 1, keep_case=True)


RULES: tuple[Rule, ...] = (codes, vertebrae, covid, lettered, scores, vitamin)
