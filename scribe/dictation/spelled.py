"""Which of the words just said are the word that is being spelled: they give way to it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from scribe.dictation.arguments import sound
from scribe.dictation.parse import HEARD_MARKS
from scribe.dictation.punctuation import Line

ALIKE = 0.5  # of the letters or sounds: a word that was spelled is the word said just before
SURELY_ALIKE = 0.7  # even with another first letter
MOST_JOINED = 3  # words that a spelled word may have been heard as


def said_before(lines: Sequence[Line], spelled: str, function_words: frozenset[str]) -> int:
    """How many of the last words are what is being spelled; 0 where they are something else."""
    best, count = ALIKE, 0
    for joined in range(1, min(MOST_JOINED, len(lines)) + 1):
        texts = [line.word.text for line in lines[-joined:]]
        first = texts[0].strip().lower()
        if first in function_words or any(text.endswith(HEARD_MARKS) for text in texts[:-1]):
            break
        letters = "".join(character for character in "".join(texts).lower() if character.isalnum())
        alike = max(_alike(letters, spelled.lower()), _alike(sound(letters), sound(spelled.lower())))
        if alike >= best and (alike >= SURELY_ALIKE or letters[:1] == spelled[:1].lower()):
            best, count = alike, joined
    return count


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
