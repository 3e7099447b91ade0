"""Patterns of words as a clinician can read and write them, and the tables that hold them.

A pattern is words; `(a|b c)` is one of these, `[a|b]` one of these or nothing, `<a|b>` any number of these, `*` any
word, `*3` up to three words, `#` a number, `word~` every word that begins so, `{name}` a list of words that has a name,
and `$` the end of a clause. It becomes a regular expression over `Text.line`, where one space follows every token.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from scribe.errors import InputError

Name = TypeVar("Name", bound=StrEnum)
PIECE = re.compile(r"\s*(?:([(\[<|)\]>])|(\{\w+\})|(\*\d+)|([^\s()\[\]<>|]+))")
OPEN = {"(": "(?:", "[": "(?:", "<": "(?:"}
CLOSE = {")": ("(", ")"), "]": ("[", ")?"), ">": ("<", ")*")}
CLAUSE_END = r"(?=$|[.,;:!?)\n] |(?:and|but|given|based|because) )"


def rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of a table with tabs between its columns, with their line numbers; lines that begin with # are comments.

    Raises InputError, which names the line, where the header is another, a row is short or long, or stands there twice.
    """
    header, seen = None, set()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        row = tuple(cell.strip() for cell in next(csv.reader([line], delimiter="\t", quoting=csv.QUOTE_NONE)))
        if header is None:
            header = row
            if header != columns:
                raise InputError(f"{file.name}, line {number}: the columns must be {', '.join(columns)}")
            continue
        if len(row) != len(columns) or not all(row):
            raise InputError(f"{file.name}, line {number}: a row has {len(columns)} columns, none of them empty")
        if row in seen:
            raise InputError(f"{file.name}, line {number}: this row stands there twice, remove one")
        seen.add(row)
        yield number, row


def patterns(
    file: Path, columns: tuple[str, str], names: type[Name], lists: Mapping[str, str]
) -> dict[Name, re.Pattern[str]]:
    """One regular expression over `Text.line` for each name in the first column of a table, in the order of the names.

    Raises InputError, which names the line, where a row is bad, or a name has no row.
    """
    found: dict[Name, list[str]] = {name: [] for name in names}
    for line, (name, words) in rows(file, columns):
        with at_line(file, line):
            found[names(name)].append(re.compile(expression(words, lists)).pattern)
    if missing := [name.value for name, made in found.items() if not made]:
        raise InputError(f"{file.name}: no row for {', '.join(missing)}")
    return {name: re.compile(rf"(?<!\S)(?:{'|'.join(made)})") for name, made in found.items()}


@contextmanager
def at_line(file: Path, line: int) -> Iterator[None]:
    """Say where a row stands that cannot be read: raises InputError for a ValueError or a bad expression."""
    try:
        yield
    except (ValueError, re.error) as error:
        raise InputError(f"{file.name}, line {line}: {error}") from error


def expression(pattern: str, lists: Mapping[str, str]) -> str:
    """The regular expression of a pattern. `lists` maps the name of a list to the expression of its words.

    Raises ValueError where brackets do not match or a list is unknown.
    """
    made: list[str] = []
    opened: list[str] = []
    at = 0
    pattern = pattern.strip()
    while at < len(pattern):
        found = PIECE.match(pattern, at)
        if found is None:
            raise ValueError(f"cannot be read from {pattern[at:]!r} on")
        at = found.end()
        made.append(_piece(found, opened, lists))
    if opened:
        raise ValueError(f"{opened[-1]!r} is not closed")
    return "".join(made)


def _piece(found: re.Match[str], opened: list[str], lists: Mapping[str, str]) -> str:
    mark, name, many, word = found.groups()
    if mark == "|":
        return "|"
    if mark in OPEN:
        opened.append(mark)
        return OPEN[mark]
    if mark:
        opening, closing = CLOSE[mark]
        if not opened or opened.pop() != opening:
            raise ValueError(f"{mark!r} closes nothing")
        return closing
    if name:
        if name[1:-1] not in lists:
            raise ValueError(f"there is no list {name}")
        return f"(?:{lists[name[1:-1]]})"
    if many:
        return rf"(?:\w\S* ){{0,{many[1:]}}}"
    return {"*": r"\w\S* ", "#": r"\d\S* ", "$": CLAUSE_END}.get(word) or _word(word)


def _word(word: str) -> str:
    return rf"{re.escape(word[:-1])}\S* " if word.endswith("~") else rf"{re.escape(word)} "
