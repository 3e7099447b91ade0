"""Whether a note says the dose and how often wherever the talk says them of a drug."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scribe.bench.meaning.fact_reader import Reader
from scribe.bench.meaning.facts import FactKind
from scribe.bench.reading import names
from scribe.bench.reading.names import NameKind
from scribe.types import Span

COUNTS = {"once": "1", "one": "1", "twice": "2", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
COUNT = r"(?P<count>once|twice|one|two|three|four|five|six|\d)"
TIMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (form, re.compile(pattern, re.IGNORECASE))
    for form, pattern in (
        ("{count} a day", rf"\b{COUNT}(?:\s+times?)?\s+(?:(?:a|per|each|every)\s+day|daily)\b"),
        ("{count} a week", rf"\b{COUNT}(?:\s+times?)?\s+(?:a|per|each)\s+week\b"),
        ("every {count} hours", rf"\bevery\s+{COUNT}(?:\s*(?:to|-|or)\s*\w+)?\s+hours?\b|\bq\s?(?P<many>\d)\s?h\b"),
        ("2 a day", r"\bb\.?i\.?d\b|\bbd\b"),
        ("3 a day", r"\bt\.?i\.?d\b|\btds\b"),
        ("4 a day", r"\bq\.?i\.?d\b|\bqds\b"),
        ("2 a day", r"\bmornings?\s+and\s+(?:at\s+|in\s+the\s+)?(?:night|evening)s?\b"),
        ("night", r"\bat\s+(?:night|bedtime)\b|\b(?:every|each)\s+(?:night|evening)\b|\bnightly\b|\bbefore\s+bed\b"),
        ("morning", r"\b(?:in\s+the|every|each)\s+mornings?\b"),
        (
            "as needed",
            r"\bas\s+(?:needed|required|and\s+when)\b|\bprn\b|\bwhen\s+(?:needed|required)\b|\bif\s+needed\b",
        ),
        ("1 a week", r"\bweekly\b|\bevery\s+week\b"),
        ("1 a day", r"\b(?:a|per|each|every)\s+day\b|\bdaily\b|\bo\.?d\b"),
    )
)
NEAR = 90  # characters behind a drug in which its frequency is looked for, in one sentence or the next


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one drug: its doses and how often it is taken, each in one form."""

    drug: str = field(repr=False)
    doses: frozenset[str] = field(default=frozenset(), repr=False)
    times: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Lines:
    """Drugs of which the talk says a dose or how often, and those whose dose, frequency, or both a text has."""

    said: int
    complete: int
    with_dose: int
    dosed: int
    with_time: int
    timed: int


def frequencies(text: str) -> Iterator[tuple[Span, str]]:
    """How often something is taken, each in one form: "BID" and "twice daily" are "2 a day"."""
    taken: list[Span] = []
    for form, pattern in TIMES:
        for found in pattern.finditer(text):
            span = Span(*found.span())
            if any(span.start < other.end and other.start < span.end for other in taken):
                continue
            taken.append(span)
            groups = found.groupdict()
            count = groups.get("count") or groups.get("many") or ""
            yield span, form.format(count=COUNTS.get(count.lower(), count))


def said(turns: Sequence[str], reader: Reader) -> tuple[Line, ...]:
    """The drugs of a talk with what is said of each in the same turn, or in the next where that names no other drug."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    last = ""
    for turn in turns:
        drugs = names.of(names.read(turn, reader), NameKind.DRUG)
        for line in _lines(turn, reader):
            doses, times = found.setdefault(line.drug, (set(), set()))
            doses |= line.doses
            times |= line.times
        if not drugs and last:
            doses, times = found[last]
            doses |= {value for _, value in _doses(turn, reader)}
            times |= {value for _, value in frequencies(turn)} if doses else set()
        last = drugs[-1].name if drugs else ""
    return tuple(Line(drug, frozenset(doses), frozenset(times)) for drug, (doses, times) in found.items())


def compare(wanted: Sequence[Line], statements: Sequence[str], reader: Reader) -> Lines:
    """How many lines of the talk a text has whole: one statement that names the drug, with a dose and a time said."""
    held = [line for statement in statements for line in _lines(statement, reader)]
    told = [line for line in wanted if line.doses or line.times]
    complete = dosed = timed = 0
    for line in told:
        same = [each for each in held if each.drug == line.drug]
        dosed += bool(line.doses) and any(each.doses & line.doses for each in same)
        timed += bool(line.times) and any(each.times & line.times for each in same)
        complete += any(
            (not line.doses or each.doses & line.doses) and (not line.times or each.times & line.times) for each in same
        )
    return Lines(
        said=len(told),
        complete=complete,
        with_dose=sum(bool(line.doses) for line in told),
        dosed=dosed,
        with_time=sum(bool(line.times) for line in told),
        timed=timed,
    )


def _lines(text: str, reader: Reader) -> Iterator[Line]:
    """The drugs of one text, each with the doses and times between it and the next drug, or right before it."""
    drugs = names.of(names.read(text, reader), NameKind.DRUG)
    doses, times = list(_doses(text, reader)), list(frequencies(text))
    for at, drug in enumerate(drugs):
        stop = min(drugs[at + 1].span.start if at + 1 < len(drugs) else len(text), drug.span.end + NEAR)
        start = drugs[at - 1].span.end if at else 0
        own = {
            value for span, value in doses if drug.span.end <= span.start < stop and not _is_of_next(text, span, stop)
        }
        before = {
            value
            for span, value in doses
            if start <= span.start < drug.span.start and _is_of_next(text, span, drug.span.start)
        }
        often = {value for span, value in times if drug.span.end <= span.start < stop}
        yield Line(drug.name, frozenset(own | before), frozenset(often))


def _is_of_next(text: str, dose: Span, drug: int) -> bool:
    """Whether a dose leads to the drug behind it: "400 mg of ibuprofen", "20 mg Lasix"."""
    return len(re.findall(r"\w+", text[dose.end : drug])) <= 2 and not re.search(r"[.,;]", text[dose.end : drug])


def _doses(text: str, reader: Reader) -> Iterator[tuple[Span, str]]:
    for fact in reader.read(text).of(FactKind.DOSE):
        yield fact.span, fact.value
