"""Written reports as a clinician says them: "20 mg b.i.d." becomes "twenty milligrams B I D".

Only what a dictation needs; a figure whose sense is not plain is said digit by digit or as a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

TO_NINE = "zero one two three four five six seven eight nine"
TO_NINETEEN = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
BY_TEN = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
ONES = tuple(f"{TO_NINE} {TO_NINETEEN}".split())
TENS = tuple(BY_TEN.split())
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
ABBREVIATIONS = Path(__file__).with_name("abbreviations.tsv")  # written, spoken
MARKS = {".": "period", ",": "comma", ":": "colon", ";": "semicolon", "?": "question mark"}
PRESSURE = (60, 260)  # mmHg: the first of two figures with a slash that is a blood pressure
YEARS = (1900, 2099)


def cardinal(number: int) -> str:
    """0 to 999,999 in words."""
    if number < 20:
        return ONES[number]
    if number < 100:
        rest = number % 10
        return TENS[number // 10] + (f" {ONES[rest]}" if rest else "")
    if number < 1000:
        rest = number % 100
        return f"{ONES[number // 100]} hundred" + (f" {cardinal(rest)}" if rest else "")
    rest = number % 1000
    return f"{cardinal(number // 1000)} thousand" + (f" {cardinal(rest)}" if rest else "")


def ordinal(number: int) -> str:
    """1 to 999,999 as "first", "twenty second"."""
    *head, last = cardinal(number).split()
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return " ".join([*head, ORDINALS.get(last, regular)])


def pairs(number: int) -> str:
    """Three or four digits as pressures and years are said: "one fifty two", "one oh five", "nineteen eighty four"."""
    head, rest = divmod(number, 100)
    if not head:
        return cardinal(number)
    if not rest:
        return f"{cardinal(head)} hundred"
    return f"{cardinal(head)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def year(number: int) -> str:
    """Two thousand eight, twenty fourteen, nineteen eighty four."""
    return cardinal(number) if 2000 <= number < 2010 else pairs(number)


def decimal(figure: str) -> str:
    """A figure with or without a decimal point or commas: "0.05" is "zero point zero five"."""
    whole, _, fraction = figure.replace(",", "").partition(".")
    said = cardinal(int(whole)) if whole and int(whole) < 1_000_000 else " ".join(ONES[int(d)] for d in whole)
    return f"{said or 'zero'} point {' '.join(ONES[int(digit)] for digit in fraction)}" if fraction else said


def spoken(text: str) -> str:
    """One line of a report in words. Sentence marks stay, for the voice to pause at."""
    text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("\N{EN DASH}", "-").replace("\N{BULLET}", " ")
    text = re.sub(r"(?:^|(?<=[.:])[\s,]+)\d+\.\s+(?=[A-Z])", " ", text)  # the number of a list
    text = _SHOUTED.sub(lambda words: words[0].capitalize(), text)
    for pattern, replacement in _ABBREVIATIONS:
        text = pattern.sub(replacement, text)
    for figure, say in _FIGURES:
        text = figure.sub(say, text)
    text = re.sub(r"[^\w\s.,:;?'-]", " ", text).replace("_", " ")
    text = re.sub(r"\s+-+\s+|--+", ", ", text)
    text = re.sub(r"\s+([.,:;?])", r"\1", text)
    text = re.sub(r"([.,:;?])(?:\s*[.,:;?])+", r"\1", text)
    return " ".join(text.split())


def with_spoken_marks(text: str) -> str:
    """The line as dictated: every mark is said, and stays for the voice to pause at."""
    return re.sub(r"([.,:;?])(?=\s|$)", lambda mark: f" {MARKS[mark[1]]}{'.' if mark[1] == '.' else ','}", text)


def sentences(text: str) -> list[str]:
    """The sentences of spoken text, each short enough for every voice (30 words)."""
    found: list[str] = []
    for sentence in re.split(r"(?<=[.?])\s+(?=[A-Z])", text):
        words = sentence.split()
        while len(words) > 30:
            cut = next((at for at in range(30, 10, -1) if words[at - 1][-1] in ",;:"), 30)
            found.append(" ".join(words[:cut]))
            words = words[cut:]
        found.append(" ".join(words))
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def _table(path: Path) -> list[tuple[re.Pattern[str], str]]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(re.compile(pattern), replacement) for pattern, replacement in rows]


def _slash(found: re.Match[str]) -> str:
    first, second = int(found[1]), int(found[2])
    if PRESSURE[0] <= first <= PRESSURE[1] and second >= 30:
        return f"{pairs(first)} over {pairs(second)}"
    if second <= 10:
        return f"{cardinal(first)} out of {cardinal(second)}"
    return f"{cardinal(first)} slash {cardinal(second)}"


def _date(found: re.Match[str]) -> str:
    month, day = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return found[0]
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(_full_year(found[3]))}"


def _month(found: re.Match[str]) -> str:
    month = int(found[1])
    return f"{MONTHS[month - 1]} {year(int(found[2]))}" if 1 <= month <= 12 else found[0]


def _full_year(digits: str) -> int:
    short = int(digits)
    return short if short >= 100 else short + (2000 if short < 30 else 1900)


def _named_date(found: re.Match[str]) -> str:
    after = f", {year(int(found[3]))}" if found[3] else ""
    return f"{found[1]} {ordinal(int(found[2]))}{after}"


def _time(found: re.Match[str]) -> str:
    minutes = int(found[2])
    if not minutes:
        return f"{cardinal(int(found[1]))} o'clock"
    return f"{cardinal(int(found[1]))} {'oh ' if minutes < 10 else ''}{cardinal(minutes)}"


def _whole(found: re.Match[str]) -> str:
    figure = found[0]
    if re.fullmatch(r"\d{4}", figure) and YEARS[0] <= int(figure) <= YEARS[1]:
        return year(int(figure))
    return decimal(figure)


_SHOUTED = re.compile(r"\b[A-Z]{2,}(?:[ /-][A-Z]+)*(?=\s*(?::|$))|\b[A-Z]+(?: [A-Z]+){2,}\b")  # headings, mostly
_NAMED = "|".join(MONTHS)
_FIGURES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b"), _date),
    (re.compile(r"\b(\d{1,2})/((?:19|20)\d\d)\b"), _month),
    (re.compile(rf"\b({_NAMED}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?\b"), _named_date),
    (re.compile(r"\b(\d{1,3})/(\d{1,3})\b"), _slash),
    (re.compile(r"\b(\d{1,2}):(\d\d)\b"), _time),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b"), lambda found: ordinal(int(found[1]))),
    (re.compile(r"(?<=\d)\s*[xX]\s*(?=\d)"), lambda _: " by "),
    (re.compile(r"(?<=\d)\s*-\s*(?=\d)"), lambda _: " to "),
    (re.compile(r"\b([A-Z])(\d{1,2})\b"), lambda found: f"{found[1]} {cardinal(int(found[2]))}"),
    (re.compile(r"(?<=\d)-(?=[A-Za-z])|(?<=[A-Za-z])-(?=\d)"), lambda _: " "),
    (re.compile(r"(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)"), lambda _: " "),
    (re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+"), _whole),
)
_ABBREVIATIONS = _table(ABBREVIATIONS)
