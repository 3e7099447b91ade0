"""ICD-10-CM as a code system: the tabular list of `simple-icd-10-cm`, and our lexicon of what people say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

from scribe.coding import index, lexicon, match, tabular
from scribe.config import Config
from scribe.errors import EngineError
from scribe.plugins import TermMatch
from scribe.types import Coding

PACKAGE = "simple_icd_10_cm"
MADE_FROM = ("icd10cm.py", "index.py", "lexicon.py", "lexicon.yaml", "match.py", "tabular.py", "terms.py", "words.yaml")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Icd10cm:
    """The tabular list of one release. The first use builds the index (seconds); later ones read it (milliseconds).

    `folder` is where the index is kept; by default the user's cache folder. Raises EngineError where the package that
    brings the list is missing.
    """

    name = "icd10cm"

    def __init__(self, config: Config, folder: Path | None = None) -> None:
        del config  # the table has no settings; every system is built from them
        self.version = _release()
        cache = folder or user_cache_path("scribe", appauthor=False)
        self._index = index.open_index(cache, self.name, _fingerprint(self.version), _contents)

    def lookup(self, code: str) -> Coding | None:
        """The code's entry, written with its dot; None where the release has no such code."""
        entry = self._index.entry(code) if tabular.CODE.fullmatch(code) else None
        return Coding(self.name, self.version, entry.code, entry.display) if entry else None

    def is_billable(self, code: str) -> bool:
        """Whether the code is a leaf of the tabular list, 7th character included."""
        entry = self._index.entry(code)
        return entry is not None and entry.billable

    def find(self, text: str) -> tuple[TermMatch, ...]:
        """The terms that `text` names, in order, each with its billable code."""
        return match.find(text, self._index)

    def excludes(self, code: str, other: str) -> bool:
        """Whether an Excludes1 note at either code, or at what it stands under, names the other."""
        return self._forbids(code, other) or self._forbids(other, code)

    def _forbids(self, code: str, other: str) -> bool:
        ranges = (pair for ancestor in self._index.lineage(code) for pair in self._index.excludes(ancestor))
        return any(other[: len(first)] >= first and other[: len(last)] <= last for first, last in ranges)

    def refines(self, code: str, general: str) -> bool:
        """Whether `general` is the unspecified code of a category under which `code` says more."""
        if code == general:
            return False
        entries = (self._index.entry(ancestor) for ancestor in self._index.lineage(code)[1:])
        return any(entry.fallback == general for entry in entries if entry)

    def sided(self, code: str, side: str) -> str | None:
        """The code of one side ("left", "right", "bilateral") of what `code` names without a side."""
        return self._index.side(code, side)

    def unsided(self, code: str) -> str | None:
        """The code without a side that `code` is one side of."""
        return self._index.unsided(code)


def _release() -> str:
    """Year and month of the list that the package brings, e.g. "2026-04", read off its file's name."""
    spec = find_spec(PACKAGE)  # finds without importing: the import itself parses ten megabytes
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise EngineError("the ICD-10-CM tables are not installed: pip install simple-icd-10-cm")
    for file in sorted(Path(folders[0], "data").glob("code-list-*.txt")):
        named = re.fullmatch(r"code-list-([A-Z][a-z]+)-(\d{4})", file.stem)
        if named and named[1] in MONTHS:
            return f"{named[2]}-{MONTHS.index(named[1]) + 1:02d}"
    return f"simple-icd-10-cm {installed_version('simple-icd-10-cm')}"


def _fingerprint(release: str) -> str:
    """SHA-256 of everything that shapes the index: the table's release and package, our words and our code."""
    digest = hashlib.sha256(f"{release} {installed_version('simple-icd-10-cm')}".encode())
    for name in MADE_FROM:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()


def _contents() -> index.Contents:
    rows = tabular.tree(_rows())
    own = lexicon.load()
    return index.Contents(
        entries=tabular.entries(rows),
        terms=[*own.terms(), *tabular.terms(rows)],
        sides=[*own.sides(), *tabular.sides(rows)],
    )


def _rows() -> Iterator[tabular.Row]:
    """The tabular list, chapters and blocks included."""
    import simple_icd_10_cm as table  # type: ignore[import-untyped]

    for code in table.get_all_codes(True):
        parent = table.get_parent(code)
        yield tabular.Row(
            code=code,
            name=table.get_description(code),
            parent="" if parent == code else parent,  # a block of one category shares its name
            inclusion_terms=tuple(table.get_inclusion_term(code)),
            includes=tuple(table.get_includes(code)),
            excludes1=tuple(table.get_excludes1(code)),
        )
