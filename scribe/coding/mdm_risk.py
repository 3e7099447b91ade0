"""The third column of medical decision making: the risk of what was decided about the patient.

Only decisions of the assessment and plan count, and social circumstances where the note ties them to the care (AMA).
The cues: `worksheet.yaml`; which drugs are on prescription or watched for toxicity: `medicines.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from scribe.coding import medicines
from scribe.coding.reading import Cues, Line, overlap, table
from scribe.types import Component, Element, Level, SectionKind, Span

ALONE = ("therapy", "emergency", "resuscitation", "parenteral-controlled")  # count wherever the plan says them
WITH_DECISION = ("minor-procedure", "major-surgery")
LIVED = (SectionKind.HPI, SectionKind.SOCIAL, SectionKind.ASSESSMENT, SectionKind.PLAN)
TOXICITY = "counts where the monitoring is for toxicity and at least every three months"


def elements(lines: Sequence[Line]) -> Iterator[Element]:
    """The elements of the column, each drug and procedure once."""
    seen: set[tuple[str, str]] = set()
    for item in (element for line in lines for element in _of(line)):
        if (item.kind, item.what.lower()) not in seen:
            seen.add((item.kind, item.what.lower()))
            yield item


def level(found: Sequence[Element]) -> Level:
    """The level of the gravest decision."""
    kinds = {item.kind for item in found}
    ranks = table("worksheet")["risk_levels"]
    return next(
        (item for item in reversed(Level) if kinds & set(ranks.get(item, ()))),
        Level.STRAIGHTFORWARD,
    )


def _of(line: Line) -> Iterator[Element]:
    if line.kind in LIVED:
        yield from _social(line)
    if not line.assessed:
        return
    yield from _drugs(line)
    for kind in ALONE:
        for span in _affirmed(line, kind):
            yield _element(kind, line, span)
    for span in _affirmed(line, "hospital"):
        if not _ends_with(line.text[: span.start], "past"):
            yield _element("hospital", line, span)
    decided = any(True for _ in _affirmed(line, "decides"))
    risky = any(True for _ in _affirmed(line, "risk-factors"))
    for kind in WITH_DECISION if decided else ():
        for span in _affirmed(line, kind):
            if not _ends_with(line.text[: span.start], "past"):
                yield _element(f"{kind}-risk" if risky else kind, line, span)


def _drugs(line: Line) -> Iterator[Element]:
    """Drugs that the line decides about: started, continued, changed, stopped, or written with dose or frequency."""
    decided = any(True for _ in _affirmed(line, "prescribing"))
    for drug in medicines.find(line.text):
        if not line.affirms(drug.span):
            continue
        if drug.monitored and _watched(line, drug):
            yield _element("toxicity", line, drug.span, drug.name, TOXICITY)
        if decided:
            yield _element("prescription" if drug.prescription else "over-the-counter", line, drug.span, drug.name)


def _watched(line: Line, drug: medicines.Medicine) -> bool:
    outside = line.text[: drug.span.start] + " " * (drug.span.end - drug.span.start) + line.text[drug.span.end :]
    return _cues().first(outside, "toxicity") is not None


def _social(line: Line) -> Iterator[Element]:
    """Circumstances that the note says stand in the way of care, in the same statement."""
    for span in _affirmed(line, "social"):
        effects = [effect for _, effect in _cues().find(line.text, "limits")]
        if effects and (line.assessed or not all(overlap(span, effect) for effect in effects)):
            yield _element("social", line, span)


def _affirmed(line: Line, kind: str) -> Iterator[Span]:
    """Places of a cue that hold; of places that overlap, the first and longest."""
    end = 0
    for _, span in sorted(_cues().find(line.text, kind), key=lambda item: (item[1].start, -item[1].end)):
        if span.start >= end and line.affirms(span):
            end = span.end
            yield span


def _ends_with(text: str, kind: str) -> bool:
    return any(span.end == len(text.rstrip()) for _, span in _cues().find(text.rstrip(), kind))


def _element(kind: str, line: Line, span: Span, what: str = "", note: str = "") -> Element:
    title = table("worksheet")["titles"][kind]
    return Element(Component.RISK, kind, title, what or line.text[span.start : span.end], (line.quote(span),), note)


@cache
def _cues() -> Cues:
    return Cues(table("worksheet")["risk"])
