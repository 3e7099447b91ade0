"""A note in the making: its statements by section, and what is said already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from scribe.sections import catalog
from scribe.sections.realisation.told import Told
from scribe.types import Section, SectionGroup, SectionKind, Span, Statement, Transcript

K = SectionKind
PROBLEM = "realisation/judgement.problem"  # the rule of a statement that names a problem
OPENING = "realisation/story.opening"  # that of the sentence that opens a present illness


@dataclass(slots=True)
class Sheet:
    """The statements of a note, added in any order."""

    transcript: Transcript = field(repr=False)
    statements: list[tuple[SectionKind, Statement]] = field(default_factory=list, repr=False)
    first: set[str] = field(default_factory=set, repr=False)  # sentences that present the patient: they come first
    _said: dict[SectionGroup, set[str]] = field(default_factory=dict)

    def add(self, kind: SectionKind, statement: Statement) -> None:
        """Add a sentence of the talk."""
        self.statements.append((kind, statement))
        self._said.setdefault(_part(kind), set()).update(statement.findings)

    def say(self, kind: SectionKind, text: str, things: Sequence[Told], rule: str) -> None:
        """Add what the grammar says of these things, unless it says nothing."""
        if text:
            self.add(kind, statement(text, things, self.transcript, f"realisation/{rule}"))

    def announce(self, text: str, things: Sequence[Told], rule: str) -> None:
        """Add a chief complaint: what it names has still to be told."""
        self.statements.append((K.CHIEF_COMPLAINT, statement(text, things, self.transcript, f"realisation/{rule}")))

    def has(self, thing: Told, *parts: SectionGroup) -> bool:
        """Whether a finding of it is said: in these parts of the note (assessment is of the plan), or anywhere."""
        said = [self._said.get(part, set()) for part in parts or self._said]
        return any(finding.id in ids for ids in said for finding in thing.findings)

    def of(self, kind: SectionKind) -> list[Statement]:
        """The statements of one section, as they were added."""
        return [one for known, one in self.statements if known is kind]

    def sections(self, scores: Mapping[SectionKind, float]) -> tuple[Section, ...]:
        """The sections in the order of the catalog, each in the order of the talk, its statements numbered anew."""
        order = {entry.kind: at for at, entry in enumerate(catalog.CATALOG)}
        placed = sorted(
            self.statements,
            key=lambda item: (
                order[item[0]],
                item[1].text not in self.first,
                item[1].rule != OPENING,
                item[1].heard[0].start,
            ),
        )
        once = list({(kind, one.text.lower()): (kind, one) for kind, one in reversed(placed)}.values())[::-1]
        names = {one.id: f"s{number}" for number, (_, one) in enumerate(once, 1) if one.id}
        made: dict[SectionKind, list[Statement]] = {}
        for number, (kind, one) in enumerate(once, 1):
            name = f"s{number}"
            head = name if one.rule == PROBLEM else names.get(one.problem or "")
            made.setdefault(kind, []).append(replace(one, id=name, problem=head))
        return tuple(catalog.section(kind, tuple(ones), scores.get(kind, 1.0)) for kind, ones in made.items())


def statement(text: str, things: Sequence[Told], transcript: Transcript, rule: str) -> Statement:
    """A sentence about these things, the first of which gives its claim and speaker; its id is still to come."""
    spans = _merged(sorted({span for one in things for span in one.heard()}, key=lambda span: (span.start, span.end)))
    findings = [finding for one in things for finding in one.findings]
    first = things[0]
    return Statement(
        "",
        text,
        spans,
        tuple(interval for span in spans if (interval := transcript.seconds(span)) is not None),
        first.assertion,
        first.first.speaker,
        first.role,
        min(finding.confidence for finding in findings),
        rule=rule,
        findings=tuple(dict.fromkeys(finding.id for finding in findings)),
    )


def _part(kind: SectionKind) -> SectionGroup:
    group = catalog.group_of(kind)
    return SectionGroup.PLAN if group is SectionGroup.ASSESSMENT else group


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in spans:
        if kept and span.start <= kept[-1].end:
            kept[-1] = Span(kept[-1].start, max(kept[-1].end, span.end))
        else:
            kept.append(span)
    return tuple(kept)
