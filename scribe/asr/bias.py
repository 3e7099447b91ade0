"""A second decoding of a doubtful window, with the terms in mind that the first one may have misheard.

Whisper writes a term that stands in its prompt more readily, and bends other words, too. So of the second decoding only
those places are used where it writes one of these terms, or another drug of the vocabulary, and the first one does not;
like every other reading they then have to stand up to judgement (`repair.judge`). Where the two decodings differ in a
number, a negation or a side, a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from scribe.asr.doubts import KEPT, NUMBERS, Doubt, Reading, Suspect, bare
from scribe.asr.retrieval import Index
from scribe.asr.vocabulary import TermKind, Vocabulary
from scribe.clinical.number_words import BELOW_HUNDRED
from scribe.types import Flag, FlagKind, Interval, Word

MOST_HINTS = 30
MOST_PREFERRED = 10  # of them from the user's words and the specialty
MOST_CHANGED = 5  # words on either side of a difference that is looked at
LEAST_LIKENESS = 0.6  # of a term to the words it would replace
FIGURES = {name: str(value) for name, value in BELOW_HUNDRED.items()}
FIGURE = re.compile(r"\d")
SIDES = frozenset("left right bilateral both".split())
NEGATIONS = frozenset("no not never without denies deny denied none neither nor cannot".split())
REASON = "two decodings of this place differ"


def hints(suspects: Sequence[Suspect], known: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The terms to decode a window with: what its suspects sound like, what the recording names already, preferences.

    `known`: drugs that were recognised well elsewhere in the recording.
    """
    by_sound = sorted((item for suspect in suspects for item in suspect.readings), key=lambda item: -item.rank)
    preferred = [term.text for term in vocabulary.preferred[:MOST_PREFERRED]]
    return tuple(dict.fromkeys([*(item.term.text for item in by_sound), *known, *preferred]))[:MOST_HINTS]


def differences(words: Sequence[Word], window: range, second: str) -> Iterator[tuple[range, tuple[str, ...]]]:
    """Where the second decoding of a window differs: indices of the words of the first, and the words of the second."""
    heard = [bare(words[at]) for at in window]
    others = [bare(Word(0.0, 0.0, text)) for text in second.split()]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, heard, others, autojunk=False).get_opcodes():
        if tag != "equal" and max(i2 - i1, j2 - j1) <= MOST_CHANGED:
            yield range(window.start + i1, window.start + i2), tuple(others[j1:j2])


def proposals(
    words: Sequence[Word], window: range, second: str, hinted: Sequence[str], vocabulary: Vocabulary, index: Index
) -> list[Suspect]:
    """The places where the second decoding writes a hinted term, or a drug, for something that sounds like it."""
    wanted = {text.lower() for text in hinted}
    found = []
    for place, others in differences(words, window, second):
        term = vocabulary.get(" ".join(others)) if others and place else None
        if term is None or (term.text.lower() not in wanted and term.kind is not TermKind.DRUG):
            continue
        texts = [bare(words[at]) for at in place]
        heard = " ".join(texts)
        if vocabulary.get(heard) or any(text in NUMBERS | KEPT or text.isdigit() for text in texts):
            continue
        likeness = index.between(heard, term.text)
        if likeness >= LEAST_LIKENESS:
            unknown = any(not vocabulary.is_word(text) for text in texts)
            reading = Reading(place.start, place.stop - 1, heard, term, likeness)
            doubt = Doubt.UNKNOWN if unknown else Doubt.SOUND
            found.append(Suspect(place.start, place.stop - 1, doubt, (reading,)))
    return found


def disagreements(words: Sequence[Word], window: range, second: str) -> Iterator[Flag]:
    """Flags where the two decodings differ in what can harm: a number, a negation, a side."""
    for place, others in differences(words, window, second):
        texts = [bare(words[at]) for at in place]
        kind = _kind(_telling(texts) ^ _telling(others))
        if kind is None:
            continue
        at = min(place.start, window.stop - 1)
        last = max(place.stop - 1, at)
        readings = (" ".join(texts), " ".join(others))
        yield Flag(kind, Interval(words[at].start, words[last].end), REASON, readings)


def _telling(texts: Iterable[str]) -> set[str]:
    """The numbers (in figures), negations and sides among words; "2", ".5mg" and "2.5mg" are one figure."""
    parts = " ".join(texts).replace("-", " ").split()
    joined = " ".join(FIGURES.get(part, part) for part in parts)
    figures = set("".join(FIGURE.findall(joined.replace(" .", "."))))
    plain = set(joined.split())
    return figures | {text for text in plain if text in NEGATIONS | SIDES or text.endswith("n't")}


def _kind(texts: set[str]) -> FlagKind | None:
    if any(map(str.isdigit, texts)):
        return FlagKind.NUMBER
    if texts & SIDES:
        return FlagKind.SIDE
    return FlagKind.NEGATION if texts else None
