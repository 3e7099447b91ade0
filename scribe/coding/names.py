"""The names by which ICD-10-CM is searched: of the tabular list, our lexicon, and the Alphabetic Index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scribe.coding.alphabetic import Indexed
from scribe.coding.index import Name
from scribe.coding.index_terms import SAID
from scribe.coding.lexicon import Lexicon, spelled
from scribe.coding.search import named, roots_of
from scribe.coding.tabular import CODE, Row
from scribe.coding.terms import key

NOTES = ("inclusion term", "includes")
EXTENDED = 8  # characters, dot included, of a code with a 7th: it is found through the code it extends


def of_rows(rows: Mapping[str, Row], lexicon: Lexicon) -> Iterator[Name]:
    """Every title, inclusion term and Includes note, and our own phrases; a 7th character is left out."""
    memory: dict[str, str] = {}
    contexts = {code: _above(row, rows, memory) for code, row in rows.items() if _searched(code)}
    for code, above in contexts.items():
        row = rows[code]
        yield named(code, row.name, "name", above)
        for kind in NOTES:
            yield from (named(code, text, kind, above) for text in row.noted(kind))
    for phrase, code in lexicon.phrases:
        stem = rows[code].parent if code in rows and len(code) == EXTENDED else code
        if stem in contexts:
            yield from (named(stem, variant, "lexicon", contexts[stem]) for variant in spelled(phrase))


def of_index(entries: Iterable[Indexed], rows: Mapping[str, Row], kind: str) -> Iterator[Name]:
    """The entries of the Alphabetic Index and its tables, with the code as printed."""
    for entry in entries:
        code = _known(entry.code, rows)
        if code:
            text = ", ".join(entry.path)
            said = SAID.get(entry.column, ("{}",))[0].format(text) if entry.column else text
            yield named(code, said, kind)


def _searched(code: str) -> bool:
    return CODE.fullmatch(code) is not None and len(code) < EXTENDED


def _known(code: str, rows: Mapping[str, Row]) -> str:
    """The code, or without its 7th character; empty where the release has neither."""
    row = rows.get(code)
    if row is None:
        return ""
    return row.parent if len(code) == EXTENDED else code


def _above(row: Row, rows: Mapping[str, Row], memory: dict[str, str]) -> str:
    """The roots of the names of everything the row stands under; `memory` keeps those of each parent."""
    if row.parent not in rows:
        return ""
    if row.parent not in memory:
        parent = rows[row.parent]
        own = roots_of((parent.name, *parent.noted("inclusion term")))
        memory[row.parent] = key((*own.split(), *_above(parent, rows, memory).split()))
    return memory[row.parent]
