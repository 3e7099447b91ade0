"""Edits of a note. A statement is named by its id, which it keeps for good.

A statement that a person edits says who did and keeps what it was heard from and the drafted words; one that is removed
is kept beside the note, with its evidence, and can be put back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from scribe.errors import InputError
from scribe.review import evidence
from scribe.types import Assertion, Note, Removed, Section, SectionKind, Statement

Catalog = Mapping[SectionKind, Section]
"""An empty section of each kind, in the order in which a note has them."""


@dataclass(frozen=True, slots=True)
class EditStatement:
    """Other words for a statement."""

    statement: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AddStatement:
    """A typed statement, behind `after`; None: first in its section."""

    kind: SectionKind
    text: str = field(repr=False)
    after: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class MoveStatement:
    """A statement to another place, behind `after`; None: first in its section."""

    statement: str
    kind: SectionKind
    after: str | None = None


@dataclass(frozen=True, slots=True)
class RemoveStatement:
    """A statement out of the note."""

    statement: str


@dataclass(frozen=True, slots=True)
class RestoreStatement:
    """A removed statement back into the note, or the drafted words back into an edited one."""

    statement: str


@dataclass(frozen=True, slots=True)
class ReplaceAll:
    """Find whole words in all statements and write others."""

    find: str = field(repr=False)
    text: str = field(repr=False)
    match_case: bool = False


@dataclass(frozen=True, slots=True)
class SetAssertion:
    """What a statement claims."""

    statement: str
    assertion: Assertion


@dataclass(frozen=True, slots=True)
class SetTemplate:
    """The template that the note is shown by."""

    template: str


Edit = (
    EditStatement
    | AddStatement
    | MoveStatement
    | RemoveStatement
    | RestoreStatement
    | ReplaceAll
    | SetAssertion
    | SetTemplate
)


def apply(note: Note, edits: Sequence[Edit], author: str, catalog: Catalog) -> Note:
    """The note with the edits of `author`, one after the other.

    Raises InputError, naming the edit, where one means a statement or section that is not there.
    """
    for number, edit in enumerate(edits, 1):
        try:
            note = _made(note, edit, author, catalog)
        except InputError as error:
            raise InputError(f"edit {number} of {len(edits)}: {error}") from error
    return note


def _made(note: Note, edit: Edit, author: str, catalog: Catalog) -> Note:
    match edit:
        case EditStatement(name, text):
            return _edited(note, name, text, author)
        case AddStatement(kind, text, after, name):
            return _added(note, edit, author, catalog)
        case MoveStatement(name, kind, after):
            statement = find(note, name)
            return insert(_taken_out(note, name), statement, kind, after, catalog)
        case RemoveStatement(name):
            return _removed(note, name, author)
        case RestoreStatement(name):
            return _restored(note, name, author, catalog)
        case ReplaceAll(wanted, text, match_case):
            return _replaced(note, wanted, text, author, match_case=match_case)
        case SetAssertion(name, assertion):
            return put(note, replace(_of(find(note, name), author), assertion=assertion))
        case SetTemplate(template):
            return replace(note, template=template)


# --- places
def find(note: Note, name: str) -> Statement:
    """A statement of the note. Raises InputError where it is not there."""
    try:
        return note.statement(name)
    except KeyError:
        raise InputError("there is no such statement: read the note again") from None


def place_of(note: Note, name: str) -> tuple[SectionKind, str | None]:
    """The section a statement stands in, and the id of the statement before it. Raises InputError."""
    for section in note.sections:
        ids = [statement.id for statement in section.statements]
        if name in ids:
            at = ids.index(name)
            return section.kind, ids[at - 1] if at else None
    raise InputError("there is no such statement: read the note again")


def put(note: Note, statement: Statement) -> Note:
    """The note with `statement` in the place of the one with its id; quotes of it follow the words that stay."""
    old = find(note, statement.id)
    note = _with_sections(note, {statement.id: statement})
    return evidence.reworded(note, statement.id, old.text, statement.text) if statement.text != old.text else note


def insert(note: Note, statement: Statement, kind: SectionKind, after: str | None, catalog: Catalog) -> Note:
    """The note with a statement more. Raises InputError where `after` does not stand in that section."""
    if kind not in {section.kind for section in note.sections}:
        note = _with_section(note, kind, catalog)
    sections = []
    for section in note.sections:
        if section.kind is kind:
            ids = [item.id for item in section.statements]
            if after is not None and after not in ids:
                raise InputError(f"the statement to stand behind is not in the section {section.title}")
            at = ids.index(after) + 1 if after is not None else 0
            statements = (*section.statements[:at], statement, *section.statements[at:])
            section = replace(section, statements=statements)
        sections.append(section)
    return replace(note, sections=tuple(sections))


def _with_section(note: Note, kind: SectionKind, catalog: Catalog) -> Note:
    """The note with an empty section, in its usual place."""
    order = list(catalog)
    at = sum(1 for section in note.sections if order.index(section.kind) < order.index(kind))
    return replace(note, sections=(*note.sections[:at], catalog[kind], *note.sections[at:]))


def _with_sections(note: Note, changed: Mapping[str, Statement]) -> Note:
    sections = tuple(
        replace(section, statements=tuple(changed.get(item.id, item) for item in section.statements))
        if any(item.id in changed for item in section.statements)
        else section
        for section in note.sections
    )
    return replace(note, sections=sections)


def _taken_out(note: Note, name: str) -> Note:
    """The note without a statement; a section that is left empty goes, too."""
    left = (
        replace(section, statements=tuple(item for item in section.statements if item.id != name))
        if any(item.id == name for item in section.statements)
        else section
        for section in note.sections
    )
    return replace(note, sections=tuple(section for section in left if section.statements))


# --- words
def _of(statement: Statement, author: str) -> Statement:
    """A statement that a person changes: it keeps what was drafted, unless it was typed from the start."""
    if statement.drafted is not None or not statement.heard:
        return replace(statement, author=author)
    return replace(statement, author=author, drafted=statement.text, drafted_doubtful=statement.doubtful)


def _as_drafted(statement: Statement) -> Statement:
    text, doubtful = statement.drafted or statement.text, statement.drafted_doubtful
    return replace(statement, text=text, doubtful=doubtful, author=None, drafted=None, drafted_doubtful=())


def _edited(note: Note, name: str, text: str, author: str) -> Note:
    old, text = find(note, name), " ".join(text.split())
    if not text:
        raise InputError("a statement without words: remove it instead")
    if text == old.text:
        return note
    if text == old.drafted:
        return put(note, _as_drafted(old))
    moved = evidence.Moved(old.text, text)
    doubtful = tuple(span for span in map(moved, old.doubtful) if span)
    return put(note, replace(_of(old, author), text=text, doubtful=doubtful))


def _replaced(note: Note, wanted: str, text: str, author: str, *, match_case: bool) -> Note:
    words = r"\s+".join(re.escape(word) for word in wanted.split())
    if not words:
        raise InputError("there is nothing to look for")
    before, after = (
        (r"(?<!\w)" if wanted.strip()[0].isalnum() else ""),
        (r"(?!\w)" if wanted.strip()[-1].isalnum() else ""),
    )
    pattern = re.compile(f"{before}{words}{after}", 0 if match_case else re.IGNORECASE)
    found = [statement for statement in note.statements if pattern.search(statement.text)]
    if not found:
        raise InputError("these words are nowhere in the note: nothing was replaced")
    for statement in found:
        note = _edited(note, statement.id, pattern.sub(lambda _: text.strip(), statement.text), author)
    return note


def _added(note: Note, edit: AddStatement, author: str, catalog: Catalog) -> Note:
    text = " ".join(edit.text.split())
    known = names(note)
    if not text:
        raise InputError("a statement without words cannot be added")
    if edit.id in known:
        raise InputError("the id of the new statement is taken: choose another, or leave it out")
    name = edit.id or next(made for number in range(len(known) + 1) if (made := f"typed-{number + 1}") not in known)
    return insert(note, Statement(name, text, author=author), edit.kind, edit.after, catalog)


def names(note: Note) -> frozenset[str]:
    """The ids of all statements, removed ones included."""
    return frozenset((*(item.id for item in note.statements), *(item.statement.id for item in note.removed)))


def _removed(note: Note, name: str, author: str) -> Note:
    kind, before = place_of(note, name)
    gone = Removed(find(note, name), kind, before, author)
    note = evidence.without(_taken_out(note, name), [name])
    return replace(note, removed=(*note.removed, gone))


def _restored(note: Note, name: str, author: str, catalog: Catalog) -> Note:
    gone = next((item for item in note.removed if item.statement.id == name), None)
    if gone is not None:
        left = tuple(item for item in note.removed if item is not gone)
        present = {item.id for section in note.sections if section.kind is gone.kind for item in section.statements}
        after = gone.after if gone.after in present else None
        restored = evidence.untied(gone.statement, names(note) - {item.id for item in note.statements})
        return insert(replace(note, removed=left), restored, gone.kind, after, catalog)
    old = find(note, name)
    if old.drafted is None:
        raise InputError("nobody edited this statement: there is nothing to restore")
    return put(note, _as_drafted(old))
