"""What belongs together in a sentence that is compared by its words: which of them may change places.

    parts.read(["stop", "metformin", "and", "start", "glipizide", "in #", "#2", "week"], words)

A sentence is cut at its marks and at "and", "or", "but" into parts. A part begins with heads ("not", "stop", "mother"),
which hold for the parts behind it, too, until another part has heads of its own. Words of order or condition ("if",
"before", "since") begin a phrase whose words keep their order and which belongs to the part before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

COMMA, STOP = ",", ";"
MARKS = frozenset({COMMA, STOP})
JOINING = frozenset({"and", "or", "but"})
BREAKS = MARKS | JOINING
NEW_HEADS = "|"  # a verb that ends what a head holds: "denies fever, has chills"


@dataclass(frozen=True, slots=True)
class Words:
    """The items that cut sentences: heads, what begins a phrase, and what may describe more than the next word."""

    heads: frozenset[str]
    relations: frozenset[str]
    describing: frozenset[str]

    def relates(self, item: str) -> bool:
        """Whether an item begins a phrase: "if", or "in" before a number."""
        return item in self.relations or item.endswith(" #")


@dataclass(slots=True)
class _Part:
    heads: tuple[str, ...] = ()
    main: list[str] = field(default_factory=list)
    phrase: list[str] = field(default_factory=list)
    begins: bool = False  # with a phrase


def read(items: Sequence[str], words: Words) -> Counter[tuple[object, ...]] | None:
    """The parts of each clause in a form that is the same where only parts have changed places; None: none may."""
    clauses: Counter[tuple[object, ...]] = Counter()
    for clause in _split(items, {STOP}):
        found = list(_parts(clause, words))
        if any(_describes_more(one, other, words) for one, other in pairwise(found)):
            return None
        main = [part for part in found if part.main]
        loose = [tuple(part.phrase) for part in found if not part.main]
        if len(main) == 1 and len(loose) <= 1:
            phrase = loose[0] if loose else ()
            key: tuple[object, ...] = (main[0].heads, tuple(main[0].main), (*phrase, *main[0].phrase))
            clauses[key] += 1
        elif loose or (len(main) > 1 and main[-1].phrase and any(not part.phrase for part in main)):
            # the phrase may belong to one part or to all: nothing in this clause may change places
            clauses[tuple((part.heads, tuple(part.main), tuple(part.phrase)) for part in found)] += 1
        else:
            for part in main:
                clauses[part.heads, tuple(part.main), tuple(part.phrase)] += 1
    return clauses


def _describes_more(one: _Part, other: _Part, words: Words) -> bool:
    """Whether the first word of a part may hold for the next, too: "left arm weakness and numbness"."""
    if not one.main or not other.main:
        return False
    return one.main[0] in words.describing and other.main[0] not in words.describing


def _parts(clause: Sequence[str], words: Words) -> Iterable[_Part]:
    heads: tuple[str, ...] = ()
    for piece in _split(clause, BREAKS, keep=frozenset({"but"})):
        at = 0
        if piece[0] in ("but", NEW_HEADS):
            heads = ()
        piece = [item for item in piece if item not in ("but", NEW_HEADS)]
        while at < len(piece) and piece[at] in words.heads:
            at += 1
        heads = tuple(piece[:at]) or heads
        part = _Part(heads)
        for item in piece[at:]:
            (part.phrase if part.phrase or words.relates(item) else part.main).append(item)
        yield part


def _split(items: Sequence[str], at: Iterable[str], keep: frozenset[str] = frozenset()) -> Iterable[list[str]]:
    breaks = frozenset(at)
    piece: list[str] = []
    for item in items:
        if item in breaks:
            if piece:
                yield piece
            piece = [item] if item in keep else []
        else:
            piece.append(item)
    if piece:
        yield piece
