"""Changed meanings: pairs of what was said and a statement, written before the rules. A third was held out until the
end; the rows that came later are of kinds that were then found to be missed on real talk.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.bench.meaning.changes import ChangeKind, changed
from scribe.bench.meaning.heard import Talk
from scribe.types import Segment, Span, Transcript, Word

WHO = {"D": "clinician", "P": "patient"}


def parsed(dialogue: str) -> tuple[Transcript, list[Span]]:
    """A transcript of "D: ... / P: ...", and what stands in braces as the spans that were heard."""
    segments, spans, at, start, inside = [], [], 0, 0, False
    for turn in dialogue.split(" / "):
        opens = turn.startswith("{")
        label, _, text = turn.removeprefix("{").partition(": ")
        words = []
        for raw in ("{" * opens + text).split():
            bare = raw.replace("{", "").replace("}", "")
            if "{" in raw:
                inside, start = True, at
            at += len(bare) + 1
            if "}" in raw and inside:
                inside = False
                spans.append(Span(start, at))
            words.append(Word(0.0, 0.0, f" {bare}", speaker=WHO[label]))
        if inside:
            spans.append(Span(start, at))
            start = at
        segments.append(Segment(tuple(words)))
    return Transcript(tuple(segments), timed=False), spans


def table() -> list[dict[str, str]]:
    with Path(__file__).with_name("meanings.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = table()


def kinds(row: dict[str, str]) -> set[str]:
    """The kinds of changed meaning that are found in a row."""
    transcript, spans = parsed(row["dialogue"])
    return {change.kind.value for change in changed(row["statement"], Talk(transcript).heard(spans))}


def share(verdict: str, part: str) -> float:
    rows = [row for row in ROWS if (row["verdict"], row["part"]) == (verdict, part)]
    return sum(bool(kinds(row)) for row in rows) / len(rows)


@pytest.mark.parametrize("part", ["open", "held", "later"])
def test_what_says_something_else_is_found(part: str) -> None:
    assert share("wrong", part) >= 0.95


@pytest.mark.parametrize("part", ["open", "held", "later"])
def test_what_says_the_same_is_let_pass(part: str) -> None:
    assert share("right", part) <= 0.05


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_is_found_as_such(kind: ChangeKind) -> None:
    rows = [row for row in ROWS if row["kind"] == kind]
    assert sum(kind in kinds(row) for row in rows) / len(rows) >= 0.7


@pytest.mark.parametrize(
    ("dialogue", "statement", "kind"),
    [
        ("D: If it spreads, it is urgent. {Then call an ambulance.}", "Call an ambulance.", "condition"),
        ("P: My brother has gout. {In both feet.}", "Both feet.", "person"),
        (
            "P: My uncle had a stroke. / D: How old was he? / P: {Old, with heart failure.}",
            "Heart failure.",
            "person",
        ),
        ("D: {Any falls?} / D: Let me see your ears.", "Falls.", "unanswered"),
    ],
)
def test_what_stands_around_a_sentence_counts(dialogue: str, statement: str, kind: str) -> None:
    assert kind in kinds({"dialogue": dialogue, "statement": statement})


@pytest.mark.parametrize(
    ("dialogue", "statement"),
    [
        ("P: My brother has gout. {I have asthma.}", "Asthma."),
        ("D: {I did see a report that your pressure was high.}", "Report that the blood pressure was high."),
        ("D: {Let's get your ultrasound done.}", "Get ultrasound done."),
        ("P: {The pain is always there} and then it gets worse if i lie on it.", "The pain is always there."),
        ("D: {We'll refer you to physical therapy, okay?}", "Refer to physical therapy."),
        (
            "P: {I was born on the seventh of June.} / D: How old are you? / P: Sorry, fifty four.",
            "Born on June 7.",
        ),
    ],
)
def test_false_alarms_of_real_visits(dialogue: str, statement: str) -> None:
    assert kinds({"dialogue": dialogue, "statement": statement}) == set()


@given(st.text(max_size=60), st.text(max_size=80))
def test_any_text_can_be_compared(statement: str, said: str) -> None:
    words = tuple(Word(0.0, 0.0, f" {word}", speaker="patient") for word in said.split())
    talk = Talk(Transcript((Segment(words),) if words else (), timed=False))
    changed(statement, talk.heard([Span(0, len(said))]))
