"""What the section models look at: a short dialogue as a whole, or one utterance with its surroundings."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from scribe.types import Role

Turn = tuple[str | None, str]  # (role, text)

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?")
LETTER = {Role.CLINICIAN.value: "d", Role.PATIENT.value: "p", Role.OTHER.value: "p"}
NAME = {Role.CLINICIAN.value: "doctor: ", Role.PATIENT.value: "patient: ", Role.OTHER.value: "guest: "}
CONTEXT = 2  # utterances looked at on each side


def words(text: str) -> list[str]:
    """Lower-case words; a number becomes its number of digits, so that doses and years generalise."""
    found = WORD.findall(text.lower().replace("\u2019", "'"))
    return [f"#{min(len(word), 4)}" if word[0].isdigit() else word for word in found]


def pairs(tokens: Sequence[str]) -> list[str]:
    """The tokens and each two that follow one another."""
    return [*tokens, *(f"{a} {b}" for a, b in pairwise(tokens))]


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[at : at + n] for n in (3, 4, 5) for at in range(max(len(padded) - n + 1, 0)))


def chars(tokens: Sequence[str]) -> list[str]:
    """The 3 to 5 letter pieces of each word, with its edges."""
    return [piece for token in tokens for piece in _pieces(token)]


def dialogue(turns: Sequence[Turn]) -> dict[str, list[str]]:
    """Blocks for a short dialogue read as a whole."""
    tokens: list[str] = []
    spoken: list[str] = []
    lengths: dict[str, int] = {}
    for role, text in turns:
        letter, said = LETTER.get(role or "", "n"), words(text)
        tokens += [*said, "</s>"]
        spoken += pairs([f"{letter}_{word}" for word in said])
        lengths[letter] = lengths.get(letter, 0) + len(said)
    return {"word": pairs(tokens), "role": spoken, "char": chars(tokens), "shape": _shape(turns, lengths)}


def script(turns: Sequence[Turn]) -> str:
    """A short dialogue as one text, for an encoder: each turn after the name of who speaks."""
    return " ".join(NAME.get(role or "", "") + text for role, text in turns)


def _shape(turns: Sequence[Turn], lengths: dict[str, int]) -> list[str]:
    total = sum(lengths.values()) + 1
    asked = sum(text.rstrip().endswith("?") for _, text in turns)
    return [
        f"turns {min(len(turns), 12)}",
        f"roles {''.join(sorted(lengths))}",
        f"first {LETTER.get(turns[0][0] or '', 'n') if turns else ''}",
        f"length {int(math.log2(total))}",
        f"patient {5 * lengths.get('p', 0) // total}",
        f"questions {min(asked, 8)}",
    ]


def utterances(turns: Sequence[Turn]) -> list[dict[str, list[str]]]:
    """Blocks for each utterance of a visit: its words, the question it answers, its neighbours, its place."""
    said = [words(text) for _, text in turns]
    letters = [LETTER.get(role or "", "n") for role, _ in turns]
    topics = _questions(turns, said)
    return [
        {
            "word": pairs(said[at]),
            "role": pairs([f"{letters[at]}_{word}" for word in said[at]]),
            "char": chars(said[at]),
            "question": pairs(topics[at]),
            "before": [f"{letters[i]}_{word}" for i in range(max(at - CONTEXT, 0), at) for word in said[i]],
            "after": [
                f"{letters[i]}_{word}" for i in range(at + 1, min(at + 1 + CONTEXT, len(said))) for word in said[i]
            ],
            "shape": [
                f"role {letters[at]}",
                f"length {letters[at]} {min(int(math.log2(len(said[at]) + 1)), 6)}",
                f"asks {letters[at]} {turns[at][1].rstrip().endswith('?')}",
                f"place {letters[at]} {10 * at // len(turns) if len(turns) > 30 else 'short'}",
            ],
        }
        for at in range(len(turns))
    ]


def _questions(turns: Sequence[Turn], said: Sequence[list[str]]) -> list[list[str]]:
    """For each utterance the words of the question that somebody else asked shortly before it."""
    topics: list[list[str]] = []
    asked: list[str] = []
    asker: str | None = None
    age = 0
    for (role, text), tokens in zip(turns, said, strict=True):
        age += 1
        topics.append(asked if asked and role != asker and age <= 4 else [])
        if text.rstrip().endswith("?"):
            asked, asker, age = tokens, role, 0
    return topics
