"""The words for people other than the patient: one list, for every stage."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scribe.clinical import notation

PREFIX = r"(?:(?:step|half|grand|great|grandmother|maternal|paternal) (?:- )?)*"  # "half-brother", "great aunt"
OTHER, FAMILY = "other", "family"


@cache
def by_word() -> dict[str, str]:
    """Each word or phrase for somebody else -> the name that a finding carries: "mom" -> "mother"."""
    table = Path(__file__).with_name("relatives.tsv")
    return {
        word: person for _, (person, words) in notation.rows(table, ("person", "words")) for word in words.split("|")
    }


@cache
def expression() -> str:
    """A regular expression for all of them, over `Text.line`."""
    words = sorted(by_word(), key=len, reverse=True)
    return PREFIX + "(?:" + "|".join(notation.expression(word.replace("-", " - "), {}) for word in words) + ")"


def named_in(words: str) -> str:
    """The person that the last such word of `words` (lower case) names; `family` where there is none."""
    found, at = FAMILY, -1
    if words.endswith(" side"):  # "on her mother's side": not the mother herself
        return FAMILY
    padded = f" {words} "
    for word, person in by_word().items():
        place = padded.rfind(f" {word.replace('-', ' - ')} ")
        if place > at:
            found, at = person, place
    return found
