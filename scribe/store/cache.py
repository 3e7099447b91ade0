"""Documents that were read or written lately, so that an edit does not read a long transcript anew each time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from scribe.types import Note, Transcript

KEPT_BYTES = 32 * 2**20  # of bodies, and about three times that of memory: 25 people, each at a visit of their own


@dataclass(frozen=True, slots=True)
class Cached:
    """A document and its bytes."""

    document: Transcript | Note = field(repr=False)
    body: bytes = field(repr=False)
    places: dict[int, slice] = field(default_factory=dict, repr=False)  # of segments in the body, by `id`


class Cache:
    """The latest documents by the hash of their revision. Documents are frozen, so threads may share them."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str], Cached] = OrderedDict()
        self._most, self._bytes = most, 0

    def get(self, encounter_id: str, sha256: str) -> Cached | None:
        """The document of a revision, None where it is not here."""
        with self._lock:
            found = self._kept.get((encounter_id, sha256))
            if found:
                self._kept.move_to_end((encounter_id, sha256))
            return found

    def put(self, encounter_id: str, sha256: str, cached: Cached) -> None:
        """Keep it, and let go what was not asked for longest."""
        with self._lock:
            self._drop((encounter_id, sha256))
            self._kept[encounter_id, sha256] = cached
            self._bytes += len(cached.body)
            while self._bytes > self._most and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def forget(self, encounter_id: str) -> None:
        """Drop all documents of an encounter."""
        with self._lock:
            for name in [name for name in self._kept if name[0] == encounter_id]:
                self._drop(name)

    def _drop(self, name: tuple[str, str]) -> None:
        found = self._kept.pop(name, None)
        self._bytes -= len(found.body) if found else 0
