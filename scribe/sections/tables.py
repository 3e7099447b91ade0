"""Vital signs, medications, allergies and results as rows of a table: statements cut into cells, word by word.

A cell holds the statement's own words, nothing else, and no word that carries a fact stays outside: what fits no other
column stands under "Remarks". A statement that cannot be cut without doubt (two drugs, a quotation, a value without a
name) is no row; it stands below the table as it was said. A sentence that goes on with "it ..." joins the row before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from scribe.sections import layout_words, named
from scribe.sections.body_systems import GOES_ON
from scribe.types import Assertion, SectionKind, Span, Statement
from scribe.view import Excerpt, Row, whole

K = SectionKind
GLUE, EDGES = layout_words.words("glue"), layout_words.words("edges")
WORD = re.compile(r"[\w%/'.\u2019-]*\w[%'\u2019]?|[%\d]")
QUOTED = re.compile('[\u201c\u201d"]')
VITAL = layout_words.whole_words("vitals")
VITAL_VALUE = re.compile(
    rf"\W*(?:(?:{layout_words.alternatives('vital_joints')}|the|a)\W+)*?(?P<value>{layout_words.alternatives('vital_value')})(?![\w/])",
    re.IGNORECASE,
)
DOSE, ROUTE, FREQUENCY = (
    re.compile(rf"(?<![\w']){layout_words.alternatives(name)}(?!\w)", re.IGNORECASE)
    for name in ("dose", "route", "frequency")
)
JOINED = re.compile(rf"\s*(?:{layout_words.alternatives('frequency_joints')})?\s*", re.IGNORECASE)
SHARED = layout_words.whole_words("shared")
ALLERGEN_OPENS, REACTION = layout_words.whole_words("allergen_opens"), layout_words.whole_words("reaction")
ASKED = re.compile(r"asked about [^:]*allerg[^:]*: yes[,.]?\s*", re.IGNORECASE)
NO_NAME = re.compile(
    r"(?:it|they|that|this|these|those|no|not|none|never|denies|has|had|have|gets?|got|was|is|there|asked|takes?)\b",
    re.IGNORECASE,
)  # what a sentence about an allergy can begin with that is no allergen
REACTION_OPENS = re.compile(rf"\s*{layout_words.alternatives('reaction_opens')}", re.IGNORECASE)
TEST, RESULT_JOINTS = layout_words.whole_words("test"), layout_words.alternatives("result_joints")
RESULT = re.compile(
    rf"(?P<test>[^.;:]{{2,70}}?)(?P<joint>(?:\s+(?:{RESULT_JOINTS})(?!\w))+|\s*[:=]|(?=\s\d))\s*(?=\S)", re.IGNORECASE
)
NO_STATUS = re.compile(r"\b(?:it's|that's|what's|called|if|when|unless|like)\b", re.IGNORECASE)
SAID_BY_THE_LINE = frozenset({"is", "was", "are", "were", "at", "of", "reads", "measured", "came", "back", "as"})
BEFORE_ITS_DRUG = frozenset({"of", "the", "a", "an", "my", "his", "her", "their", "oral", "takes", "taking", "take"})
LONG = 6  # words: more of them before the drug are a story, not a status
NAME_WORDS = 8  # words that the name of a test may have

Cells = tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a section, and the statements that are none."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    below: tuple[Statement, ...]


def table(kind: SectionKind, statements: Sequence[Statement]) -> Table:
    """The statements of a section as a table; columns in which nothing stands are left out."""
    columns, cut = TABLES[kind]
    rows: list[tuple[tuple[Excerpt, ...], ...]] = []
    below: list[Statement] = []
    before: tuple[int, ...] = ()
    for statement in statements:
        made = [] if QUOTED.search(statement.text) else list(cut(statement))
        if made:
            rows += [_excerpts(statement, cells) for cells in made]
            before = (len(rows) - 1,) if len(made) == 1 else ()
        elif before and GOES_ON.match(statement.text):
            column = _continued(kind, statement)
            rows[before[0]] = _with(rows[before[0]], column, whole(statement))
        else:
            below.append(statement)
            before = ()
    used = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    kept = tuple(Row(tuple(row[at] for at in used)) for row in rows)
    return Table(tuple(columns[at] for at in used), kept, tuple(below))


def _continued(kind: SectionKind, statement: Statement) -> int:
    """The column a sentence goes to that goes on about the row before: remarks, or the reaction to an allergen."""
    return 1 if kind is K.ALLERGIES and REACTION.search(statement.text) else -1


def _with(row: tuple[tuple[Excerpt, ...], ...], column: int, more: Excerpt) -> tuple[tuple[Excerpt, ...], ...]:
    at = column % len(row)
    return (*row[:at], (*row[at], more), *row[at + 1 :])


def _excerpts(statement: Statement, cells: Cells) -> tuple[tuple[Excerpt, ...], ...]:
    return tuple(tuple(Excerpt(statement.id, span) for span in cell) for cell in cells)


def rest(text: str, used: Iterable[Span], start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """What of `text` is not `used`, from `start` to `end`: stretches that carry something, without glue at the ends."""
    end = len(text) if end is None else end
    bounds = [start]
    for span in sorted(used):
        bounds += [span.start, span.end]
    bounds.append(end)
    found = (_trimmed(text, left, right) for left, right in zip(bounds[::2], bounds[1::2], strict=True))
    return tuple(span for span in found if span is not None)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    said = [(match.start() + start, match.end() + start, match[0].lower()) for match in WORD.finditer(text[start:end])]
    last = max((right for _, right, word in said if word not in GLUE), default=None)
    if last is None:
        return None
    return Span(next(left for left, _, word in said if word not in EDGES), last)


def _vitals(statement: Statement) -> Iterator[Cells]:
    """Sign, value with its unit, remarks."""
    text = statement.text
    pairs: list[tuple[Span, Span]] = []
    for named_there in VITAL.finditer(text):
        measured = VITAL_VALUE.match(text, named_there.end())
        if measured and (not pairs or named_there.start() >= pairs[-1][1].end):
            pairs.append((Span(*named_there.span()), Span(*measured.span("value"))))
    if not pairs or rest(text, (), 0, pairs[0][0].start):
        return
    ends = [sign.start for sign, _ in pairs[1:]] + [len(text)]
    for (sign, value), end in zip(pairs, ends, strict=True):
        remarks = (*rest(text, (), sign.end, value.start), *rest(text, (), value.end, end))
        yield (sign,), (value,), tuple(span for span in remarks if not _only_joints(text[span.start : span.end]))


def _only_joints(text: str) -> bool:
    """Whether words between a name and its value say no more than the line of the table: "was", not "about"."""
    return set(text.lower().strip(" :=").split()) <= SAID_BY_THE_LINE


def _medications(statement: Statement) -> Iterator[Cells]:
    """Medicine, status (the words before it: "Takes", "No longer takes"), dose, route, how often, remarks."""
    text = statement.text
    if statement.assertion is Assertion.CONDITIONAL:
        return
    drugs = named.drugs(text)
    yield from _medicine(text, drugs[0], 0, len(text)) if len(drugs) == 1 else _listed(text, drugs)


def _listed(text: str, drugs: Sequence[Span]) -> Iterator[Cells]:
    """A bare list, "metformin 500 mg twice a day, and lisinopril 10 mg daily": one row each, or none at all."""
    if len(drugs) < 2 or SHARED.search(text) or rest(text, (), 0, drugs[0].start):
        return
    ends = [drug.start for drug in drugs[1:]] + [len(text)]
    rows = [cells for drug, end in zip(drugs, ends, strict=True) for cells in _medicine(text, drug, drug.start, end)]
    if len(rows) == len(drugs) and all(dose and not remarks for _, _, dose, _, _, remarks in rows):
        yield from rows


def _medicine(text: str, drug: Span, start: int, end: int) -> Iterator[Cells]:
    if len(list(DOSE.finditer(text, start, end))) > 1:
        return  # "from 10 mg to 20 mg": which of them is taken is for the reader to see in the sentence
    dose = _first(DOSE, text, start, end, (drug,))
    route = _first(ROUTE, text, start, end, (drug, *dose))
    often = _often(text, start, end, (drug, *dose, *route))
    if any(not _belongs(text[span.end : drug.start]) for span in (*dose, *route, *often) if span.end <= drug.start):
        return
    used = (drug, *dose, *route, *often)
    status = rest(text, (span for span in used if span.end <= drug.start), start, drug.start)
    if status:  # from its first word on: "is still", not "still"
        status = (Span(start, status[-1].end),) if len(status) == 1 else status
        said = " ".join(text[span.start : span.end] for span in status)
        if len(said.split()) > LONG or NO_STATUS.search(said):
            return
    remarks = rest(text, (span for span in used if span.start >= drug.end), drug.end, end)
    yield (drug,), status, dose, route, often, remarks


def _belongs(between: str) -> bool:
    """Whether a dose before a drug is the drug's: "10 mg of lisinopril", not "10 mg, and an albuterol inhaler"."""
    return set(between.lower().split()) <= BEFORE_ITS_DRUG


