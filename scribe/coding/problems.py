"""The problems of a note: conditions as a clinician counts them, each with the codes proposed for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scribe.coding.reading import Line, overlap
from scribe.types import CodeSuggestion, Evidence, Note, Problem, Quote, Role, Span, SuggestionStatus

DIAGNOSES = "icd10cm"
NO_PROBLEM = ("Z", "V", "W", "X", "Y")  # circumstances and external causes: no conditions
JOINT_RULES = re.compile(r"\+(?:guideline|combination):")  # the code also covers what another problem names
HEADING_WORDS = 1  # that may stand beside the name of a problem in the heading of its part of the plan
CLOSING_WORDS = 4  # of a heading that names no problem: "Healthcare maintenance."
LABEL = re.compile(r"^\W*(?:\d+[.)])?\W*")
WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")


@dataclass(slots=True)
class _Group:
    codes: list[str]
    mentions: list[Quote]


def find(note: Note) -> tuple[Problem, ...]:
    """The problems in the order of the codes, without support; codes that a person has rejected make none.

    A combination code joins the problems whose words it rests on: hypertension and heart failure stay two.
    """
    groups: list[_Group] = []
    suggestions = [item for item in note.suggestions if _is_problem(item)]
    for suggestion in suggestions:
        own = [item for item in suggestion.evidence if not JOINT_RULES.search(item.rule)]
        if own:
            _join(groups, suggestion.coding.code, own, whole=True)
    for suggestion in suggestions:
        shared = [item for item in suggestion.evidence if JOINT_RULES.search(item.rule)]
        if shared:
            _join(groups, suggestion.coding.code, shared, whole=False)
    ranks = {item.coding.code: at for at, item in enumerate(suggestions)}
    made = [_problem(note, group, ranks) for group in groups]
    return tuple(sorted(made, key=lambda problem: ranks[problem.codes[0]]))


def _is_problem(suggestion: CodeSuggestion) -> bool:
    rejected = suggestion.status is SuggestionStatus.REJECTED
    return not rejected and suggestion.coding.system == DIAGNOSES and not suggestion.coding.code.startswith(NO_PROBLEM)


def _join(groups: list[_Group], code: str, evidence: Sequence[Evidence], *, whole: bool) -> None:
    """Put `code` where its words are; words that are nowhere yet make a group. `whole`: all words are one problem."""
    loose: list[Quote] = []
    homes: list[_Group] = []
    for item in evidence:
        quote = Quote(item.statement_id, item.span)
        home = next((group for group in groups if any(_same(quote, other, whole) for other in group.mentions)), None)
        if home is None:
            loose.append(quote)
        elif home not in homes:
            homes.append(home)
    if loose and whole and homes:
        homes[0].mentions += loose
    elif loose:
        homes.append(_Group([], loose))
        groups.append(homes[-1])
    for home in homes:
        if code not in home.codes:
            home.codes.append(code)


def _same(quote: Quote, other: Quote, whole: bool) -> bool:
    """Whether two codes speak of the same words; "knee and hip pain" and "hip pain" are two problems."""
    alike = quote.span == other.span if whole else overlap(quote.span, other.span)
    return quote.statement_id == other.statement_id and alike


def _problem(note: Note, group: _Group, ranks: Mapping[str, int]) -> Problem:
    best = group.mentions[0]
    name = note.statement(best.statement_id).text[best.span.start : best.span.end]
    return Problem(name, tuple(sorted(group.codes, key=ranks.__getitem__)), tuple(dict.fromkeys(group.mentions)))


def scopes(problems: Sequence[Problem], lines: Sequence[Line]) -> dict[str, tuple[int, ...]]:
    """For the id of each statement of the assessment and plan, the places in `problems` of what it belongs to.

    A statement belongs to the problem that it names, to the one that it was arranged under (`Statement.problem`), or to
    the heading before it: a statement that is no more than a problem's name. Headings one after the other are a list
    of problems, and what follows belongs to none of them; a conversation has no headings.
    """
    named: dict[str, list[int]] = {}
    for at, problem in enumerate(problems):
        for quote in problem.mentions:
            named.setdefault(quote.statement_id, []).append(at)
    assessed = [line for line in lines if line.assessed]
    owns = [tuple(dict.fromkeys(named.get(line.statement.id, ()))) for line in assessed]
    headings = [_is_heading(line, problems, own) for line, own in zip(assessed, owns, strict=True)]
    headed = not any(line.statement.role is Role.PATIENT for line in lines) and not any(map(all, pairwise(headings)))
    found: dict[str, tuple[int, ...]] = {}
    under: tuple[int, ...] = ()
    for line, own, heading in zip(assessed, owns, headings, strict=True):
        if own or _closes(line):
            under = own if heading and headed else ()
        above = named.get(line.statement.problem or "", ())
        found[line.statement.id] = own or tuple(dict.fromkeys(above)) or under
    return found


def _closes(line: Line) -> bool:
    """Whether a line is a heading that names no problem: "Healthcare maintenance."."""
    short = len(WORD.findall(line.text)) <= CLOSING_WORDS and line.text.rstrip().endswith((":", "."))
    return short and _titled(line.text)


def _is_heading(line: Line, problems: Sequence[Problem], own: Iterable[int]) -> bool:
    rest = line.text
    for at in own:
        for quote in problems[at].mentions:
            if quote.statement_id == line.statement.id:
                rest = _blanked(rest, quote.span)
    return bool(tuple(own)) and len(WORD.findall(LABEL.sub("", rest))) <= HEADING_WORDS


def _blanked(text: str, span: Span) -> str:
    return text[: span.start] + " " * (span.end - span.start) + text[span.end :]


def _titled(text: str) -> bool:
    """Whether a short line is a heading rather than an order: no verb form or dose that would make it a sentence."""
    bare = LABEL.sub("", text).strip(" .:")
    first = bare.split(" ", 1)[0].lower()
    return not any(letter.isdigit() for letter in bare) and first not in ORDERS


ORDERS = frozenset(
    "continue start stop increase decrease check order get refer follow call return repeat refill recheck monitor give"
    " begin take use hold avoid obtain schedule send switch add discontinue initiate rest ice".split()
)
