"""Which findings the statements of a note state: those named, told or answered where the statement was heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from scribe.clinical.text import Text
from scribe.types import Finding, Section, Span, Statement, Transcript

STEM = 5  # letters in which two forms of one word are alike


def stated(sections: Sequence[Section], findings: Sequence[Finding], transcript: Transcript) -> tuple[Section, ...]:
    """The sections with the ids of the transcript's findings beside each statement that says them."""
    links = _Links(findings, transcript)
    return tuple(links.section(section) for section in sections)


class _Links:
    def __init__(self, findings: Sequence[Finding], transcript: Transcript) -> None:
        self._findings = findings
        self._text = transcript.text
        self._answers = Counter(span for finding in findings for span in finding.heard[1:])

    def section(self, section: Section) -> Section:
        return replace(section, statements=tuple(self._statement(item) for item in section.statements))

    def _statement(self, statement: Statement) -> Statement:
        said = [finding for finding in self._findings if self._is_heard(statement, finding)]
        ids = tuple(finding.id for finding in self._named(statement, said))
        return replace(statement, findings=ids) if ids != statement.findings else statement

    def _is_heard(self, statement: Statement, finding: Finding) -> bool:
        """Whether the finding is named or told where the statement was heard, or answered there, alone."""
        own = [finding.heard[0], *(one.heard for one in finding.attributes)]
        own += [span for span in finding.heard[1:] if self._answers[span] == 1]
        return any(_overlap(heard, span) for heard in statement.heard for span in own)

    def _named(self, statement: Statement, said: Sequence[Finding]) -> Sequence[Finding]:
        """Of findings that one answer settles those whose words the statement has: "Denies fever" is not the chills."""
        words = _stems(statement.text)
        named = {finding.id for finding in said if self._words(finding) & words}
        if not named:
            return said
        return [one for one in said if one.id in named or not self._shares(one, said)]

    def _shares(self, finding: Finding, said: Sequence[Finding]) -> bool:
        """Whether an answer of the finding is that of another, too."""
        return any(set(finding.heard[1:]) & set(other.heard[1:]) for other in said if other is not finding)

    def _words(self, finding: Finding) -> frozenset[str]:
        span = finding.heard[0]
        return _stems(f"{finding.concept} {self._text[span.start : span.end]}")


def _stems(text: str) -> frozenset[str]:
    return frozenset(token.text[:STEM] for token in Text(text).tokens if len(token.text) > 2)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
