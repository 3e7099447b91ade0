"""What stands behind words of a statement: the one of its findings that names the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from scribe.clinical import terms
from scribe.clinical.terms import Named
from scribe.clinical.text import Text
from scribe.coding.terms import SIDES, normal_words
from scribe.config import ModelsSettings
from scribe.types import Assertion, Finding, Note, Span, Statement


class Heard:
    """The findings that one statement states.

    A statement that a person typed or changed has none here: it says what that person means.
    """

    def __init__(self, statement: Statement, by_id: Mapping[str, Finding]) -> None:
        self._text = statement.text
        names = statement.findings if statement.author is None else ()
        self.findings = tuple(by_id[name] for name in names if name in by_id)

    def behind(self, span: Span, read: Assertion) -> Finding | None:
        """The finding that the words at `span` name; of several, the one that says what the words do (`read`)."""
        if not self.findings:
            return None
        concepts = {named.concept for place, named in self.named if _overlap(place, span)}
        named = [finding for finding in self.findings if finding.concept in concepts] or self._alike(span)
        agreeing = (finding for finding in named if finding.claims.assertion is read)
        return next(agreeing, next(iter(named), None))

    def _alike(self, span: Span) -> Sequence[Finding]:
        """Findings whose name and the words at `span` are made of the same words, or one of them says less."""
        said = _content(self._text[span.start : span.end])
        return [finding for finding in self.findings if (name := _content(finding.concept)) <= said or said <= name]

    @cached_property
    def named(self) -> Sequence[tuple[Span, Named]]:
        """What the lexicon names in the statement, and where."""
        text = Text(self._text)
        return tuple((_place(text, named.tokens), named) for named in terms.load(ModelsSettings()).named(text))


def by_id(note: Note) -> dict[str, Finding]:
    """The findings of a note by their ids."""
    return {finding.id: finding for finding in note.findings}


def _content(words: str) -> frozenset[str]:
    return _apart(normal_words(words)) or frozenset({words.lower()})


def _apart(words: Iterable[str]) -> frozenset[str]:
    return frozenset(words) - SIDES


def _place(text: Text, tokens: range) -> Span:
    return Span(text.tokens[tokens.start].span.start, text.tokens[tokens.stop - 1].span.end)


def _overlap(span: Span, other: Span) -> bool:
    return span.start < other.end and other.start < span.end
