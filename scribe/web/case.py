"""A note with the transcript it was made of and the newest one: what the checks and the evidence chain need."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from scribe.review.chain import Followed
from scribe.store.records import Saved
from scribe.store.unit import Unit
from scribe.types import Note, Transcript

KEPT = 32  # a few megabytes each, for an hour of speech


@dataclass(frozen=True)
class Case:
    """One revision of the note, and how its evidence leads into the newest transcript."""

    note: Saved[Note]
    transcript: Saved[Transcript]
    followed: Followed = field(repr=False)


class Paths:
    """How words moved between two revisions, remembered: an hour's transcript is compared once, not with each page."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str], Followed] = OrderedDict()

    def between(self, old: Saved[Transcript], new: Saved[Transcript]) -> Followed:
        """From one revision to another."""
        if old.revision.number == new.revision.number:
            return Followed(new.document, new.document)
        name = (old.revision.sha256, new.revision.sha256)
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        made = Followed(old.document, new.document)
        with self._lock:
            self._kept[name] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


_PATHS = Paths()


def case(unit: Unit, encounter_id: str, number: int | None = None) -> Case:
    """A revision of the note, the newest by default, with its transcript. Raises NotFoundError where there is none."""
    return of(unit, unit.revisions.note(encounter_id, number))


def of(unit: Unit, note: Saved[Note]) -> Case:
    """A note that was read already, with its transcript."""
    encounter_id = note.revision.encounter_id
    newest = unit.revisions.transcript(encounter_id)
    heard_in = note.document.heard_in
    there = heard_in != newest.revision.number and heard_in <= newest.revision.number
    old = unit.revisions.transcript(encounter_id, heard_in) if there else newest
    return Case(note, newest, _PATHS.between(old, newest))
