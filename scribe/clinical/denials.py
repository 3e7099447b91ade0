"""The single words that deny, as the table of cues has them: "no", "without", "negative" of "negative for"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scribe.clinical import notation

CUES = Path(__file__).with_name("cues.tsv")
FIRST = re.compile(r"(?:\((?P<several>[^()\[\]]+)\)|(?P<one>[\w']+))(?P<rest>.*)")
REST = re.compile(r"\s*(?:\[.*\]\s*)?(?:(?:for|of|\(of\|from\))\s*)?(?:\[.*\])?")


@cache
def words() -> frozenset[str]:
    """Every word that stands first in a cue for "absent" and needs no more beside it than "for" or "of"."""
    rows = notation.rows(CUES, ("claim", "place", "cue"))
    return frozenset(word for _, (claim, _, cue) in rows if claim == "absent" for word in _alone(cue))


def _alone(cue: str) -> Iterator[str]:
    found = FIRST.fullmatch(cue)
    if found and REST.fullmatch(found["rest"]):
        yield from (word for word in (found["several"] or found["one"]).split("|") if re.fullmatch(r"[a-z']+", word))
