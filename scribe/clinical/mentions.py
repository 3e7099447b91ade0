"""What a text claims about what it names: whether it is so, how sure, when, of whom, and how it came up.

ConText (Harkema et al., J Biomed Inform 2009), which extends NegEx (Chapman et al., J Biomed Inform 2001): cues open a
scope before or behind them, which ends with the sentence or at a word that closes it. The cues are in `cues.tsv`, what
closes their scope in `stops.tsv`; both are for clinicians to read and extend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from scribe.clinical import notation, people
from scribe.clinical.lists import lists
from scribe.clinical.text import Text
from scribe.types import PATIENT, Assertion, Basis, Certainty, Claims, Polarity, Span, Time, Trigger

HERE = Path(__file__).parent
CUES = HERE / "cues.tsv"
STOPS = HERE / "stops.tsv"
PLACES = frozenset({"before", "near", "after", "next", "around", "-"})
CLAIMS = frozenset({"none", "absent", "possible", "past", "open", "conditional", "planned", "relative", "other"}) | {
    basis.value for basis in Basis
}
MENTION = "@"  # in a cue with the place "around": where the mention stands
NEAR = 2  # words that may lie between a near cue and the mention
BACKWARD = 8  # words that may lie between a mention and a cue behind it


_LABELS: dict[Assertion, tuple[frozenset[str], dict[str, Any]]] = {
    Assertion.ABSENT: (frozenset({"absent", "declined"}), {"polarity": Polarity.ABSENT}),
    Assertion.POSSIBLE: (frozenset({"possible"}), {"certainty": Certainty.POSSIBLE}),
    Assertion.CONDITIONAL: (frozenset({"conditional"}), {"time": Time.CONDITIONAL}),
    Assertion.HISTORICAL: (frozenset({"past", "open"}), {"time": Time.OPEN}),
    Assertion.FAMILY: (frozenset({"relative", "other"}), {"experiencer": people.FAMILY}),
}
"""What a label says of a mention, and the cues by which a text says it for itself."""


@dataclass(frozen=True, slots=True)
class _Rule:
    claim: str
    place: str  # before, near, after, next, around, or - where it is no cue
    cue: str
    line: int
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A cue in a text; `tokens` are those it stands on."""

    rule: _Rule
    tokens: range

    @property
    def forward(self) -> bool:
        return self.rule.place in ("before", "near")

    def swallows(self, other: _Found) -> bool:
        """Whether `other` is only part of it: "not ruled out" is not "ruled out"."""
        wider = len(self.tokens) > len(other.tokens)
        return wider and self.forward == other.forward and _within(other.tokens, self.tokens)


