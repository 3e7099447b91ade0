"""The medical vocabulary: the shipped lexicon, the preferred terms of a specialty, and the user's own words.

    vocabulary = load(config)
    vocabulary.get("Lopressor").generic     # "metoprolol"
    vocabulary.is_common("discharge")       # True: a repair must leave it alone

`docs/vocabulary.md` says what is in it and where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

from scribe.asr import user_words
from scribe.clinical import english, lexicon
from scribe.clinical.lexicon import Term, TermKind, key_of
from scribe.config import Config, ModelsSettings
from scribe.errors import ConfigError

__all__ = ["Term", "TermKind", "Vocabulary", "key_of", "load", "specialties"]

COMMON_ZIPF = 3.0  # once in a million words of English
OTHER_NAMES = {  # of specialties
    "ent": "ear-nose-throat",
    "otolaryngology": "ear-nose-throat",
    "family-medicine": "",
    "gynaecology": "obstetrics-gynaecology",
    "gynecology": "obstetrics-gynaecology",
    "general-surgery": "surgery",
    "haematology": "oncology",
    "hematology": "oncology",
    "internal-medicine": "",
    "ob-gyn": "obstetrics-gynaecology",
    "obstetrics": "obstetrics-gynaecology",
    "obstetrics-gynecology": "obstetrics-gynaecology",
    "orthopedics": "orthopaedics",
    "pediatrics": "paediatrics",
}
EDGES = ' \t\r\n.,;:!?"()[]{}<>*_\u201c\u201d\u2026'  # what is around a word and not part of it


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Terms, and what is known about words. Terms of the user stand first, then those of the specialty."""

    terms: tuple[Term, ...] = field(repr=False)
    specialty: str = ""

    def get(self, text: str) -> Term | None:
        """The term written so, whatever its case or hyphens; also its simple plural or possessive."""
        key = key_of(text.strip(EDGES))
        return next((self._by_key[form] for form in _base_forms(key) if form in self._by_key), None)

    def is_word(self, word: str) -> bool:
        """Whether this is a word of English or of any term."""
        key = key_of(word.strip(EDGES))
        parts = key.split()
        return bool(parts) and all(
            english.zipf(part) > 0
            or english.zipf(part.replace("'", "")) > 0  # "ma'am", "weeks'"
            or any(form in self._words for form in _base_forms(part))
            for part in parts
        )

    def is_common(self, word: str) -> bool:
        """Whether this is everyday English, which a repair must never touch. A medical word may be: "colon"."""
        return self.frequency(word) >= COMMON_ZIPF

    def frequency(self, word: str) -> float:
        """How often a word is used in English, on the Zipf scale: 3 once in a million words, 6 once in a thousand.

        0 for a word that is not known. Of words joined by hyphens the rarest counts.
        """
        parts = key_of(word.strip(EDGES)).split()
        return min((max(map(english.zipf, (part, part.removesuffix("'s")))) for part in parts), default=0.0)

    @cached_property
    def drugs(self) -> tuple[Term, ...]:
        """The names of drugs, generic and brand."""
        return tuple(term for term in self.terms if term.kind is TermKind.DRUG)

    @cached_property
    def preferred(self) -> tuple[Term, ...]:
        """The user's own words, then the terms of the specialty."""
        return tuple(term for term in self.terms if term.user or self.specialty in term.specialties)

    @cached_property
    def _by_key(self) -> dict[str, Term]:
        found: dict[str, Term] = {}
        for term in self.terms:
            found.setdefault(key_of(term.text), term)
        return found

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(key.split() for key in self._by_key))


def _base_forms(key: str) -> Iterable[str]:
    yield key
    if key.endswith("'s"):
        yield key[:-2]
    if key.endswith("ies"):
        yield key[:-3] + "y"
    if key.endswith("es"):
        yield key[:-2]
    if key.endswith("s") and len(key) > 3:
        yield key[:-1]


def specialties(settings: ModelsSettings) -> tuple[str, ...]:
    """The names of the specialty packs."""
    return tuple(sorted({name for term in lexicon.read(settings) for name in term.specialties}))


def load(config: Config) -> Vocabulary:
    """The vocabulary these settings ask for: kept, and made again when the user's words change.

    Raises ConfigError for an unknown specialty, InputError for a list of words that cannot be used, AssetError where
    the shipped lexicon is missing or damaged.
    """
    path = user_words.file(config.asr)
    specialty = "-".join(re.split(r"[\s_/-]+", config.asr.specialty.strip().casefold()))
    return _made(config.models, OTHER_NAMES.get(specialty, specialty), path, _stamp(path), bool(config.asr.words))


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when the file does."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=4)
def _made(models: ModelsSettings, specialty: str, path: Path, stamp: tuple[int, ...], required: bool) -> Vocabulary:
    shipped = lexicon.read(models)
    known = {key_of(term.text): term for term in shipped}
    if specialty and specialty not in specialties(models):
        names = ", ".join(specialties(models))
        raise ConfigError(f"there is no vocabulary for the specialty {specialty!r}: asr.specialty is one of {names}")
    words = user_words.read(path, required=required).words
    own = tuple(_enriched(word.term, known.get(key_of(word.text))) for word in words)
    taken = {key_of(term.text) for term in own}
    rest = (term for term in shipped if not taken or key_of(term.text) not in taken)
    ordered = sorted(rest, key=lambda term: not specialty or specialty not in term.specialties)
    return Vocabulary((*own, *ordered), specialty)


def _enriched(own: Term, shipped: Term | None) -> Term:
    """The user's word, with what the lexicon knows about it."""
    if shipped is None:
        return own
    kind = shipped.kind if own.kind is TermKind.OTHER else own.kind
    sounds = tuple(dict.fromkeys((*own.sounds_like, *shipped.sounds_like)))
    return replace(shipped, text=own.text, kind=kind, common=own.common, sounds_like=sounds, user=True)
