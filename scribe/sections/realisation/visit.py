"""What a note is made of: the things that a visit tells, and the sentences of its talk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scribe.sections import catalog
from scribe.sections.realisation import told, wording, words
from scribe.sections.realisation.told import Say, Told
from scribe.types import (
    Finding,
    FindingKind,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
    Time,
    Transcript,
)

IsSound = Callable[[Sequence[str]], Sequence[bool]]
"""Which sentences can stand in a note."""

PRESENTS = words.pattern("presents")
STEM = 4  # letters in which two forms of one word are alike


@dataclass(frozen=True, slots=True)
class Visit:
    """The things that are told, and the candidates: sentences of the talk, each in its section."""

    transcript: Transcript = field(repr=False)
    things: Sequence[Told] = field(repr=False)
    candidates: Sequence[tuple[SectionKind, Statement]] = field(repr=False)
    sound: frozenset[str]  # ids of the candidates that can stand in a note
    turn: int  # where the talk turns from the history to what was found, in characters of the transcript
    by_id: Mapping[str, Told] = field(repr=False)
    presented: Sequence[Span] = field(repr=False)  # where a clinician says who comes with what

    @property
    def sound_ones(self) -> list[tuple[SectionKind, Statement]]:
        """The candidates that can stand in a note."""
        return [(kind, one) for kind, one in self.candidates if one.id in self.sound]

    @property
    def held(self) -> set[tuple[FindingKind, str]]:
        """The kinds and names of what the patient has: what is denied besides is so of another place or time."""
        return {(one.kind, one.concept) for one in self.things if is_held(one)}

    def told_in(self, statement: Statement) -> list[Told]:
        """The things that a candidate tells of."""
        return list(dict.fromkeys(self.by_id[name] for name in statement.findings if name in self.by_id))

    def is_of_patients_words(self, thing: Told) -> bool:
        """Whether the patient or an informant told it, answered to it, or was presented with it at the beginning."""
        if thing.is_own:
            return True
        asked = len(thing.first.heard) > 1 and thing.start < self.turn
        return asked or any(span.start <= thing.start < span.end for span in self.presented)

    def is_history(self, thing: Told) -> bool:
        """Whether it was told before the clinician judged, by the patient, or in answer."""
        return thing.start < self.turn or thing.is_own or thing.is_answered


def read(
    sections: Sequence[Section], findings: Sequence[Finding], transcript: Transcript, say: Say, is_sound: IsSound
) -> Visit:
    """What the findings tell, beside the sentences of `sections`."""
    things = told.read(findings, transcript, say)
    candidates = [(section.kind, one) for section in sections for one in section.statements]
    judged = is_sound([one.text for _, one in candidates])
    sound = frozenset(one.id for (_, one), good in zip(candidates, judged, strict=True) if good)
    turn = _turn(candidates, len(transcript.text) + 1)
    by_id = {finding.id: thing for thing in things for finding in thing.findings}
    presented = [span for _, one in candidates if PRESENTS.search(one.text) for span in one.heard]
    return Visit(transcript, things, candidates, sound, turn, by_id, presented)


def is_held(thing: Told) -> bool:
    """Whether the patient has it, as far as was said."""
    held = thing.is_patients and not thing.is_absent and not thing.is_talk and not thing.is_ahead
    return held and thing.claims.time is not Time.PAST


def names(text: str, thing: Told) -> bool:
    """Whether a sentence has a word of the thing's name."""
    called = {word[:STEM] for word in wording.WORD.findall(f"{thing.concept} {thing.heard_as}".lower())}
    return any(word[:STEM] in called for word in wording.WORD.findall(text.lower()) if len(word) >= STEM)


def _turn(candidates: Sequence[tuple[SectionKind, Statement]], end: int) -> int:
    """The place with the most sentences of the history before it, and the fewest others."""
    placed = sorted((one.heard[0].start, kind) for kind, one in candidates)
    best, at, score = 0, 0, 0
    for number, (_, kind) in enumerate(placed, 1):
        score += 1 if catalog.group_of(kind) is SectionGroup.HISTORY else -1
        if score > best:
            best, at = score, number
    return placed[at][0] if at < len(placed) else end