class Mentions:
    """The cues of one text, found once; then asked about each mention in it."""

    def __init__(self, text: str | Text) -> None:
        self.text = text if isinstance(text, Text) else Text(text)
        self._cues = tuple(_cues(self.text))

    def claims(self, span: Span, *, asked: bool | None = None) -> Claims:
        """What the text claims about the mention at `span` (character offsets).

        `asked`: whether its sentence asks about it; None where only the mark at the end of the sentence tells.
        """
        tokens = self.text.token_range(span)
        sentence = self._sentence(tokens)
        held = [cue for cue in self._cues if _within(cue.tokens, sentence) and self._holds(cue, tokens)]
        held += self._around(sentence, tokens)
        wide = [cue for cue in held if cue.rule.place == "around"]
        held = [cue for cue in held if cue in wide or not any(_within(cue.tokens, one.tokens) for one in wide)]
        held = [cue for cue in held if cue.rule.claim != "none"]
        by_claim: dict[str, list[_Found]] = {}
        for cue in held:
            by_claim.setdefault(cue.rule.claim, []).append(cue)
        asked = (self._is_asked(sentence) if asked is None else asked) and not {
            "possible",
            "wanted",
            "offered",
        } & by_claim.keys()
        return Claims(
            Polarity.ABSENT if "absent" in by_claim else Polarity.PRESENT,
            Certainty.POSSIBLE if "possible" in by_claim or self._is_queried(tokens) else Certainty.CERTAIN,
            _time(by_claim),
            self._experiencer(by_claim),
            Basis.ASKED if asked else _basis(by_claim, tokens),
            tuple(self._trigger(cue) for cue in held),
        )

    def decided(self, span: Span, label: Assertion) -> Claims:
        """As `claims`, where a person gave the whole text a label: it holds where no cue of the text speaks of it."""
        claims = self.claims(span)
        told = {cue.rule.claim for cue in self._cues}
        if claims.assertion is not Assertion.PRESENT or told & _LABELS.get(label, (frozenset(), {}))[0]:
            return claims
        return replace(claims, **_LABELS[label][1]) if label in _LABELS else claims

    def each(self) -> tuple[Claims, ...]:
        """The claims about every word with content that belongs to no cue, in order."""
        cued = {number for cue in self._cues for number in cue.tokens}
        return tuple(
            self.claims(token.span)
            for number, token in enumerate(self.text.tokens)
            if number not in cued and token.text[0].isalpha() and token.text not in _function_words()
        )

    @property
    def names_somebody_else(self) -> bool:
        """Whether a cue of the text names a relative or another person."""
        return any(cue.rule.claim in ("relative", "other") for cue in self._cues)

    def _around(self, sentence: range, mention: range) -> Iterator[_Found]:
        """The cues that stand on both sides of the mention: "had @ in May"."""
        if not mention or not _within(mention, sentence):
            return
        before = self.text.part(range(sentence.start, mention.start))
        line = f"{before}{MENTION} {self.text.part(range(mention.stop, sentence.stop))}"
        for rule in _rules_around():
            for match in rule.pattern.finditer(line):
                start = sentence.start + line.count(" ", 0, match.start())
                stop = sentence.start + line.count(" ", 0, match.end()) + len(mention) - 1
                if start <= mention.start and mention.stop <= stop:
                    yield _Found(rule, range(start, stop))

    def _sentence(self, tokens: range) -> range:
        for sentence in self.text.sentences:
            if tokens.start < sentence.stop:
                return range(sentence.start, max(sentence.stop, tokens.stop))
        return range(0, len(self.text.tokens))

    def _is_asked(self, sentence: range) -> bool:
        last = self.text.tokens[sentence.stop - 1].text if sentence else ""
        return last == "?"

    def _is_queried(self, tokens: range) -> bool:
        """Whether a question mark stands before it: "?pneumonia"."""
        before = self.text.tokens[tokens.start - 1] if 0 < tokens.start <= len(self.text.tokens) else None
        if before is None or before.text != "?" or not tokens:
            return False
        return before.span.end == self.text.tokens[tokens.start].span.start

    def _holds(self, cue: _Found, mention: range) -> bool:
        """Whether the mention lies in the scope of the cue."""
        if cue.forward and cue.tokens.start < mention.start and cue.tokens.stop < mention.stop:
            between = range(cue.tokens.stop, mention.start)
            if cue.rule.place == "near" and self._is_hyphened(between):
                return False  # "non-allergic asthma", "post-infarction angina": the cue belongs to the word behind it
            stop = _stops().get(cue.rule.claim, _stops()["all"])
            if stop.search(self.text.part(between)):
                return False
            return cue.rule.place == "before" or len(self._last_alternative(between)) <= NEAR
        if not cue.forward and cue.tokens.start >= mention.stop:
            between = range(mention.stop, cue.tokens.start)
            if cue.rule.place == "next":
                return not between
            part = self.text.part(between)
            closed = "," in part.rstrip(", ") or _stops()["back"].search(part)
            return not closed and len(between) <= BACKWARD
        return False

    def _last_alternative(self, between: range) -> range:
        """The words behind the last "or": "didn't hit the head or lose consciousness" denies both."""
        ors = [number for number in between if self.text.tokens[number].text in ("or", "nor")]
        return range(ors[-1] + 1, between.stop) if ors else between

    def _is_hyphened(self, between: range) -> bool:
        return len(between) > 1 and self.text.tokens[between.start].text == "-"

    def _experiencer(self, by_claim: dict[str, list[_Found]]) -> str:
        cues = by_claim.get("relative")
        if not cues:
            return people.OTHER if "other" in by_claim else PATIENT
        named = [people.named_in(self.text.part(cue.tokens).strip()) for cue in cues]
        if {"mother", "father"} <= set(named):
            return "parents"
        return next((person for person in reversed(named) if person != people.FAMILY), people.FAMILY)

    def _trigger(self, cue: _Found) -> Trigger:
        tokens = self.text.tokens
        span = Span(tokens[cue.tokens.start].span.start, tokens[cue.tokens.stop - 1].span.end)
        return Trigger(cue.rule.claim, cue.rule.cue, cue.rule.line, span)


