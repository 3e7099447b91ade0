"""What was said, on its way to a sentence of the note."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scribe.clinical.utterances import Utterance
from scribe.sections import phrases
from scribe.sections.disfluency import without_assent
from scribe.sections.questions import MARKER
from scribe.sections.tokens import Tokens
from scribe.types import Assertion, Role, SectionKind, Span

Labelled = tuple[Utterance, SectionKind, float]  # what was said, its section, and how sure that is

NO_CONTENT = phrases.words("no_content")
SPEAKERS = {Role.CLINICIAN: "Clinician:", Role.PATIENT: "Patient:", Role.OTHER: "Informant:"}
FEW = 3  # words up to which an echo is an acknowledgement


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence for the note before it has its number."""

    tokens: Tokens
    heard: tuple[Span, ...]
    speaker: str | None
    role: Role | None
    kind: SectionKind
    score: float
    joined: bool = False  # made of a question and its answer
    assertion: Assertion | None = None  # where the answer settles what is claimed
    instructs: bool = False  # a clinician says what will be done: "I'm going to start ..."
    problem: bool = False  # names a problem of the assessment, whose plan follows
    rule: str = ""  # that made it, "module.rule"


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance with its section and its words, cleaned (a yes kept) and tagged."""

    utterance: Utterance
    kind: SectionKind
    score: float
    tokens: Tokens
    of_relative: bool = False  # whether the last person named, so far, is a relative of the patient

    @property
    def question(self) -> Tokens:
        """Its words as a question."""
        kept = without_assent(tuple(token for token in self.tokens if not MARKER.fullmatch(token.bare)))
        return kept[1:] if kept and kept[0].bare in {"or", "and"} and len(kept) > 1 else kept


def same_speaker(a: Said, b: Said) -> bool:
    """Whether one person said both."""
    return a.utterance.speaker == b.utterance.speaker and a.utterance.role == b.utterance.role


def is_empty(tokens: Tokens) -> bool:
    """Whether the words carry nothing: "that's it, then"."""
    return all(token.bare in NO_CONTENT for token in tokens)


def is_echo(tokens: Tokens, item: Said, before: Said | None) -> bool:
    """Whether a few words only give back what somebody else just said."""
    if before is None or same_speaker(before, item):
        return False
    said = set(re.findall(r"[\w']+", before.utterance.text.lower()))
    return len(tokens) <= FEW and all(token.bare in said for token in tokens)
