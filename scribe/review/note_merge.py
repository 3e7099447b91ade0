"""Two people edit one note: what each changed since a common state is put together, statement by statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rapidfuzz.distance import LCSseq

from scribe.errors import ConflictError
from scribe.review import evidence
from scribe.review.note import Catalog, insert
from scribe.types import Note, Removed, SectionKind, Statement

Standing = tuple[SectionKind, Statement]


def merged(base: Note, mine: Note, theirs: Note, catalog: Catalog) -> Note:
    """`theirs` with what `mine` changed since `base`.

    Raises ConflictError where both changed the same statement, or chose another template.
    """
    if same(theirs, base):
        return mine
    if same(mine, base) or same(mine, theirs):
        return theirs
    own, others = changed(base, mine), changed(base, theirs)
    ours, now = _said(mine), _said(theirs)
    for name in own & others:
        if ours.get(name) != now.get(name):
            raise ConflictError("somebody else changed the same statement: read the note again and repeat the edit")
    if mine.template != base.template != theirs.template != mine.template:
        raise ConflictError("somebody else chose another template: read the note again")
    result = theirs if mine.template == base.template else replace(theirs, template=mine.template)
    return take(result, mine, own - others, catalog)


def same(one: Note, other: Note) -> bool:
    """Whether two notes say the same; their revisions do not count."""
    return one is other or replace(one, revision=other.revision) == other


def standing(note: Note) -> Mapping[str, Standing]:
    """The statements by id, each with the kind of its section."""
    return {item.id: (section.kind, item) for section in note.sections for item in section.statements}


def _said(note: Note) -> Mapping[str, Standing]:
    """As `standing`, without what follows from other statements."""
    return {
        name: (kind, replace(item, contradicts=()) if item.contradicts else item)
        for name, (kind, item) in standing(note).items()
    }


def changed(old: Note, new: Note) -> frozenset[str]:
    """Ids of the statements that were edited, added, removed or moved."""
    before, now = _said(old), _said(new)
    differing = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    for kind in {section.kind for section in new.sections}:
        was = [name for name, (where, _) in before.items() if where is kind and name not in differing]
        here = [name for name, (where, _) in now.items() if where is kind and name not in differing]
        if was != here:
            kept = {
                was[step.src_start + at]
                for step in LCSseq.opcodes(was, here)
                if step.tag == "equal"
                for at in range(step.src_end - step.src_start)
            }
            differing |= set(here) - kept
    return frozenset(differing)


def take(note: Note, source: Note, statement_ids: frozenset[str], catalog: Catalog) -> Note:
    """`note` with these statements as they are, and where they are, in `source`: there, changed, or gone."""
    before, wanted = standing(note), standing(source)
    without = tuple(
        replace(section, statements=tuple(item for item in section.statements if item.id not in statement_ids))
        for section in note.sections
    )
    result = replace(note, sections=without)
    for section in source.sections:
        for at, statement in enumerate(section.statements):
            if statement.id in statement_ids:
                present = {name for name, (kind, _) in standing(result).items() if kind is section.kind}
                ahead = [item.id for item in section.statements[:at] if item.id in present]
                result = insert(result, statement, section.kind, ahead[-1] if ahead else None, catalog)
    result = replace(result, sections=tuple(section for section in result.sections if section.statements))
    for name in sorted(statement_ids & before.keys() & wanted.keys()):
        old, new = before[name][1].text, wanted[name][1].text
        result = evidence.reworded(result, name, old, new) if old != new else result
    result = evidence.without(result, sorted(statement_ids - wanted.keys()))
    return replace(result, removed=_removed(note, source, statement_ids))


def _removed(note: Note, source: Note, statement_ids: frozenset[str]) -> tuple[Removed, ...]:
    kept = [item for item in note.removed if item.statement.id not in statement_ids]
    return (*kept, *(item for item in source.removed if item.statement.id in statement_ids))
