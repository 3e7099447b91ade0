"""A new draft of a corrected transcript, with what persons had done to the old one.

A statement of the new draft is that of the old one which was heard in the same words: it takes its id, so comments and
decisions still find it. What a person typed, edited, removed or moved stays as they left it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from scribe.review import evidence
from scribe.review.chain import Followed
from scribe.review.note import Catalog, insert, names, place_of
from scribe.review.note_merge import standing
from scribe.types import Note, Removed, SectionKind, Statement

SHARED = 0.5  # of the words of the shorter statement that two have to share to be the same one
BY_WORDS = 0.7  # how much shared words count against alike sentences


@dataclass(frozen=True, slots=True)
class _Old:
    """A statement of the old note, and where it stood or stands."""

    statement: Statement
    kind: SectionKind
    removed: Removed | None
    words: frozenset[int]  # in the new transcript


def redrafted(old: Note, draft: Note, fresh: Note, followed: Followed, catalog: Catalog) -> Note:
    """`fresh`, a draft of the new transcript, with what persons did to `draft` on the way to `old`.

    `followed` leads from the transcript of the old note to the new one. Codes are to be proposed again; answered
    questions are kept.
    """
    olds = list(_olds(old, followed))
    places = {item.id: frozenset(_places(item, followed)) for item in fresh.statements}
    pairs = _pairs(olds, fresh.statements, places)
    result = _renamed(fresh, pairs, names(old))
    drafted = standing(draft)
    removed: list[Removed] = []
    for item in olds:
        name = item.statement.id
        if item.removed is not None:
            result, gone = _removed_again(result, item.removed, followed, matched=name in pairs)
            removed.append(gone)
        elif name in pairs:
            result = _edited_again(result, item, drafted, old, catalog)
        elif item.statement.author is not None:
            result = _put_back(result, _rebased(item.statement, followed), old, item.kind, catalog)
    present = {statement.id for statement in result.statements}
    queries = tuple(item for item in old.queries if item.answer and item.statement_id in present)
    return replace(
        result,
        id=old.id,
        encounter=old.encounter,
        revision=old.revision,
        status=old.status,
        template=old.template,
        removed=tuple(removed),
        queries=queries,
        signatures=old.signatures,
        addenda=old.addenda,
    )


def _olds(old: Note, followed: Followed) -> Iterator[_Old]:
    for section in old.sections:
        for statement in section.statements:
            yield _Old(statement, section.kind, None, frozenset(_mapped(statement, followed)))
    for gone in old.removed:
        yield _Old(gone.statement, gone.kind, gone, frozenset(_mapped(gone.statement, followed)))


def _mapped(statement: Statement, followed: Followed) -> Iterator[int]:
    for span in statement.heard:
        yield from followed.words(span)


def _places(statement: Statement, followed: Followed) -> Iterator[int]:
    for span in statement.heard:
        yield from followed.new.places_in(span)


def _pairs(olds: Sequence[_Old], fresh: Sequence[Statement], places: Mapping[str, frozenset[int]]) -> dict[str, str]:
    """For old ids the fresh id that is the same statement, the best pairs first."""
    at_word: dict[int, list[Statement]] = {}
    for statement in fresh:
        for word in places[statement.id]:
            at_word.setdefault(word, []).append(statement)
    ranked = []
    for number, item in enumerate(olds):
        near = {other.id: other for word in item.words for other in at_word.get(word, ())}
        text = item.statement.drafted or item.statement.text
        for other in near.values():
            shared = len(item.words & places[other.id]) / min(len(item.words), len(places[other.id]))
            if shared >= SHARED:
                alike = fuzz.ratio(text, other.text) / 100
                ranked.append((-(BY_WORDS * shared + (1 - BY_WORDS) * alike), number, other.id))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, number, name in sorted(ranked):
        own = olds[number].statement.id
        if own not in found and name not in taken:
            found[own] = name
            taken.add(name)
    return found


def _renamed(fresh: Note, pairs: Mapping[str, str], used: frozenset[str]) -> Note:
    """The fresh note with the old ids, and ids of its own that nobody has used yet."""
    renamed = {new: old for old, new in pairs.items()}
    free = (name for number in range(1, len(used) + len(fresh.statements) + 2) if (name := f"r{number}") not in used)
    for statement in fresh.statements:
        if statement.id not in renamed:
            renamed[statement.id] = next(free) if statement.id in used else statement.id

    def rename(statement: Statement) -> Statement:
        return replace(
            statement,
            id=renamed[statement.id],
            problem=renamed.get(statement.problem or ""),
            contradicts=tuple(renamed[name] for name in statement.contradicts if name in renamed),
        )

    sections = tuple(replace(section, statements=tuple(map(rename, section.statements))) for section in fresh.sections)
    refusals = tuple(
        replace(item, statement_id=renamed[item.statement_id])
        for item in fresh.refusals
        if item.statement_id in renamed
    )
    reworded = tuple(renamed[name] for name in fresh.reworded if name in renamed)
    return replace(fresh, sections=sections, refusals=refusals, reworded=reworded)


def _rebased(statement: Statement, followed: Followed) -> Statement:
    """A statement that the new draft does not have, heard where those words stand now."""
    spans = tuple(span for span in map(followed.span, statement.heard) if span)
    seconds = tuple(found for span in spans if (found := followed.new.seconds(span)))
    return replace(statement, heard=spans, seconds=seconds)


def _edited_again(
    note: Note, item: _Old, drafted: Mapping[str, tuple[SectionKind, Statement]], old: Note, catalog: Catalog
) -> Note:
    """The fresh statement with the words and the section that a person gave it."""
    name, statement = item.statement.id, item.statement
    kind, fresh = standing(note)[name]
    as_drafted = (statement.drafted or statement.text) == fresh.text
    if statement.author is not None and statement.text != fresh.text:
        fresh = replace(
            fresh,
            text=statement.text,
            assertion=statement.assertion,
            author=statement.author,
            doubtful=statement.doubtful,
            drafted=fresh.text,
            drafted_doubtful=fresh.doubtful,
        )
    moved = as_drafted or (name in drafted and drafted[name][0] is not item.kind)
    if moved and kind is not item.kind:
        return _put_back(_without(note, name), fresh, old, item.kind, catalog)
    sections = tuple(
        replace(section, statements=tuple(fresh if one.id == name else one for one in section.statements))
        for section in note.sections
    )
    return replace(note, sections=sections)


def _removed_again(note: Note, gone: Removed, followed: Followed, *, matched: bool) -> tuple[Note, Removed]:
    if not matched:
        return note, replace(gone, statement=_rebased(gone.statement, followed))
    kind, before = place_of(note, gone.statement.id)
    fresh = note.statement(gone.statement.id)
    return evidence.without(_without(note, fresh.id), [fresh.id]), Removed(fresh, kind, before, gone.author)


def _without(note: Note, name: str) -> Note:
    left = (
        replace(section, statements=tuple(item for item in section.statements if item.id != name))
        for section in note.sections
    )
    return replace(note, sections=tuple(section for section in left if section.statements))


def _put_back(note: Note, statement: Statement, old: Note, kind: SectionKind, catalog: Catalog) -> Note:
    """A statement into its section, behind the nearest one that stood before it in the old note."""
    before = _ahead(old, statement.id, kind)
    present = {item.id for section in note.sections if section.kind is kind for item in section.statements}
    return insert(note, statement, kind, next((name for name in before if name in present), None), catalog)


def _ahead(old: Note, name: str, kind: SectionKind) -> Iterable[str]:
    """Ids of the statements before one in its section, the nearest first."""
    for section in old.sections:
        if section.kind is kind:
            ids = [item.id for item in section.statements]
            return reversed(ids[: ids.index(name)] if name in ids else ids)
    return ()
