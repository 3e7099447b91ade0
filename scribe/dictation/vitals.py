"""Vital signs, scores and signs of the examination: 152/88, 7/10, 2+, x3, 20/40, 5 feet 9 inches.

Sources: AHDI Book of Style (slash for "over" and "out of", 2+ edema, x3 for times three), Dragon formatting (122/80).
"""

from __future__ import annotations

import re

from scribe.clinical.numbers import Number, is_number, number
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.amounts import begins
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.rules import Match, one


def _side(line: Line, at: int) -> Number | None:
    found = number(line, at, clipped=True)
    return found if found and found.fraction is None and not found.scale else None


def _sides(line: Line, at: int) -> tuple[list[Number], int] | None:
    """A number, or two with "to" between them, and the end."""
    first = _side(line, at)
    if first is None:
        return None
    if line.low(first.end) == "to" and line.joined(first.end - 1) and line.joined(first.end):
        second = _side(line, first.end + 1)
        if second and second.value > first.value:
            return [first, second], second.end
    return [first], first.end


def over(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "one fifty two over eighty eight" as 152/88; so beside strength, murmur and vision."""
    if not begins(line, at) or line.low(at) in ("a", "an"):
        return None
    tops = _sides(line, at)
    if tops is None:
        return None
    between = tops[1]
    slash = between < len(line) and line.atoms[between].glue == "/"
    if not slash and (line.low(between) not in ("over", "slash", "/") or not line.joined(between)):
        return None
    if not line.joined(between - 1):
        return None
    if line.low(between + 1) in terms.cues("palpated") and line.joined(between):
        return one(f"{tops[0][-1].text}/{line.low(between + 1)}", at, between + 2) if len(tops[0]) == 1 else None
    bottoms = _sides(line, between if slash else between + 1)
    if bottoms and len(bottoms[0]) == 2 and line.low(bottoms[1]) in ("over", "slash"):
        bottoms = bottoms[0][:1], bottoms[0][0].end  # "110 over 60 to 140 over 90": two pressures
    if bottoms is None or (line.joined(bottoms[1] - 1) and is_number(line.low(bottoms[1]))):
        return None
    top, bottom = tops[0][-1], bottoms[0][-1]
    if not (slash or line.low(between) in ("slash", "/") or _belongs(line, at, bottoms[1], top, bottom)):
        return None
    text = "-".join(each.text for each in tops[0]) + "/" + "-".join(each.text for each in bottoms[0])
    return one(text, at, bottoms[1])


def _belongs(line: Line, at: int, end: int, top: Number, bottom: Number) -> bool:
    """Whether "over" between two numbers is a slash."""
    words = {*line.before(at, 8), *line.after(end, 5)}
    if {"pressure", "pressures", "bp", "bps"} & set(line.before(at, 10)) and top.value >= 30:
        return True
    if 50 <= top.value <= 300 and 20 <= bottom.value <= 180 and top.value > bottom.value:
        return line.low(end) not in ("years", "days", "hours", "minutes", "months", "weeks", "dollars")
    if bottom.value in (5, 4) and top.value <= bottom.value:
        return bool(terms.cues("strength") & words)
    if bottom.value == 6 and top.value <= 6:
        return bool(terms.cues("murmur") & words)
    if bottom.value == 10 and top.value <= 10:
        return bool(terms.cues("out_of") & words)
    return top.value == 20 and bottom.value >= 10 and bool(terms.cues("vision") & words or bottom.value % 5 == 0)


def out_of(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "seven out of ten" as 7/10 for pain, strength, murmurs and scores; not "nine out of ten patients"."""
    if not begins(line, at) or line.low(at) in ("a", "an"):
        return None
    tops = _sides(line, at)
    if (
        tops is None
        or not line.says(tops[1], ("out", "of"))
        or not line.joined(tops[1] - 1)
        or not line.joined(tops[1] + 1)
    ):
        return None
    bottom = _side(line, tops[1] + 2)
    if bottom is None or (line.joined(bottom.end - 1) and is_number(line.low(bottom.end))):
        return None
    top = tops[0][-1]
    near = {*line.before(at, 8), *line.after(bottom.end, 4)}
    after = line.low(bottom.end) if line.joined(bottom.end - 1) else ""
    scored = (
        bool((terms.cues("out_of") | terms.cues("strength") | terms.cues("murmur")) & near)
        or (bottom.text == "4" and bool(terms.cues("plus") & near))
        or terms.measure_before(line, at) is not None
    )
    if top.value > bottom.value:
        return Match(end=bottom.end)
    if bottom.text not in ("10", "5", "6", "15", "30", "4", "27", "21", "100", "12", "8"):
        return None
    if after in (
        "times",
        "people",
        "patients",
        "days",
        "women",
        "men",
        "doctors",
        "visits",
        "nights",
        "cases",
        "children",
        "kids",
        "weeks",
        "would",
        "of",
        "samples",
        "specimens",
        "stools",
    ):
        return Match(end=bottom.end)
    if not scored and bottom.text != "10":
        return None
    return one("-".join(each.text for each in tops[0]) + f"/{bottom.text}", at, bottom.end)


def plus(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "plus two edema", "two plus reflexes" as 2+; "plus two station" as +2 station."""
    low = line.low(at)
    if low in ("plus", "minus"):
        found = number(line, at + 1) if line.joined(at) else None
        if found is None or not found.text.isdecimal() or int(found.text) > 5:
            return None
        if "station" in line.before(at, 3) or line.low(found.end) == "station":
            return one(("+" if low == "plus" else "-") + found.text, at, found.end)
        if (
            low == "plus"
            and int(found.text) <= 4
            and line.low(at - 1) not in ("or",)
            and not is_number(line.low(at - 1))
            and terms.cues("plus").intersection(line.after(found.end, 4))
        ):
            return one(f"{found.text}+", at, found.end)
        return None
    if not begins(line, at):
        return None
    tops = _sides(line, at) or ([], at)
    if line.low(tops[1]) != "plus":
        first = number(line, at)
        if first is None or not line.says(first.end, ("plus", "to")):
            return None
        second = number(line, first.end + 2)
        if second is None or line.low(second.end) != "plus" or int(second.value) > 4:
            return None
        return one(f"{first.text}+ to {second.text}+", at, second.end + 1) if _signs(line, at, second.end + 1) else None
    end = tops[1] + 1
    if not line.joined(end - 2) or any(not each.text.isdecimal() or int(each.text) > 4 for each in tops[0]):
        return None
    if (line.joined(end - 1) and is_number(line.low(end))) or not _signs(line, at, end):
        return None
    return one("-".join(each.text for each in tops[0]) + "+", at, end)


def _signs(line: Line, at: int, end: int) -> bool:
    return bool(
        terms.cues("plus").intersection(line.before(at, 6)) or terms.cues("plus").intersection(line.after(end, 5))
    )


def times(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "oriented times three" as oriented x3."""
    if line.low(at) not in ("times", "x") or not line.joined(at) or (at and not line.joined(at - 1)):
        return None
    if (
        line.low(at - 1) in terms.cues("not_times_after")
        or is_number(line.low(at - 1))
        or line.low(at - 1)[:1].isdecimal()
    ):
        return None
    found = number(line, at + 1)
    if (
        found is None
        or not found.text.isdecimal()
        or int(found.text) > 100
        or (line.joined(found.end - 1) and is_number(line.low(found.end)))
    ):
        return None
    return one(f"x{found.text}", at, found.end)


def vision(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "twenty forty in the left eye" as 20/40."""
    if line.low(at) not in ("twenty", "20") or not line.joined(at):
        return None
    bottom = number(line, at + 1)
    if bottom is None or bottom.text not in (
        "10",
        "13",
        "15",
        "16",
        "20",
        "25",
        "30",
        "40",
        "50",
        "60",
        "70",
        "80",
        "100",
        "125",
        "150",
        "200",
        "400",
    ):
        return None
    near = {*line.before(at, 7), *line.after(bottom.end, 4)}
    return (
        one(f"20/{bottom.text}", at, bottom.end)
        if terms.cues("vision") & near and line.low(bottom.end) != "hindsight"
        else None
    )


def height(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "five foot nine", "five feet nine inches" as 5 feet 9 inches."""
    if marks := re.fullmatch(r"([2-7])'(\d|1[01])\"", line.low(at)):
        return one(f"{marks[1]} feet {marks[2]} {'inch' if marks[2] == '1' else 'inches'}", at, at + 1)
    if not begins(line, at):
        return None
    feet = number(line, at)
    if (
        feet is None
        or feet.text not in ("2", "3", "4", "5", "6", "7")
        or line.low(feet.end) not in terms.cues("height")
        or not line.open(feet.end - 1, feet.end + 2)
    ):
        return None
    inches = number(line, feet.end + 1)
    if inches is None or inches.value >= 12 or (inches.end < len(line) and line.atoms[inches.end].glue == "-"):
        return None
    end = inches.end
    if line.joined(end - 1) and line.low(end) in ("inch", "inches"):
        end += 1
    elif line.joined(end - 1) and (is_number(line.low(end)) or terms.find(terms.units(), line, end)):
        return None
    text = f"{inches.text}{'-' + str(inches.fraction[0]) + '/' + str(inches.fraction[1]) if inches.fraction else ''}"
    noun = "inch" if text == "1" else "inches"
    return Match(
        (
            Piece(feet.text, at, feet.end),
            Piece("feet", feet.end, feet.end + 1),
            Piece(text, feet.end + 1, inches.end),
            Piece(noun, end - 1, end),
        )
    )
