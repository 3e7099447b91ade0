"""The words for people other than the patient: one list, for every stage."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scribe.clinical import notation

PREFIX = r"(?:(?:step|half|grand|great|grandmother|maternal|paternal) (?:- )?)*"  # "half-brother", "great aunt"
OTHER, FAMILY = "other", "family"


TABLE = Path(__file__).with_name("relatives.tsv")
PRONOUNS = ("he", "she", "they")
COLUMNS = ("person", "pronoun", "to_a_child", "words")


@cache
def by_word() -> dict[str, str]:
    """Each word or phrase for somebody else -> the name that a finding carries: "mom" -> "mother"."""
    found: dict[str, str] = {}
    for line, (person, pronoun, _, words) in notation.rows(TABLE, COLUMNS):
        with notation.at_line(TABLE, line):
            if pronoun not in PRONOUNS:
                raise ValueError(f"{pronoun!r} is none of {', '.join(PRONOUNS)}")
            for word in words.split("|"):
                if word in found:
                    raise ValueError(f"{word!r} stands in another row, too")
                found[word] = person
    return found


@cache
def pronoun_of(person: str) -> str:
    """The pronoun that stands for a person: he, she or they."""
    return next((row[1] for _, row in notation.rows(TABLE, COLUMNS) if row[0] == person), "they")


@cache
def of_a_parent(person: str) -> str:
    """Who a parent's relative is to the child: "my dad" is the child's grandfather."""
    return next((row[2] for _, row in notation.rows(TABLE, COLUMNS) if row[0] == person), FAMILY)


@cache
def expression() -> str:
    """A regular expression for all of them, over `Text.line`."""
    words = sorted(by_word(), key=len, reverse=True)
    return PREFIX + "(?:" + "|".join(notation.expression(word.replace("-", " - "), {}) for word in words) + ")"


def named_in(words: str) -> str:
    """The person that the last such word of `words` (lower case) names; `family` where there is none."""
    found, at = FAMILY, -1
    if words.endswith((" side", " side of the family")):  # "on her mother's side": not the mother herself
        return FAMILY
    padded = f" {words} "
    for word, person in by_word().items():
        place = padded.rfind(f" {word.replace('-', ' - ')} ")
        if place > at:
            found, at = person, place
    return found
