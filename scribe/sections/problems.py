"""Which problem a statement of the assessment or the plan belongs to, as it was said.

A link needs words: the statement names the problem ("for your hypertension ...", "the knee"), or it was said while the
clinician was at that problem and had already turned to each problem in that way. What drugs and tests are usually for
never makes a link. It decides between two problems that were both named, and keeps a plan from standing under a problem
it does not fit. A plan without a link stands for itself; a guess would be read as what the clinician said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.number_words import expanded
from scribe.sections import named
from scribe.types import Assertion, Section, SectionKind, Span, Statement

K = SectionKind
WORD = re.compile(r"[a-z][a-z'-]{2,}")
GOES_ON = re.compile(
    r"(?:and |but |so )?(?:it|it's|its|they|this|that|that's|these|those|he|she|his|her|their)\b", re.IGNORECASE
)
NUMBERED = re.compile(r"\d{1,2}[.)]\s+(?=\S)")  # "2. Hypertension": a problem of a written or dictated list
DENIED = re.compile(r"\b(?:no|not|without|denies|negative for|ruled? out)\b|n't\b", re.IGNORECASE)  # before a name
SPEAKS_OF = re.compile(r"\b(?:it|it's|that|that's|this|these|those|they|he|she|patient)\b", re.IGNORECASE)
SIDE = re.compile(r"\b(?:left|right)\b", re.IGNORECASE)
FAR = 1500  # characters of talk after which a problem that nobody named again is no longer the one spoken of
AHEAD = 60  # characters after "for your second problem, ..." within which its name stands


@dataclass(frozen=True, slots=True)
class _Family:
    names: re.Pattern[str]
    given: re.Pattern[str]


@dataclass(slots=True)
class _Problem:
    """A problem of this note while its talk is read: the statement that names it, and what it is known by."""

    head: Statement
    families: frozenset[str]
    terms: frozenset[str]
    planned: bool = False  # a plan was said for it, so far
    turned_to: bool = False  # the clinician turned to it in so many words


def linked(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections with `problem` set on statements of assessment and plan. Links that are there already stay."""
    chosen = [(section.kind, statement) for section in sections for statement in section.statements]
    heard = sorted(
        (item for item in chosen if item[0] in (K.ASSESSMENT, K.PLAN) and item[1].heard),
        key=lambda item: item[1].heard[0].start,
    )
    links = dict(_links(heard))
    return tuple(
        replace(section, statements=tuple(_with_link(statement, links) for statement in section.statements))
        for section in sections
    )


def _with_link(statement: Statement, links: Mapping[str, str]) -> Statement:
    if statement.problem is not None or statement.id not in links:
        return statement
    return replace(statement, problem=links[statement.id])


def _links(heard: Sequence[tuple[SectionKind, Statement]]) -> Iterator[tuple[str, str]]:
    """Ids of statements with the ids of those that name their problems, a problem's own included."""
    problems = _problems(heard)
    heads = {problem.head.id: problem for problem in problems}
    begun: list[_Problem] = []  # in the order in which the talk came to them
    current: _Problem | None = None
    spoken_of = 0  # where the talk about the current problem has come to
    for kind, statement in heard:
        if statement.heard[0].start - spoken_of > FAR:
            current = None
        turns = _turns().match(statement.text) is not None
        found = heads.get(statement.problem or statement.id)
        if found is None:
            candidates = _named(problems, statement.text)
            found = candidates[0] if len(candidates) == 1 else None
            if current is not None and len(candidates) > 1 and current in candidates and current.turned_to:
                found = current
            elif not candidates and not turns:
                found = _by_order(problems, begun, current, kind, statement)
        if statement.id in heads or turns or (kind is K.ASSESSMENT and found is None):
            current = found  # whatever is said now, the talk has left the problem before
        if found is None:
            continue
        if found is current and found not in begun:
            begun.append(found)
        found.turned_to = found.turned_to or turns
        found.planned = found.planned or kind is K.PLAN
        if found is current:
            spoken_of = statement.heard[-1].end
        yield statement.id, found.head.id


def _problems(heard: Sequence[tuple[SectionKind, Statement]]) -> list[_Problem]:
    """The problems of the note, in the order in which they are first named; one named again is the same problem."""
    made: list[_Problem] = []
    kept = {statement.problem for _, statement in heard}
    for kind, statement in heard:
        text = statement.text
        if statement.id not in kept and not _names_a_problem(kind, statement):
            continue
        families = _families_in(text)
        spans = (*named.diseases(text), *(Span(*found.span()) for found in _names_in(text)))
        terms = _terms_in(" ".join(text[span.start : span.end] for span in spans)) | (_terms_in(text) & _words("sites"))
        same = [
            item for item in made if _agree(item.head.text, text) and (item.families & families or item.terms & terms)
        ]
        if not same or statement.id in kept:
            marked = statement.problem == statement.id  # the clinician turned to it; the words for that are gone
            made.append(_Problem(statement, families, terms, turned_to=marked and not _is_of_findings(statement)))
    return made


