"""Grades of strength, pressures told in decades, coma scores and ages that stand alone: 4+/5, 120s/70s, GCS 3T, 8.

Source: AHDI Book of Style (slash for "over" and "out of"; figures for ages).
"""

from __future__ import annotations

import re

from scribe.clinical.number_words import ONES
from scribe.clinical.numbers import is_number, number
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.rules import Match, Rule, one

DECADES = re.compile(r"\d{2,3}s")
TELLS_AGE = frozenset({"is", "was", "turned", "turns", "turning"})


def strength(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "four plus over five", "four minus out of five" as 4+/5, 4-/5."""
    if line.low(at + 1) not in ("plus", "minus") or not line.joined(at) or not is_number(line.low(at)):
        return None
    top = number(line, at)
    over = at + 3 if line.low(at + 2) in ("over", "slash") else at + 4 if line.says(at + 2, ("out", "of")) else 0
    if top is None or top.end != at + 1 or not over or not line.open(at, over + 1):
        return None
    bottom = number(line, over)
    if bottom is None or bottom.text not in ("4", "5") or not top.text.isdecimal() or int(top.text) > 5:
        return None
    sign = "+" if line.low(at + 1) == "plus" else "-"
    return one(f"{top.text}{sign}/{bottom.text}", at, bottom.end)


def pressures(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "120s over 70s" as 120s/70s."""
    low, second = line.low(at), line.low(at + 2)
    if line.low(at + 1) != "over" or not DECADES.fullmatch(low) or not DECADES.fullmatch(second):
        return None
    return one(f"{low}/{second}", at, at + 3) if line.open(at, at + 3) else None


def intubated(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "GCS three t" as GCS 3T: the score of a person with a tube."""
    if not {"gcs", "glasgow"} & set(line.before(at, 6)) or line.low(at + 1) != "t" or not line.joined(at):
        return None
    found = number(line, at)
    if found is None or found.end != at + 1 or found.text not in map(str, range(2, 12)):
        return None
    return one(f"{found.text}T", at, at + 2)


def plain_age(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "my son is eight" as 8 where the sentence or its part ends."""
    if line.low(at - 1) not in TELLS_AGE or not {line.low(at - 2)} & terms.cues("persons"):
        return None
    found = number(line, at)
    if found is None or not found.spelled or not found.text.isdecimal() or found.text in ("0", "1"):
        return None
    stops = not line.joined(found.end - 1) or line.low(found.end) in ("and", "years", "now")
    return one(found.text, at, found.end) if stops and line.open(at - 2, found.end) else None


def leads(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "twelve lead EKG" as 12-lead EKG."""
    if not is_number(line.low(at)):
        return None
    found = number(line, at)
    if found is None or line.low(found.end) != "lead" or not line.open(at, found.end + 2):
        return None
    if line.low(found.end + 1) not in ("ekg", "ecg", "electrocardiogram", "tracing", "monitor", "holter", "telemetry"):
        return None
    if line.atoms[found.end].glue == "-" and not found.spelled:
        return None
    return Match((Piece(f"{found.text}-lead", at, found.end + 1),))


def below_zero(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "T score of minus two point five" as -2.5."""
    if line.low(at) not in ("minus", "negative") or not terms.cues("signed").intersection(line.before(at, 4)):
        return None
    found = number(line, at + 1) if line.joined(at) else None
    return None if found is None or found.fraction else one(f"-{found.text}", at, found.end)


def percent_range(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "90 to 94%" as 90-94%; not where something changed from one to the other."""
    low, second = line.low(at), line.low(at + 2)
    if line.low(at + 1) != "to" or not low.isdecimal() or not second.endswith("%") or not line.open(at, at + 3):
        return None
    if not second[:-1].isdecimal() or int(low) >= int(second[:-1]) or (at and line.atoms[at].glue == "-"):
        return None
    if terms.cues("changes").intersection(line.before(at, 5)):
        return None
    return one(f"{low}-{second}", at, at + 3)


def short_temperature(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "temperature ninety eight six" as 98.6: behind the whole degrees one digit can only be tenths."""
    whole = number(line, at, clipped=True) if is_number(line.low(at)) else None
    if whole is None or not whole.text.isdecimal() or not line.joined(whole.end - 1):
        return None
    measure = terms.measure_before(line, at)
    tenths = ONES.get(line.low(whole.end))
    if measure is None or measure.name != "temperature" or tenths is None or not 94 <= int(whole.text) <= 107:
        return None
    ends = not line.joined(whole.end) or line.low(whole.end + 1) in terms.functions() | {"degrees", "fahrenheit"}
    return one(f"{whole.text}.{tenths}", at, whole.end + 1) if ends else None


RULES: tuple[Rule, ...] = (
    strength,
    pressures,
    intubated,
    plain_age,
    leads,
    below_zero,
    percent_range,
    short_temperature,
)
