"""Medical terms: what a term is, and the shipped ones: `lexicon.tsv.gz`, made by `models/vocabulary/build.py`."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from scribe import assets
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
APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})
SEPARATOR = ";"  # between the values of one column


class TermKind(StrEnum):
    """What a term names."""

    DRUG = "drug"
    DISEASE = "disease"
    ANATOMY = "anatomy"
    FINDING = "finding"
    PROCEDURE = "procedure"
    TEST = "test"
    EPONYM = "eponym"
    DEVICE = "device"
    NAME = "name"  # a person or place of the user's
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Term:
    """One term, one word or several. What is not known is empty."""

    text: str  # as it is written: "lisinopril", "Coumadin", "unstable angina"
    kind: TermKind
    common: float = 0.0  # how often clinicians say it: 1 every day, 0 rarely
    brand: bool = False
    strengths: tuple[str, ...] = ()  # that exist of a drug: "10 mg", "5-325 mg"
    forms: tuple[str, ...] = ()  # "tablet"
    generic: str = ""  # of a brand
    sounds_like: tuple[str, ...] = ()  # how it may be said or heard
    specialties: tuple[str, ...] = ()
    confusable: tuple[str, ...] = ()  # names that look or sound alike: never exchanged, only asked about
    user: bool = False  # one of the user's own words


def key_of(text: str) -> str:
    """What makes two writings one term: no capitals, curly apostrophes, hyphens or double spaces."""
    plain = text if text.isascii() else text.translate(APOSTROPHES)
    return " ".join(plain.casefold().replace("-", " ").split())


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
