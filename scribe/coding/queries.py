"""Questions to the clinician, where the classification asks for more than the note says.

Form and limits: AHIMA/ACDIS, "Guidelines for Achieving a Compliant Query Practice" (2022 update). A question is asked
only about a condition that the note documents and the clinician took up, quotes what gave cause to ask, offers every
value of what is missing, and is passed by the linter (`query_lint.py`) before anybody sees it. Table: `queries.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from scribe.coding import laterality, query_lint
from scribe.coding.mdm_problems import Find
from scribe.coding.reading import Line, compiled, overlap, table
from scribe.types import Assertion, CodeFlag, Note, Problem, Query, Quote, SectionKind, Span

MOST = 3  # open questions of one note
ORDER = ("conflict", "category", "type", "stage", "acuity", "detail", "side")  # by what an answer changes
OTHER, UNABLE = "other", "unable to determine"
YES_NO = ("yes", "no", OTHER, UNABLE)
CONFLICT = "side conflict"
SIDES = {"left": "Left", "right": "Right", "both sides": "Bilateral"}
INDICATORS = 4  # quoted besides the statement asked about
AROUND = 30  # characters around a mention in which the answer may stand already
UNTOLD = (Assertion.FAMILY, Assertion.CONDITIONAL)
NOTHING = re.compile(r"(?!)")
UNREAD = (SectionKind.FAMILY, SectionKind.ALLERGIES)
LOOSE_END = re.compile(r"(?:[ ,]+(?:and|an?|the|with|in|of|to|but|her|his|is|was))*[ ,]*$")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its rank; `at` is the place of its problem in the note."""

    rank: int
    at: int
    query: Query


def ask(note: Note, problems: Sequence[Problem], lines: Sequence[Line], find: Find) -> tuple[Query, ...]:
    """The note's questions: those already answered, then at most three open ones, those that change most first.

    One question for each problem at a time. A question keeps its id while open; an answered one is not asked again.
    """
    answered = tuple(kept for query in note.queries if query.answer and (kept := _standing(query, note)))
    settled = {(query.statement_id, query.topic) for query in answered}
    settled |= {(query.answer.statement_id, query.topic) for query in answered if query.answer}
    asked: dict[int, _Asked] = {}
    for item in sorted(_candidates(note, problems, lines, find), key=lambda item: (item.rank, item.at)):
        query = item.query
        if (query.statement_id, query.topic) in settled or query_lint.check(query, note, find):
            continue
        asked.setdefault(item.at, item)
    best = [item.query for item in asked.values()][:MOST]
    return answered + _numbered(best, note.queries)


def _standing(query: Query, note: Note) -> Query | None:
    """An answered question as the note of now can show it; None where nothing that it was about is left."""
    ids = {statement.id for statement in note.statements}
    homes = (query.statement_id, query.answer.statement_id if query.answer else "")
    home = next((name for name in homes if name in ids), None)
    indicators = tuple(quote for quote in query.indicators if quote.statement_id in ids)
    return replace(query, statement_id=home, indicators=indicators) if home else None


def written(query: Query, option: str, find: Find) -> str:
    """The statement that an option becomes, in the words of the table; empty for "no" and "unable to determine"."""
    if option in (UNABLE, "no"):
        return ""
    if query.topic in ("side", CONFLICT):
        return _with_side(query.subject, option)
    for row in _rows("links"):
        if row["id"] == query.topic:
            return f"{row['yes']}."
    for row in _rows("topics"):
        if row["id"] == query.topic and option in row["options"]:
            return _sided(row["options"][option].format(subject=query.subject), query.subject, find)
    return ""


def _numbered(queries: Sequence[Query], earlier: Sequence[Query]) -> tuple[Query, ...]:
    known = {(query.statement_id, query.topic): query.id for query in earlier}
    last = max((int(query.id[1:]) for query in earlier if query.id[1:].isdigit()), default=0)
    numbered = []
    for query in queries:
        name = known.get((query.statement_id, query.topic))
        if name is None:
            last += 1
            name = f"Q{last}"
        numbered.append(replace(query, id=name))
    return tuple(numbered)


def _candidates(note: Note, problems: Sequence[Problem], lines: Sequence[Line], find: Find) -> Iterator[_Asked]:
    displays = {item.coding.code: item.coding.display for item in note.suggestions}
    flags = {item.coding.code: item.flags for item in note.suggestions}
    by_id = {line.statement.id: line for line in lines}
    for at, problem in enumerate(problems):
        anchor = _anchor(problem, by_id)
        if anchor is None:
            continue
        others = [*problems[:at], *problems[at + 1 :]]
        yield from _conflicts(at, problem, anchor, flags, lines)
        yield from _topics(at, problem, anchor, lines, find)
        yield from _links(at, problem, anchor, others, by_id)
        yield from _sides(at, problem, anchor, displays, lines, find)


def _anchor(problem: Problem, lines: Mapping[str, Line]) -> Quote | None:
    """Where the clinician took the problem up; None where nobody did."""
    for quote in problem.mentions:
        line = lines[quote.statement_id]
        if line.assessed and line.affirms(quote.span):
            return quote
    return None


def _topics(at: int, problem: Problem, anchor: Quote, lines: Sequence[Line], find: Find) -> Iterator[_Asked]:
    for row in _rows("topics"):
        codes = tuple(code for code in problem.codes if _is_of(code, row["codes"]))
        if not codes or _answered_beside(problem, row.get("unless"), lines):
            continue
        indicators = _indicators(row, anchor, lines)
        if row.get("requires") and not indicators:
            continue
        query = Query(
            statement_id=anchor.statement_id,
            question=row["question"].format(subject=problem.name),
            options=(*row["options"], OTHER, UNABLE),
            topic=row["id"],
            subject=problem.name,
            indicators=(anchor, *indicators),
            codes=codes,
        )
        if any(_changes(written(query, option, find), problem, find) for option in row["options"]):
            yield _Asked(ORDER.index(row["changes"]), at, query)


