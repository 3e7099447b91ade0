"""Visits as they are and mutilated, drafted and coded: whatever is said, there is a note, and no passage is missing.

The visits are those of `--data` (what `scribe bench notes` reads, or a folder with `transcripts/*.txt`), or else the
shipped sample. Each is drafted once as it is, as long as there are trials; then its turns are shuffled, cut off,
repeated, given to others, glued together or thrown among words without sense; every 200th goes on for three hours. A
trial fails where an error ends it, or
where a step had to leave out a passage: the note is there, but the fault behind it has to be mended.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from random import Random

from scribe import assets, containment, pipeline
from scribe.bench import encounters, references
from scribe.bench.faults import LoopResult, Options
from scribe.bench.references import Turn
from scribe.export.markdown import Markdown
from scribe.types import FlagKind, Mode, Role, Segment, SpeakerRole, Transcript, Word

SECONDS = 0.4  # that a word takes
LONGEST = 3 * 3600.0  # seconds
LONG_EVERY = 200  # trials
ODD = (
    "I you your the no don't n't 's have is if and or um left right 20 mg problem exam, x-ray going to start see you "
    "back think shows ? . , - \u2026 : ( \" \U0001f600 % \u00e9 ever there anyone okay not let's on my physical"
).split()


@dataclass(frozen=True, slots=True)
class Visit:
    """What was said, turn by turn."""

    id: str
    turns: tuple[Turn, ...] = field(repr=False)

    @property
    def transcript(self) -> Transcript:
        """As a recogniser would have heard it, one word after the other."""
        segments, at = [], 0
        for turn in self.turns:
            words = turn.text.split()
            if words:
                segments.append(
                    Segment(
                        tuple(
                            Word(SECONDS * (at + n), SECONDS * (at + n + 1), f" {word}", speaker=turn.role)
                            for n, word in enumerate(words)
                        )
                    )
                )
                at += len(words)
        spoken = {turn.role for turn in self.turns}
        roles = tuple(SpeakerRole(role, role, 1.0) for role in Role if role in spoken)
        return Transcript(tuple(segments), roles=roles, duration=SECONDS * at)


def run(options: Options) -> LoopResult:
    """Draft `options.trials` visits."""
    visits = tuple(_visits(options.data))
    chance = Random(options.seed)  # noqa: S311 - trials that can be repeated, no secret
    failures: list[str] = []
    utterances = dropped = 0
    for trial in range(options.trials):
        options.on_progress("drafting", trial, options.trials)
        visit, how = visits[trial % len(visits)], "as it is"
        if trial % LONG_EVERY == LONG_EVERY - 1:
            how = "for three hours"
            visit = replace(visit, turns=_longer(visit.turns))
        elif trial >= len(visits):
            how = chance.choice(list(MUTATIONS))
            visit = replace(visit, turns=MUTATIONS[how](visit.turns, chance))
        found, lost = _faults(visit.transcript, options)
        failures += [f"trial {trial} ({visit.id}, {how}): {fault}" for fault in found]
        utterances += len(visit.turns)
        dropped += lost
    return LoopResult(options.trials, tuple(failures), {"turns": utterances, "passages_left_out": dropped})


def _faults(transcript: Transcript, options: Options) -> tuple[list[str], int]:
    """What broke while this visit became a document, and how many passages were left out."""
    if not transcript.words:
        return [], 0
    told = _Told()
    containment.log.addHandler(told)
    try:
        draft = pipeline.draft(transcript, options.config, mode=Mode.VISIT)
        note = pipeline.code(draft.note, options.config)
        pipeline.for_patient(note)
        Markdown().export(note, draft.transcript, pipeline.lay_out(note, options.config))
        left_out = sum(flag.kind is FlagKind.UNREAD for flag in draft.transcript.flags)
    except Exception as error:  # whatever it is: no visit may end without a note
        return [f"no note: {containment.place_of(error)}"], 0
    finally:
        containment.log.removeHandler(told)
    return list(dict.fromkeys(told.messages)), left_out


class _Told(logging.Handler):
    """What is logged of faults that were contained."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


# --- visits
def _visits(data: Sequence[Path]) -> Iterator[Visit]:
    """The visits of these files and folders, else the shipped one. Raises InputError where one of `data` has none."""
    if not data:
        yield Visit("sample", references.read((assets.shipped("samples", "visit.gold.json"),)))
    for place in data:
        texts = sorted((place / "transcripts").glob("*.txt"))
        for path in texts:
            yield Visit(path.stem, references.read((path,)))
        if not texts:
            yield from (Visit(dialogue.id, dialogue.turns) for dialogue in encounters.read(place))


# --- mutilations
Turns = tuple[Turn, ...]


def _longer(turns: Turns) -> Turns:
    """The turns over and over, until they have taken three hours."""
    words = max(1, sum(len(turn.text.split()) for turn in turns))
    return turns * ceil(LONGEST / (SECONDS * words))


def _shuffled(turns: Turns, chance: Random) -> Turns:
    return tuple(chance.sample(turns, len(turns)))


def _cut_off(turns: Turns, chance: Random) -> Turns:
    """Each turn loses words at its end, its start, or both."""
    made = []
    for turn in turns:
        words = turn.text.split()
        start = chance.choice((0, 0, chance.randrange(len(words) + 1)))
        made.append(replace(turn, text=" ".join(words[start : chance.randrange(start, len(words) + 1)])))
    return tuple(made)


def _repeated(turns: Turns, chance: Random) -> Turns:
    return tuple(turn for turn in turns for _ in range(chance.choice((1, 1, 2, 3))))


def _given_to_others(turns: Turns, chance: Random) -> Turns:
    return tuple(replace(turn, role=chance.choice((*Role, None))) for turn in turns)


def _unpunctuated(turns: Turns, chance: Random) -> Turns:
    """Without marks, and some turns glued to the next."""
    made: list[Turn] = []
    for turn in turns:
        bare = replace(turn, text=" ".join(word.strip(".,?!") for word in turn.text.split()))
        if made and chance.random() < 0.3:
            made[-1] = replace(made[-1], text=f"{made[-1].text} {bare.text}")
        else:
            made.append(bare)
    return tuple(made)


def _without_sense(turns: Turns, chance: Random) -> Turns:
    """Words among the others that belong to nothing."""
    made = []
    for turn in turns:
        words = turn.text.split()
        for _ in range(chance.randrange(6)):
            words.insert(chance.randrange(len(words) + 1), chance.choice(ODD))
        made.append(replace(turn, text=" ".join(words)))
    return tuple(made)


MUTATIONS: dict[str, Callable[[Turns, Random], Turns]] = {
    "shuffled": _shuffled,
    "cut off": _cut_off,
    "repeated": _repeated,
    "given to others": _given_to_others,
    "without marks": _unpunctuated,
    "without sense": _without_sense,
}
