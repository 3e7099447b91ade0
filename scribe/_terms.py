"""A term of the medical vocabulary: what it is, how it is written, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})


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
