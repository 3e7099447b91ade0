"""Two people edit one transcript: what each changed since a common state is put together where it does not touch.

The same function takes an edit back after others were made: from the state after it to the state before it is a change
like any other (`merged(after, before, now)`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scribe.errors import ConflictError
from scribe.review.retime import aligned
from scribe.review.transcript import splice
from scribe.types import Flag, SpeakerRole, Transcript, Word


@dataclass(frozen=True, slots=True)
class Change:
    """`count` words from `first` on became `words`."""

    first: int
    count: int
    words: tuple[Word, ...] = field(repr=False)

    @property
    def last(self) -> int:
        """Index behind the last word that was there."""
        return self.first + self.count


def changes(old: Sequence[Word], new: Sequence[Word]) -> tuple[Change, ...]:
    """What turns `old` into `new`, in order; every `first` is an index of `old`."""
    head, shorter = 0, min(len(old), len(new))
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    was, now = old[head : len(old) - tail], new[head : len(new) - tail]
    return tuple(
        Change(head + here.start, here.stop - here.start, tuple(now[there]))
        for same, here, there in aligned(was, now)
        if not same
    )


def patches(old: Sequence[Word], new: Sequence[Word]) -> tuple[Change, ...]:
    """As `changes`, to be made one after the other from the first: `first` counts what the ones before have made."""
    shift, found = 0, []
    for change in changes(old, new):
        found.append(replace(change, first=change.first + shift))
        shift += len(change.words) - change.count
    return tuple(found)


def merged(base: Transcript, mine: Transcript, theirs: Transcript) -> Transcript:
    """`theirs` with what `mine` changed since `base`.

    Raises ConflictError where both changed the same words, put words in the same place, or named a speaker otherwise.
    """
    if theirs is base or theirs == base:
        return mine
    if mine is base or mine == theirs:
        return theirs
    result = _words_merged(base, mine, theirs)
    roles = _roles_merged(base.roles, mine.roles, theirs.roles)
    return replace(result, roles=roles, flags=_flags_merged(base.flags, mine.flags, theirs.flags))


def _words_merged(base: Transcript, mine: Transcript, theirs: Transcript) -> Transcript:
    ours, others = changes(base.words, mine.words), changes(base.words, theirs.words)
    own = [change for change in ours if change not in others]
    for change in own:
        if any(_touch(change, other) for other in others):
            raise ConflictError("somebody else changed the same words: read the transcript again and repeat the edit")
    result = theirs
    for change in reversed(own):
        shift = sum(len(other.words) - other.count for other in others if other.last <= change.first)
        result = splice(result, change.first + shift, change.count, change.words)
    return result


def _touch(one: Change, other: Change) -> bool:
    if one.count and other.count:
        return one.first < other.last and other.first < one.last
    if one.count or other.count:
        inner, outer = (one, other) if other.count else (other, one)
        return outer.first < inner.first < outer.last
    return one.first == other.first


def _roles_merged(
    base: Sequence[SpeakerRole], mine: Sequence[SpeakerRole], theirs: Sequence[SpeakerRole]
) -> tuple[SpeakerRole, ...]:
    before, own, other = ({item.speaker: item for item in roles} for roles in (base, mine, theirs))
    result = []
    for speaker in dict.fromkeys((*other, *own)):
        was, here, there = before.get(speaker), own.get(speaker), other.get(speaker)
        if here != was and there not in (was, here):
            raise ConflictError("somebody else named the same speaker otherwise: read the transcript again")
        kept = there if here == was else here
        if kept is not None:
            result.append(kept)
    return tuple(result)


def _flags_merged(base: Sequence[Flag], mine: Sequence[Flag], theirs: Sequence[Flag]) -> tuple[Flag, ...]:
    """Flags keep their places: each keeps what either side did to it; new ones come behind."""
    both = min(len(base), len(mine), len(theirs))
    kept = [
        there if here == was else here for was, here, there in zip(base[:both], mine[:both], theirs[:both], strict=True)
    ]
    kept += theirs[both:]
    if len(mine) < len(base) and kept[len(mine) : len(base)] == list(base[len(mine) :]):
        del kept[len(mine) : len(base)]  # an edit that added flags is taken back
    kept += [flag for flag in mine[len(base) :] if flag not in theirs[len(base) :]]
    return tuple(kept)
