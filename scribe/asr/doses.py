"""Which doses of a drug can be: by the strengths that are made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from scribe.asr.vocabulary import Term, Vocabulary
from scribe.clinical.units import IN_MICROGRAMS, label, words_of

MILLIGRAMS: Mapping[str, float] = {name: value / IN_MICROGRAMS["mg"] for name, value in IN_MICROGRAMS.items()}
STRENGTH = re.compile(r"([\d.,]+(?:-[\d.,]+)*) ?(mg|mcg|g)")
# What is taken at once: parts of a scored tablet, up to four of one kind
MULTIPLES = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
NEAR = 1e-6


@cache
def spoken(names: tuple[str, ...]) -> Mapping[str, str]:
    """The words for the units with these names -> how they are written."""
    return {word: label(name) for word, name in words_of(names).items()}


def strengths(term: Term, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The strengths of a drug; those of its generic where none are known of the brand."""
    generic = vocabulary.get(term.generic) if term.generic and not term.strengths else None
    return generic.strengths if generic else term.strengths


def fits(term: Term, value: float, unit: str, vocabulary: Vocabulary) -> bool | None:
    """Whether `value` of `unit` (mg, mcg, g) can be taken at once; None where the strengths cannot tell.

    They cannot for what is measured out (any concentration, or units), or where none are known.
    """
    made = tuple(_milligrams(strengths(term, vocabulary)))
    if not made or None in made or unit not in MILLIGRAMS:
        return None
    asked = value * MILLIGRAMS[unit]
    return any(strength and abs(asked - strength * times) < NEAR for strength in made for times in MULTIPLES)


def unit_of(term: Term, value: float, vocabulary: Vocabulary) -> str | None:
    """The one unit in which `value` is a strength that is made of the drug; None where there is none, or several."""
    units = {
        found[2]
        for strength in strengths(term, vocabulary)
        if (found := STRENGTH.fullmatch(strength))
        and any(abs(float(number) - value) < NEAR for number in found[1].replace(",", "").split("-"))
    }
    return units.pop() if len(units) == 1 else None


def _milligrams(known: tuple[str, ...]) -> Iterator[float | None]:
    for strength in known:
        found = STRENGTH.fullmatch(strength)
        if found is None:
            yield None
        else:
            yield from (float(number) * MILLIGRAMS[found[2]] for number in found[1].replace(",", "").split("-"))
