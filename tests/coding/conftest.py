"""The real tables, indexed once for all tests of the folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import CodingSettings, Config
from scribe.types import Encounter, Note, Role, Section, SectionGroup, SectionKind, Span, Statement


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
