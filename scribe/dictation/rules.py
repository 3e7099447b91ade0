"""What a rule of writing is, and how rules are run over a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scribe.config import DictationSettings
from scribe.dictation.atoms import Atom, Line, Piece, put
from scribe.types import FlagKind


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a rule would not decide, or found odd; it becomes a flag."""

    kind: FlagKind
    reason: str  # fixed wording
    readings: tuple[str, ...] = field(default=(), repr=False)
    first: int = 0  # index of the first `Written` it is about
    last: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule wrote. Without pieces the atoms up to `end` stay as they are, and no other rule gets them."""

    pieces: tuple[Piece, ...] = ()
    end: int = 0
    doubt: Doubt | None = None
    keep_case: bool = False


Rule = Callable[[Line, int, DictationSettings], Match | None]


def one(text: str, first: int, end: int, *, keep_case: bool = False) -> Match:
    """A match that writes one word for all its atoms."""
    return Match((Piece(text, first, end),), keep_case=keep_case)


def run(line: Line, rules: Sequence[Rule], settings: DictationSettings, doubts: list[Doubt]) -> Line:
    """A line with the rules run over it from left to right; of those that match at an atom, the first wins."""
    made: list[Atom] = []
    at, changed = 0, False
    while at < len(line):
        match = None
        if not line.atoms[at].fixed:
            match = next((found for rule in rules if (found := rule(line, at, settings))), None)
        if match is None:
            made.append(line.atoms[at])
            at += 1
            continue
        end = match.pieces[-1].end if match.pieces else match.end
        if match.doubt:
            span = line.atoms[at:end]
            doubts.append(
                Doubt(match.doubt.kind, match.doubt.reason, match.doubt.readings, span[0].first, span[-1].last)
            )
        if match.pieces:
            made.extend(put(line, match.pieces, match.keep_case))
            changed = True
        else:
            made.extend(line.atoms[at:end])
        at = end
    return Line(made) if changed else line
