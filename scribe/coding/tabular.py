"""What the entries of the ICD-10-CM tabular list are called in a note: from names and notes to terms, sides, fallbacks.

Pure functions over `Row`; nothing here knows where the rows come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from scribe.clinical.sides import expression
from scribe.coding.index import Entry, Side, Term
from scribe.coding.match import MAX_WORDS
from scribe.coding.terms import JOINED, SIDES, key, key_of, tables, vague

CODE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")
EXCLUDED = re.compile(r"([A-Z]\d[0-9A-Z](?:\.[0-9A-Z]*)?)-?(?:\s*-\s*([A-Z]\d[0-9A-Z](?:\.[0-9A-Z]*)?))?")
DEFAULTS = re.compile(
    r",? ?\b(?:unspecified|not otherwise specified|NOS|NEC|not elsewhere classified|subsequent encounter"
    r"|initial encounter(?: for closed fracture)?|not intractable|without status migrainosus"
    r"|without complications?|uncomplicated|without (?:acute )?exacerbation|without mention of [^,]*"
    r"|not specified as [^,]*|without behavioral disturbance[^,]*)",
    re.IGNORECASE,
)
MARKED = re.compile(r"unspecified|without complication|uncomplicated|initial encounter|not specified", re.IGNORECASE)
OTHERS = re.compile(r"^other\b(?! and unspecified)|classified elsewhere|classifiable elsewhere", re.IGNORECASE)
WITHOUT = re.compile(r",? without [^,]*")
FIRST_ENCOUNTER = re.compile(r", initial encounter(?: for closed fracture)?$")
LATER_ENCOUNTER = re.compile(r"\b(?:subsequent encounter|sequela|initial encounter for open)", re.IGNORECASE)
SIDED = re.compile(rf"\b({expression()})\b")
PREGNANCY = re.compile(
    r"pregnan|labor|deliver|puerper|postpartum|gestation|obstetric|matern|trimester|abortion|f[eo]t|lactat"
)
NEWBORN = re.compile(r"newborn|neonat|perinatal|f[eo]t|birth|prematur|congenital")

NEOPLASM = "Malignant neoplasm of "

MAX_EXTRA = 3  # words by which a fallback's name may exceed the name it stands in for
MIN_LETTERS = 5  # of a term of one word: shorter ones are mostly acronyms that mean something else in a note
NAME, FALLBACK, INCLUSION, INCLUDES = 0.95, 0.85, 0.85, 0.75  # trust in each kind of term


@dataclass(slots=True)
class Row:
    """One chapter, block, category or code as the tabular list prints it."""

    code: str
    name: str
    parent: str
    notes: tuple[tuple[str, str], ...] = field(
        default=(), repr=False
    )  # (kind, text), e.g. ("excludes1", "gout (M10.-)")
    children: list[str] = field(default_factory=list)
    fallback: str = ""  # the billable code for a text that names this and says no more; empty where there is none

    def noted(self, kind: str) -> tuple[str, ...]:
        """The notes of one kind."""
        return tuple(text for found, text in self.notes if found == kind)

    @property
    def billable(self) -> bool:
        """A leaf of the tree, and a code rather than a chapter or block."""
        return not self.children and CODE.fullmatch(self.code) is not None


def entries(rows: dict[str, Row]) -> list[Entry]:
    """The rows of the index, each with its fallback."""
    return [
        Entry(
            row.code,
            row.name,
            row.billable,
            row.parent,
            row.fallback,
            tuple(_excluded(row.noted("excludes1"))),
            row.notes,
        )
        for row in rows.values()
    ]


def _excluded(notes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The code ranges in the brackets that end an Excludes1 note; "E08.-" is the range E08 to E08."""
    for note in notes:
        bracket = re.search(r"\(([^()]*)\)\s*$", note)
        if bracket and " with " not in bracket[1]:
            for first, last in EXCLUDED.findall(bracket[1]):
                yield first.rstrip("."), (last or first).rstrip(".")


def _fallback(row: Row, rows: dict[str, Row]) -> str:
    if row.billable:
        return row.code
    if not CODE.fullmatch(row.code):
        return ""
    wanted = set(_key(row.name).split())
    best: tuple[int, str] | None = None
    for leaf in _leaves(row, rows):
        words = set(_key(WITHOUT.sub("", leaf.name)).split())  # "without bleeding" adds nothing, "with" does
        extra = len(words - wanted)
        if wanted <= words and extra <= MAX_EXTRA and (best is None or (extra, leaf.code) < best):
            best = (extra, leaf.code)
    return best[1] if best else ""


def _leaves(row: Row, rows: dict[str, Row]) -> Iterator[Row]:
    """The billable codes under `row` that say of themselves that they are unspecified."""
    for child in row.children:
        if rows[child].children:
            yield from _leaves(rows[child], rows)
        elif MARKED.search(rows[child].name) and not LATER_ENCOUNTER.search(rows[child].name):
            yield rows[child]


