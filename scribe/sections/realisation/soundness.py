"""Which sentences of the talk can stand in a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from scribe.config import ModelsSettings
from scribe.sections import grammar, validity
from scribe.sections.fault import Fault
from scribe.sections.realisation import words

LONG = 9  # words
POINTS = re.compile(rf"(?:[\w ]+: )?{words.alternatives('points')}", re.IGNORECASE)


def _is_long_enough(fault: Fault | None, text: str) -> bool:
    """Whether a pronoun without its noun, far from the start, spoils little of a sentence."""
    return fault is Fault.NO_ANTECEDENT and not POINTS.match(text) and len(text.split()) >= LONG


def judge(settings: ModelsSettings) -> Callable[[Sequence[str]], Sequence[bool]]:
    """What says of each sentence whether it can. Raises AssetError where the parser is missing."""
    parser = grammar.load(settings)

    def sound(texts: Sequence[str]) -> Sequence[bool]:
        found = zip(texts, validity.faults(texts, parser), strict=True)
        return [fault is None or _is_long_enough(fault, text) for text, fault in found]

    return sound
