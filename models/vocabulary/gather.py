"""Where the terms come from: the lists in `sources/` first, then what packages add to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import packages
from wordfreq import zipf_frequency

from scribe.clinical.lexicon import TermKind, key_of

FORMS = {
    "tab": "tablet",
    "cap": "capsule",
    "inj": "injection",
    "sol": "solution",
    "susp": "suspension",
    "supp": "suppository",
    "oint": "ointment",
    "inh": "inhaler",
    "neb": "nebulizer solution",
    "odt": "orally disintegrating tablet",
    "iud": "intrauterine device",
}
BRAND_SHARE = {"+": 1.0, "": 0.7, "-": 0.4}  # of how often the drug is said
TIERS = {"5": 1.0, "4": 0.75, "3": 0.5, "2": 0.3, "1": 0.15}
PART_SHARE = 0.8  # of how often the phrase is said, for one of its words
PART_ZIPF = 3.3  # a word of a phrase that is no rarer than this is left to English
LEAST = 0.05  # a drug that only a register names


@dataclass
class Entry:
    """A term in the making."""

    text: str
    kind: str
    common: float = 0.0
    brand: bool = False
    generic: str = ""
    strengths: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    sounds_like: list[str] = field(default_factory=list)
    specialties: set[str] = field(default_factory=set)
    confusable: set[str] = field(default_factory=set)


def entries(sources: Path, packs: Path) -> list[Entry]:
    """All terms; the first source that names one says what it is."""
    found: dict[str, Entry] = {}
    for entry in _drugs(sources / "drugs.txt"):
        found.setdefault(key_of(entry.text), entry)
    for path in sorted(sources.glob("terms-*.txt")):
        for entry in _terms(path):
            found.setdefault(key_of(entry.text), entry)
    for name, specialty_terms in _packs(packs):
        for entry in specialty_terms:
            found.setdefault(key_of(entry.text), entry).specialties.add(name)
    for text in packages.register_drugs(set(found)):
        common = max(LEAST, min(0.3, zipf_frequency(text, "en") / 12))
        found.setdefault(key_of(text), Entry(text, TermKind.DRUG, common))
    for entry in list(found.values()):
        for part in _parts(entry):
            found.setdefault(key_of(part.text), part)
    banned = {word for line in lines(sources / "not-medical.txt") for word in line.split()}
    for text, kind, common in packages.medical_words(set(found) | banned):
        found.setdefault(key_of(text), Entry(text, kind, common))
    eponyms = {key for key, entry in found.items() if entry.kind == TermKind.EPONYM}
    for text in packages.phrases(set(found), eponyms):
        found.setdefault(key_of(text), Entry(text, TermKind.DISEASE, LEAST))
    _confuse(sources / "lasa.tsv", found)
    for line in lines(sources / "sounds.tsv"):
        text, _, sounds = line.partition("\t")
        found[key_of(text)].sounds_like += [sound.strip() for sound in sounds.split("/")]
    return list(found.values())


def lines(path: Path) -> Iterator[str]:
    """The lines of a source that are neither empty nor a comment."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def _drugs(path: Path) -> Iterator[Entry]:
    for line in lines(path):
        generic, tier, brands, forms, strengths = [*(cell.strip() for cell in line.split("|")), "", ""][:5]
        shared = {"strengths": _strengths(strengths), "forms": [FORMS.get(form, form) for form in _list(forms)]}
        common = TIERS[tier]
        yield Entry(generic, TermKind.DRUG, common, **shared)
        for brand in _list(brands):
            mark = brand[-1] if brand[-1] in BRAND_SHARE else ""
            name = brand.removesuffix(mark)
            yield Entry(name, TermKind.DRUG, common * BRAND_SHARE[mark], brand=True, generic=generic, **shared)


def _strengths(cell: str) -> list[str]:
    """From "5 10 mg; 1 %" to "5 mg", "10 mg" and "1 %"."""
    found = []
    for group in cell.split(";"):
        words = group.split()
        numbers = [word for word in words if word[0].isdigit()]
        unit = " ".join(word for word in words if not word[0].isdigit())
        found += [f"{number} {unit}" for number in numbers]
    return list(dict.fromkeys(found))


def _terms(path: Path) -> Iterator[Entry]:
    """`terms-KIND.txt`: a line gives how often (5 to 1), then terms; "text = sound, sound" says how it is said."""
    kind = TermKind(path.stem.removeprefix("terms-"))
    for line in lines(path):
        tier, _, rest = line.partition(" ")
        for item in rest.split(","):
            text, _, sounds = (part.strip() for part in item.partition("="))
            if text:
                yield Entry(text, kind, TIERS[tier], sounds_like=[s.strip() for s in sounds.split("/") if s.strip()])


def _parts(entry: Entry) -> Iterator[Entry]:
    """The medical words of a phrase, each a term of its own: one alone may be misheard."""
    words = entry.text.split()
    if entry.kind != TermKind.DRUG and len(words) > 1:
        for word in (word.removesuffix("'s") for word in words):
            if word.replace("-", "").isalpha() and len(word) > 4 and zipf_frequency(word, "en") < PART_ZIPF:
                kind = TermKind.EPONYM if word[0].isupper() else packages.kind_of(word) or entry.kind
                yield Entry(word, kind, entry.common * PART_SHARE)


def _packs(folder: Path) -> Iterator[tuple[str, list[Entry]]]:
    """`packs/SPECIALTY.txt`: lines of "kind: term, term"."""
    for path in sorted(folder.glob("*.txt")):
        found = []
        for line in lines(path):
            kind, _, rest = line.partition(":")
            found += [Entry(text.strip(), TermKind(kind), 0.4) for text in rest.split(",") if text.strip()]
        yield path.stem, found


def _confuse(path: Path, found: dict[str, Entry]) -> None:
    for line in lines(path):
        first, second, _ = line.split("\t")
        one, other = found[key_of(first)], found[key_of(second)]
        one.confusable.add(other.text)
        other.confusable.add(one.text)


def _list(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(",") if item.strip()]
