"""What changed in the codes of a note from one revision to another, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from scribe.coding.reading import overlap
from scribe.types import CodeSuggestion, Note

NOTABLE = 0.05  # a change of probability that is worth a line


class ChangeKind(StrEnum):
    """What became of a code."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `old` is None for an added code, `new` for a removed one."""

    kind: ChangeKind
    old: CodeSuggestion | None
    new: CodeSuggestion | None
    reason: str = field(repr=False)


def compare(old: Note, new: Note) -> tuple[Change, ...]:
    """The differences: codes that became others, then what was added, removed, and decided otherwise."""
    before = {_key(item): item for item in old.suggestions}
    after = {_key(item): item for item in new.suggestions}
    gone = [item for key, item in before.items() if key not in after]
    come = [item for key, item in after.items() if key not in before]
    changes: list[Change] = []
    for item in list(gone):
        heir = next((other for other in come if _follows(item, other, old, new)), None)
        if heir:
            gone.remove(item)
            come.remove(heir)
            changes.append(Change(ChangeKind.CHANGED, item, heir, _reason(heir, old, new)))
    changes += [Change(ChangeKind.ADDED, None, item, _reason(item, old, new)) for item in come]
    changes += [Change(ChangeKind.REMOVED, item, None, _loss(item, old, new)) for item in gone]
    for key in before.keys() & after.keys():
        reasons = "; ".join(_differences(before[key], after[key]))
        if reasons:
            changes.append(Change(ChangeKind.CHANGED, before[key], after[key], reasons))
    return tuple(changes)


def _key(item: CodeSuggestion) -> tuple[str, str]:
    return item.coding.system, item.coding.code


def _follows(item: CodeSuggestion, other: CodeSuggestion, old: Note, new: Note) -> bool:
    """Whether `other` stands where `item` stood: on the same words, or by an answer to a question about it."""
    if item.coding.system != other.coding.system:
        return False
    return _shares_words(item, other, old, new) or any(item.coding.code in codes for codes in _answered(other, new))


def _shares_words(item: CodeSuggestion, other: CodeSuggestion, old: Note, new: Note) -> bool:
    texts = {statement.id: statement.text for statement in new.statements}
    kept = {statement.id for statement in old.statements if texts.get(statement.id) == statement.text}
    return any(
        one.statement_id == two.statement_id and one.statement_id in kept and overlap(one.span, two.span)
        for one in item.evidence
        for two in other.evidence
    )


def _answered(item: CodeSuggestion, note: Note) -> Iterator[tuple[str, ...]]:
    statements = {evidence.statement_id for evidence in item.evidence}
    for query in note.queries:
        if query.answer and query.answer.statement_id in statements:
            yield query.codes


def _reason(item: CodeSuggestion, old: Note, new: Note) -> str:
    """Why a code is there now."""
    statements = {evidence.statement_id for evidence in item.evidence}
    for query in new.queries:
        if query.answer and query.answer.statement_id in statements:
            return f"{query.id} was answered “{query.answer.text}” by {query.answer.author}"
    texts = {statement.id: statement.text for statement in old.statements}
    for evidence in item.evidence:
        text = new.statement(evidence.statement_id).text
        if texts.get(evidence.statement_id) != text:
            return f"new words in the note: “{text[evidence.span.start : evidence.span.end]}”"
    return _of_tables(old, new, item.coding.system)


def _loss(item: CodeSuggestion, old: Note, new: Note) -> str:
    """Why a code is gone."""
    texts = {statement.id: statement.text for statement in new.statements}
    if all(texts.get(evidence.statement_id) != _text(old, evidence.statement_id) for evidence in item.evidence):
        return "its words are no longer in the note"
    for query in new.queries:
        if query.answer and item.coding.code in query.codes:
            return f"{query.id} was answered “{query.answer.text}” by {query.answer.author}"
    for other in new.suggestions:
        if _shares_words(item, other, old, new):
            return f"its words count for {other.coding.code} now"
    return _of_tables(old, new, item.coding.system)


def _text(note: Note, statement_id: str) -> str:
    return note.statement(statement_id).text


def _of_tables(old: Note, new: Note, system: str) -> str:
    sides = (old.suggestions, new.suggestions)
    releases = [sorted({item.coding.version for item in side if item.coding.system == system}) for side in sides]
    if all(releases) and releases[0] != releases[1]:
        return f"{system} release {releases[0][-1]} became {releases[1][-1]}"
    return "the words are the same: other words around them, settings or rules decided otherwise"


def _differences(old: CodeSuggestion, new: CodeSuggestion) -> Iterator[str]:
    if old.status is not new.status:
        yield f"{old.status} became {new.status}"
    if old.coding.version != new.coding.version:
        yield f"release {old.coding.version} became {new.coding.version}"
    if old.coding.display != new.coding.display:
        yield "its name changed"
    if abs(old.probability - new.probability) >= NOTABLE:
        yield f"probability {old.probability:.2f} became {new.probability:.2f}"
    if set(old.flags) != set(new.flags):
        yield f"flags: {', '.join(new.flags) or 'none'} (were {', '.join(old.flags) or 'none'})"
