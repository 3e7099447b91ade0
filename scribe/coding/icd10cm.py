"""ICD-10-CM as a code system: official tables by date of service, and our lexicon of what people say.

The release that comes with the package `simple-icd-10-cm` serves by default; imported ones stand beside it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from scribe.coding import icd10cm_files, index, match, releases, search, store, tabular
from scribe.coding.icd10cm_files import CODES, LISTED, SUPPLEMENTS, TABULAR, Part
from scribe.coding.search import Found
from scribe.config import Config
from scribe.errors import EngineError, InputError
from scribe.plugins import Release, TermMatch
from scribe.types import Coding

NAME = "icd10cm"
PACKAGE = "simple_icd_10_cm"
LICENCE = "public domain (CDC/NCHS and CMS, US government)"
CODE_FILES = (
    "alphabetic",
    "icd10cm_files",
    "index",
    "index_terms",
    "lexicon",
    "match",
    "tabular",
    "tabular_xml",
    "terms",
)
MADE_FROM = (*(f"{name}.py" for name in CODE_FILES), "lexicon.yaml", "search.yaml", "words.yaml")
MONTHS = {"January": 1, "April": 4, "October": 10}


class Icd10cm:
    """The tabular list of one release; the newest in force today where none is named.

    The first use builds its index (seconds); later ones read it (milliseconds). Raises EngineError where the package
    that brings the list is missing, and AssetError where the index cannot be kept.
    """

    name = NAME

    def __init__(self, config: Config, release: Release | None = None) -> None:
        self._config = config
        self._store = store.Store(store.folder(config))
        self.release = release or releases.chosen(self.releases(), NAME, date.today(), accept_ended=True)
        self._made: index.Index | None = None
        self._others: dict[str, Icd10cm] = {}
        self._lock = Lock()

    @property
    def version(self) -> str:
        """The name of the release, e.g. "2026-04"."""
        return self.release.name

    def releases(self) -> list[Release]:
        """Every release that can be used, oldest first."""
        imported = self._store.imported(NAME)
        names = {item.release for item in imported if item.kind in (TABULAR, LISTED)}
        shipped, _, _ = _shipped_files()
        found = [Release(NAME, *releases.fiscal_of(name), LICENCE, "imported") for name in names]
        if shipped not in names:
            source = f"simple-icd-10-cm {installed_version('simple-icd-10-cm')}"
            found.append(Release(NAME, *releases.fiscal_of(shipped), LICENCE, source))
        return sorted(found, key=lambda release: release.first)

    def on(self, day: date) -> Icd10cm:
        """The table in force on a day of service. Raises AssetError where there is none to use."""
        accepted = self._config.coding.ended_release == "warn"
        return self.of(releases.chosen(self.releases(), NAME, day, accept_ended=accepted))

    def of(self, release: Release) -> Icd10cm:
        """The table of a release; built once and kept."""
        if release == self.release:
            return self
        with self._lock:
            if release.name not in self._others:
                self._others[release.name] = Icd10cm(self._config, release)
            return self._others[release.name]

    @property
    def index(self) -> index.Index:
        """The index of this release, opened on first use."""
        with self._lock:
            if self._made is None:
                parts = self._parts()
                fingerprint = _fingerprint(self.version, parts)
                self._made = index.open_index(
                    self._store.folder, f"{NAME}-{self.version}", fingerprint, lambda: icd10cm_files.contents(parts)
                )
            return self._made

    def _parts(self) -> dict[str, Part]:
        """The files that this release is made from."""
        shipped, brought = _shipped_parts()
        parts = brought if shipped == self.version else {}
        imported = self._store.imported(NAME)
        wanted = [item for item in imported if item.release == self.version and item.kind in (TABULAR, LISTED)]
        for kind in SUPPLEMENTS:
            of_kind = [item for item in imported if item.kind == kind]
            wanted += sorted(of_kind, key=lambda item: _nearness(item.release, self.version))[:1]
        return parts | {item.kind: Part(item.kind, item.name, self._store.content(item)) for item in wanted}

    def lookup(self, code: str) -> Coding | None:
        """The code's entry, written with its dot; None where the release has no such code."""
        entry = self.index.entry(code) if tabular.CODE.fullmatch(code) else None
        return Coding(NAME, self.version, entry.code, entry.display) if entry else None

    def is_billable(self, code: str) -> bool:
        """Whether the code is a leaf of the tabular list, 7th character included."""
        entry = self.index.entry(code)
        return entry is not None and entry.billable

    def find(self, text: str) -> tuple[TermMatch, ...]:
        """The terms that `text` names, in order, each with its billable code."""
        return match.find(text, self.index)

    def search(self, text: str, limit: int = 5) -> list[Found]:
        """The billable codes whose names say what `text` says, best first."""
        return search.search(self.index, text, limit)

    def excludes(self, code: str, other: str) -> bool:
        """Whether an Excludes1 note at either code, or at what it stands under, names the other."""
        return self._forbids(code, other) or self._forbids(other, code)

    def _forbids(self, code: str, other: str) -> bool:
        ranges = (pair for ancestor in self.index.lineage(code) for pair in self.index.excludes(ancestor))
        return any(other[: len(first)] >= first and other[: len(last)] <= last for first, last in ranges)

    def refines(self, code: str, general: str) -> bool:
        """Whether `general` is the unspecified code of a category under which `code` says more."""
        if code == general:
            return False
        entries = (self.index.entry(ancestor) for ancestor in self.index.lineage(code)[1:])
        return any(entry.fallback == general for entry in entries if entry)

    def sided(self, code: str, side: str) -> str | None:
        """The code of one side ("left", "right", "bilateral") of what `code` names without a side."""
        return self.index.side(code, side)

    def unsided(self, code: str) -> str | None:
        """The code without a side that `code` is one side of."""
        return self.index.unsided(code)

    def import_files(self, files: Mapping[str, bytes], release: str, today: date) -> list[store.File]:
        """Import official files, by name; all of them or, where one is wrong, none.

        `release` is the one the user names; empty: what the files say. Raises InputError for a file that is not what
        it should be, and AssetError where the folder cannot be written.
        """
        found = [icd10cm_files.recognised(name, content, release) for name, content in files.items()]
        places: dict[tuple[str, str], str] = {}
        for file in found:
            other = places.setdefault((file.release, file.kind), file.name)
            if other != file.name:
                raise InputError(f"{other} and {file.name} are both the {file.kind} of one release: import one of them")
        for name in {file.release for file in found}:
            self._check([file for file in found if file.release == name], name)
        self._store.add(NAME, found, licence=LICENCE, imported_on=today.isoformat())
        return found

    def _check(self, files: Sequence[store.File], release: str) -> None:
        """Read everything that will be read of the files. Raises InputError where a file is damaged."""
        parts = {file.kind: Part(file.kind, file.name, file.content) for file in files}
        if parts.keys() & {TABULAR, LISTED}:
            known = [item for item in self._store.imported(NAME) if item.release == release]
            kept = {item.kind: Part(item.kind, item.name, self._store.content(item)) for item in known}
            icd10cm_files.contents(kept | parts)
            return
        for part in parts.values():
            icd10cm_files.entries(part)


