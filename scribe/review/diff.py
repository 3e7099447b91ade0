"""What differs between two revisions, word by word: turns of a transcript, statements of a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scribe.review.note_merge import changed, standing
from scribe.review.retime import TYPED, aligned
from scribe.types import Interval, Note, Transcript, Word


class Change(StrEnum):
    """What became of words, a turn or a statement."""

    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stayed, went or came."""

    change: Change
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A turn or statement in two revisions."""

    change: Change
    heading: str  # the section, or the speaker
    pieces: tuple[Piece, ...]
    statement_id: str | None = None
    interval: Interval | None = None


def count(lines: Sequence[Line]) -> tuple[int, int]:
    """How many words came and how many went."""
    pieces = [piece for line in lines for piece in line.pieces]
    added = sum(len(piece.text.split()) for piece in pieces if piece.change is Change.ADDED)
    return added, sum(len(piece.text.split()) for piece in pieces if piece.change is Change.REMOVED)


def texts(old: str, new: str) -> tuple[Piece, ...]:
    """What differs between two texts."""
    before, now = TYPED.findall(old), TYPED.findall(new)
    return tuple(_pieces([word.strip() for word in before], [word.strip() for word in now], before, now))


def _pieces(was: Sequence[str], here: Sequence[str], before: Sequence[str], now: Sequence[str]) -> Iterator[Piece]:
    for same, old, new in aligned(was, here):
        if same:
            yield Piece(Change.SAME, "".join(now[new]))
        else:
            if gone := "".join(before[old]):
                yield Piece(Change.REMOVED, gone)
            if came := "".join(now[new]):
                yield Piece(Change.ADDED, came)


def transcripts(old: Transcript, new: Transcript) -> tuple[Line, ...]:
    """The turns of the new transcript that differ; words that went stand in the turn in which they were."""
    lines: list[_Turn] = []
    for word, change, was in _marked(old.words, new.words):
        speaker = word.speaker
        if not lines or (lines[-1].speaker != speaker and change is not Change.REMOVED):
            lines.append(_Turn(speaker, was))
        lines[-1].take(word, change, was)
    names = {item.speaker: item.name or item.speaker for item in (*old.roles, *new.roles)}
    return tuple(line for turn in lines if (line := turn.line(names)).change is not Change.SAME)


def _marked(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[Word, Change, str | None]]:
    """The words of both, with what became of them and who had said them before."""
    keys = [word.text.strip() for word in old], [word.text.strip() for word in new]
    for same, here, there in aligned(*keys):
        if same:
            yield from ((word, Change.SAME, was.speaker) for was, word in zip(old[here], new[there], strict=True))
        else:
            yield from ((word, Change.REMOVED, word.speaker) for word in old[here])
            yield from ((word, Change.ADDED, word.speaker) for word in new[there])


class _Turn:
    """A turn that is being put together."""

    def __init__(self, speaker: str | None, before: str | None) -> None:
        self.speaker, self.before = speaker, before
        self._words: list[tuple[Change, Word]] = []
        self._reassigned = False

    def take(self, word: Word, change: Change, before: str | None) -> None:
        """A word more."""
        self._words.append((change, word))
        self._reassigned |= change is Change.SAME and before != word.speaker

    def line(self, names: dict[str, str]) -> Line:
        pieces: list[tuple[Change, str]] = []
        for change, word in self._words:
            if pieces and pieces[-1][0] is change:
                pieces[-1] = change, pieces[-1][1] + word.text
            else:
                pieces.append((change, word.text))
        kinds = {change for change, _ in pieces}
        change = Change.CHANGED if self._reassigned or len(kinds) > 1 else kinds.pop()
        heading = names.get(self.speaker or "", self.speaker or "")
        if self._reassigned and self.before != self.speaker:
            heading = f"{names.get(self.before or '', self.before or '?')} \N{RIGHTWARDS ARROW} {heading}"
        words = [word for _, word in self._words]
        interval = Interval(min(word.start for word in words), max(word.end for word in words))
        return Line(change, heading, tuple(Piece(kind, text) for kind, text in pieces), interval=interval)


def notes(old: Note, new: Note) -> tuple[Line, ...]:
    """All statements of both notes, in the order of the new one; those that went stand behind the one before them."""
    before, now = standing(old), standing(new)
    moved = changed(old, new)
    waiting: dict[str | None, list[Line]] = {}
    anchor: str | None = None
    for section in old.sections:
        for statement in section.statements:
            if statement.id in now:
                anchor = statement.id
            else:
                gone = (Piece(Change.REMOVED, statement.text),)
                line = Line(Change.REMOVED, section.title, gone, statement.id, _first(statement.seconds))
                waiting.setdefault(anchor, []).append(line)
    lines = waiting.pop(None, [])
    for section in new.sections:
        for statement in section.statements:
            interval = _first(statement.seconds)
            if statement.id not in before:
                came = (Piece(Change.ADDED, statement.text),)
                lines.append(Line(Change.ADDED, section.title, came, statement.id, interval))
            else:
                was = before[statement.id][1].text
                kind = Change.CHANGED if was != statement.text else Change.SAME
                if kind is Change.SAME and statement.id in moved and before[statement.id] != now[statement.id]:
                    kind = Change.MOVED if before[statement.id][0] is not section.kind else Change.SAME
                elif kind is Change.SAME and statement.id in moved:
                    kind = Change.MOVED
                lines.append(Line(kind, section.title, texts(was, statement.text), statement.id, interval))
            lines += waiting.pop(statement.id, [])
    return tuple(lines)


def _first(seconds: Sequence[Interval]) -> Interval | None:
    return seconds[0] if seconds else None
