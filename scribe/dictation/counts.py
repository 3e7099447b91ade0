"""Numbers that are no plain amounts: ordinals, decades, digits one by one, ratios, suture sizes, strengths, degrees.

Sources: AHDI Book of Style and AMA Manual of Style (first to ninth in words, 10th in figures; 3:1; 2-0 sutures).
"""

from __future__ import annotations

import re

from scribe.clinical.figures import ordinal_figures, said_forms, with_commas
from scribe.clinical.number_words import DECADES
from scribe.clinical.numbers import FIGURES, digits, is_number, number, ordinal
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.rules import Match, Rule, one


def decades(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "in her sixties" as 60s, "low nineties" as 90s, "in the one forties" as 140s."""
    low = line.low(at)
    if low == "nineteen" and line.joined(at) and DECADES.get(line.low(at + 1), 10) > 10:
        return one(f"{1900 + DECADES[line.low(at + 1)]}s", at, at + 2)
    if low == "two" and line.says(at, ("two", "thousands")) and line.low(at - 1) in terms.cues("decade_cues") | {"the"}:
        return one("2000s", at, at + 2)
    hundred = low == "one" and line.joined(at)
    word = line.low(at + 1) if hundred else low
    if hundred and word == "teens" and line.low(at - 1) in terms.cues("decade_cues") | {"the"}:
        return one("110s", at, at + 2)
    if DECADES.get(word, 10) == 10:
        return None
    before = line.before(at, 2)
    second = before[:1] in (["and"], ["to"], ["or"], ["over"]) and bool(
        re.fullmatch(r"(?:\w+ties|\d+0s)", line.low(at - 2))
    )
    running = second or (before == ["the", "in"] and terms.measure_before(line, at - 2) is not None)
    if (
        not hundred
        and not running
        and not terms.cues("decade_cues").intersection(before[:1])
        and terms.measure_before(line, at) is None
    ):
        return None
    value = DECADES[word] + (100 if hundred else 0)
    return one(f"{value}s", at, at + 2 if hundred else at + 1)


def ordinals(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "twelfth rib" as 12th; first to ninth stay in words, but "fifth percentile" is 5th."""
    found = ordinal(line, at)
    if found is None or line.core(at)[:1].isdecimal():
        return None
    value, end = found
    if at and line.joined(at - 1) and (is_number(line.low(at - 1)) or line.low(at - 1) in ("one", "a")) and value >= 10:
        return None
    if line.low(end) in ("percentile", "percentiles", "%ile") and line.joined(end - 1):
        return one(ordinal_figures(value), at, end)
    if value < settings.figures_from or (value == 22 and line.low(end) in terms.cues("seconds")):
        return Match(end=end) if end > at + 1 else None
    if line.starts_sentence(at) and line.core(at)[:1].isupper():
        return None
    return one(ordinal_figures(value), at, end)


def digit_strings(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Digits said one by one: a telephone number, a record number, a room."""
    if not (is_number(line.low(at)) or line.low(at) in ("oh", "o")):
        return None
    said, end = digits(line, at)
    if len(said) < 3 or all(line.core(n).isdecimal() for n in range(at, end)):
        return None
    if line.joined(end - 1) and (
        is_number(line.low(end)) or line.low(end) in ("point", "percent") or terms.find(terms.units(), line, end)
    ):
        return None
    if len(said) == 7 and (terms.cues("phone").intersection(line.before(at, 4))):
        return one(f"{said[:3]}-{said[3:]}", at, end)
    if len(said) == 10:
        return one(f"{said[:3]}-{said[3:6]}-{said[6:]}", at, end)
    if len(said) == 11 and said[0] == "1":
        return one(f"1-{said[1:4]}-{said[4:7]}-{said[7:]}", at, end)
    return one(said, at, end) if terms.cues("phone").intersection(line.before(at, 4)) or said == "911" else None


def sutures(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "three oh vicryl" as 3-0 vicryl."""
    found = number(line, at) if is_number(line.low(at)) else None
    if (
        found is None
        or not found.text.isdecimal()
        or int(found.text) > 11
        or not line.joined(found.end - 1)
        or line.low(found.end) not in ("oh", "zero", "o", "0")
    ):
        return None
    if (
        line.joined(found.end)
        and line.low(found.end + 1) in terms.cues("sutures")
        and line.atoms[found.end].glue == " "
    ):
        return one(f"{found.text}-0", at, found.end + 1)
    return None


def combinations(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "Norco five three twenty five" as 5/325: the strengths of a product of two drugs."""
    if not is_number(line.low(at)) or not line.joined(at - 1):
        return None
    for strength in terms.combined(line.low(at - 1)):
        first, second = (said_forms(part) for part in strength.split("/"))
        for end in (at + len(words) for words in first if line.says(at, words)):
            start = end + (line.low(end) in ("slash", "dash", "over"))
            for stop in (start + len(words) for words in second if line.joined(end - 1) and line.says(start, words)):
                if not (line.joined(stop - 1) and line.low(stop) in ("unit", "units")):
                    return one(strength, at, stop)
    return None


def ratios(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "a ratio of three to one" as 3:1, "epinephrine one to one thousand" as 1:1,000."""
    if not is_number(line.low(at)):
        return None
    first = number(line, at)
    if first is None or line.low(first.end) != "to" or not line.open(first.end - 1, first.end + 2):
        return None
    second = number(line, first.end + 1, clipped=True)
    if second is None or (line.joined(second.end - 1) and terms.find(terms.units(), line, second.end)):
        return None
    after = line.low(second.end) if line.joined(second.end - 1) else ""
    if not (terms.cues("ratio").intersection(line.before(at, 3)) or after in ("ratio", "dilution", "solution")):
        return None
    return one(f"{first.text}:{with_commas(second.text, 4)}", at, second.end)


def gleason(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "Gleason three plus four equals seven" as 3 + 4 = 7."""
    if not is_number(line.low(at)) or "gleason" not in line.before(at, 5):
        return None
    first = number(line, at)
    if first is None or line.low(first.end) != "plus":
        return None
    second = number(line, first.end + 1)
    if second is None:
        return None
    pieces = [
        Piece(first.text, at, first.end),
        Piece("+", first.end, first.end + 1),
        Piece(second.text, first.end + 1, second.end),
    ]
    if line.low(second.end) in ("equals", "equal") and (total := number(line, second.end + 1)):
        pieces += [Piece("=", second.end, second.end + 1), Piece(total.text, second.end + 1, total.end)]
    return Match(tuple(pieces))


def degrees(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "degrees fahrenheit" as degrees Fahrenheit, or with the setting as a symbol."""
    low = line.low(at)
    if at and line.joined(at - 1) and FIGURES.fullmatch(line.low(at - 1)):
        scale = {"fahrenheit": "Fahrenheit", "celsius": "Celsius", "f": "F", "c": "C"}.get(low)
        measure = terms.measure_before(line, at - 1) if scale else None
        if scale and scale != line.core(at) and (len(low) > 1 or (measure and measure.name == "temperature")):
            return one(scale, at, at + 1, keep_case=True)
    if low != "degrees" or not line.joined(at):
        return None
    scale = {"fahrenheit": "Fahrenheit", "celsius": "Celsius", "centigrade": "Celsius", "f": "F", "c": "C"}.get(
        line.low(at + 1)
    )
    if scale is None:
        return None
    if settings.temperature == "symbol":
        return one(f"°{scale[0]}", at, at + 2, keep_case=True)
    if line.core(at + 1) == scale:
        return None
    return Match((Piece("degrees", at, at + 1), Piece(scale, at + 1, at + 2)))


RULES: tuple[Rule, ...] = (decades, sutures, combinations, ratios, gleason, digit_strings)