def _nearness(release: str, wanted: str) -> tuple[bool, bool, int]:
    """How fit an Alphabetic Index of `release` is for the release `wanted`: the newest not after it comes first."""
    if not release:
        return (True, False, 0)
    months = int(release[:4]) * 12 + int(release[5:])
    return (False, release > wanted, months if release > wanted else -months)


def _shipped_files() -> tuple[str, Path, Path]:
    """The release that the package brings, e.g. "2026-04", its tabular list and its list of codes."""
    spec = find_spec(PACKAGE)  # finds without importing: the import itself parses ten megabytes
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise EngineError("the ICD-10-CM tables are not installed: pip install simple-icd-10-cm")
    folder = Path(folders[0], "data")
    lists, books = sorted(folder.glob("code-list-*.txt")), sorted(folder.glob("icd10c*-tabular-*.xml"))
    named = re.fullmatch(r"code-list-([A-Z][a-z]+)-(\d{4})", lists[0].stem) if lists else None
    if not named or named[1] not in MONTHS or not books:
        raise EngineError("the tables of simple-icd-10-cm are not as expected: install the version in constraints.txt")
    return f"{named[2]}-{MONTHS[named[1]]:02d}", books[0], lists[0]


def _shipped_parts() -> tuple[str, dict[str, Part]]:
    release, book, codes = _shipped_files()
    return release, {kind: Part(kind, path.name, path.read_bytes()) for kind, path in ((TABULAR, book), (CODES, codes))}


def _fingerprint(release: str, parts: Mapping[str, Part]) -> str:
    """SHA-256 of everything that shapes the index: the official files, our words and our code."""
    digest = hashlib.sha256(release.encode())
    for kind in sorted(parts):
        digest.update(hashlib.sha256(parts[kind].content).digest())
    for name in MADE_FROM:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()