def _is_of_findings(statement: Statement) -> bool:
    """Whether the findings name the problem: that the clinician turned to it is not known."""
    return statement.rule.startswith("realisation/")


def _names_a_problem(kind: SectionKind, statement: Statement) -> bool:
    """An assessment of a disease or with a number before it, or a plan that turns to a disease; not what sums up."""
    text = statement.text
    if statement.assertion in (Assertion.ABSENT, Assertion.FAMILY) or GOES_ON.match(text) or _summary().search(text):
        return False
    if kind is K.ASSESSMENT and NUMBERED.match(text):
        return True
    starts = [span.start for span in named.diseases(text)] + [found.start() for found in _names_in(text)]
    if not starts or DENIED.search(text, 0, min(starts)):
        return False
    return kind is K.ASSESSMENT or _turns().match(text) is not None


def _named(problems: Sequence[_Problem], text: str) -> Sequence[_Problem]:
    """The problems a text names; of several, the one it turns to, or the one its drugs and tests are for."""
    families, terms = _families_in(text), _terms_in(text)
    candidates = [
        item for item in problems if (item.families & families or item.terms & terms) and _agree(item.head.text, text)
    ]
    turn = _turns().match(text)
    if len(candidates) > 1 and turn:
        ahead = text[turn.end() : turn.end() + AHEAD]
        first = [item for item in candidates if item.families & _families_in(ahead) or item.terms & _terms_in(ahead)]
        candidates = first if len(first) == 1 else candidates
    if len(candidates) > 1:
        fitting = [item for item in candidates if item.families & _given_in(text)]
        candidates = fitting if len(fitting) == 1 else candidates
    return candidates


def _agree(one: str, other: str) -> bool:
    """Whether the sides that are named, if any, can be the same."""
    sides, others = (frozenset(found[0].lower() for found in SIDE.finditer(text)) for text in (one, other))
    return not sides or not others or bool(sides & others)


def _by_order(
    problems: Sequence[_Problem],
    begun: Sequence[_Problem],
    current: _Problem | None,
    kind: SectionKind,
    statement: Statement,
) -> _Problem | None:
    """The problem being spoken of, if the talk goes problem by problem and nothing speaks against it.

    Where problems were listed first and their plans after, order says nothing: the plan of the one before the last
    would have come before the last. A drug that is given for other things than the problem speaks against it, a test
    only if it fits another problem of the note.
    """
    if current is None or _general().search(statement.text):
        return None
    if kind is K.ASSESSMENT:
        return current if SPEAKS_OF.search(statement.text) else None
    before = begun[: begun.index(current)]
    in_turn = current.turned_to or current.planned or not before or before[-1].planned
    fits = _given_in(statement.text) | _families_in(statement.text)
    others = frozenset(name for problem in problems if problem is not current for name in problem.families)
    strict = current.families and named.drugs(statement.text)
    against = not fits & current.families and (strict or fits & others)
    return None if not in_turn or (fits and against) else current


def _terms_in(text: str) -> frozenset[str]:
    """Content words in a form that can be compared: "knees" as "knee"."""
    stop = _words("stop")
    words = (word.strip("'-") for word in WORD.findall(text.lower().replace("\u2019", "'")))
    return frozenset(word.removesuffix("s") if len(word) > 4 else word for word in words if word not in stop)


def _names_in(text: str) -> Iterator[re.Match[str]]:
    return (found for family in _families().values() for found in family.names.finditer(text))


def _families_in(text: str) -> frozenset[str]:
    return frozenset(name for name, family in _families().items() if family.names.search(text))


def _given_in(text: str) -> frozenset[str]:
    return frozenset(name for name, family in _families().items() if family.given.search(text))


@cache
def _tables() -> dict[str, Any]:
    text = Path(__file__).with_name("problems.yaml").read_text(encoding="utf-8")
    tables: dict[str, Any] = yaml.safe_load(expanded(text))
    return tables


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{'|'.join(patterns)})(?![\w'])", re.IGNORECASE)


@cache
def _turns() -> re.Pattern[str]:
    return re.compile(rf"(?:clinician: )?[\u201c\"]?(?:{'|'.join(_tables()['turns'])})", re.IGNORECASE)


@cache
def _general() -> re.Pattern[str]:
    return _any_of(_tables()["general"])


@cache
def _summary() -> re.Pattern[str]:
    return _any_of(_tables()["summary"])


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(str(_tables()[name]).split())


@cache
def _families() -> Mapping[str, _Family]:
    return {
        str(name): _Family(_any_of([entry["names"]]), _any_of([entry["given"]]))
        for name, entry in _tables()["families"].items()
    }
