"""Misheard medical terms put right, where sound leaves one choice; flagged where it leaves several.

Three witnesses are heard for each reading of a doubted stretch: how alike both sound (`doubts`), how common the term
is, and what the recogniser itself says when it is asked how probable the whole window is with the term in it instead
(`Listening.weigh`). A term is put in only where they agree, no other reading comes near, and no look-alike of it is
among the readings. What was heard is kept (`Repair`) and can be put back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from scribe.asr.doubts import Doubt, Reading, Suspect, bare
from scribe.asr.vocabulary import TermKind
from scribe.plugins import Listening
from scribe.types import Flag, FlagKind, Interval, Repair, Segment, Word

MOST_WEIGHED = 4  # readings of a suspect that the recogniser is asked about
WORTH_WEIGHING = 0.12  # of rank: readings that much behind the first are not
LIKENESS_WORTH = 25.0  # nats for a likeness of 1: a tenth more alike outweighs a reading 12 times as probable
MARGIN = 2.0  # nats by which the best reading must lead, all witnesses together
MARGIN_UNHEARD = 0.08  # of rank, where the recogniser cannot be asked
UNHEARD_LIKENESS = 0.92  # that a reading needs then
DOSE_WORTH = {True: 3.0, False: -4.0, None: 0.0}  # nats, by whether the drug is made in the strength that follows
COMMON_WORTH = 3.0  # nats by which a term that is said daily may be less probable than one that never is
# The least change of log probability, by least likeness: the more alike, the less the recogniser has to agree.
Floors = tuple[tuple[float, float], ...]
# An unknown word is mostly a drug's name; for any other term the recogniser has to agree more, for a short one most.
OTHER_UNKNOWN: Floors = ((0.95, -8.0), (0.9, -4.0), (0.84, -1.0))
SHORT_LETTERS, SHORT_WORTH = 5, 4.0
FLOORS: Mapping[Doubt, Floors] = {
    Doubt.UNKNOWN: ((0.95, -20.0), (0.88, -13.0), (0.8, -8.0), (0.72, -4.0), (0.62, -1.0)),
    Doubt.RARE: ((0.9, -4.0), (0.8, -1.5)),
    Doubt.DOSED: ((0.88, -6.0), (0.7, -3.5)),
    Doubt.SOUND: ((0.94, -3.0), (0.88, 0.0)),
}
TAIL = re.compile(r"[^\w%]*$")
SUGGESTED_RANK = 0.78  # from which a reading that was not put in is shown to a person
SUGGESTED_REASON = "heard as no known word; it may be a term that sounds alike"
LOOK_ALIKE_REASON = "two names that sound alike: check which one was said"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a suspect: the reading to put in, or those to show to a person; neither, where none is likely."""

    suspect: Suspect
    accepted: Reading | None = None
    score: float = 0.0  # how sure the accepted reading is, 0 to 1
    shown: tuple[Reading, ...] = ()
    look_alikes: bool = False


@dataclass(frozen=True, slots=True)
class Mended:
    """Segments with terms put in, and what is to be known about it."""

    segments: tuple[Segment, ...] = field(repr=False)
    repairs: tuple[Repair, ...]
    flags: tuple[Flag, ...]


def judge(
    suspects: Sequence[Suspect], words: Sequence[Word], window: range, listening: Listening | None
) -> list[Verdict]:
    """What to do about the suspects of one window: words `window` (indices) of the recording."""
    weighed = [suspect for suspect in suspects if suspect.readings]
    asked = {id(suspect): _worth_weighing(suspect) for suspect in weighed}
    gains = _gains([reading for suspect in weighed for reading in asked[id(suspect)]], words, window, listening)
    return [_verdict(suspect, asked.get(id(suspect), ()), gains) for suspect in suspects]


def _worth_weighing(suspect: Suspect) -> tuple[Reading, ...]:
    best = suspect.readings[0].rank
    return tuple(item for item in suspect.readings if item.rank >= best - WORTH_WEIGHING)[:MOST_WEIGHED]


def _gains(
    readings: Sequence[Reading], words: Sequence[Word], window: range, listening: Listening | None
) -> dict[Reading, float]:
    """By how much each reading changes the log probability of its window, in nats; empty without a recogniser.

    A reading stands wherever the same words were heard: a recogniser that has once written a word likes to repeat it.
    """
    if listening is None or not readings:
        return {}
    texts = ["".join(words[at].text for at in window)]
    for reading in readings:
        alike = [other for other in readings if other.heard == reading.heard]
        places = sorted({(other.first, other.last) for other in alike})
        texts.append(_with(reading.term.text, places, words, window))
    before, *after = listening.weigh(texts)
    return {reading: weight - before for reading, weight in zip(readings, after, strict=True)}


def _with(term: str, places: Iterable[tuple[int, int]], words: Sequence[Word], window: range) -> str:
    """The text of a window with `term` at `places`, none of which overlap."""
    pieces, at = [], window.start
    for first, last in places:
        pieces += [word.text for word in words[at:first]]
        pieces += [word.text for word in _replaced(term, words[first : last + 1], 1.0)]
        at = last + 1
    return "".join([*pieces, *(word.text for word in words[at : window.stop])])


