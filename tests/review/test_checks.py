"""What blocks a signature, what differs between two revisions, and how a draft is scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from scribe.review import diff
from scribe.review.chain import Followed
from scribe.review.checks import CheckKind, Severity, findings
from scribe.review.diff import Change
from scribe.review.scores import Score, score
from scribe.review.transcript import MarkInaudible, MergeSpeakers, ReplaceWords, ResolveFlag, apply
from scribe.types import (
    Encounter,
    Flag,
    FlagKind,
    Interval,
    Note,
    Query,
    Section,
    SectionGroup,
    SectionKind,
    Segment,
    Span,
    Statement,
    Transcript,
    Word,
)


def spoken(text: str = "I take ibuprofen 400 mg daily . No fever .") -> Transcript:
    words = tuple(
        Word(round(at * 0.4, 2), round(at * 0.4 + 0.3, 2), f" {word}", 0.9, "x" if at < 7 else "y")
        for at, word in enumerate(text.split())
    )
    flags = (Flag(FlagKind.DOSE, Interval(1.2, 1.5), "odd"), Flag(FlagKind.OVERLAP, Interval(0.0, 0.3), "both"))
    return Transcript((Segment(words),), flags=flags, duration=4.0)


def note(*statements: Statement) -> Note:
    section = Section(SectionKind.HPI, "HPI", SectionGroup.HISTORY, "0", statements)
    return Note("n", Encounter("e"), (section,))


def heard(name: str, text: str, transcript: Transcript, first: int, last: int) -> Statement:
    span = transcript.span_of(first, last)
    seconds = transcript.seconds(span)
    assert seconds is not None
    return Statement(name, text, (span,), (seconds,))


def differs(text: str, pieces: Sequence[tuple[str | None, str]]) -> tuple[str, ...]:
    """Numbers only."""
    said = {word for _, piece in pieces for word in piece.split() if word.isdigit()}
    return ("number",) if {word for word in text.split() if word.isdigit()} - said else ()


def test_a_passage_that_could_not_be_read_blocks_until_somebody_has_looked() -> None:
    transcript = replace(spoken(), flags=())
    unread = Flag(FlagKind.UNREAD, Interval(2.8, 3.9), "one passage could not be read")
    made = replace(note(heard("s1", "Takes ibuprofen.", transcript, 0, 2)), unread=(unread,))
    (alone,) = findings(made, Followed(transcript, transcript), differs)
    assert (alone.severity, alone.interval, alone.flag) == (Severity.BLOCK, unread.interval, None)
    flagged = replace(transcript, flags=(unread,))
    (found,) = findings(made, Followed(flagged, flagged), differs)
    assert (found.severity, found.flag) == (Severity.BLOCK, 0)
    checked = replace(transcript, flags=(replace(unread, checked_by="Ada"),))
    assert findings(made, Followed(checked, checked), differs) == ()


def test_only_grave_flags_under_the_note_block() -> None:
    transcript = spoken()
    drug, fever = heard("s1", "Takes ibuprofen.", transcript, 1, 5), heard("s2", "No fever.", transcript, 7, 8)
    same = Followed(transcript, transcript)
    blocked = findings(note(drug, fever), same, differs)
    assert [(item.kind, item.severity, item.flag, item.statement_id) for item in blocked] == [
        (CheckKind.FLAG, Severity.BLOCK, 0, "s1"),
        (CheckKind.FLAG, Severity.NOTICE, 1, None),
    ]
    assert [item.severity for item in findings(note(fever), same, differs)] == [Severity.NOTICE] * 2
    checked = apply(transcript, [ResolveFlag(0), ResolveFlag(1)], "Ada")
    assert findings(note(drug, fever), Followed(checked, checked), differs) == ()


def test_a_changed_number_blocks_until_the_transcript_says_so_too() -> None:
    transcript = apply(spoken(), [ResolveFlag(0), ResolveFlag(1)], "Ada")
    edited = replace(heard("s1", "Takes 600 mg.", transcript, 0, 6), author="Ada", drafted="Takes 400 mg.")
    (found,) = findings(note(edited), Followed(transcript, transcript), differs)
    assert (found.kind, found.detail) == (CheckKind.CHANGED, ("number",))
    corrected = apply(transcript, [ReplaceWords(3, 1, "600")], "Ada")
    kinds = [item.kind for item in findings(note(edited), Followed(transcript, corrected), differs)]
    assert kinds == [CheckKind.OUTDATED]
    assert findings(replace(note(edited), heard_in=2), Followed(corrected, corrected), differs) == ()


@pytest.mark.parametrize("text", ["Takes ____.", "Takes [inaudible 00:12:31].", "Dose [left blank 00:01:00] mg"])
def test_blanks_typed_statements_contradictions_and_questions_are_told(text: str) -> None:
    transcript = apply(spoken(), [ResolveFlag(0), ResolveFlag(1)], "Ada")
    blank = heard("s1", text, transcript, 0, 6)
    typed = Statement("s2", "Ice.", author="Ada")
    against = replace(heard("s3", "No fever.", transcript, 7, 8), contradicts=("s1",))
    asked = replace(note(blank, typed, against), queries=(Query("s1", "Which?", id="Q1"),))
    found = [(item.kind, item.severity) for item in findings(asked, Followed(transcript, transcript), differs)]
    assert found == [
        (CheckKind.BLANK, Severity.BLOCK),
        (CheckKind.CONTRADICTION, Severity.BLOCK),
        (CheckKind.QUERY, Severity.BLOCK),
        (CheckKind.TYPED, Severity.NOTICE),
    ]


def test_a_gap_blocks_wherever_it_is() -> None:
    transcript = apply(spoken(), [ResolveFlag(0), ResolveFlag(1), MarkInaudible(8, 1)], "Ada")
    (found,) = findings(note(), Followed(transcript, transcript), differs)
    assert (found.kind, found.severity, found.flag) == (CheckKind.BLANK, Severity.BLOCK, 2)


# --- following words
def test_evidence_is_followed_through_corrections() -> None:
    old = spoken()
    new = apply(old, [ReplaceWords(0, 1, "Well, I"), ReplaceWords(3, 1, "naproxen"), ReplaceWords(8, 2, "")], "Ada")
    followed = Followed(old, new)
    assert followed.words(old.span_of(2, 3)) == range(3, 5)
    assert followed.span(old.span_of(7, 8)) is None or len(followed.words(old.span_of(7, 8))) <= 1
    assert followed.said(heard("s1", "x", old, 1, 5))[0][1] == "take naproxen 400 mg daily"
    assert followed.words(Span(0, 0)) == range(0)


# --- differences
def test_turns_that_differ_are_shown_word_by_word() -> None:
    old = spoken()
    lines = diff.transcripts(old, apply(old, [ReplaceWords(2, 1, "naproxen")], "Ada"))
    ((change, heading, pieces),) = [(line.change, line.heading, line.pieces) for line in lines]
    assert (change, heading) == (Change.CHANGED, "x")
    assert [(piece.change, piece.text) for piece in pieces] == [
        (Change.SAME, " I take"),
        (Change.REMOVED, " ibuprofen"),
        (Change.ADDED, " naproxen"),
        (Change.SAME, " 400 mg daily ."),
    ]
    assert diff.count(lines) == (1, 1)
    assert diff.transcripts(old, old) == ()
    (merged,) = diff.transcripts(old, apply(old, [MergeSpeakers("y", "x")], "Ada"))
    assert merged.change is Change.CHANGED


def test_statements_are_shown_in_order_with_those_that_went_in_their_place() -> None:
    one, two, three = (Statement(f"s{n}", f"Statement {n}.", author="x") for n in (1, 2, 3))
    lines = diff.notes(note(one, two, three), note(replace(one, text="Statement one."), three, replace(two, id="s9")))
    assert [(line.statement_id, line.change) for line in lines] == [
        ("s1", Change.CHANGED),
        ("s2", Change.REMOVED),
        ("s3", Change.SAME),
        ("s9", Change.ADDED),
    ]
    assert [piece.text for piece in lines[0].pieces] == ["Statement", " 1.", " one."]


# --- scores
def scored(draft: Note, signed: Note) -> Score:
    transcript = spoken()

    def facts(text: str) -> frozenset[str]:
        return frozenset(word for word in text.replace(".", " ").split() if word.isdigit())

    return score((draft, transcript), (signed, transcript), differs, facts)


@pytest.mark.parametrize(
    ("before", "after", "points", "kinds"),
    [
        (["Takes 400 mg"], ["Takes 400 mg"], 100, []),
        (["Takes 400 mg"], ["takes 400 mg."], 100, []),  # marks and capitals
        (["Takes 400 mg"], ["Uses 400 mg"], 99, ["wording"]),
        (["Takes 400 mg"], ["Takes 600 mg"], 97, ["number"]),
        ([], ["Takes 400 mg"], 97, ["omission"]),  # said, and not in the draft
        ([], ["Born in 1970"], 100, []),  # never said: the author's own
        (["Takes 400 mg"], [], 97, ["insertion"]),
        (["Is tall"], [], 99, ["insertion"]),
    ],
)
def test_a_draft_is_scored_by_what_had_to_be_changed(
    before: list[str], after: list[str], points: int, kinds: list[str]
) -> None:
    draft, signed = (
        note(*(Statement(f"s{at}", text, author="x") for at, text in enumerate(texts))) for texts in (before, after)
    )
    found = scored(draft, signed)
    assert (found.points, [error.kind for error in found.errors]) == (points, kinds)
    assert found.passed is (points >= 98)
    assert found.transcript_edits == 0
