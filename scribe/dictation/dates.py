"""Dates, years and times of day as they are written.

Sources: AHDI Book of Style (January 1, 2011; June 2010 without a comma; 5:30 a.m.; 0800 hours; figures with o'clock).
"""

from __future__ import annotations

import re

from scribe.clinical import times as spoken
from scribe.clinical.figures import ordinal_figures
from scribe.clinical.number_words import ONES
from scribe.clinical.numbers import Number, digits, is_number, number, ordinal
from scribe.clinical.times import YEARS_ALONE, year
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.rules import Match, Rule, one

MONTHS = {
    name: name.capitalize()
    for name in "january february march april may june july august september october november december".split()
} | {"jan": "Jan", "feb": "Feb", "aug": "Aug", "sept": "Sept", "oct": "Oct", "nov": "Nov", "dec": "Dec"}
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
VERBS = frozenset({"may", "march"})  # everyday words, too
HALVES = {"am": "a.m.", "pm": "p.m.", "a.m": "a.m.", "p.m": "p.m."}


def dates(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "june sixteenth two thousand ten" as June 16, 2010; "june two thousand ten"."""
    low = line.low(at)
    if low not in MONTHS:
        return None
    if not line.joined(at):
        if not line.core(at).islower() or (low in VERBS and not _is_month(line, at)):
            return None
        return one(MONTHS[low], at, at + 1)
    if (
        line.low(at + 1) == "of"
        and line.joined(at + 1)
        and (when := year(line, at + 2))
        and not _goes_on(line, when[1])
    ):
        name = MONTHS[low] if line.core(at).islower() else line.core(at)
        return Match((Piece(name, at, at + 1), Piece("of", at + 1, at + 2), Piece(str(when[0]), at + 2, when[1])))
    if (
        low in VERBS
        and not line.core(at)[0].isupper()
        and not _is_month(line, at)
        and ordinal(line, at + 1) is None
        and _dated(line, at + 1) is None
    ):
        return None
    month = MONTHS[low] if line.core(at).islower() else line.core(at)
    if (found := _day(line, at + 1, low)) is not None:
        day, end = found
        if (when := _dated(line, end)) is not None:
            return Match((Piece(month, at, at + 1), Piece(f"{day},", at + 1, end), Piece(str(when[0]), end, when[1])))
        if (second := _second_day(line, day, end)) is not None:
            word = Piece(line.core(end), end, end + 1)
            return Match((Piece(month, at, at + 1), Piece(str(day), at + 1, end), word, second))
        return Match((Piece(month, at, at + 1), Piece(str(day), at + 1, end)))
    if (only := year(line, at + 1)) is not None and not _goes_on(line, only[1]):
        return Match((Piece(month, at, at + 1), Piece(str(only[0]), at + 1, only[1])))
    bare = low not in VERBS or _is_month(line, at)
    return one(month, at, at + 1) if month != line.core(at) and bare else None


def weekdays(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "monday" as Monday."""
    low, core = line.low(at), line.core(at)
    return one(core.capitalize(), at, at + 1) if core.islower() and low.removesuffix("s") in WEEKDAYS else None


def _is_month(line: Line, at: int) -> bool:
    """Whether "may" or "march" behind "in", "since" and the like is the month."""
    cue = line.low(at - 1) in ("in", "since", "until", "early", "late", "mid", "between", "during", "last")
    return cue and line.joined(at - 1) and line.low(at + 1) not in ("be", "have", "not", "also", "or", "well", "need")


def _second_day(line: Line, day: int, end: int) -> Piece | None:
    """The second day of "june second and third"; not in "june second and third time"."""
    if line.low(end) not in ("and", "to", "through", "or") or not line.open(end - 1, end + 2):
        return None
    start = end + 1 + (line.low(end + 1) == "the")
    found = ordinal(line, start)
    if found is None or not day < found[0] <= 31:
        return None
    stops = not line.joined(found[1] - 1) or line.low(found[1]) in terms.functions()
    return Piece(str(found[0]), end + 1, found[1]) if stops else None


def _day(line: Line, at: int, month: str) -> tuple[int, int] | None:
    if line.low(at) == "the" and line.joined(at):
        at += 1
    if (found := ordinal(line, at)) is not None:
        return found if 1 <= found[0] <= 31 else None
    plain = number(line, at)
    if plain is None or not plain.text.isdecimal() or not 1 <= int(plain.text) <= 31 or plain.fraction:
        return None
    if year(line, at) is not None and not is_number(line.low(plain.end)):
        return None
    when = year(line, at)
    if when is not None and plain.text == "20" and not _dated(line, plain.end):
        return None  # "june twenty ten" is a year
    if plain.spelled and _goes_on(line, plain.end) and _dated(line, plain.end) is None:
        return None
    if month in VERBS and _dated(line, plain.end) is None and not line.core(at - 1)[0].isupper():
        return None
    return int(plain.text), plain.end


def _dated(line: Line, at: int) -> tuple[int, int] | None:
    """The year behind a day; a comma may stand between."""
    if not 0 < at < len(line) or line.atoms[at - 1].tail not in ("", ","):
        return None
    start = at + 1 if line.low(at) in ("of", "in") and line.low(at - 1) not in MONTHS else at
    found = year(line, start)
    return None if found is None or (_goes_on(line, found[1])) else found


def _goes_on(line: Line, at: int) -> bool:
    """Whether another number follows without a mark between."""
    return line.joined(at - 1) and is_number(line.low(at))


def day_of_month(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "the sixteenth of june" as the 16th of June; "the fourth of july" stays."""
    found = ordinal(line, at)
    if found is None or found[0] > 31 or not line.open(at, found[1] + 2) or line.low(found[1]) != "of":
        return None
    month = line.low(found[1] + 1)
    if month not in MONTHS or (found[0] == 4 and month == "july"):
        return None
    name = line.core(found[1] + 1)
    end = found[1]
    pieces = (
        Piece(ordinal_figures(found[0]), at, end),
        Piece("of", end, end + 1),
        Piece(MONTHS[month] if name.islower() else name, end + 1, end + 2),
    )
    return None if line.core(at) == pieces[0].text and name == pieces[2].text else Match(pieces)


def years(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "in twenty twenty four" as 2024; "nineteen eighty four" anywhere; "twenty twenty" by a word of time."""
    found = year(line, at) or _short_year(line, at)
    if (
        found is None
        or line.core(at).isdecimal()
        or _goes_on(line, found[1])
        or line.low(found[1]) in terms.cues("not_years")
    ):
        return None
    cue = terms.cues("year_cues").intersection(line.before(at, 1)) or MONTHS.keys() & set(line.before(at, 2))
    plain = line.low(at) == "twenty"
    if line.low(found[1]) == "over" or (at and is_number(line.low(at - 1)) and line.joined(at - 1)):
        return None
    if plain and not cue and found[0] not in YEARS_ALONE:
        return None
    if not plain and not cue and _unit_follows(line, found[1]):
        return None
    return one(str(found[0]), at, found[1])


def _short_year(line: Line, at: int) -> tuple[int, int] | None:
    """Reads "in oh six" as 2006."""
    digit = ONES.get(line.low(at + 1))
    if line.low(at) not in ("oh", "o") or digit is None or not line.joined(at):
        return None
    cue = line.low(at - 1) in ("in", "since", "until", "before", "after", "around", "circa", "summer", "fall", "spring")
    return (2000 + digit, at + 2) if cue and not _unit_follows(line, at + 2) else None


def slashed(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "born four twelve nineteen fifty six", "four slash twelve slash twenty ten" as 4/12/1956, 4/12/2010."""
    parts: list[int] = []
    end, slashes = at, 0
    while len(parts) < 2:
        found = number(line, end)
        if found is None or not found.text.isdecimal() or found.fraction or not line.joined(found.end - 1):
            return None
        parts.append(int(found.text))
        end = found.end
        if line.low(end) == "slash" and line.joined(end):
            end, slashes = end + 1, slashes + 1
    when = year(line, end)
    if when is None or not (1 <= parts[0] <= 12 and 1 <= parts[1] <= 31) or _unit_follows(line, when[1]):
        return None
    dated = line.low(at - 1) == "on" or terms.cues("dated").intersection(line.before(at, 5))
    if slashes == 2 or (not slashes and dated):
        return one(f"{parts[0]}/{parts[1]}/{when[0]}", at, when[1])
    return None


def _unit_follows(line: Line, at: int) -> bool:
    return line.joined(at - 1) and terms.find(terms.units(), line, at) is not None


def _half(line: Line, at: int) -> tuple[str, int] | None:
    low = line.low(at)
    if low in HALVES:
        return HALVES[low], at + 1
    if low in ("a", "p") and line.low(at + 1) == "m" and line.joined(at):
        return f"{low}.m.", at + 2
    return None


def _clock(line: Line, at: int) -> tuple[str, int] | None:
    """A time at an atom as it is written, and its end: "five thirty", "five oh five", "5:30", "5.30"."""
    found = spoken.clock(line, at)
    if found is None:
        return None
    hour, minutes, end = found
    return str(hour) if minutes is None else f"{hour}:{minutes:02d}", end


def times(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "five thirty p m" as 5:30 p.m.; "eight a m" as 8 a.m.; "oh eight hundred" as 0800."""
    low = line.low(at)
    if found := re.fullmatch(r"((?:[1-9]|1[0-2])(?:[:.][0-5]\d)?)([ap])m", low):
        return Match((Piece(found[1].replace(".", ":"), at, at + 1), Piece(f"{found[2]}.m.", at, at + 1)))
    clock = _clock(line, at)
    if clock is not None and line.joined(clock[1] - 1):
        text, end = clock
        if spanned := _span_of_time(line, at, text, end):
            return spanned
        if half := _half(line, end):
            written = (Piece(text, at, end), Piece(half[0], end, half[1]))
            same = end == at + 1 and line.core(at) == text and line.core(end).rstrip(".") == half[0].rstrip(".")
            return None if same else Match(written)
        if line.low(end) in ("o'clock", "oclock"):
            return Match((Piece(text, at, end), Piece("o'clock", end, end + 1)))
        if line.low(end) == "o" and line.low(end + 1) == "clock":
            return Match((Piece(text, at, end), Piece("o'clock", end, end + 2)))
        if _part_of_day(line, end) and (":" in text or _is_when(line, at)):
            return one(text, at, end) if text != line.core(at) else None
    if (
        clock is not None
        and ":" in clock[0]
        and clock[1] > at + 1
        and line.before(at, 1) == ["at"]
        and not _unit_follows(line, clock[1])
        and not _goes_on(line, clock[1])
    ):
        return _bare(line, at, clock)
    return _hundred_hours(line, at)


def _span_of_time(line: Line, at: int, text: str, end: int) -> Match | None:
    """Writes "between two and three p m"."""
    if line.low(end) not in ("to", "and", "or") or not line.joined(end) or not is_number(line.low(end + 1)):
        return None
    second = _clock(line, end + 1)
    half = _half(line, second[1]) if second and line.joined(second[1] - 1) else None
    if second is None or half is None:
        return None
    words = (Piece(text, at, end), Piece(line.core(end), end, end + 1), Piece(second[0], end + 1, second[1]))
    return Match((*words, Piece(half[0], second[1], half[1])))


def _bare(line: Line, at: int, clock: tuple[str, int]) -> Match | None:
    """Writes "at five thirty": a time where nothing measured comes before."""
    if terms.measure_before(line, at) or line.low(clock[1]) in (
        "a",
        "an",
        "per",
        "over",
        "percent",
        "point",
        "degrees",
        "and",
        "to",
    ):
        return None
    return one(clock[0], at, clock[1])


def _is_when(line: Line, at: int) -> bool:
    """Whether a word such as "at" stands before; "and two at night" needs another hour before it."""
    before = line.before(at, 1)
    if {"and", "or", "to"}.intersection(before):
        return bool({"at", "from", "between", "around"}.intersection(line.before(at, 5)))
    return bool(terms.cues("at").intersection(before))


def _part_of_day(line: Line, at: int) -> bool:
    words = line.after(at, 3)
    return (words[:2] == ["in", "the"] and words[2:] != [] and words[2] in terms.cues("parts_of_day")) or words[:2] == [
        "at",
        "night",
    ]


def _hundred_hours(line: Line, at: int) -> Match | None:
    if line.low(at) in ("oh", "zero", "o") and line.joined(at):
        said, end = digits(line, at + 1)
        if len(said) == 1 and line.low(end) == "hundred" and line.joined(end - 1):
            return one(f"0{said}00", at, end + 1)
        clock = _clock(line, at + 1)
        if (
            clock
            and re.fullmatch(r"\d:\d\d", clock[0])
            and (line.low(clock[1]) == "hours" or terms.cues("at").intersection(line.before(at, 1)))
        ):
            return one("0" + clock[0].replace(":", ""), at, clock[1])
    plain = number(line, at)
    if plain and plain.spelled and (clock := _hours_and_minutes(line, at, plain)):
        return one(clock[0], at, clock[1])
    if (
        plain
        and plain.spelled
        and plain.text.isdecimal()
        and line.low(plain.end - 1) == "hundred"
        and line.low(plain.end) == "hours"
        and line.joined(plain.end - 1)
    ):
        value = int(plain.text)
        if 1000 <= value <= 2400 and value % 100 == 0:
            return one(str(value), at, plain.end)
    return None


def _hours_and_minutes(line: Line, at: int, hour: Number) -> tuple[str, int] | None:
    """Reads "fourteen thirty hours", "at fourteen oh five" as 1430, 1405."""
    if not hour.text.isdecimal() or not 10 <= int(hour.text) <= 23 or not line.joined(hour.end - 1):
        return None
    said, end = digits(line, hour.end)
    minutes = number(line, hour.end)
    if len(said) != 2 or said[0] != "0":
        if minutes is None or not minutes.text.isdecimal() or not 10 <= int(minutes.text) <= 59 or minutes.fraction:
            return None
        said, end = minutes.text, minutes.end
    if line.low(end) == "hours" and line.joined(end - 1):
        return hour.text + said, end
    late = int(hour.text) >= 13 and line.low(at - 1) in ("at", "death")
    stops = not line.joined(end - 1) or line.low(end) in terms.functions()
    return (hour.text + said, end) if late and stops else None


RULES: tuple[Rule, ...] = (dates, slashed, day_of_month, times, years, weekdays)