def _verdict(suspect: Suspect, readings: Sequence[Reading], gains: Mapping[Reading, float]) -> Verdict:
    if not readings:
        return Verdict(suspect)
    if gains:
        ranked = sorted(readings, key=lambda item: -(gains[item] + LIKENESS_WORTH * item.rank))
        best = ranked[0]
        rivals = [item for item in ranked[1:] if not _same(item, best)]
        lead = min((_lead(best, rival, gains) for rival in rivals), default=2 * MARGIN)
        sure = lead >= MARGIN and gains[best] >= _floor(suspect.doubt, best)
    else:
        best, rivals = readings[0], [item for item in readings[1:] if not _same(item, readings[0])]
        lead = min((best.rank - rival.rank for rival in rivals), default=1.0)
        sure = suspect.doubt is Doubt.UNKNOWN and best.likeness >= UNHEARD_LIKENESS and lead >= MARGIN_UNHEARD
    confusable = [item for item in suspect.readings if item.term.text in best.term.confusable and _near(item, best)]
    if confusable:
        return Verdict(suspect, shown=(best, *confusable), look_alikes=True)
    if sure:
        return Verdict(suspect, best, score=min(best.likeness, 0.99))
    if suspect.doubt in (Doubt.SOUND, Doubt.RARE) and best.term.kind is not TermKind.DRUG:
        return Verdict(suspect)
    return Verdict(suspect, shown=tuple(item for item in (best, *rivals) if item.rank >= SUGGESTED_RANK))


def _lead(best: Reading, rival: Reading, gains: Mapping[Reading, float]) -> float:
    return gains[best] - gains[rival] + LIKENESS_WORTH * (best.rank - rival.rank)


def _floor(doubt: Doubt, reading: Reading) -> float:
    is_drug = reading.term.kind is TermKind.DRUG or reading.term.user
    floors = OTHER_UNKNOWN if doubt is Doubt.UNKNOWN and not is_drug else FLOORS[doubt]
    floor = next((floor for least, floor in floors if reading.likeness >= least), float("inf"))
    if not is_drug and len(reading.term.text) <= SHORT_LETTERS:
        floor += SHORT_WORTH
    return floor - COMMON_WORTH * (reading.term.common - 0.5) - DOSE_WORTH[reading.dose_fits]


def _near(reading: Reading, best: Reading) -> bool:
    return reading.likeness >= best.likeness - WORTH_WEIGHING


def _same(one: Reading, other: Reading) -> bool:
    """Whether two readings are forms of one word: "fasciculation" and "fasciculations", a brand and its salt."""
    a, b = sorted((one.term.text.lower(), other.term.text.lower()), key=len)
    return b.startswith(a) or (len(a) > 5 and a[:-1] == b[: len(a) - 1] and len(b) - len(a) <= 2)


# --- putting terms in


def mend(segments: Sequence[Segment], verdicts: Sequence[Verdict], rule: Mapping[int, str]) -> Mended:
    """Put the accepted readings in. `rule` names the rule for the first word of each, where it is not "sound"."""
    words = [word for segment in segments for word in segment.words]
    accepted = {item.accepted.first: item for item in verdicts if item.accepted}
    result: list[tuple[int, Word]] = []  # segment, word
    segment_of = [at for at, segment in enumerate(segments) for _ in segment.words]
    repairs = []
    at = 0
    while at < len(words):
        verdict = accepted.get(at)
        if verdict is None or verdict.accepted is None:
            result.append((segment_of[at], words[at]))
            at += 1
            continue
        reading = verdict.accepted
        original = tuple(words[at : reading.last + 1])
        new = _replaced(reading.term.text, original, verdict.score)
        repairs.append(Repair(len(result), len(new), original, rule.get(at, "sound"), round(verdict.score, 3)))
        result += [(segment_of[at], word) for word in new]
        at = reading.last + 1
    grouped = groupby(result, key=lambda item: item[0])
    mended = tuple(replace(segments[at], words=tuple(word for _, word in items)) for at, items in grouped)
    return Mended(mended, tuple(repairs), tuple(_flags(verdicts, words)))


def _replaced(term: str, original: Sequence[Word], probability: float) -> list[Word]:
    """The words of `term` in place of `original`: its space, capital and closing marks, its time by letters."""
    lead = original[0].text[: len(original[0].text) - len(original[0].text.lstrip())]
    tail = TAIL.search(original[-1].text.rstrip())
    parts = term.split()
    if len(original) == 1 and original[0].text.strip()[:1].isupper() and term.islower():
        parts[0] = parts[0].capitalize()
    start, end = original[0].start, original[-1].end
    step = (end - start) / sum(map(len, parts))
    words, at = [], start
    for number, part in enumerate(parts):
        text = (lead if number == 0 else " ") + part + (tail[0] if tail and number == len(parts) - 1 else "")
        until = end if number == len(parts) - 1 else at + step * len(part)
        words.append(Word(round(at, 3), round(until, 3), text, probability, original[0].speaker))
        at = until
    return words


def _flags(verdicts: Iterable[Verdict], words: Sequence[Word]) -> Iterable[Flag]:
    for verdict in verdicts:
        if not verdict.shown:
            continue
        first = min(verdict.suspect.first, *(reading.first for reading in verdict.shown))
        last = max(verdict.suspect.last, *(reading.last for reading in verdict.shown))
        drug = any(reading.term.kind is TermKind.DRUG for reading in verdict.shown)
        heard = " ".join(bare(word) for word in words[first : last + 1])
        yield Flag(
            FlagKind.DRUG if drug else FlagKind.DISAGREEMENT,
            Interval(words[first].start, words[last].end),
            LOOK_ALIKE_REASON if verdict.look_alikes else SUGGESTED_REASON,
            (heard, *dict.fromkeys(reading.term.text for reading in verdict.shown)),
        )
