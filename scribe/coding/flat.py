"""What code systems without a tree share: a list of codes, chosen by day of service, searched by words."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Self

from scribe.coding import releases, search, store
from scribe.coding.index import Contents, Entry, Index, Name, open_index
from scribe.coding.search import Found
from scribe.config import Config
from scribe.errors import AssetError
from scribe.plugins import Release, TermMatch
from scribe.types import Coding

MADE_FROM = (
    "flat.py",
    "hcpcs.py",
    "hcpcs.yaml",
    "cpt.py",
    "index.py",
    "search.py",
    "search.yaml",
    "terms.py",
    "words.yaml",
)
ENDED = "ended"  # kind of the note that says since when a code is no longer used


NONE = "none"  # the name of the release where there is no table for a day


def no_release(system: str) -> Release:
    """What stands for a table where there is none: it has no codes."""
    return Release(system, NONE, date.min, date.max, "", "no table is loaded")


class FlatSystem(ABC):
    """A list of codes of one release: the newest in force on `day`, today where none is named."""

    name: str

    def __init__(self, config: Config, release: Release | None = None, day: date | None = None) -> None:
        self._config = config
        self._store = store.Store(store.folder(config))
        self.day = day or date.today()
        self.release = release or releases.chosen(self.releases(), self.name, self.day, accept_ended=True)
        self._made: Index | None = None
        self._lock = Lock()

    @property
    def version(self) -> str:
        """The name of the release."""
        return self.release.name

    @property
    def loaded(self) -> bool:
        """Whether there is a table for the day of service."""
        return self.release.name != NONE

    @abstractmethod
    def releases(self) -> list[Release]:
        """Every release that can be used, oldest first."""

    @abstractmethod
    def _source(self) -> bytes:
        """The file that this release is made from, whole."""

    @abstractmethod
    def _entries(self, source: bytes) -> Iterable[Entry]:
        """The codes of that file."""

    def on(self, day: date) -> Self:
        """The table in force on a day of service; one without any codes where there is none to use."""
        accepted = self._config.coding.ended_release == "warn"
        try:
            found = releases.chosen(self.releases(), self.name, day, accept_ended=accepted)
        except AssetError:
            found = no_release(self.name)
        return type(self)(self._config, found, day)

    def of(self, release: Release) -> Self:
        """The table of a release."""
        return type(self)(self._config, release, self.day)

    @property
    def index(self) -> Index:
        """The index of this release, opened on first use."""
        with self._lock:
            if self._made is None:
                source = self._source()
                digest = hashlib.sha256(self.version.encode() + source)
                for file in MADE_FROM:
                    digest.update(Path(__file__).with_name(file).read_bytes())
                self._made = open_index(
                    self._store.folder,
                    f"{self.name}-{self.version}",
                    digest.hexdigest(),
                    lambda: self._contents(source),
                )
            return self._made

    def _contents(self, source: bytes) -> Contents:
        entries = list(self._entries(source))
        named = [search.named(entry.code, entry.display, "name") for entry in entries]
        return Contents(entries, names=[*named, *self._names(source)])

    def _names(self, source: bytes) -> Iterable[Name]:
        """Other names by which codes are searched."""
        del source
        return ()

    def lookup(self, code: str) -> Coding | None:
        """The code's entry; None where the release has no such code, or it had ended by the day of service."""
        if not self.loaded:
            return None
        entry = self.index.entry(code.upper())
        ended = [text for kind, text in self.index.notes(code.upper()) if kind == ENDED]
        if entry is None or any(text < self.day.isoformat() for text in ended):
            return None
        return Coding(self.name, self.version, entry.code, entry.display)

    def is_billable(self, code: str) -> bool:
        """Whether the code can stand on a claim of that day."""
        return self.lookup(code) is not None

    def find(self, text: str) -> tuple[TermMatch, ...]:
        """Nothing: services are proposed from what was done (`services.py`), not from what is named."""
        del text
        return ()

    def search(self, text: str, limit: int = 5) -> list[Found]:
        """The codes whose descriptors say what `text` says, best first."""
        return search.search(self.index, text, limit)

    def excludes(self, code: str, other: str) -> bool:
        """Never: these lists do not say so."""
        del code, other
        return False

    def refines(self, code: str, general: str) -> bool:
        """Never: these lists have no tree."""
        del code, general
        return False

    def sided(self, code: str, side: str) -> str | None:
        """None: a side is a modifier here."""
        del code, side
        return None

    def unsided(self, code: str) -> str | None:
        """None: a side is a modifier here."""
        del code
        return None
