"""The note as the passes of a coder read it: lines in the order they were said, what each claims, tables of cues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.mentions import Mentions
from scribe.clinical.number_words import expanded
from scribe.coding.claims import claims_of
from scribe.types import Assertion, Note, Quote, Role, SectionKind, Span, Statement

ASSESSED = (SectionKind.ASSESSMENT, SectionKind.PLAN)
CONDITION = re.compile(
    r"\W*(?:\w+(?: \w+){0,2}: )?(?:if|unless|should (?:the|her|his|she|he|it|symptoms?))\b", re.IGNORECASE
)
IMPRESSION = re.compile(r"\b(?:i|we) (?:do )?(?:think|believe)\b|^impression:", re.IGNORECASE)  # it is so


@dataclass(frozen=True, slots=True)
class Line:
    """A statement with the section it counts as, and its cues of assertion read once."""

    kind: SectionKind
    statement: Statement
    mentions: Mentions = field(repr=False)

    @property
    def text(self) -> str:
        """Of the statement."""
        return self.statement.text

    @property
    def assessed(self) -> bool:
        """Whether it is the clinician's assessment or plan."""
        return self.kind in ASSESSED

    def claim(self, span: Span) -> Assertion:
        """What is claimed about the words at `span`. All of "If it gets worse, start ..." is under its condition."""
        if CONDITION.match(self.text):
            return Assertion.CONDITIONAL
        return claims_of(self.statement, self.mentions, span).assertion

    def affirms(self, span: Span) -> bool:
        """Whether the words at `span` are said to be so, now, and of the patient."""
        return self.claim(span) is Assertion.PRESENT

    def quote(self, span: Span) -> Quote:
        """The words at `span`."""
        return Quote(self.statement.id, span)


def lines(note: Note) -> tuple[Line, ...]:
    """Every statement, in the order it was said or dictated; a typed one stays behind the one before it.

    What a patient says is history, wherever it was put: the provider's statement is the diagnosis (guideline I.A.19).
    """
    placed: list[tuple[int, Line]] = []
    for section in note.sections:
        at = 0
        for statement in section.statements:
            at = statement.heard[0].start if statement.heard else at
            reported = statement.role is Role.PATIENT and section.kind in ASSESSED
            kind = SectionKind.HPI if reported else section.kind
            told = IMPRESSION.sub(_blank, statement.text) if kind in ASSESSED else statement.text
            placed.append((at, Line(kind, statement, Mentions(told))))
    return tuple(line for _, line in sorted(placed, key=lambda item: item[0]))


def _blank(found: re.Match[str]) -> str:
    """As many spaces, so that all other words keep their place."""
    return " " * len(found[0])


class Cues:
    """Named lists of regular expressions for whole words, without regard to case."""

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        self._patterns = {name: compiled(patterns) for name, patterns in table.items()}

    def find(self, text: str, *names: str) -> Iterator[tuple[str, Span]]:
        """Each place in `text` where a list called one of `names` (all, where none is given) matches."""
        for name in names or tuple(self._patterns):
            for match in self._patterns[name].finditer(text):
                yield name, Span(*match.span())

    def first(self, text: str, *names: str) -> Span | None:
        """The first place of any of them."""
        return min((span for _, span in self.find(text, *names)), key=lambda span: span.start, default=None)


def compiled(patterns: Sequence[str]) -> re.Pattern[str]:
    """One expression for all of `patterns`, whole words only."""
    return re.compile(rf"(?:(?<!\w)|(?=\W))(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


@cache
def table(name: str) -> Any:
    """The YAML table of this folder called `name`."""
    return yaml.safe_load(expanded(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8")))


def overlap(span: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return span.start < other.end and other.start < span.end
