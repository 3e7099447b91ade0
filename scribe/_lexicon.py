"""The shipped lexicon of medical terms: `models/vocabulary/lexicon.tsv.gz`, made by `models/vocabulary/build.py`."""

from __future__ import annotations

import gzip
import zlib
from functools import cache
from pathlib import Path

from scribe import assets
from scribe._terms import Term, TermKind
from scribe.config import ModelsSettings
from scribe.errors import AssetError

ASSET = "vocabulary"
FILE = "lexicon.tsv.gz"
COLUMNS = (
    "text",
    "kind",
    "common",  # hundredths
    "brand",  # 1 or empty
    "generic",
    "strengths",
    "forms",
    "sounds_like",
    "specialties",
    "confusable",
)
SEPARATOR = ";"  # between the values of one column


def read(settings: ModelsSettings) -> tuple[Term, ...]:
    """The terms of the shipped lexicon. Raises AssetError where it is missing or damaged."""
    return _parsed(assets.locate(ASSET, settings) / FILE)


@cache
def _parsed(path: Path) -> tuple[Term, ...]:
    kinds = {kind.value: kind for kind in TermKind}
    try:
        header, *lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
        if tuple(header.split("\t")) != COLUMNS:
            raise ValueError(header)
        return tuple(_term(line.split("\t"), kinds) for line in lines)
    except (OSError, EOFError, ValueError, KeyError, zlib.error) as error:
        raise AssetError(f"the vocabulary {path} cannot be read: install scribe again") from error


def _term(row: list[str], kinds: dict[str, TermKind]) -> Term:
    text, kind, common, brand, generic, strengths, forms, sounds_like, specialties, confusable = row
    return Term(
        text,
        kinds[kind],
        int(common) / 100,
        brand == "1",
        _values(strengths),
        _values(forms),
        generic,
        _values(sounds_like),
        _values(specialties),
        _values(confusable),
    )


def _values(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(SEPARATOR)) if cell else ()
