"""What is told of a finding, besides what it is: since when, how bad, how much, how often."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path

from scribe.clinical import notation, phrases
from scribe.clinical.lists import lists
from scribe.clinical.number_words import ONES, TEENS, TENS
from scribe.clinical.phrases import Means
from scribe.clinical.stated import values
from scribe.clinical.text import Text
from scribe.types import Attribute, AttributeKind, FindingKind, Span

TABLE = Path(__file__).with_name("attributes.tsv")
ENDS = re.compile(  # where the words of an attribute that may be any end
    r"(?<!\S)(?:(?:but|so|because|which|who|(?<!now and )then|though|although|unless|if|or else) |"
    r"(?<!now )and (?:i|i'm|i've|i'll|it|it's|my|you|he|she|the|then|we|we'll|that|they) )"
)
ENDS_OBJECT = re.compile(r"(?<!\S)(?:and|for|to|in|next|about|at|today|on|as|this|soon|with|or) ")
DANGLING = frozenset({"and", "or", "then", "um", "uh"})  # no last word of a condition
UNIT = 2  # tokens of a unit
PRONOUNS = frozenset({"it", "that", "they", "which", "this", "these"})
K, A = FindingKind, AttributeKind
MEASURES = frozenset({A.DOSE, A.VALUE, A.SEVERITY, A.DURATION})  # have a number that is told in full
COMPLAINTS = frozenset({K.SYMPTOM, K.PROBLEM, K.EXAM, K.FAMILY})
TAKEN = frozenset({K.MEDICATION, K.IMMUNIZATION})
DONE = frozenset({K.PROCEDURE, K.PLAN, K.RESULT})
BELONGS: dict[AttributeKind, frozenset[FindingKind]] = {
    A.ONSET: COMPLAINTS | TAKEN | {K.HABIT},
    A.DURATION: COMPLAINTS | TAKEN | {K.HABIT, K.PLAN},
    A.COURSE: COMPLAINTS | {K.RESULT},
    A.SEVERITY: COMPLAINTS,
    A.QUALITY: COMPLAINTS,
    A.TIMING: COMPLAINTS,
    A.CONTEXT: frozenset({K.SYMPTOM, K.PROBLEM}),
    A.AGGRAVATED_BY: COMPLAINTS,
    A.RELIEVED_BY: COMPLAINTS,
    A.SIDE: COMPLAINTS | DONE,
    A.SITE: COMPLAINTS | DONE,
    A.DOSE: TAKEN,
    A.ROUTE: TAKEN,
    A.FREQUENCY: TAKEN | {K.HABIT, K.PLAN},
    A.STATUS: TAKEN,
    A.INDICATION: TAKEN | DONE,
    A.ADHERENCE: TAKEN,
    A.REACTION: frozenset({K.ALLERGY}),
    A.VALUE: frozenset({K.VITAL, K.RESULT, K.EXAM}),
    A.DATE: frozenset({K.PROCEDURE, K.PROBLEM, K.MEDICATION, K.IMMUNIZATION, K.RESULT, K.FAMILY}),
    A.AGE: frozenset({K.FAMILY, K.PROBLEM, K.PROCEDURE, K.HABIT}),
    A.CONDITION: COMPLAINTS | TAKEN | DONE | {K.HABIT},
    A.ACTION: frozenset({K.MEDICATION, K.PLAN, K.PROCEDURE}),
    A.OBJECT: frozenset({K.PLAN}),
    A.WHEN: frozenset({K.PLAN, K.MEDICATION, K.IMMUNIZATION}),
}
"""The kinds of findings that have an attribute."""


@dataclass(frozen=True, slots=True)
class Told:
    """An attribute and the tokens it stands on."""

    attribute: Attribute
    tokens: range


@dataclass(frozen=True, slots=True)
class _Found:
    """A row that fits: `tokens` are its words, `around` these with their lead. `kind` None: it only looks like one."""

    kind: AttributeKind | None
    tokens: range
    around: range


def told(text: Text) -> tuple[Told, ...]:
    """The attributes in a text, in order: of two in one place the longer with its lead, both where they are alike."""
    found = sorted(_all(text), key=lambda item: (-len(item.around), -len(item.tokens), item.around.start))
    taken: dict[int, range] = {}
    kept = []
    for item in found:
        if all(taken.get(number, item.tokens) == item.tokens for number in item.around):
            taken.update(dict.fromkeys(item.tokens, item.tokens))
            kept.append(item)
    lasting = {item.tokens for item in kept if item.kind is A.DURATION and item.around != item.tokens}
    kept = [item for item in kept if item.kind is not A.FREQUENCY or item.tokens not in lasting]  # "for a week"
    kept.sort(key=lambda item: item.tokens.start)
    told = (_told(text, item.kind, _until_its_end(text, item)) for item in kept if item.kind is not None)
    return tuple(item for item in told if item is not None)


def _until_its_end(text: Text, item: _Found) -> range:
    """The tokens without what goes on behind them: "(when) I bend, and it" ends with "bend"."""
    words = text.part(item.tokens)
    ends = [found for found in [ENDS.search(words)] if found]
    if item.kind is A.OBJECT:
        ends += [found for found in [ENDS_OBJECT.search(words)] if found]
    if item.kind is A.ONSET and words.startswith("since then "):
        return item.tokens[:0]  # tells no time
    if not ends:
        return item.tokens
    return range(item.tokens.start, item.tokens.start + min(words.count(" ", 0, end.start()) for end in ends))


def _told(text: Text, kind: AttributeKind, tokens: range) -> Told | None:
    if not tokens:
        return None
    span = Span(text.tokens[tokens.start].span.start, text.tokens[tokens.stop - 1].span.end)
    return Told(Attribute(kind, text.text[span.start : span.end], span), tokens)


def _all(text: Text) -> Iterator[_Found]:
    numbers = list(_neighbours(text, list(_numbers(text))))
    yield from _doses(text, numbers)
    whole = {at: tokens for tokens in numbers if len(tokens) > 1 for at in tokens}
    for kind, pattern in _rows():
        for match in pattern.finditer(text.line):
            tokens = text.tokens_between(match.start("words"), match.end("words"))
            if not tokens:
                continue
            around = text.tokens_between(*match.span())
            if kind in MEASURES and (wider := _widened(tokens, whole)) != tokens:
                yield _Found(kind, wider, _joined(around, wider))
            elif kind is A.RELIEVED_BY and text.tokens[tokens.start].text in PRONOUNS:
                yield _Found(A.STATUS, tokens[1:], around)  # "it helps a bit", of a drug
            elif kind is not A.CONDITION or not phrases.begins(Means.PLACE, text.part(tokens)):
                yield _Found(kind, tokens, around)


def _numbers(text: Text) -> Iterator[range]:
    """The numbers of those sentences that may say one in several words, or a dose."""
    for sentence in text.sentences:
        words = text.part(sentence)
        if not sentence or not (phrases.says(Means.LONG_NUMBER, words) or phrases.says(Means.DOSE_UNIT, words)):
            continue
        start, end = text.tokens[sentence.start].span.start, text.tokens[sentence.stop - 1].span.end
        for one in values(text.text[start:end], every_one=True):
            yield text.token_range(Span(start + one.span.start, start + one.span.end))


def _doses(text: Text, numbers: Sequence[range]) -> Iterator[_Found]:
    """Each number before a unit of doses: "two point five milligrams", "a thousand units"."""
    for tokens in numbers:
        behind = text.part(range(tokens.stop, tokens.stop + UNIT))
        if (unit := phrases.at_start(Means.DOSE_UNIT, behind)) is not None:
            dose = range(tokens.start, tokens.stop + unit[0].count(" "))
            yield _Found(A.DOSE, dose, dose)


def _neighbours(text: Text, numbers: Sequence[range]) -> Iterator[range]:
    """The numbers; a one and a ten said one right after the other are together: "one twenty five"."""
    at = 0
    while at < len(numbers):
        tokens = numbers[at]
        after = numbers[at + 1] if at + 1 < len(numbers) else None
        if after is not None and after.start == tokens.stop and len(tokens) == 1:
            first, second = text.tokens[tokens.start].text, text.tokens[after.start].text
            if first in ONES and (second in TENS or second in TEENS):
                tokens, at = range(tokens.start, after.stop), at + 1
        yield tokens
        at += 1


def _widened(tokens: range, whole: Mapping[int, range]) -> range:
    """The tokens with the whole of each number that they have a part of."""
    return reduce(_joined, (whole[at] for at in tokens if at in whole), tokens)


def _joined(one: range, other: range) -> range:
    return range(min(one.start, other.start), max(one.stop, other.stop))


@cache
def _rows() -> tuple[tuple[AttributeKind | None, re.Pattern[str]], ...]:
    made = []
    for line, (kind, lead, words) in notation.rows(TABLE, ("kind", "lead", "words")):
        with notation.at_line(TABLE, line):
            before = "" if lead == "-" else notation.expression(lead, lists())
            pattern = rf"(?<!\S)(?:{before})(?P<words>{notation.expression(words, lists())})"
            made.append((None if kind == "none" else AttributeKind(kind), re.compile(pattern)))
    return tuple(made)


def made(text: Text, kind: AttributeKind, tokens: range) -> Attribute | None:
    """The attribute in these tokens, without the marks at their end; None where nothing is left."""
    while tokens and _dangles(text.tokens[tokens.stop - 1].text, kind):
        tokens = range(tokens.start, tokens.stop - 1)
    found = _told(text, kind, tokens)
    return found.attribute if found is not None else None


def _dangles(word: str, kind: AttributeKind) -> bool:
    """Whether a word or mark ends no attribute."""
    return not (word[0].isalnum() or word == "%") or (kind is A.CONDITION and word in DANGLING)
