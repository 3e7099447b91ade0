"""What the entries of the Alphabetic Index are called in a note: from paths of titles to the terms of a release."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scribe.coding.alphabetic import Indexed
from scribe.coding.index import Term
from scribe.coding.tabular import CODE, Row, admissible
from scribe.coding.terms import key_of

UNSPECIFIC = re.compile(r"\bspecified\b|\bNEC\b|\bNOS\b|\bsite\b|\bunspecified\b|\bclassified elsewhere\b")
EPONYM = re.compile(r"[A-Z][\w-]+['\u2019]s?")
VARIANT_LETTERS = 4  # that two forms of one word begin with alike: "Diabetes, diabetic"
TRUST = 0.85
MODIFIED_TRUST = 0.75  # of a term with a word that the Index puts in brackets
SAID = {  # how people say what stands in the columns of the tables
    "malignant primary": ("malignant neoplasm {}", "{} cancer", "{} carcinoma"),
    "malignant secondary": ("metastasis {}", "secondary malignant neoplasm {}", "{} metastases"),
    "in situ": ("carcinoma in situ {}",),
    "benign": ("benign neoplasm {}", "benign tumor {}"),
    "uncertain behavior": ("neoplasm uncertain behavior {}",),
    "unspecified behavior": ("neoplasm {}", "{} tumor"),
    "accidental poisoning": ("poisoning {}", "accidental poisoning {}", "overdose {}", "accidental overdose {}"),
    "intentional poisoning": ("intentional overdose {}", "intentional poisoning {}"),
    "adverse effect": ("adverse effect {}", "adverse reaction {}"),
    "underdosing": ("underdosing {}",),
}


def terms(entries: Iterable[Indexed], rows: Mapping[str, Row], kind: str) -> list[Term]:
    """The terms by which a note may name a billable code of the release, the shortest paths first.

    An entry whose code the release does not have is left out; external causes are found by search alone.
    """
    if kind == "external":
        return []
    known = sorted(entries, key=lambda entry: len(entry.path))
    found: dict[str, Term] = {}
    for entry in known:
        target = _target(entry.code, rows)
        if target:
            for text, trust in _phrases(entry):
                key = key_of(text)
                term = Term(key, target, f"{kind}:{', '.join(entry.path)}", trust)
                if key not in found and admissible(term):
                    found[key] = term
    for entry in known:
        other = found.get(key_of(entry.see)) if entry.see and not entry.code else None
        if other:
            for text, trust in _phrases(entry):
                term = Term(key_of(text), other.code, f"{kind}:{', '.join(entry.path)}", trust)
                if term.key not in found and admissible(term):
                    found[term.key] = term
    return list(found.values())


def _target(code: str, rows: Mapping[str, Row]) -> str:
    """The billable code for an entry that says no more than `code`; empty where the release has none."""
    row = rows.get(code) if CODE.fullmatch(code) else None
    return row.fallback if row else ""


def _phrases(entry: Indexed) -> Iterator[tuple[str, float]]:
    """The entry as it may be said, with and without one of its modifiers."""
    if any(UNSPECIFIC.search(title) for title in entry.path):
        return
    for main in forms(entry.path[0]) if not entry.column else [""]:
        text = " ".join((main, *entry.path[1:]))
        if entry.column:
            yield from ((said.format(_site(entry)), TRUST) for said in SAID.get(entry.column, ()))
            continue
        if not (EPONYM.fullmatch(text) and entry.modifiers):  # "Kelly's (syndrome)": not everybody called Kelly
            yield text, TRUST
        yield from ((f"{modifier} {text}", MODIFIED_TRUST) for modifier in entry.modifiers)


def _site(entry: Indexed) -> str:
    """The site of a neoplasm ("Neoplasm" itself left out), or the drug."""
    path: Sequence[str] = entry.path[1:] if entry.path[0].startswith("Neoplasm") else entry.path
    return " ".join(forms(title)[0] for title in path)


def forms(title: str) -> list[str]:
    """The forms of a main term: "Diabetes, diabetic" is either; other titles with commas are one phrase."""
    parts = [part.strip() for part in title.split(",")]
    start = parts[0][:VARIANT_LETTERS].lower()
    if len(parts) > 1 and all(part.lower().startswith(start) for part in parts):
        return parts
    return [title]
