"""Which division of a visit's reference note each thing said went to: dialogues of ACI-Bench aligned to their notes.

ACI-Bench has whole visits and their notes, but does not say which turn went where. The alignment here does, from the
two texts alone, knowing nothing of any classifier:

1. Turns are cut into sentences as scribe cuts what it hears. The note's sentences stand in one of four divisions.
2. A spoken sentence speaks for a division as much as it shares with the sentence of that division that it is likest to:
   the weight of the word stems in both, times the root of the share that this is of the note sentence's weight. A stem
   weighs ln(sentences of the visit / those that have it).
3. A visit changes its subject seldom and mostly in the order of a note, and notes repeat themselves (an assessment
   retells the history). So the divisions of all sentences are found together: the path with the most weight, less
   `ONWARD` for each change to a later division and `BACK` for each to an earlier one (Viterbi).
4. A sentence with less than `ENOUGH` for its division has none: small talk, and what no note repeats.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from scribe.bench.encounters import Division, Encounter
from scribe.clinical import utterances

ENOUGH = 3.0  # about two rare words of a note sentence of five
ONWARD, BACK = 2.0, 5.0

_ORDER = tuple(Division)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_HEADING = re.compile(r"[A-Z][A-Z &/]+:?")
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_ENDING = re.compile(r"(?<=\w{4})(?:ations?|ings?|edly|ed|ies|es|s|ly)$")
_STOP = frozenset(
    "the a an and or of to in is are was were it i you he she they we that this so for on with at by as my your her "
    "his have has had do does did be been am if but um uh okay ok yeah yes no not just like know well all right "
    "what how when there them me any some about then would could can will going gonna let go get got think really "
    "good from patient denies reports states that don isn mr mrs ms dr day today out up one little bit her him our "
    "see hey also".split()
)


def sentences(encounter: Encounter) -> tuple[tuple[str, ...], ...]:
    """The sentences of each turn."""
    return tuple(
        tuple(utterance.text for utterance in utterances.split(replace(encounter, turns=(turn,)).transcript))
        for turn in encounter.turns
    )


def align(spoken: Sequence[Sequence[str]], note: Mapping[Division, str]) -> tuple[tuple[Division | None, ...], ...]:
    """For the sentences of each turn, the division of the note that each went to; None where it went to none."""
    written = [
        (division, stems(part))
        for division, text in note.items()
        for part in _SENTENCE.split(text)
        if not _HEADING.fullmatch(part)
    ]
    weights = shared([stems(text) for texts in spoken for text in texts], [words for _, words in written])
    rows = [_by_division(weight, [division for division, _ in written]) for weight in weights]
    found = iter([path if row[path] >= ENOUGH else None for row, path in zip(rows, _path(rows), strict=True)])
    return tuple(tuple(islice(found, len(texts))) for texts in spoken)


def shared(said: Sequence[frozenset[str]], written: Sequence[frozenset[str]]) -> list[list[float]]:
    """How much each spoken sentence shares with each written one, by their stems: step 2 above."""
    counts = Counter(stem for words in said for stem in words)
    weight = {stem: math.log(len(said) / count) for stem, count in counts.items()}
    unsaid = math.log(len(said)) if said else 0.0
    wholes = [sum(weight.get(stem, unsaid) for stem in words) for words in written]
    rows = []
    for words in said:
        both = [sum(weight[stem] for stem in words & other) for other in written]
        rows.append([part * math.sqrt(part / whole) if part else 0.0 for part, whole in zip(both, wholes, strict=True)])
    return rows


def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning, and the numbers."""
    words = _WORD.findall(text.lower().replace("\u2019", "'"))
    return frozenset(
        _ENDING.sub("", word) for word in words if word not in _STOP and (len(word) > 2 or word[0].isdigit())
    )


def _by_division(weights: Sequence[float], divisions: Sequence[Division]) -> dict[Division, float]:
    row = dict.fromkeys(Division, 0.0)
    for weight, division in zip(weights, divisions, strict=True):
        row[division] = max(row[division], weight)
    return row


def _path(rows: Sequence[Mapping[Division, float]]) -> Iterator[Division]:
    """The division of each sentence on the path with the most weight; the earlier division wins a tie."""
    best: dict[Division, tuple[float, tuple[Division, ...]]] = {}
    for row in rows:
        steps = {}
        for division in Division:
            arrived = [(total - _cost(last, division), path) for last, (total, path) in best.items()]
            total, path = max(arrived, key=lambda item: item[0], default=(0.0, ()))
            steps[division] = (total + row[division], (*path, division))
        best = steps
    return iter(max(best.values(), key=lambda item: item[0])[1] if best else ())


def _cost(last: Division, division: Division) -> float:
    if division is last:
        return 0.0
    return ONWARD if _ORDER.index(division) > _ORDER.index(last) else BACK
