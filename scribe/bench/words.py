"""Words as they are compared: normalised, aligned, and filtered to medical terms.

The only file that imports jiwer, medwer and Whisper's normaliser (whose package loads torch, hence all on use).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a hypothesis differs from its reference, at the least number of word edits.

    `pairs` holds (reference index, hypothesis index, whether the words are equal) of words that stand for each other.
    """

    pairs: tuple[tuple[int, int, bool], ...]
    substitutions: int
    deletions: int
    insertions: int


def normalise(text: str) -> list[str]:
    """The words of `text` after Whisper's EnglishTextNormalizer (Radford et al. 2022, appendix C).

    It lowers case, drops punctuation, fillers ("um") and what stands in brackets, spells contractions out, turns
    number words into digits and British into American spelling.
    """
    normalised: str = _whisper_normalizer()(text)
    return normalised.split()


def align(reference: Sequence[str], hypothesis: Sequence[str]) -> Alignment:
    """Align two lists of normalised words with jiwer."""
    import jiwer

    output = jiwer.process_words(" ".join(reference), " ".join(hypothesis))
    pairs = [
        (chunk.ref_start_idx + at, chunk.hyp_start_idx + at, chunk.type == "equal")
        for chunk in output.alignments[0]
        if chunk.type in ("equal", "substitute")
        for at in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]
    return Alignment(tuple(pairs), output.substitutions, output.deletions, output.insertions)


def medical_terms(text: str) -> list[str]:
    """The medical terms of `text` in order, by medwer's protocol: its normaliser, its term list, longest match first.

    The list (drugs of Health Canada, diagnoses and symptoms of ICD-10-CM) also holds everyday words such as "pain".
    """
    import medwer  # type: ignore[import-untyped]

    normaliser, entries, max_tokens = _medwer()
    terms: str = medwer.keep_medical(normaliser(text), entries, max_tokens)
    return terms.split()


def is_listed(term: str) -> bool:
    """Whether medwer's list of medical terms holds this one."""
    return term.casefold() in _medwer()[1]


@cache
def _whisper_normalizer() -> Any:
    from whisper.normalizers import EnglishTextNormalizer  # type: ignore[import-untyped]

    with warnings.catch_warnings():  # Whisper leaves the file of spellings to be closed by the garbage collector
        warnings.simplefilter("ignore", ResourceWarning)
        return EnglishTextNormalizer()


@cache
def _medwer() -> tuple[Any, set[str], int]:
    import medwer

    entries, max_tokens = medwer.load_terms(medwer.default_terms_path())
    return medwer.Normalizer(), entries, max_tokens
