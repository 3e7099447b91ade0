"""The real tables, indexed once for all tests of the folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import Config
from scribe.types import Encounter, Note, Section, SectionGroup, SectionKind, Span, Statement


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="session")
def icd10cm(index_folder: Path) -> Icd10cm:
    return Icd10cm(Config(), folder=index_folder)


@pytest.fixture(scope="session")
def assessed(icd10cm: Icd10cm) -> Callable[..., list[str]]:
    """The codes proposed for an assessment of these statements, in order."""

    def codes(*texts: str) -> list[str]:
        statements = tuple(Statement(f"s{at}", text, heard=(Span(0, 1),)) for at, text in enumerate(texts))
        section = Section(SectionKind.ASSESSMENT, "Assessment", SectionGroup.ASSESSMENT, "", statements)
        note = suggest(Note("n", Encounter("e"), (section,)), [icd10cm], Config())
        return [item.coding.code for item in note.suggestions]

    return codes
