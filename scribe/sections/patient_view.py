"""The summary for the patient: some statements of the note in plain words, and nothing that is not in the note.

Why the patient came, medicines and allergies, what was found, what is thought, and what to do next. The rest of the
history stays in the note: it is the patient's own and needs no retelling. Each line is one statement; numbers, drugs,
doses, sides and denials are its own, and a line that the rules would change in any of them is left as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial

from scribe.clinical.terms import Kind
from scribe.config import ModelsSettings
from scribe.containment import or_else
from scribe.sections import facts, layout_words, named
from scribe.sections.catalog import group_of
from scribe.sections.plain_words import explained
from scribe.sections.second_person import addressed
from scribe.types import Note, Polarity, SectionKind, Statement
from scribe.view import PatientSummary, PlainLine, PlainPart

K = SectionKind
TITLE = "Your visit"
PARTS: tuple[tuple[str, tuple[SectionKind, ...]], ...] = (
    ("What we talked about", (K.CHIEF_COMPLAINT, K.HPI)),
    ("Medicines and allergies you told us about", (K.MEDICATIONS, K.ALLERGIES)),
    ("What we found", (K.VITALS, K.EXAM, K.RESULTS)),
    ("What we think", (K.ASSESSMENT,)),
)
NEXT = "What to do next"
STEPS = ("help", "follow_up", "medicines", "tests")  # a plan is of the first that fits
TITLES = {
    "medicines": "Medicines",
    "tests": "Tests",
    "follow_up": "Follow-up",
    "other": "Other steps",
    "help": "When to get help",
}
STOP = re.compile(r"\bstop\b", re.IGNORECASE)


def summarise(note: Note) -> PatientSummary:
    """The note for the patient. A part of which nothing was said is left out."""
    filed: dict[SectionKind, tuple[Statement, ...]] = {}
    for section in note.sections:
        filed[section.kind] = (*filed.get(section.kind, ()), *section.statements)
    parts = [PlainPart(title, _lines(kinds, filed)) for title, kinds in PARTS]
    steps: dict[str, list[Statement]] = {name: [] for name in TITLES}
    for statement in filed.get(K.PLAN, ()):
        steps[or_else(partial(_step, statement.text), "other", "patient summary")].append(statement)
    inner = tuple(
        PlainPart(title, tuple(_line(item, K.PLAN) for item in steps[name]))
        for name, title in TITLES.items()
        if steps[name]
    )
    parts.append(PlainPart(NEXT, parts=inner))
    return PatientSummary(TITLE, tuple(part for part in parts if part.lines or part.parts))


def _lines(kinds: Iterable[SectionKind], filed: dict[SectionKind, tuple[Statement, ...]]) -> tuple[PlainLine, ...]:
    return tuple(_line(statement, kind) for kind in kinds for statement in filed.get(kind, ()))


def _line(statement: Statement, kind: SectionKind) -> PlainLine:
    """The statement in plain words; in its own where that cannot be done."""
    own = PlainLine(statement.text, statement.id, bool(statement.doubtful))
    return or_else(lambda: _plain(statement, kind), own, "patient summary")


def _plain(statement: Statement, kind: SectionKind) -> PlainLine:
    told = addressed(statement, group_of(kind))
    if not _same_facts(told, statement.text):
        told = statement.text
    plain = explained(told)
    return PlainLine(plain if _same_facts(plain, told) else told, statement.id, bool(statement.doubtful))


def _same_facts(one: str, other: str) -> bool:
    """Whether both say the same numbers, sides, people and drugs in order, and deny the same words."""
    return _facts(one) == _facts(other) and not any(
        denied != known for word, denied in _denied(one).items() if (known := _denied(other).get(word)) is not None
    )


def _facts(text: str) -> Sequence[object]:
    found = facts.read(text, ModelsSettings())
    drugs = tuple(item.concept for item in found.named if item.kind is Kind.DRUG)
    sides = tuple(side for _, side in found.sides)
    return [found.numbers, found.amounts, sides, found.people, drugs, len(STOP.findall(text)), _denies(text)]


def _denies(text: str) -> bool:
    return any(Polarity.ABSENT in said for said in _denied(text).values())


def _denied(text: str) -> dict[str, frozenset[Polarity]]:
    """Of each word, whether it is denied."""
    found = facts.read(text, ModelsSettings())
    return {word: frozenset(claims.polarity for claims in said) for word, said in found.words.items()}


def _step(text: str) -> str:
    """What kind of step a plan is."""
    steps = layout_words.by_name("steps")
    for name in STEPS:
        if steps[name].search(text) or (name == "medicines" and named.drugs(text)):
            return name
    return "other"
