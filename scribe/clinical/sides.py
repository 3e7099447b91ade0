"""The words for sides: one list, for every stage."""

from __future__ import annotations

from collections.abc import Mapping

LEFT, RIGHT, BILATERAL = "left", "right", "bilateral"
BY_WORD: Mapping[str, str] = {
    "left": LEFT,
    "right": RIGHT,
    "both": BILATERAL,
    "bilateral": BILATERAL,
    "bilaterally": BILATERAL,
}
SHORT: Mapping[str, str] = {"lt": LEFT, "rt": RIGHT, "leftsided": LEFT, "rightsided": RIGHT}
"""As they are written in notes."""
OPPOSITE: Mapping[str, str] = {LEFT: RIGHT, RIGHT: LEFT}


def expression() -> str:
    """A regular expression for the words, the longest first."""
    return "|".join(sorted(BY_WORD, key=len, reverse=True))
