"""Which sentences of the talk can stand in a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from scribe.config import ModelsSettings
from scribe.sections import grammar, validity
from scribe.sections.fault import Fault
from scribe.sections.realisation import words

POINTS = re.compile(rf"(?:[\w ]+: )?{words.alternatives('points')}", re.IGNORECASE)


def judge(settings: ModelsSettings) -> Callable[[Sequence[str]], Sequence[bool]]:
    """What says of each sentence whether it can. Raises AssetError where the parser is missing."""
    parser = grammar.load(settings)

    def sound(texts: Sequence[str]) -> Sequence[bool]:
        found = zip(texts, validity.faults(texts, parser), strict=True)
        return [fault is None or (fault is Fault.NO_ANTECEDENT and not POINTS.match(text)) for text, fault in found]

    return sound
