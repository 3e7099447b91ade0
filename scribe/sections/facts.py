"""What a sentence of the note states, as `scribe.clinical` reads it, in a form in which two sentences can be compared.

    read = facts.read("Takes lisinopril 20 mg for the left knee.", config.models)

A rewritten sentence is compared with the one it replaces (`fence`), statements with one another (`contradictions`), and
one that a person edited with what was said (`scribe.web.facts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from scribe.clinical import attributes, lists, people, quantities, reading, sides, stated, terms
from scribe.clinical.mentions import Mentions
from scribe.clinical.terms import Kind
from scribe.clinical.text import Text
from scribe.config import ModelsSettings
from scribe.types import AttributeKind, Basis, Claims, Finding, FindingKind, Segment, Span, Transcript, Word

KEPT = 8192  # sentences whose reading is kept: an edit changes one
NEAR = 3  # words between a side and its place
ENDINGS = (("ies", "y", 2), ("sses", "ss", 2), ("ing", "", 3), ("ed", "", 3), ("es", "", 3), ("s", "", 3))
"""Endings of words, what stands for them, and how many letters must be left."""
Pieces = Sequence[tuple[str | None, str]]


@dataclass(frozen=True, slots=True)
class Named:
    """A term and what is claimed of it, without the words that claim it."""

    kind: Kind
    concept: str = field(repr=False)
    claims: Claims


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text states. `sides` are (place, side), `doses` (drug, amount), `words` what is claimed of each stem."""

    named: tuple[Named, ...] = ()
    numbers: tuple[str, ...] = field(default=(), repr=False)
    amounts: tuple[str, ...] = field(default=(), repr=False)  # with their units: "20 mg"
    doses: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    sides: tuple[tuple[str, str], ...] = ()
    places: tuple[str, ...] = ()  # parts of the body
    people: tuple[str, ...] = ()
    words: Mapping[str, frozenset[Claims]] = field(default_factory=dict, repr=False)
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=KEPT)
def read(text: str, settings: ModelsSettings) -> Facts:
    """The facts of one sentence, or of a text by one person. Raises AssetError where the vocabulary is missing."""
    return exchange(((None, text),), settings)


@lru_cache(maxsize=KEPT)
def exchange(pieces: tuple[tuple[str | None, str], ...], settings: ModelsSettings) -> Facts:
    """The facts of what several people said in turn, (speaker, text): answers settle what was asked."""
    transcript = _transcript(pieces)
    text = Text(transcript.text)
    mentions = Mentions(text)
    found = reading.read(transcript, settings)
    return Facts(
        tuple(
            Named(item.kind, item.concept, plain(mentions.claims(_span(text, item.tokens))))
            for item in terms.load(settings).named(text)
        ),
        tuple(number.value for number in stated.values(text.text)),
        tuple(_amounts(text.text)),
        tuple(doses(found)),
        tuple(_sides(text)),
        tuple(stem(part[0].strip()) for part in body().finditer(text.line)),
        tuple(_people(text)),
        _words(text, mentions),
        found,
    )


def findings(texts: Sequence[str], settings: ModelsSettings) -> list[tuple[Finding, ...]]:
    """The findings of each of several sentences that are not one talk, read together: that costs a tenth."""
    transcript = _transcript([(str(number), text.replace("?", ".")) for number, text in enumerate(texts)])
    found: list[list[Finding]] = [[] for _ in texts]
    for finding in reading.read(transcript, settings):
        found[int(finding.speaker or 0)].append(finding)
    return list(map(tuple, found))


def plain(claims: Claims) -> Claims:
    """The claims without the cues that make them, to be compared."""
    return replace(claims, triggers=())


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending: "takes", "taking" and "take" are one."""
    base = word.removesuffix("'s").removesuffix("'")
    for ending, instead, least in ENDINGS:
        if base.endswith(ending) and len(base) - len(ending) >= least and not (ending == "s" and base.endswith("ss")):
            base = base[: -len(ending)] + instead
            break
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "sl":
        base = base[:-1]
    return base.removesuffix("e") if len(base) > 3 else base


def claims_of_words(text: str) -> Mapping[str, frozenset[Claims]]:
    """What one sentence claims of each of its words, by stem; none of a cue."""
    read = Text(text)
    return _words(read, Mentions(read))


@cache
def body() -> re.Pattern[str]:
    """The parts of the body, over the line of a text."""
    return re.compile(rf"\b(?:{lists.lists()['body']})")


def place_of(finding: Finding) -> str:
    """The part of the body that a finding is about, empty where none is told."""
    told = [attribute.text for attribute in finding.of(AttributeKind.SITE)]
    inside = [match[0] for match in body().finditer(f"{finding.concept} ")]
    return next((stem(part.lower().strip()) for part in (*inside, *told)), "")


def _transcript(pieces: Pieces) -> Transcript:
    segments = (tuple(Word(0.0, 0.0, f" {word}", speaker=who) for word in said.split()) for who, said in pieces)
    return Transcript(tuple(Segment(words) for words in segments if words), timed=False)


def _span(text: Text, tokens: range) -> Span:
    return Span(text.tokens[tokens.start].span.start, text.tokens[tokens.stop - 1].span.end)


def _amounts(text: str) -> Iterator[str]:
    for amount in quantities.read(text):
        if amount.unit is not None:
            yield f"{amount.number.value} {amount.unit.name}"


def doses(findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """The drugs of these findings, each with a dose that is told of it."""
    for finding in findings:
        if finding.kind is FindingKind.MEDICATION:
            for dose in finding.of(AttributeKind.DOSE):
                yield from ((finding.concept, amount) for amount in _amounts(dose.text))


def _sides(text: Text) -> Iterator[tuple[str, str]]:
    for item in attributes.told(text):
        if item.attribute.kind is AttributeKind.SIDE:
            side = item.attribute.text.lower()
            behind = text.part(range(item.tokens.stop, min(len(text.tokens), item.tokens.stop + NEAR)))
            place = body().search(re.split(r"[.;:,]|\b(?:left|right|now|away)\b", behind)[0])
            yield (stem(place[0].strip()) if place else ""), sides.BY_WORD.get(side, side)


def _people(text: Text) -> Iterator[str]:
    by_word = people.by_word()
    for token in text.tokens:
        if token.text in by_word:
            yield by_word[token.text]


def _words(text: Text, mentions: Mentions) -> dict[str, frozenset[Claims]]:
    """What is claimed of each word that is no cue; nothing of one that is asked about."""
    claimed = [(token.text, mentions.claims(token.span)) for token in text.tokens if token.text[0].isalpha()]
    cues = {number for _, claims in claimed for cue in claims.triggers for number in text.token_range(cue.span)}
    cued = {text.tokens[number].text for number in cues}
    found: dict[str, set[Claims]] = {}
    for word, claims in claimed:
        if word not in cued and claims.basis is not Basis.ASKED:
            found.setdefault(stem(word), set()).add(plain(claims))
    return {word: frozenset(said) for word, said in found.items()}