def _links(
    at: int, problem: Problem, anchor: Quote, others: Sequence[Problem], lines: Mapping[str, Line]
) -> Iterator[_Asked]:
    """Whether one documented condition is the cause of another: the one thing that may be asked with yes or no."""
    for row in _rows("links"):
        codes = tuple(code for code in problem.codes if _is_of(code, row["first"]))
        for other in others if codes else ():
            place = _anchor(other, lines)
            if place and any(_is_of(code, row["second"]) for code in other.codes):
                question = row["question"].format(subject=problem.name, other=other.name)
                query = Query(
                    anchor.statement_id, question, YES_NO, "", row["id"], problem.name, (anchor, place), codes
                )
                yield _Asked(ORDER.index(row["changes"]), at, query)


def _sides(
    at: int, problem: Problem, anchor: Quote, displays: Mapping[str, str], lines: Sequence[Line], find: Find
) -> Iterator[_Asked]:
    """The side, where the classification has a code for each and the note names none."""
    codes = tuple(code for code in problem.codes if not laterality.SIDE.search(displays.get(code, "")))
    if not codes or _answered_beside(problem, laterality.SIDE.pattern, lines):
        return
    sided = {match.code for match in find(_with_side(problem.name, "left"))}
    sided -= {match.code for match in find(problem.name)}
    if any(code[:3] == other[:3] for code in codes for other in sided):
        row = table("queries")["side"]
        options = (*row["options"], OTHER, UNABLE)
        question = row["question"].format(subject=problem.name)
        query = Query(anchor.statement_id, question, options, "", "side", problem.name, (anchor,), codes)
        yield _Asked(ORDER.index("side"), at, query)


def _conflicts(
    at: int, problem: Problem, anchor: Quote, flags: Mapping[str, Collection[CodeFlag]], lines: Sequence[Line]
) -> Iterator[_Asked]:
    """Which side, where the note names both for what can only be one."""
    codes = tuple(code for code in problem.codes if CodeFlag.SIDE_CONFLICT in flags.get(code, ()))
    if codes:
        bare = re.sub(r"\s+", " ", laterality.SIDE.sub("", problem.name)).strip()
        question = table("queries")["conflict"]["question"].format(subject=bare)
        options = (*SIDES, OTHER, UNABLE)
        quotes = (anchor, *laterality.sayings(problem, lines)[:3])
        query = Query(anchor.statement_id, question, options, "", CONFLICT, bare, quotes, codes)
        yield _Asked(ORDER.index("conflict"), at, query)


def _changes(statement: str, problem: Problem, find: Find) -> bool:
    """Whether the statement would give a code that the problem does not have."""
    return bool({match.code for match in find(statement)} - set(problem.codes)) if statement else False


def _indicators(row: Mapping[str, Any], anchor: Quote, lines: Sequence[Line]) -> tuple[Quote, ...]:
    """Words of this note that bear on the question, each statement once, in order."""
    found: list[Quote] = []
    for line in lines:
        if line.kind in UNREAD or len(found) == INDICATORS:
            continue
        for match in _pattern(tuple(row.get("indicators", ()))).finditer(line.text):
            span = Span(match.start(), match.start() + len(LOOSE_END.sub("", match[0])))
            claim = line.claim(span)
            if claim in UNTOLD or (line.statement.id == anchor.statement_id and overlap(span, anchor.span)):
                continue
            # what is denied or uncertain is quoted whole: "orthopnea" alone would turn "denies orthopnea" around
            found.append(line.quote(span if claim is Assertion.PRESENT else Span(0, len(line.text))))
            break
    return tuple(found)


def _answered_beside(problem: Problem, unless: str | None, lines: Sequence[Line]) -> bool:
    if not unless:
        return False
    by_id = {line.statement.id: line.text for line in lines}
    for quote in problem.mentions:
        text = by_id[quote.statement_id]
        near = text[max(0, quote.span.start - AROUND) : quote.span.end + AROUND]
        if re.search(rf"\b(?:{unless})", near, re.IGNORECASE):
            return True
    return False


def _with_side(subject: str, option: str) -> str:
    """Of "knee pain" and "left": "Left knee pain."; empty where the option is no side."""
    side = SIDES.get(option)
    return f"{side} {subject[:1].lower()}{subject[1:]}." if side else ""


def _sided(statement: str, subject: str, find: Find) -> str:
    """The statement with the side that the subject has, where that makes a difference."""
    side = laterality.of(subject)
    if not side or laterality.of(statement):
        return f"{statement}."
    sided = f"{side.capitalize()} {statement[:1].lower()}{statement[1:]}"
    differs = {match.code for match in find(sided)} != {match.code for match in find(statement)}
    return f"{sided if differs else statement}."


def _is_of(code: str, patterns: Sequence[str]) -> bool:
    return any(code == item[1:] if item.startswith("=") else code.startswith(item) for item in patterns)


def _rows(name: str) -> Sequence[dict[str, Any]]:
    rows: Sequence[dict[str, Any]] = table("queries")[name]
    return rows


@cache
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression; the "[^.;]" of the table, which runs to the end of a clause, runs over the point of "8.2"."""
    return compiled([item.replace("[^.;]", r"(?:[^.;]|\.(?=\d))") for item in patterns]) if patterns else NOTHING
