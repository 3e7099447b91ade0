"""The real tables, indexed once for all tests of the folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.coding import documentation
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import CodingSettings, Config
from scribe.types import (
    Encounter,
    Interval,
    Note,
    Role,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
)


@pytest.fixture(scope="session")
def icd10cm(code_tables: Path) -> Icd10cm:
    return Icd10cm(Config(coding=CodingSettings(folder=str(code_tables))))


@pytest.fixture(scope="session")
def assessed(icd10cm: Icd10cm) -> Callable[..., list[str]]:
    """The codes proposed for an assessment of these statements, in order."""

    def codes(*texts: str) -> list[str]:
        statements = tuple(Statement(f"s{at}", text, heard=(Span(0, 1),)) for at, text in enumerate(texts))
        section = Section(SectionKind.ASSESSMENT, "Assessment", SectionGroup.ASSESSMENT, "", statements)
        note = suggest(Note("n", Encounter("e"), (section,)), [icd10cm], Config())
        return [item.coding.code for item in note.suggestions]

    return codes


SECTIONS = {
    "cc": SectionKind.CHIEF_COMPLAINT,
    "hpi": SectionKind.HPI,
    "pmh": SectionKind.PAST_MEDICAL,
    "family": SectionKind.FAMILY,
    "social": SectionKind.SOCIAL,
    "exam": SectionKind.EXAM,
    "meds": SectionKind.MEDICATIONS,
    "assessment": SectionKind.ASSESSMENT,
    "plan": SectionKind.PLAN,
}


@pytest.fixture(scope="session")
def read_note() -> Callable[[str], Note]:
    """A note from "hpi: text | assessment: text", or from the text of an assessment; "patient> " says who said it."""

    def read(text: str) -> Note:
        sections = []
        for at, part in enumerate(text.split(" | ")):
            name, colon, rest = part.partition(": ")
            kind = SECTIONS.get(name) if colon else None
            body = rest if kind else part
            who, said, words = body.partition("> ")
            role = Role(who) if said and who in ("patient", "clinician") else None
            statement = Statement(f"s{at}", words if role else body, heard=(Span(0, 1),), role=role)
            kind = kind or SectionKind.ASSESSMENT
            sections.append(Section(kind, kind.value, SectionGroup.ASSESSMENT, "", (statement,)))
        return Note("n", Encounter("e"), tuple(sections))

    return read


@pytest.fixture(scope="session")
def visit() -> Callable[[str], Note]:
    """A note of one statement a line, "plan: text"; statements are s0, s1, ...; two seconds each in the recording."""

    def read(text: str) -> Note:
        sections: dict[SectionKind, list[Statement]] = {}
        for at, line in enumerate(filter(None, (line.strip() for line in text.splitlines()))):
            name, _, body = line.partition(": ")
            who, said, words = body.partition("> ")
            role = Role(who) if said and who in set(Role) else None
            place, seconds = (Span(100 * at, 100 * at + 99),), (Interval(2.0 * at, 2.0 * at + 2),)
            kind = SECTIONS.get(name) or SectionKind(name)
            statement = Statement(f"s{at}", words if role else body, place, seconds, role=role)
            sections.setdefault(kind, []).append(statement)
        made = [
            Section(kind, kind.value, SectionGroup.ASSESSMENT, "", tuple(found)) for kind, found in sections.items()
        ]
        return Note("n", Encounter("e"), tuple(made))

    return read


@pytest.fixture(scope="session")
def documented(icd10cm: Icd10cm, visit: Callable[[str], Note]) -> Callable[[str], Note]:
    """Such a note, coded, with problems, worksheet and questions."""

    def code(text: str) -> Note:
        return documentation.documented(suggest(visit(text), [icd10cm], Config()), [icd10cm])

    return code
