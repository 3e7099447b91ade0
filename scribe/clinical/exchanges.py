"""Questions and their answers over turns: which utterances answer which question, and what they settle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scribe.clinical import openings, phrases
from scribe.clinical.openings import Answer
from scribe.clinical.phrases import Means
from scribe.clinical.text import Text
from scribe.clinical.utterances import Utterance
from scribe.types import Role, Span

LONGEST = 4  # utterances of one answer
CUT_OFF = ("...", "\u2026", "-", ",")  # how a sentence ends that goes on


@dataclass(frozen=True, slots=True)
class Exchange:
    """Questions asked in one breath and what was answered, as numbers of utterances."""

    asked: tuple[int, ...]
    answered: tuple[int, ...]
    says: Answer  # by its first utterance
    again: bool = False  # it asks what the exchange before asked, once more


def opened(said: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """The utterances with a yes or no at the start apart from what follows it: it speaks of what was asked before."""
    found = []
    for utterance in said:
        says, rest = openings.opening_of(utterance.text)
        if says is Answer.MORE or utterance.asks:
            found.append(utterance)
            continue
        head, start = utterance.text[:rest].rstrip(), utterance.span.start
        found.append(replace(utterance, text=head, span=Span(start, start + len(head))))
        found.append(replace(utterance, text=utterance.text[rest:], span=Span(start + rest, utterance.span.end)))
    return tuple(_asked_on(found))


def _asked_on(said: Sequence[Utterance]) -> Iterator[Utterance]:
    """The utterances; what stands between two questions of a clinician and only lists more is asked, too."""
    for number, utterance in enumerate(said):
        around = said[max(0, number - 1) : number + 2]
        one = len(around) == len("?.?") and all(item.speaker == utterance.speaker for item in around)
        if one and utterance.role is Role.CLINICIAN and not utterance.asks and around[0].asks and around[2].asks:
            lists = phrases.begins(Means.LISTS_ON, Text(utterance.plain).line)
            yield replace(utterance, asks_on=lists and utterance.text.endswith(CUT_OFF))
        else:
            yield utterance


def exchanges(said: Sequence[Utterance]) -> Iterator[Exchange]:
    """The questions of a talk that somebody else answered, in order."""
    at = 0
    while at < len(said):
        if not said[at].asks or said[at].role is Role.PATIENT:
            at += 1
            continue
        first = at
        while at < len(said) and said[at].speaker == said[first].speaker:
            at += 1
        asked = tuple(number for number in range(first, at) if said[number].asks)
        answered: list[int] = []
        while at < len(said) and said[at].speaker != said[first].speaker and len(answered) < LONGEST:
            answered.append(at)
            at += 1
        if answered:
            while len(answered) > 1 and _says_nothing_yet(said[answered[0]]):
                answered.pop(0)
            yield Exchange(asked, tuple(answered), _says(said[answered[0]].plain))


def narrows(text: str) -> bool:
    """Whether words behind a no say when it is so after all: "Well, only on stairs"."""
    return phrases.begins(Means.NARROWS, Text(text).line)


def _says_nothing_yet(utterance: Utterance) -> bool:
    """Whether it only fills, or says the question again: "Ear pain? No."."""
    return utterance.asks or phrases.whole(Means.FILLER, Text(utterance.plain).line)


def _says(text: str) -> Answer:
    plain = openings.answer_of(text)
    return Answer.YES if plain is Answer.MORE and openings.says_some(text) else plain
