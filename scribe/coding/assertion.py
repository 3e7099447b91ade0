"""What a text claims about what it names: present, absent, possible, conditional, historical, or another person's.

ConText (Harkema et al., J Biomed Inform 2009), which extends NegEx (Chapman et al., J Biomed Inform 2001): cues open
a scope before or behind them, which ends with the sentence or at a word that closes it. The rules: `assertion.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.types import Assertion, Span

SENTENCE_END = re.compile(r"[;!?\n]|\.(?=\s|$|[\"')])")
KINDS = ("family", "absent", "conditional", "possible", "historical", "background")  # the first that holds, counts
QUERIED = re.compile(r"(?!\s)[\w/ ]*")  # what may lie between a question mark before a word and the mention
HYPHENED = re.compile(r"-\w+[\s-]+")
NEAR = 2  # words that may lie between a near cue and the mention
BACKWARD = 8  # words that may lie between a mention and a cue behind it
ASSERTIONS = {"background": Assertion.HISTORICAL, **{kind: Assertion(kind) for kind in KINDS[:-1]}}


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed about one mention. `settled` is False where "history of" leaves open whether it is past."""

    assertion: Assertion = Assertion.PRESENT
    settled: bool = True


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    place: str  # before, near, after, next
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Cue:
    kind: str
    place: str
    start: int
    end: int

    @property
    def forward(self) -> bool:
        """Whether it speaks of what follows it."""
        return self.place in ("before", "near")

    def swallows(self, other: _Cue) -> bool:
        """Whether `other` is only part of it: "not ruled out" is not "ruled out"."""
        wider = self.end - self.start > other.end - other.start
        return wider and self.forward == other.forward and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class _Rules:
    cues: tuple[_Rule, ...]
    pseudo: re.Pattern[str]
    stops: dict[str, re.Pattern[str]]
    clause: re.Pattern[str]


class Context:
    """The cues of one text, read once; then asked about each mention in it."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\u2019", "'")
        self._cues = tuple(_cues(self._text))

    def claim(self, span: Span, prior: Assertion = Assertion.PRESENT) -> Claim:
        """What the text claims about the mention at `span` (character offsets).

        `prior` is what is known of the whole text. It holds where the text itself has no cue of that kind: "Denies
        fever but has a cough", known as absent, still claims the cough.
        """
        start, end = self._sentence(span)
        if self._text[end : end + 1] == "?":
            return Claim(Assertion.CONDITIONAL)
        queried = self._text[:start].endswith("?") and QUERIED.fullmatch(self._text[start : span.start])
        if queried:
            return Claim(Assertion.POSSIBLE)  # "?pneumonia"
        kinds = {cue.kind for cue in self._cues if start <= cue.start and cue.end <= end and self._holds(cue, span)}
        found = next((kind for kind in KINDS if kind in kinds), None)
        if found not in (None, "background"):
            return Claim(ASSERTIONS[str(found)])
        if prior not in (Assertion.PRESENT, Assertion.HISTORICAL) and not any(c.kind == prior for c in self._cues):
            return Claim(prior)
        if found or (prior is Assertion.HISTORICAL and not any(c.kind == "historical" for c in self._cues)):
            return Claim(Assertion.HISTORICAL, settled=False)
        return Claim()

    def _sentence(self, span: Span) -> tuple[int, int]:
        ends = [match.start() for match in SENTENCE_END.finditer(self._text)]
        start = max((at + 1 for at in ends if at < span.start), default=0)
        return start, min((at for at in ends if at >= span.end), default=len(self._text))

    def _holds(self, cue: _Cue, span: Span) -> bool:
        """Whether the mention lies in the scope of the cue."""
        if cue.forward and cue.start < span.start and cue.end < span.end:  # "family [history of stroke]" overlaps
            between = self._text[cue.end : span.start]
            stops = _rules().stops["historical" if cue.kind == "background" else cue.kind]
            if cue.place == "near" and HYPHENED.match(between):
                return False  # "non-allergic asthma", "post-infarction angina": the cue belongs to the word behind it
            return not stops.search(between) and (cue.place == "before" or len(between.split()) <= NEAR)
        if not cue.forward and cue.start >= span.end:
            between = self._text[span.end : cue.start]
            if cue.place == "next":
                return not between.strip()
            closed = "," in between.rstrip(", ") or _rules().clause.search(between)
            return not closed and len(between.split()) <= BACKWARD
        return False


def _cues(text: str) -> Iterator[_Cue]:
    """The cues of `text` that are not part of a pseudo-cue; of two in one place, the longer."""
    rules = _rules()
    masked = [match.span() for match in rules.pseudo.finditer(text)]
    found = [_Cue(rule.kind, rule.place, *match.span()) for rule in rules.cues for match in rule.pattern.finditer(text)]
    for cue in found:
        inside_pseudo = any(start <= cue.start and cue.end <= end for start, end in masked)
        if not inside_pseudo and not any(other.swallows(cue) for other in found):
            yield cue


@cache
def _rules() -> _Rules:
    tree = yaml.safe_load(Path(__file__).with_name("assertion.yaml").read_text(encoding="utf-8"))
    words, stops = tree["words"], tree["stops"]
    return _Rules(
        cues=tuple(
            _Rule(kind, place, _compiled("|".join(patterns), words))
            for kind in KINDS
            for place, patterns in tree[kind].items()
        ),
        pseudo=_compiled("|".join(tree["pseudo"]), words),
        stops={kind: _compiled(f"{stops['all']}|{stops[kind]}", words) for kind in KINDS if kind in stops},
        clause=_compiled(tree["clause"], words),
    )


def _compiled(pattern: str, words: dict[str, Any]) -> re.Pattern[str]:
    for name, spelled in words.items():
        pattern = pattern.replace(f"{{{name}}}", spelled)
    return re.compile(rf"(?:(?<!\w)|(?=\W))(?:{pattern})(?!\w)", re.IGNORECASE)