def _time(by_claim: dict[str, list[_Found]]) -> Time:
    order = (("conditional", Time.CONDITIONAL), ("planned", Time.PLANNED), ("past", Time.PAST), ("open", Time.OPEN))
    return next((time for claim, time in order if claim in by_claim), Time.CURRENT)


def _basis(by_claim: dict[str, list[_Found]], mention: range) -> Basis:
    """That of the cue nearest to the mention, but what is declined was offered before."""
    if "declined" in by_claim:
        return Basis.DECLINED
    told = "absent" in by_claim or "conditional" in by_claim  # "without any", "call with any": nobody asks
    telling = [cue for basis in Basis for cue in by_claim.get(basis, ()) if not (told and basis is Basis.ASKED)]
    if not telling:
        return Basis.EXPERIENCED
    nearest = min(telling, key=lambda cue: max(mention.start - cue.tokens.stop, cue.tokens.start - mention.stop))
    return Basis(nearest.rule.claim)


def _cues(text: Text) -> Iterator[_Found]:
    """The cues of a text that are not part of what only looks like one; of two in one place, the longer."""
    found, masked = [], []
    for rule in _rules():
        if rule.place == "around":
            continue
        for match in rule.pattern.finditer(text.line):
            tokens = text.tokens_between(*match.span())
            if not tokens:
                continue
            if rule.claim == "none":
                masked.append(tokens)
            else:
                found.append(_Found(rule, tokens))
    for cue in found:
        if any(_covers(tokens, cue) for tokens in masked) or any(other.swallows(cue) for other in found):
            continue
        yield cue


def _covers(masked: range, cue: _Found) -> bool:
    """Whether a cue is part of what only looks like one. "On her mother's side" is both, and counts."""
    return _within(cue.tokens, masked) and cue.tokens != masked


def _within(inner: range, outer: range) -> bool:
    return outer.start <= inner.start and inner.stop <= outer.stop


@cache
def _function_words() -> frozenset[str]:
    return frozenset((HERE / "function_words.txt").read_text(encoding="utf-8").split())


@cache
def _rules() -> tuple[_Rule, ...]:
    made = []
    for line, (claim, place, cue) in notation.rows(CUES, ("claim", "place", "cue")):
        with notation.at_line(CUES, line):
            if claim not in CLAIMS or place not in PLACES or (MENTION in cue.split()) != (place == "around"):
                raise ValueError(f"there is no claim {claim!r} with the place {place!r} and this cue")
            made.append(_Rule(claim, place, cue, line, _compiled(cue)))
    return tuple(made)


@cache
def _rules_around() -> tuple[_Rule, ...]:
    return tuple(rule for rule in _rules() if rule.place == "around")


@cache
def _stops() -> dict[str, re.Pattern[str]]:
    by_claim: dict[str, list[str]] = {}
    for line, (claim, stop) in notation.rows(STOPS, ("claim", "stop")):
        with notation.at_line(STOPS, line):
            if claim not in CLAIMS | {"all", "back"}:
                raise ValueError(f"there is no claim {claim!r}")
            by_claim.setdefault(claim, []).append(_compiled(stop).pattern)
    common = by_claim["all"]
    return {
        claim: re.compile("|".join(patterns if claim in ("all", "back") else [*common, *patterns]))
        for claim, patterns in by_claim.items()
    }


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{notation.expression(pattern, lists())})")
