"""A condition in a pregnancy is a code of chapter 15 first, with its trimester and the weeks (guideline I.C.15.a)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scribe.clinical.number_words import small
from scribe.clinical.numbers import Words, ordinal
from scribe.clinical.stated import values
from scribe.coding import rules
from scribe.coding.reading import Line
from scribe.coding.rules import Proposal
from scribe.coding.status import table
from scribe.plugins import CodeSystem
from scribe.types import Assertion, SectionKind, Span

WEEKS = re.compile(
    rf"\b({small()})(?:\s?w(?:k|ks)?\b|[ -]weeks?\b)(?:,? (?:and )?\d ?d(?:ays?)?)?[ -]*"
    r"(?:pregnant|gestation(?:al)?|along|ega|iup|intrauterine|of pregnancy)"
    r"|\b(?:pregnan(?:t|cy)|gestation(?:al age)?|iup|intrauterine pregnancy|ega)(?:,? (?:at|of|is|currently|now))* "
    rf"({small()})(?:\s?w(?:k|ks)?\b|[ -]weeks?\b)",
    re.IGNORECASE,
)
AT_WEEKS = re.compile(rf"\bat ({small()})(?:\s?w(?:k|ks)?\b|[ -]weeks?\b)", re.IGNORECASE)
TRIMESTER = re.compile(r"\b(first|second|third|1st|2nd|3rd)[ -]trimester\b", re.IGNORECASE)
SECOND, THIRD = 14, 28  # completed weeks from which a trimester counts (I.C.15.a.3)
TERM = 42
ABORTIVE = ("O00", "O01", "O02", "O03", "O04", "O07", "O08")
ROUTINE = ("Z34", "Z33.1")
NOT_HERS = (SectionKind.FAMILY, SectionKind.PAST_MEDICAL, SectionKind.SURGICAL)


def first(proposals: Sequence[Proposal], lines: Sequence[Line], system: CodeSystem) -> list[Proposal]:
    """The proposals as chapter 15 has them; unchanged where the note names no current pregnancy."""
    hers = [line for line in lines if line.kind not in NOT_HERS]
    said = any(map(_says_pregnant, hers))
    chapter = [item for item in proposals if item.code[0] == "O" or item.code.startswith(ROUTINE)]
    if not said and not chapter:
        return list(proposals)
    trimester, weeks = _dating(hers, plain=any(item.code[0] == "O" for item in chapter))
    found = [made for item in proposals for made in _chaptered(item, trimester, pregnant=bool(said or chapter))]
    found = [_in_trimester(item, trimester, system) for item in found if system.is_billable(item.code)]
    complicated = any(item.code[0] == "O" for item in found)
    if complicated:
        found = [item for item in found if not item.code.startswith(ROUTINE)]
    counted = [item for item in found if item.code.startswith("Z34") or (item.code[0] == "O" and not _abortive(item))]
    if weeks is not None and counted:
        found.append(_weeks(*weeks))
    return found


def _abortive(item: Proposal) -> bool:
    return item.code.startswith(ABORTIVE)


def _says_pregnant(line: Line) -> bool:
    pattern = re.compile(rf"\b(?:{table()['pregnant']})\b", re.IGNORECASE)
    spans = (Span(*found.span()) for found in pattern.finditer(line.text))
    return any(line.claims(span).assertion is Assertion.PRESENT for span in spans)


def _dating(lines: Sequence[Line], *, plain: bool) -> tuple[int | None, tuple[int, Line, Span] | None]:
    """The trimester, and the completed weeks with where they were said.

    `plain`: "at 34 weeks" is enough, because a condition of chapter 15 is named.
    """
    patterns = (WEEKS, AT_WEEKS) if plain else (WEEKS,)
    weeks, named = None, None
    for line in lines:
        found = next((match for pattern in patterns if (match := pattern.search(line.text))), None)
        if weeks is None and found:
            count = _count(next(group for group in found.groups() if group))
            if 1 <= count <= TERM + 2:
                weeks = (count, line, Span(*found.span()))
        if named is None and (told := TRIMESTER.search(line.text)):
            named = _trimester(told[1].lower())
    if weeks:
        return (1 if weeks[0] < SECOND else 2 if weeks[0] < THIRD else 3), weeks
    return named, None


def _count(words: str) -> int:
    """A whole number below 100, in figures or in words."""
    return next((int(number.value) for number in values(words, every_one=True)), 0)


def _trimester(word: str) -> int | None:
    found = ordinal(Words([word]), 0)
    return found[0] if found else None


def _chaptered(item: Proposal, trimester: int | None, *, pregnant: bool) -> Iterator[Proposal]:
    if pregnant:
        for row in table()["pregnancy"]:
            if item.code.startswith(tuple(row["when"])):
                code = row["becomes"].format(t=trimester or 9, u=trimester or 0)
                made = item.by("pregnancy", code)
                yield replace(made, order=item.order - 0.25)
                if row["keep"]:
                    yield item
                return
    yield item


def _in_trimester(item: Proposal, trimester: int | None, system: CodeSystem) -> Proposal:
    """The code of the trimester, for one that says "unspecified trimester"."""
    coding = system.lookup(item.code)
    if trimester is None or coding is None or "unspecified trimester" not in coding.display:
        return item
    wanted = coding.display.replace("unspecified trimester", f"{('first', 'second', 'third')[trimester - 1]} trimester")
    for digit in "12345":
        other = system.lookup(item.code[:-1] + digit)
        if other and other.display == wanted:
            return item.by("trimester", other.code)
    return item


def _weeks(count: int, line: Line, span: Span) -> Proposal:
    code = "Z3A.01" if count < 8 else "Z3A.49" if count > TERM else f"Z3A.{count:02d}"
    return Proposal(code, (line.evidence(span, "weeks", 0.9),), rules.ASSESSED, float("inf"), frozenset())