def _first(pattern: re.Pattern[str], text: str, start: int, end: int, used: Sequence[Span]) -> tuple[Span, ...]:
    for found in pattern.finditer(text, start, end):
        if all(found.end() <= span.start or span.end <= found.start() for span in used):
            return (Span(found.start(), found.end()),)
    return ()


def _often(text: str, start: int, end: int, used: Sequence[Span]) -> tuple[Span, ...]:
    """How often, with what is said beside it: "twice a day, with meals"."""
    first = _first(FREQUENCY, text, start, end, used)
    while first:
        joint = JOINED.match(text, first[0].end)
        more = FREQUENCY.match(text, joint.end()) if joint else None
        if more is None or more.end() > end:
            break
        first = (Span(first[0].start, more.end()),)
    return first


def _allergies(statement: Statement) -> Iterator[Cells]:
    """What to, reaction, remarks."""
    text = statement.text
    if statement.assertion is not Assertion.PRESENT:
        return
    opens = ALLERGEN_OPENS.search(text)
    drugs = named.drugs(text)
    asked = ASKED.match(text)
    if asked:
        start = opens_at = asked.end()
    elif opens:
        start, opens_at = opens.end(), opens.start()
    else:  # "Penicillin: rash", "Latex, which causes hives"
        start = opens_at = drugs[0].start if len(drugs) == 1 else 0
    if not asked and rest(text, (), 0, opens_at):
        return
    split = next((found for found in REACTION_OPENS.finditer(text, start) if REACTION.search(text, found.end())), None)
    allergen = rest(text, (), start, split.start() if split else len(text))
    reaction = rest(text, (), split.end(), len(text)) if split else ()
    named_so = split is not None and not NO_NAME.match(text)
    if not (asked or opens or len(drugs) == 1 or named_so):
        return
    if allergen and len(text[allergen[0].start : allergen[0].end].split()) <= LONG:
        yield allergen, reaction, ()


def _results(statement: Statement) -> Iterator[Cells]:
    """Test, result."""
    text = statement.text
    found = RESULT.match(text)
    if found is None or not TEST.search(found["test"]) or len(found["test"].split()) > NAME_WORDS:
        return
    test = rest(text, (), 0, found.end("test"))
    result = Span(found.end(), len(text.rstrip(" .")))
    kept = rest(text, (), found.end("test"), found.end()) if not _only_joints(found["joint"]) else ()
    if test and result.start < result.end:
        yield test, ((Span(kept[0].start, result.end),) if kept else (result,)), ()


TABLES: Mapping[SectionKind, tuple[tuple[str, ...], Callable[[Statement], Iterator[Cells]]]] = MappingProxyType(
    {
        K.VITALS: (("Sign", "Value", "Remarks"), _vitals),
        K.MEDICATIONS: (("Medicine", "Status", "Dose", "Route", "How often", "Remarks"), _medications),
        K.ALLERGIES: (("Allergy to", "Reaction", "Remarks"), _allergies),
        K.RESULTS: (("Test", "Result", "Remarks"), _results),
    }
)
