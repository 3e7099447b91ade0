"""One thing that a visit tells of: all findings of it together, what it is called, and what was told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from scribe.clinical import merging
from scribe.sections import phrases
from scribe.sections.realisation import words
from scribe.types import (
    PATIENT,
    Assertion,
    Attribute,
    AttributeKind,
    Basis,
    Certainty,
    Claims,
    Finding,
    FindingKind,
    Polarity,
    Role,
    Span,
    Time,
    Transcript,
)

Say = Callable[[Span], str]
"""What stands in the written copy for a span of the transcript's text: "80 mg" for "eighty milligrams"."""

Detail = tuple[AttributeKind, str, Span]
"""One attribute as it is written, and where it was heard."""

MODIFIERS = (
    phrases.words("body") - {"pain", "symptoms", "body", "medication", "medications", "breath"}
) | phrases.words("name_modifiers")
MODIFIERS_BEFORE = 3  # words
LED = re.compile(r"\b(to|by)\s+$", re.IGNORECASE)
LEADING = re.compile(r"(?:to|by|up to|at most|at least|no more than)\b", re.IGNORECASE)
LIMIT = re.compile(r"\b(up to|at most|at least|no more than|not more than)\s+$", re.IGNORECASE)
LONGEST_LEAD = 16  # characters
THINKS = re.compile(r"(?:i|we) (?:do )?(?:think|believe)\b", re.IGNORECASE)
IF, WEIGHS = words.pattern("conditions"), words.pattern("weighing")
SENTENCE_END = re.compile(r"[.?!\n]")
WIDE, NEAR = 120, 40  # characters around a mention in which its sentence is looked at
LONG_WORD = re.compile(r"[A-Za-z]{4,}")
LAST_WORD = re.compile(r"([\w'-]+) $")
AHEAD = frozenset({Time.PLANNED, Time.CONDITIONAL})
TO_COME = frozenset({Basis.OFFERED, Basis.DECLINED, Basis.WANTED})
IN_TALK_ONLY = frozenset({Basis.ASKED, Basis.COUNSELLED, Basis.EXPOSED, Basis.SOUGHT})


@dataclass(frozen=True, slots=True)
class Told:
    """The findings of one thing, the one to be told first.

    `heard_as` is the words it was named in there, with those before them that belong to the name:
    "acute medial meniscus sprain".
    """

    findings: tuple[Finding, ...]
    heard_as: str = field(repr=False)
    role: Role | None
    called: tuple[str, ...] = field(default=(), repr=False)  # what each finding that agrees with the first was called
    attributes: tuple[Detail, ...] = field(default=(), repr=False)  # each thing once, as it is written
    each: tuple[tuple[Detail, ...], ...] = field(default=(), repr=False)  # of each finding, in the order of `findings`
    is_own: bool = False  # the patient or an informant says it, in a finding that agrees with the first
    by_clinician: tuple[int, ...] = ()  # where a clinician names it, in characters of the transcript
    is_under_if: bool = False  # its sentence has a condition; which of its things depend on it, is not sure
    is_weighed: bool = False  # something weakens it: "we might need", "could try"
    is_concluded: bool = False  # a clinician tells it as a conclusion: "I think this is osteoarthritis"

    @property
    def first(self) -> Finding:
        """The finding that is told."""
        return self.findings[0]

    @property
    def kind(self) -> FindingKind:
        """What it is about."""
        return self.first.kind

    @property
    def concept(self) -> str:
        """Its name in the lexicon."""
        return self.first.concept

    @property
    def claims(self) -> Claims:
        """What is claimed of it."""
        return self.first.claims

    @property
    def start(self) -> int:
        """Where it was first told as it holds, in characters of the transcript."""
        same = (one for one in self.findings if one.claims.polarity is self.claims.polarity)
        return min(finding.heard[0].start for finding in same)

    @property
    def is_patients(self) -> bool:
        """Whether it is the patient's own."""
        return self.claims.experiencer == PATIENT

    @property
    def is_absent(self) -> bool:
        """Whether it is denied."""
        return self.claims.polarity is Polarity.ABSENT

    @property
    def is_settled(self) -> bool:
        """Whether none of its findings says otherwise than the first."""
        return all(finding.claims.polarity is self.claims.polarity for finding in self.findings)

    @property
    def is_possible(self) -> bool:
        """Whether it is only suspected."""
        return self.claims.certainty is Certainty.POSSIBLE and not self.is_concluded

    @property
    def assertion(self) -> Assertion:
        """What is claimed, in one word."""
        claims = replace(self.claims, certainty=Certainty.CERTAIN) if self.is_concluded else self.claims
        return claims.assertion

    @property
    def is_ahead(self) -> bool:
        """Whether it is to come: planned, offered, declined or wanted."""
        return self.claims.time in AHEAD or self.claims.basis in TO_COME

    @property
    def is_answered(self) -> bool:
        """Whether an answer settles it."""
        return any(len(finding.heard) > 1 for finding in self.findings)

    @property
    def is_talk(self) -> bool:
        """Whether it came up in talk only: asked about, warned of, looked for."""
        return self.claims.basis in IN_TALK_ONLY

    def of(self, *kinds: AttributeKind) -> list[str]:
        """What was told of these kinds, each once, in the order of the kinds."""
        return list(dict.fromkeys(text for kind in kinds for told, text, _ in self.attributes if told is kind))

    def heard(self) -> list[Span]:
        """Where it was named, settled, claimed and told."""
        spans = [span for finding in self.findings for span in finding.heard]
        claimed = [cue.span for finding in self.findings for cue in finding.claims.triggers]
        return [*spans, *claimed, *(span for _, _, span in self.attributes)]


