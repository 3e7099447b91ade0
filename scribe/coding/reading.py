"""The note as the passes of a coder read it: lines in the order they were said, what each claims, tables of cues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.mentions import Mentions
from scribe.clinical.number_words import expanded
from scribe.coding.claims import of_finding, strictest, without_courtesy
from scribe.coding.heard import Heard, by_id
from scribe.types import (
    Assertion,
    Certainty,
    Claims,
    Evidence,
    Finding,
    Note,
    Quote,
    Role,
    SectionKind,
    Span,
    Statement,
)

ASSESSED = (SectionKind.ASSESSMENT, SectionKind.PLAN)
CONDITION = re.compile(
    r"\W*(?:\w+(?: \w+){0,2}: )?(?:if|unless|should (?:the|her|his|she|he|it|symptoms?))\b", re.IGNORECASE
)  # all of "If it gets worse, start ..." is under it
# How a clinician opens a diagnosis when talking to the patient. It is courtesy rather than one of the uncertain terms
# of guideline IV.H ("probable", "suspected", ...), which still stop a proposal beside it.
IMPRESSION = re.compile(r"\b(?:i|we) (?:do )?(?:think|believe)\b|^impression:", re.IGNORECASE)

NAMES_PROBLEM = "realisation/judgement.problem"  # the rule of a sentence that names a problem, from its findings


class Line:
    """A statement with the section it counts as, and what is claimed of what it names: by its words and its findings.

    `at` is where in the transcript it was heard.
    """

    def __init__(self, kind: SectionKind, statement: Statement, heard: Heard, at: int = 0) -> None:
        self.kind = kind
        self.statement = statement
        self.heard = heard
        self.at = at

    @property
    def text(self) -> str:
        """Of the statement."""
        return self.statement.text

    @property
    def assessed(self) -> bool:
        """Whether it is the clinician's assessment or plan."""
        return self.kind in ASSESSED

    @property
    def spoken(self) -> bool:
        """Whether it was said in a talk; what is written or dictated is in a clinician's own terms already."""
        return self.statement.role is not None

    @cached_property
    def is_impression(self) -> bool:
        """Whether a clinician tells the patient the assessment as a thought: "I think this is osteoarthritis"."""
        told = self.assessed and self.statement.role is Role.CLINICIAN
        named = self.statement.rule == NAMES_PROBLEM and self.statement.assertion is Assertion.PRESENT
        thought = named and any(one.claims.certainty is Certainty.POSSIBLE for one in self.heard.findings[:1])
        return told and (thought or IMPRESSION.search(self.text) is not None)

    @cached_property
    def _mentions(self) -> Mentions:
        return Mentions(IMPRESSION.sub(_blank, self.text) if self.is_impression else self.text)

    def claims(self, span: Span) -> Claims:
        """What is claimed about the words at `span`: the strictest of what they say and of what they were heard as."""
        own = self.by_words(span)
        finding = self.heard.behind(span, own.assertion)
        if finding is None:
            return own
        heard = of_finding(finding)
        return strictest(own, without_courtesy(heard) if self.is_impression else heard)

    def finding(self, span: Span) -> Finding | None:
        """What the words at `span` were heard as; None where nothing stands behind them."""
        return self.heard.behind(span, self.by_words(span).assertion)

    def by_words(self, span: Span) -> Claims:
        """What the sentence alone claims; the label of the statement counts only where a person gave it."""
        decided = self.statement.author is not None
        return self._mentions.decided(span, self.statement.assertion) if decided else self._mentions.claims(span)

    def claim(self, span: Span) -> Assertion:
        """The claims about the words at `span` in one word."""
        return Assertion.CONDITIONAL if CONDITION.match(self.text) else self.claims(span).assertion

    def affirms(self, span: Span) -> bool:
        """Whether the words at `span` are said to be so, now, and of the patient."""
        return self.claim(span) is Assertion.PRESENT

    def quote(self, span: Span) -> Quote:
        """The words at `span`."""
        return Quote(self.statement.id, span)

    def evidence(self, span: Span, rule: str, score: float, claim: Assertion = Assertion.PRESENT) -> Evidence:
        """The words at `span` as the reason for a code, with the finding behind them."""
        finding = self.finding(span)
        name = finding.id if finding else ""
        return Evidence(self.statement.id, span, claim, rule, round(score, 3), finding=name)


def lines(note: Note) -> tuple[Line, ...]:
    """Every statement, in the order of the note."""
    return tuple(_lines(note))


def _lines(note: Note) -> Iterator[Line]:
    findings = by_id(note)
    for section in note.sections:
        at = 0
        for statement in section.statements:
            at = statement.heard[0].start if statement.heard else at
            yield Line(counts_as(section.kind, statement), statement, Heard(statement, findings), at)


def in_order(read: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of a note as they were said or dictated; a typed one stays behind the one before it."""
    return tuple(sorted(read, key=lambda line: line.at))


def counts_as(kind: SectionKind, statement: Statement) -> SectionKind:
    """What a patient says is history, wherever it was put: the provider's statement is the diagnosis (I.A.19)."""
    return SectionKind.HPI if statement.role is Role.PATIENT and kind in ASSESSED else kind


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
