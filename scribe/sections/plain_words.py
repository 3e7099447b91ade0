"""Clinical words with their meaning beside them, for a patient: "high blood pressure (hypertension)".

The clinical word always stays, so nothing that was said is lost. Where the meaning was said already, none is added.
The words are in `plain_words.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

BEFORE = re.compile(r"(?:([\w'\u2019-]+)|([,;:.?!]))\s*$")
BEHIND = re.compile(r"\s*(?:([\w'\u2019-]+)|([,;:.?!)]|$))")
QUOTATION = re.compile("\u201c[^\u201d]*\u201d")


def explained(text: str) -> str:
    """The text with each clinical word explained once, where it first stands; quotations stay as they were said."""
    quoted = [found.span() for found in QUOTATION.finditer(text)]
    made, at, known = "", 0, text.lower()
    for found in _pattern().finditer(text):
        if any(start <= found.start() < end for start, end in quoted):
            continue
        term = _key(found[0])
        meaning = {**meanings("instead"), **meanings("beside")}[term]
        if _holds(known, meaning):
            continue
        after = term in meanings("beside") or not _fits(text[: found.start()], text[found.end() :])
        made += text[at : found.start()]
        opens = not text[: found.start()].strip() or text[: found.start()].rstrip()[-1] in ".?!"
        first = meaning[0].upper() + meaning[1:] if opens else meaning
        made += f"{found[0]} ({meaning})" if after else f"{first} ({_uncapped(found[0])})"
        at, known = found.end(), f"{known} {meaning}"
    return made + text[at:]


def _fits(before: str, behind: str) -> bool:
    """Whether a meaning can stand between these words: "no edema in", not "an effusion" or "aneurysm repair"."""
    left, right = BEFORE.search(before), BEHIND.match(behind)
    opens = not before.strip() or (left is not None and (left[2] or left[1].lower() in _around()))
    closes = right is not None and (right[1] is None or right[1].lower() in _around())
    return bool(opens and closes)


def _holds(text: str, meaning: str) -> bool:
    return re.search(rf"\b{re.escape(meaning.lower())}\b", text) is not None


def _uncapped(term: str) -> str:
    return term[0].lower() + term[1:] if term[1:2].islower() else term


def _key(found: str) -> str:
    """The entry of the table for a word as it stands in the text."""
    word = " ".join(found.lower().replace("\u2019", "'").split())
    table = {**meanings("instead"), **meanings("beside")}
    return word if word in table else word.removesuffix("s")


@cache
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("plain_words.yaml").read_text(encoding="utf-8"))
    return tables


@cache
def meanings(place: str) -> Mapping[str, str]:
    """Words and their meanings: those that can stand in the word's place (`instead`), or only `beside` it."""
    return {str(term): str(meaning) for term, meaning in _tables()[place].items()}


@cache
def _around() -> frozenset[str]:
    return frozenset(str(_tables()["around"]).split())


@cache
def _pattern() -> re.Pattern[str]:
    terms = sorted({**meanings("instead"), **meanings("beside")}, key=len, reverse=True)
    words = "|".join(re.escape(term).replace(r"\ ", r"\s+").replace("'", "['\u2019]") for term in terms)
    return re.compile(rf"(?<![\w'(-])(?:{words})s?(?![\w'-])", re.IGNORECASE)
