"""How the note of a clinician is read: its parts, its complaint, its problems with their plans, its sentences.

ACI-Bench heads its parts in capitals and its problems by lines of their own; PriMock57 writes shorthand ("Imp: ...").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Part(StrEnum):
    """What a part of a reference is about."""

    COMPLAINT = "complaint"
    HISTORY = "history"
    ALLERGIES = "allergies"
    FAMILY = "family"
    FINDINGS = "findings"  # vitals, examination, results
    ASSESSMENT = "assessment"
    BOTH = "assessment and plan"
    PLAN = "plan"


HEADS: tuple[tuple[re.Pattern[str], Part], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), part)
    for pattern, part in (
        (r"chief complaints?|cc|pc|presenting complaint|reason for (?:visit|consultation)", Part.COMPLAINT),
        (r"(?:assessment|impression)\s*(?:and|&|/)\s*plan|a\s*[&/]\s*p", Part.BOTH),
        (r"imp(?:ression)?|assessment|(?:differential |working )?diagnos[ie]s|d?dx|differentials?", Part.ASSESSMENT),
        (r"plan|instructions|treatment|procedures?|recommendations?", Part.PLAN),
        (r"allergies|allergy", Part.ALLERGIES),
        (r"family history|fh(?:x)?", Part.FAMILY),
        (
            r"(?:physical )?exam(?:ination)?|o/?e|ex|vitals?(?: signs| reviewed)?|results?|investigations|ix"
            r"|objective|labs?",
            Part.FINDINGS,
        ),
        (
            r"history(?: of present(?:ing)? (?:illness|complaint))?|hpi|hpc|hx|interval history|subjective"
            r"|past (?:medical |surgical )?history|(?:past )?medical history|pmh(?:x)?|psh|surgical history"
            r"|social history|sh(?:x)?|review of systems|ros|(?:current )?medications?|dh(?:x)?|meds|ice|birth history",
            Part.HISTORY,
        ),
    )
)
INLINE = re.compile(r"^\W{0,3}([A-Za-z][A-Za-z/& ]{0,34}?)\s*(?:[:;=]|\s?[-\u2013](?=\s)|\.?(?=\s\?)|\.(?=\s))\s*(.*)$")
LABEL = re.compile(
    r"^(?:[A-Z][\w/,()-]*(?: (?:[A-Z&]|and |of |for )[\w/,()-]*){0,4}): +(?=\S)"
)  # "Medical Treatment: "
BULLET = re.compile(r"^\s*(?:[\u2022*\u2013-]+|\d{1,2}[.)](?!\d))\s*")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"\u201c?])")
OPENING = 3  # sentences that may say why a patient comes
NAME = 10  # words that a heading has at most
DETAILS = re.compile(
    r"^(?:patient agreements?|medical reasoning|additional testing|medical treatment|patient education)"
)
SAYS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|presents?|presented|recommend(?:ed)?|discussed|i|we|he|she|they)\b",
    re.IGNORECASE,
)
SPLIT = re.compile(r"\s*(?:,|;|\+/-|\?{1,2}|/|\bor\b|\band\b|\bsecondary to\b|\bpossibly\b)\s*", re.IGNORECASE)
ASIDE = re.compile(
    r"\([^)]*\)|\s[-\u2013]\s?.*$|[-\u2013]\s.*$|\.\s.*$|\b(?:no evidence of|need to exclude|needs?)\b.*$", re.I
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of the assessment and what the plan says under it, empty where it is not divided by problems."""

    name: str = field(repr=False)
    plan: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """A clinician's note, read. `complaints`: the chief complaint, else the sentences that may open with it."""

    lines: tuple[tuple[Part, str], ...] = field(repr=False)
    complaints: tuple[str, ...] = field(repr=False)
    problems: tuple[Problem, ...] = field(repr=False)  # none where it names none

    def text(self, *parts: Part) -> str:
        """The lines of these parts."""
        return "\n".join(line for part, line in self.lines if part in parts)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All sentences, without headings, bullets and labels."""
        return tuple(sentence for _, line in self.lines for sentence in sentences(line))


def read(note: str) -> Reference:
    """Read a note. A line belongs to the heading above it; what stands above all is history."""
    lines = tuple(_lines(note))
    return Reference(lines, _complaints(lines), tuple(_problems(lines)))


def sentences(line: str) -> Iterator[str]:
    """The sentences of a line. A heading is none: short, with neither a stop nor a mark nor a bullet."""
    bare = LABEL.sub("", BULLET.sub("", line)).strip()
    if not bare or (bare == line.strip() and len(bare.split()) <= 3 and not re.search(r"[.;,:]", bare)):
        return
    yield from (sentence.strip() for sentence in SENTENCE.split(bare) if len(sentence.split()) > 1)


# --- parts -----------------------------------------------------------------------------------------------------------


def _lines(note: str) -> Iterator[tuple[Part, str]]:
    part = Part.HISTORY
    for raw in note.splitlines():
        line = raw.strip()
        if not line:
            continue
        if head := _head(line.rstrip(":. ")):
            part = head
            continue
        found = INLINE.match(line)
        head = _head(found[1].strip()) if found else None
        if found and head:
            part, line = head, found[2].strip()
        if line:
            yield part, line
        if found and head is Part.ASSESSMENT and line:
            part = Part.PLAN  # behind "Imp: ..." comes what is done about it


def _head(name: str) -> Part | None:
    return next((part for pattern, part in HEADS if pattern.fullmatch(name.strip())), None)


def _complaints(lines: Sequence[tuple[Part, str]]) -> tuple[str, ...]:
    stated = [line for part, line in lines if part is Part.COMPLAINT]
    if stated:
        return (SENTENCE.split(BULLET.sub("", stated[0]))[0],)
    history = [each.strip() for part, line in lines if part is Part.HISTORY for each in SENTENCE.split(line)]
    return tuple(each for each in history if len(each.split()) > 1)[:OPENING]


# --- problems --------------------------------------------------------------------------------------------------------


def _problems(lines: Sequence[tuple[Part, str]]) -> Iterator[Problem]:
    """Names that stand by themselves under assessment, each with what the plan says under the same name."""
    found: dict[str, list[str]] = {}
    under: list[str] | None = None
    for part, line in lines:
        names = list(_names(part, line)) if part in (Part.BOTH, Part.ASSESSMENT) else []
        known = BULLET.sub("", line).strip(" .:").lower()
        if part not in (Part.BOTH, Part.ASSESSMENT, Part.PLAN):
            under = None
        elif names:
            for name in names:
                under = found.setdefault(name.lower(), [])
        elif part is Part.PLAN and known in found:  # a plan by problems repeats their names
            under = found[known]
        elif under is not None:
            under.append(LABEL.sub("", BULLET.sub("", line)))
    for name, plan in found.items():
        yield Problem(name, "\n".join(plan))


def _names(part: Part, line: str) -> Iterator[str]:
    """The problems that a line names and tells nothing else about."""
    bulleted, bare = BULLET.match(line) is not None, BULLET.sub("", line).strip()
    if DETAILS.match(bare.lower()) or (part is Part.BOTH and bulleted and LABEL.match(bare)):
        return
    shorthand = part is Part.ASSESSMENT and not bulleted
    parts = SPLIT.split(ASIDE.sub("", bare.replace("+/-", ","))) if shorthand else [bare]
    if shorthand and bare[:1].isupper() and bare.endswith("."):  # a sentence, or a name with its stop
        parts = [bare]
    for name in parts:
        name = name.strip(" .:?,")
        if name and len(name.split()) <= NAME and not SAYS.search(name) and re.search("[A-Za-z]{2}", name):
            yield name