def read(findings: Sequence[Finding], transcript: Transcript, say: Say) -> list[Told]:
    """What the findings tell, in the order in which it was first said."""
    roles = {item.speaker: item.role for item in transcript.roles}
    told = []
    for group in merging.groups(findings, transcript.text, transcript.roles):
        for same in _apart(group, transcript.text):
            first = same[0]
            role = roles.get(first.speaker) if first.speaker else None
            each = tuple(_written(one.attributes, transcript.text, say) for one in same)
            once = _written(merging.told_of(same), transcript.text, say)
            called = tuple(
                transcript.text[one.heard[0].start : one.heard[0].end]
                for one in same
                if one.claims.polarity is first.claims.polarity
            )
            named = _named(first.heard[0], transcript.text)
            concluded = role is Role.CLINICIAN and _is_conclusion(first, transcript.text)
            agreeing = (one for one in same if one.claims.polarity is first.claims.polarity)
            own = any(one.speaker is None or roles.get(one.speaker) is not Role.CLINICIAN for one in agreeing)
            clinicians = (one for one in same if one.speaker and roles.get(one.speaker) is Role.CLINICIAN)
            at = tuple(one.heard[0].start for one in clinicians)
            before, around = _sentence(first.heard[0], transcript.text)
            if_, weighed = IF.search(around) is not None, WEIGHS.search(before) is not None
            told.append(
                Told(
                    same,
                    named,
                    role,
                    called,
                    once,
                    each,
                    is_own=own,
                    by_clinician=at,
                    is_under_if=if_,
                    is_weighed=weighed,
                    is_concluded=concluded,
                )
            )
    return sorted(told, key=lambda one: one.start)


def _apart(group: tuple[Finding, ...], text: str) -> tuple[tuple[Finding, ...], ...]:
    """The findings of one thing, an earlier bout of a complaint apart: it is no end of this one."""
    if group[0].kind is FindingKind.PLAN:
        return _by_words(group, text)
    before = tuple(one for one in group if one.claims.time is Time.PAST)
    if group[0].kind is not FindingKind.SYMPTOM or not before or len(before) == len(group):
        return (group,)
    return (tuple(one for one in group if one not in before), before)


def _sentence(span: Span, text: str) -> tuple[str, str]:
    """What a sentence says before a mention, a few words of it, and the sentence around it."""
    start = max((found.end() for found in SENTENCE_END.finditer(text, 0, span.start)), default=0)
    end = SENTENCE_END.search(text, span.end)
    around = text[max(start, span.start - WIDE) : min(end.start() if end else len(text), span.end + WIDE)]
    return text[max(start, span.start - NEAR) : span.start], around


def _is_conclusion(finding: Finding, text: str) -> bool:
    """Whether nothing makes it unsure but a thought of the clinician's: a way to tell a diagnosis."""
    unsure = [cue.span for cue in finding.claims.triggers if cue.claim == "possible"]
    return bool(unsure) and all(THINKS.match(text, span.start, span.end) for span in unsure)


def _by_words(group: tuple[Finding, ...], text: str) -> tuple[tuple[Finding, ...], ...]:
    """What is to be done, apart where the words for it have nothing in common but the term."""
    made: list[list[Finding]] = []
    stems: list[set[str]] = []
    for one in group:
        own = {word[:4].lower() for word in LONG_WORD.findall(text[one.heard[0].start : one.heard[0].end])}
        at = next((at for at, known in enumerate(stems) if known & own or not own), None)
        if at is None:
            made.append([one])
            stems.append(own)
        else:
            made[at].append(one)
            stems[at] |= own
    return tuple(map(tuple, made))


def _written(attributes: Sequence[Attribute], text: str, say: Say) -> tuple[Detail, ...]:
    """The attributes as they are written, doses and frequencies with what leads them: "up to", "to", "by"."""
    return tuple((one.kind, _led(one, text) + say(one.heard).strip(" .,;:!?"), one.heard) for one in attributes)


def _led(one: Attribute, text: str) -> str:
    dosed = one.kind is AttributeKind.DOSE
    if not (dosed or one.kind is AttributeKind.FREQUENCY) or LEADING.match(text, one.heard.start):
        return ""
    before = text[max(0, one.heard.start - LONGEST_LEAD) : one.heard.start]
    led = LIMIT.search(before) or (LED.search(before) if dosed else None)
    return f"{led[1].lower()} " if led else ""


def _named(span: Span, text: str) -> str:
    """The words of a mention with the modifiers right before it."""
    start = span.start
    for _ in range(MODIFIERS_BEFORE):
        before = LAST_WORD.search(text[max(0, start - 40) : start])
        if before is None or before[1].lower() not in MODIFIERS:
            break
        start -= len(before[0])
    return text[start : span.end]
