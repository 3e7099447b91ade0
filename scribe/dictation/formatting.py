"""Speech as it is written: numbers, units, doses, dates and vital signs in figures, abbreviations in full.

For the written copy only, in dictations and visits; the transcript stays as it was heard. What is written how, after
which source, and which settings there are: `docs/written-forms.md`. Writing what is already written changes nothing,
and where two readings are possible the words stay as they were said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scribe.config import DictationSettings
from scribe.dictation import (
    classes,
    counts,
    dates,
    grades,
    letters,
    plausibility,
    quantities,
    series,
    shapes,
    terms,
    vitals,
)
from scribe.dictation.atoms import lines, words
from scribe.dictation.heard import is_heard
from scribe.dictation.rules import Doubt, Rule, run
from scribe.dictation.written import Written, verbatim
from scribe.types import Flag, FlagKind, Interval, Word

FIGURES: tuple[Rule, ...] = (
    *classes.RULES,
    *counts.RULES,
    *grades.RULES,
    *series.RULES,
    vitals.over,
    vitals.out_of,
    vitals.plus,
    vitals.times,
    vitals.height,
    counts.ordinals,
    shapes.two_ages,
    shapes.ages,
    shapes.dimensions,
    shapes.fractions,
    quantities.of_a1c,
    quantities.quantities,
)
NOT_HEARD = "the number as written was not heard so; the words stand as they were heard"
ROUNDS = 4  # until nothing changes any more, so that writing twice is writing once; nearly always the second finds none
PASSES: tuple[tuple[Rule, ...], ...] = (letters.RULES, (vitals.vision, *dates.RULES), FIGURES, (counts.degrees,))


@dataclass(frozen=True, slots=True)
class Formatted:
    """Words as they are written, and what a person should check."""

    written: tuple[Written, ...]
    flags: tuple[Flag, ...] = ()


def formatted(written: Sequence[Written], settings: DictationSettings) -> Formatted:
    """The words in their written form. No word reaches over a change of speaker or a line break.

    Flags are of the kinds DOSE and NUMBER: an ambiguous reading, an implausible dose, a vital sign out of range. With
    `settings.formatting` off, the words come back as they are.
    """
    if not settings.formatting:
        return Formatted(tuple(written))
    made: list[Written] = []
    flags: dict[Flag, None] = {}
    for line in lines(written):
        first, last = line.atoms[0].first, line.atoms[-1].last
        heard = written[first : last + 1]
        said = [Written(item.word, at, at) for at, item in enumerate(heard)]
        for _ in range(ROUNDS):
            now, found = _round(said, settings)
            flags.update(dict.fromkeys(found))
            if [item.word.text for item in now] == [item.word.text for item in said]:
                break
            said = now
        made.extend(_only_heard(said, heard, flags))
    return Formatted(tuple(made), tuple(sorted(flags, key=lambda flag: flag.interval)))


def _only_heard(made: Sequence[Written], heard: Sequence[Written], flags: dict[Flag, None]) -> Iterator[Written]:
    """What was made of the words of `heard`, whose indices it has; where it has a number that was not heard, the words.

    Words that nothing touched are the very same objects. A span that stays as it was heard is flagged.
    """
    for group in _apart(made):
        first, last = group[0].first, max(item.last for item in group)
        words = heard[first : last + 1]
        if len(group) == len(words) and all(item.word is words[at].word for at, item in enumerate(group)):
            yield from words
        elif is_heard(_text(words), _text(group)):
            yield from (_covering(item, heard) for item in group)
        else:
            interval = Interval(min(item.word.start for item in words), max(item.word.end for item in words))
            flags[Flag(FlagKind.NUMBER, interval, NOT_HEARD)] = None
            yield from words


def _covering(item: Written, heard: Sequence[Written]) -> Written:
    """The word with the places of what it stands for."""
    words = heard[item.first : item.last + 1]
    return Written(item.word, min(each.first for each in words), max(each.last for each in words))


def _apart(made: Sequence[Written]) -> Iterator[list[Written]]:
    """The written words, together where they stand for the same words or no space parts them."""
    group: list[Written] = []
    last = -1
    for item in made:
        if group and item.first > last and item.word.text[:1].isspace():
            yield group
            group = []
        group.append(item)
        last = max(last, item.last)
    if group:
        yield group


def _text(words: Iterable[Written]) -> str:
    return "".join(item.word.text for item in words)


def _round(written: Sequence[Written], settings: DictationSettings) -> tuple[list[Written], list[Flag]]:
    made: list[Written] = []
    flags: list[Flag] = []
    for line in lines(written):
        doubts: list[Doubt] = []
        terms.settle(line)
        for rules in PASSES:
            line = run(line, rules, settings, doubts)
        doubts += plausibility.doubts(line, written)
        made.extend(words(line, written))
        flags.extend(_flag(doubt, written) for doubt in doubts)
    return made, flags


def _flag(doubt: Doubt, written: Sequence[Written]) -> Flag:
    span = written[doubt.first : doubt.last + 1]
    interval = Interval(min(item.word.start for item in span), max(item.word.end for item in span))
    return Flag(doubt.kind, interval, doubt.reason, doubt.readings)


def format_text(text: str, settings: DictationSettings = DictationSettings()) -> str:  # noqa: B008 - frozen
    """A line of plain speech in its written form. Line breaks stay."""
    heard = [Word(0.0, 0.0, word) for word in _cut(text)]
    return "".join(item.word.text for item in formatted(verbatim(heard), settings).written)


def _cut(text: str) -> list[str]:
    pieces: list[str] = []
    for part in text.split(" "):
        pieces.append(f" {part}" if pieces else part)
    return [piece for piece in pieces if piece]
