"""Stages, grades, types, cranial nerves, leads, gravida and para.

Sources: AHDI Book of Style and AMA Manual of Style (Roman numerals for cancer stages and cranial nerves, Arabic for
grades and types), KDIGO and NPIAP (stage 3 chronic kidney disease, stage 2
pressure injury), NYHA (Roman classes).
"""

from __future__ import annotations

import re

from scribe.clinical import figures
from scribe.clinical.numbers import digits, number
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.atoms import Line, Piece
from scribe.dictation.rules import Match, Rule


def staged(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "stage three a lung cancer" as stage IIIA, of kidney disease as 3a, "class two" of NYHA as II."""
    low = line.low(at)
    if low not in ("stage", "class") or not line.joined(at):
        return None
    found = number(line, at + 1)
    if found is None or not found.text.isdecimal() or int(found.text) > 5 or found.fraction:
        return None
    end, letter = found.end, ""
    sub = line.low(end)
    if (
        line.joined(end - 1)
        and sub in ("a", "b", "c", "d")
        and not (
            sub == "a"
            and line.joined(end)
            and line.low(end + 1)
            not in terms.cues("cancer")
            | terms.cues("kidney")
            | {"disease", "chronic", "non-small", "squamous", "invasive", "non"}
        )
    ):
        letter, end = sub, end + 1
    if found.end == at + 2 and (merged := re.fullmatch(r"([1-4])([a-d])", line.low(at + 1))):
        letter = merged[2]
    near = {*line.before(at, 8), *line.after(end, 6)}
    roman = (
        bool(terms.cues("cancer") & near)
        and not terms.cues("kidney") & set(line.after(end, 3))
        and not {"ckd", "kidney"} & near
        if low == "stage"
        else bool(terms.cues("roman_class") & near)
    )
    if low == "stage" and letter and not terms.cues("kidney") & near:
        roman = True
    if low == "class" and not roman and line.low(at - 1) in ("the", "a", "first", "this", "that"):
        return None
    value = int(found.text)
    text = (figures.roman(value) if roman and value else found.text) + (letter.upper() if roman else letter)
    if (
        line.low(end) in ("to", "through", "or", "and")
        and (second := number(line, end + 1))
        and second.text.isdecimal()
        and 0 < int(second.text) < 6
        and not terms.find(terms.units(), line, second.end)
    ):
        other = figures.roman(int(second.text)) if roman else second.text
        word = line.low(end)
        if word == "to":
            return Match((Piece(line.core(at), at, at + 1), Piece(f"{text}-{other}", at + 1, second.end)))
        return Match(
            (
                Piece(line.core(at), at, at + 1),
                Piece(text, at + 1, end),
                Piece(word, end, end + 1),
                Piece(other, end + 1, second.end),
            )
        )
    return Match((Piece(line.core(at), at, at + 1), Piece(text, at + 1, end)))


def diabetes(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "Type II diabetes" as type 2 (AHDI)."""
    if line.low(at) != "type" or not line.open(at, at + 3) or line.core(at + 1) not in ("I", "II"):
        return None
    if line.low(at + 2) not in ("diabetes", "diabetic", "diabetics", "dm"):
        return None
    return Match((Piece(line.core(at), at, at + 1), Piece(str(len(line.core(at + 1))), at + 1, at + 2)))


def roman_types(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "bipolar two" as bipolar II, "Mobitz type two" as Mobitz type II."""
    if line.low(at) not in terms.cues("roman_types") or not line.joined(at):
        return None
    first = at + 1 + (line.low(at + 1) == "type")
    found = number(line, first)
    if found is None or found.text not in ("1", "2", "3", "4", "5") or not line.open(at, found.end):
        return None
    if terms.find(terms.units(), line, found.end):
        return None
    kept = tuple(Piece(line.core(n), n, n + 1) for n in range(at, first))
    return Match((*kept, Piece(figures.roman(int(found.text)), first, found.end)))


def typed(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "type two diabetes" as type 2, "grade three" as grade 3, "factor eight deficiency" as factor VIII."""
    low = line.low(at)
    if not line.joined(at):
        return None
    if low == "factor":
        found = number(line, at + 1)
        if (
            found
            and found.spelled
            and found.text in ("2", "5", "7", "8", "9", "10", "11", "12", "13")
            and line.joined(found.end - 1)
            and line.low(found.end) in terms.cues("factor")
        ):
            tail = ("Leiden",) if line.low(found.end) == "leiden" else ()
            pieces = [Piece(line.core(at), at, at + 1), Piece(figures.roman(int(found.text)), at + 1, found.end)]
            return Match((*pieces, *(Piece(word, found.end, found.end + 1) for word in tail)))
        return None
    counted = low == "day" and (terms.cues("day_cues").intersection(line.before(at, 1)) or line.low(at + 2) == "of")
    if (low not in terms.cues("arabic") and not counted) or (
        line.low(at + 1) == "one" and line.low(at + 2) in ("of", "or", "and") and low in ("step", "level")
    ):
        return None
    found = number(line, at + 1)
    if (
        found is None
        or not found.spelled
        or not found.text.isdecimal()
        or int(found.text) > 12
        or (terms.find(terms.units(), line, found.end) and line.low(found.end) != "second")
    ):
        return None
    if line.low(found.end) in ("over", "out", "slash", "percent", "point") and line.joined(found.end - 1):
        return None
    second = (
        number(line, found.end + 1)
        if line.low(found.end) in ("to", "or", "and") and line.joined(found.end - 1)
        else None
    )
    if (
        second
        and second.spelled
        and second.text.isdecimal()
        and int(second.text) <= 12
        and not terms.find(terms.units(), line, second.end)
        and line.low(second.end) not in ("over", "out")
    ):
        joiner = line.low(found.end)
        if joiner == "to":
            return Match((Piece(line.core(at), at, at + 1), Piece(f"{found.text}-{second.text}", at + 1, second.end)))
        return Match(
            (
                Piece(line.core(at), at, at + 1),
                Piece(found.text, at + 1, found.end),
                Piece(joiner, found.end, found.end + 1),
                Piece(second.text, found.end + 1, second.end),
            )
        )
    return Match((Piece(line.core(at), at, at + 1), Piece(found.text, at + 1, found.end)))


def _listed(line: Line, at: int, limit: int) -> list[tuple[int, int, int, str]]:
    """Numbers of a list: value, first atom, end, and the word before them ("", to, through, and, or)."""
    found: list[tuple[int, int, int, str]] = []
    joiner = ""
    while True:
        value = number(line, at)
        if value is None or not value.text.isdecimal() or not 1 <= int(value.text) <= limit or value.fraction:
            break
        found.append((int(value.text), at, value.end, joiner))
        at, joiner = value.end, ""
        if at >= len(line) or line.atoms[at - 1].ends_sentence:
            break
        if line.low(at) in ("to", "through", "thru", "and", "or") and line.joined(at):
            joiner, at = line.low(at), at + 1
        elif line.atoms[at - 1].tail not in ("", ","):
            break
    return found


def cranial_nerves(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "cranial nerves two through twelve" as cranial nerves II through XII."""
    if line.low(at) == "cn" and line.joined(at):
        short = _listed(line, at + 1, 12)
        return Match((Piece("CN", at, at + 1), *_numerals(line, short))) if short else None
    if line.low(at) != "cranial" or line.low(at + 1) not in ("nerve", "nerves") or not line.open(at, at + 3):
        return None
    found = _listed(line, at + 2, 12)
    if not found:
        return None
    return Match((Piece(line.core(at), at, at + 1), Piece(line.core(at + 1), at + 1, at + 2), *_numerals(line, found)))


def _numerals(line: Line, found: list[tuple[int, int, int, str]]) -> list[Piece]:
    pieces: list[Piece] = []
    for n, (value, first, end, joiner) in enumerate(found):
        mark = line.atoms[end - 1].tail if n < len(found) - 1 else ""
        text = figures.roman(value) + mark
        if joiner == "to":
            before = pieces.pop()
            pieces.append(Piece(f"{before.text}-{text}", before.first, end))
            continue
        if joiner:
            pieces.append(Piece(joiner, first - 1, first))
        pieces.append(Piece(text, first, end))
    return pieces


def leads(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "leads two three and a v f" as leads II, III, and aVF."""
    if line.low(at) not in ("lead", "leads") or not line.joined(at):
        return None
    found = _listed(line, at + 1, 3)
    if (
        not found
        or terms.find(terms.units(), line, found[-1][2])
        or (line.low(at) == "lead" and line.low(at + 1) in ("to",))
    ):
        return None
    after = found[-1][2]
    augmented = after + (line.low(after) == "and")
    if line.low(augmented) in ("avr", "avl", "avf") and line.open(after - 1, augmented + 1):
        pieces = [Piece(line.core(at), at, at + 1)]
        for value, first, end, _ in found:
            mark = "," if len(found) > 1 else ""
            pieces.append(Piece(figures.roman(value) + (line.atoms[end - 1].tail or mark), first, end))
        if augmented > after:
            pieces.append(Piece("and", after, augmented))
        return Match((*pieces, Piece("aV" + line.low(augmented)[-1].upper(), augmented, augmented + 1)))
    return Match((Piece(line.core(at), at, at + 1), *_numerals(line, found)))


def obstetric(line: Line, at: int, settings: DictationSettings) -> Match | None:
    """Writes "gravida three para two" as gravida 3, para 2; "para two zero one two" as para 2-0-1-2."""
    low = line.low(at)
    if low not in ("gravida", "para", "abortus", "ab") or not line.joined(at):
        return None
    said, end = digits(line, at + 1)
    found = number(line, at + 1)
    if low == "para" and len(said) == 4:
        return Match((Piece(line.core(at), at, at + 1), Piece("-".join(said), at + 1, end)))
    if found is None or not found.text.isdecimal() or int(found.text) > 30:
        return None
    text = found.text
    if line.joined(found.end - 1) and line.low(found.end) in ("para", "abortus", "ab", "living"):
        text += ","
    return Match((Piece(line.core(at), at, at + 1), Piece(text, at + 1, found.end)))


RULES: tuple[Rule, ...] = (cranial_nerves, staged, diabetes, roman_types, typed, leads, obstetric)
