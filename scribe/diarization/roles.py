"""Who is the clinician and who the patient, by what is said.

The model is a linear one over hashed features (`models/roles/CARD.md` says how it was trained): words, pairs of words
and letter groups of the piece itself, and the words around it, whoever said them. A piece is a sentence or part of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from scribe import assets
from scribe.errors import InputError
from scribe.types import Role, SpeakerRole, Transcript

BUCKETS = 1 << 18  # features are hashed into this many weights
CONTEXT = 12  # words on either side that are read with a piece
_TOKEN = re.compile(r"[a-z']+|\d+|[?]")


def tokens(text: str) -> list[str]:
    """Lower-case words, numbers, and question marks: the rest of the punctuation is no evidence."""
    return _TOKEN.findall(text.lower().replace("\u2019", "'"))


def features(piece: Sequence[str], before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Features of a piece (tokens) between the tokens before and after it."""
    return {"bias", *_own(piece), *_around("<", before[-CONTEXT:][::-1]), *_around(">", after[:CONTEXT])}


def _own(piece: Sequence[str]) -> Iterator[str]:
    yield f"n={min(len(piece), 12)}"
    if piece:
        yield f"first={piece[0]}"
        yield f"last={piece[-1]}"
        yield f"start={' '.join(piece[:3])}"
    for word in piece:
        yield word
        padded = f" {word} "
        yield from (f"#{padded[at : at + 4]}" for at in range(len(padded) - 3))
    yield from (f"{one} {two}" for one, two in pairwise(piece))
    yield from (f"{a} {b} {c}" for a, b, c in zip(piece, piece[1:], piece[2:], strict=False))


def _around(side: str, near: Sequence[str]) -> Iterator[str]:
    """Context, nearest first: which words are near, and what stands right beside the piece."""
    yield from (f"{side}{word}" for word in near)
    yield f"{side}1={near[0] if near else ''}"
    yield f"{side}2={' '.join(near[:2])}"
    yield f"{side}3={' '.join(near[:3])}"


def hashed(names: set[str]) -> list[int]:
    """Sorted bucket numbers of features."""
    return sorted({crc32(name.encode()) % BUCKETS for name in names})


class RoleModel:
    """Log-odds that a piece was said by the clinician rather than the patient."""

    def __init__(self, weights: NDArray[np.float16]) -> None:
        self._weights = weights.astype(np.float32)  # (buckets,)

    def log_odds(self, pieces: Sequence[str]) -> NDArray[np.float64]:
        """One number for each piece, read in order, each in the context of its neighbours: above 0 is the clinician."""
        words = [tokens(piece) for piece in pieces]
        flat = [word for piece in words for word in piece]
        out, at = np.zeros(len(pieces)), 0
        for number, piece in enumerate(words):
            before, after = flat[max(at - CONTEXT, 0) : at], flat[at + len(piece) : at + len(piece) + CONTEXT]
            out[number] = self._weights[hashed(features(piece, before, after))].sum()
            at += len(piece)
        return out


@cache
def model() -> RoleModel:
    """The model that is shipped."""
    with np.load(assets.shipped("models", "roles", "weights.npz"), allow_pickle=False) as file:
        return RoleModel(file["weights"])


def override(transcript: Transcript, roles: Sequence[Role]) -> Transcript:
    """The transcript with `roles` given to its speakers in the order in which they are first heard.

    Speakers beyond the last role given keep theirs. Raises InputError where there are more roles than speakers.
    """
    heard = tuple(dict.fromkeys(word.speaker for word in transcript.words if word.speaker is not None))
    if len(roles) > len(heard):
        raise InputError(
            f"{len(roles)} roles were given, but {len(heard)} speakers are heard: give fewer, or --speakers"
        )
    known = {item.speaker: item for item in transcript.roles}
    given = {speaker: SpeakerRole(speaker, role, 1.0) for speaker, role in zip(heard, roles, strict=False)}
    found = (given.get(speaker) or known.get(speaker) for speaker in heard)
    return replace(transcript, roles=tuple(item for item in found if item is not None))
