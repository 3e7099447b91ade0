"""The 7th character of an injury's code: active treatment, routine care while it heals, or what it left behind.

Guidelines I.A.4, I.A.5 and I.C.19.a. "A" is for active treatment, at whichever visit; "D" for care afterwards, and a
fracture has letters of its own for delayed healing, nonunion and malunion; "S" for a sequela. The tables give "A";
what the note says of healing moves it. The 7th character counts only where the release has the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from scribe.coding import rules
from scribe.coding.rules import Proposal
from scribe.plugins import CodeSystem
from scribe.types import Note, SectionKind

SEVENTH = re.compile(r"[A-Z]\d[0-9A-Z]\.[0-9A-Z]{3}A")  # seven characters, the last for an initial encounter
READ = (SectionKind.CHIEF_COMPLAINT, SectionKind.ASSESSMENT, SectionKind.PLAN)


def settle(proposals: Iterable[Proposal], note: Note, system: CodeSystem) -> list[Proposal]:
    """The proposals, with the 7th character that the note supports."""
    return [_settled(item, note, system) if SEVENTH.fullmatch(item.code) else item for item in proposals]


def _settled(item: Proposal, note: Note, system: CodeSystem) -> Proposal:
    own = " ".join(note.statement(evidence.statement_id).text for evidence in item.evidence)
    around = " ".join(_texts(note)) if _only_injury(note) else own
    for rule, letters, pattern in _patterns():
        if pattern.search(own) or (rule == "seventh-subsequent" and pattern.search(around)):
            for letter in letters:
                code = item.code[:-1] + letter
                if system.is_billable(code):
                    return item.by(rule, code)
    return item


def _texts(note: Note) -> Iterator[str]:
    return (statement.text for section in note.sections if section.kind in READ for statement in section.statements)


def _only_injury(note: Note) -> bool:
    """Whether the note is short enough that what is said of healing can only mean this injury."""
    return sum(len(section.statements) for section in note.sections if section.kind in READ) <= 3


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple(
        (row["id"], row["letters"], re.compile(row["said"], re.IGNORECASE)) for row in rules.table()["encounters"]
    )