def terms(rows: dict[str, Row]) -> list[Term]:
    """Every term of the tabular list; where two share a key, the one to prefer comes first."""
    found: list[tuple[int, Term]] = []
    for row in rows.values():
        if row.code[0] in "VWXY" or LATER_ENCOUNTER.search(row.name) or not row.fallback:
            continue
        for rank, term in _terms_of(row):
            if admissible(term):
                found.append((rank, term))
    return [term for _, term in sorted(found, key=lambda item: (item[0], item[1].code[0] in "OPQ", item[1].code))]


def _terms_of(row: Row) -> Iterator[tuple[int, Term]]:
    target = row.fallback
    if not OTHERS.search(row.name):
        rule, trust = ("tabular:name", NAME) if row.billable else ("tabular:name+unspecified", FALLBACK)
        yield from ((0 if row.billable else 1, Term(found, target, rule, trust)) for found in _keys(row.name))
    for kind, rank, trust, notes in (
        ("tabular:inclusion-term", 2, INCLUSION, row.noted("inclusion term")),
        ("tabular:includes", 3, INCLUDES, row.noted("includes")),
    ):
        rule = kind if row.billable else f"{kind}+unspecified"
        yield from ((rank, Term(found, target, rule, trust)) for note in notes for found in _keys(note))


def admissible(term: Term) -> bool:
    """Whether a key is specific enough to be searched for in a note."""
    words = [word for word in term.key.split() if word not in SIDES and word != JOINED]
    if not words or len(words) > MAX_WORDS or term.key in vague() or (len(words) == 1 and len(words[0]) < MIN_LETTERS):
        return False
    chapter = term.code[0]
    if chapter == "O":
        return bool(PREGNANCY.search(term.key))
    if chapter == "P":
        return bool(NEWBORN.search(term.key))
    return not (chapter in "ZU" and len(words) < 3 and term.code != "U07.1")


def _keys(text: str) -> set[str]:
    """The keys of a name or note: with and without what stands in brackets, and as lay people put it."""
    unbracketed = re.sub(r"\s*\[[^\]]*\]", "", text)
    variants = {unbracketed, re.sub(r"\s*\([^)]*\)", "", unbracketed), unbracketed.replace("(", "").replace(")", "")}
    plain = {DEFAULTS.sub("", variant) for variant in variants}
    plain |= {f"{name[len(NEOPLASM) :]} cancer" for name in plain if name.startswith(NEOPLASM)}
    return {found for name in plain if (found := _key(name)) and (" " in found or " " not in name.strip())}


@cache
def _key(name: str) -> str:
    return key_of(DEFAULTS.sub("", FIRST_ENCOUNTER.sub("", name)))


def sides(rows: dict[str, Row]) -> list[Side]:
    """For each code without a side, its siblings of the left, the right and both sides."""
    found: list[Side] = []
    for row in rows.values():
        children = [rows[child] for child in row.children if not LATER_ENCOUNTER.search(rows[child].name)]
        if not any(SIDED.search(child.name.lower()) for child in children):
            continue
        sided = [(child, _side_of(child.name)) for child in children]
        for base in (child for child, side in sided if side == ""):
            for side in SIDES:
                target = _sibling(base, [child for child, its in sided if its == side])
                found += _with_encounters(base, target, side, rows) if target else []
    return found


def _side_of(name: str) -> str | None:
    """The one side a name speaks of: empty for none, None for more than one."""
    named = {tables()["sides"][word] for word in SIDED.findall(name.lower())}
    return None if len(named) > 1 else next(iter(named), "")


def _sibling(base: Row, siblings: Sequence[Row]) -> Row | None:
    alike = [row for row in siblings if _sideless(row.name) == _sideless(base.name)]
    if alike or len(siblings) != 1:
        return alike[0] if alike else None
    return siblings[0] if "unspecified" in base.name.lower() else None


def _sideless(name: str) -> str:
    return key(word for word in _key(name).split() if word not in SIDES)


def _with_encounters(base: Row, target: Row, side: str, rows: dict[str, Row]) -> list[Side]:
    """The pair itself, or the pairs of its 7th characters."""
    if not base.children:
        return [Side(base.code, side, target.code)] if not target.children else []
    pairs: dict[str, str] = {child[-1]: child for child in target.children}
    return [Side(child, side, pairs[child[-1]]) for child in base.children if child[-1] in pairs]


def tree(rows: Iterable[Row]) -> dict[str, Row]:
    """The rows by code, each with its children and its fallback filled in."""
    found: dict[str, Row] = {}
    for row in rows:
        found[row.code] = row
    for row in found.values():
        if row.parent in found:
            found[row.parent].children.append(row.code)
    for row in found.values():
        row.fallback = _fallback(row, found)
    return found
