"""Edits and marks made while the recording went on are found again in the record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.live import kept
from scribe.live.kept import Edit
from scribe.types import Flag, FlagKind, Interval, Repair, Segment, Transcript, Word


def words(text: str, *, shift: float = 0.0, step: float = 0.4) -> tuple[Word, ...]:
    return tuple(
        Word(round(at * step + shift, 2), round(at * step + shift + 0.3, 2), f" {part}", 0.9, "A")
        for at, part in enumerate(text.split())
    )


def record(text: str, *, cut: int = 4, shift: float = 0.05) -> Transcript:
    spoken = words(text, shift=shift)
    segments = tuple(Segment(spoken[at : at + cut]) for at in range(0, len(spoken), cut))
    return Transcript(segments, duration=60.0)


LIVE = "I take metformin five hundred milligrams and a little pill twice a day for my sugar"


@pytest.mark.parametrize(
    ("final", "edit", "expected"),
    [
        (LIVE, Edit(2, 1, "gliclazide"), "I take gliclazide five hundred"),
        # the record has heard the word otherwise, or more or fewer words there
        (LIVE.replace("metformin", "met for men"), Edit(2, 1, "metformin"), "I take metformin five hundred"),
        (LIVE.replace("a little pill", "amlodipine"), Edit(7, 3, "amlodipine"), "and amlodipine twice a day"),
        (LIVE, Edit(7, 3, ""), "and twice a day"),
        (LIVE.replace(" and a little pill", ""), Edit(7, 3, "amlodipine"), "milligrams amlodipine twice"),
        (LIVE, Edit(15, 1, "blood sugar."), "for my blood sugar."),
        (LIVE, Edit(0, 1, "She"), "She take metformin"),
    ],
)
def test_an_edit_is_put_where_its_words_are(final: str, edit: Edit, expected: str) -> None:
    edited = kept.with_edits(record(final), words(LIVE), [edit])
    assert expected in edited.text
    times = [time for word in edited.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert {word.speaker for word in edited.words} == {"A"}


def test_edits_follow_one_another() -> None:
    edits = [Edit(2, 1, "glucophage XR"), Edit(4, 1, "thousand"), Edit(15, 1, "diabetes")]
    edited = kept.with_edits(record(LIVE), words(LIVE), edits)
    assert edited.text.startswith(" I take glucophage XR five thousand milligrams")
    assert edited.text.endswith("for my diabetes")


def test_repairs_and_flags_keep_their_places() -> None:
    before = record(LIVE)
    spoken = before.words
    flags = (
        Flag(FlagKind.DRUG, Interval(spoken[2].start, spoken[2].end), "sounds like another"),
        Flag(FlagKind.NUMBER, Interval(spoken[3].start, spoken[4].end), "check"),
    )
    repairs = tuple(Repair(at, 1, (spoken[at],), "sound", 0.9) for at in (2, 9))
    before = Transcript(before.segments, flags=flags, repairs=repairs, duration=60.0)
    edited = kept.with_edits(before, words(LIVE), [Edit(2, 1, "insulin at night")])
    assert [flag.kind for flag in edited.flags] == [FlagKind.NUMBER]
    assert [(item.first, item.original) for item in edited.repairs] == [(11, (spoken[9],))]
    assert edited.words[11].text == spoken[9].text


def test_marks_become_flags() -> None:
    marked = kept.with_marks(record(LIVE), [3.0, 59.5])
    assert [(flag.kind, flag.interval) for flag in marked.flags] == [
        (FlagKind.MARKED, Interval(0.0, 5.0)),
        (FlagKind.MARKED, Interval(49.5, 60.0)),
    ]


@given(st.data())
def test_where_the_record_says_the_same_an_edit_changes_its_words_and_no_others(data: st.DataObject) -> None:
    spoken = [f"w{at}" for at in range(data.draw(st.integers(1, 30)))]
    first = data.draw(st.integers(0, len(spoken) - 1))
    count = data.draw(st.integers(1, len(spoken) - first))
    new = data.draw(st.lists(st.sampled_from(["x", "y"]), max_size=4))
    text = " ".join(spoken)
    edited = kept.with_edits(record(text, cut=5), words(text), [Edit(first, count, " ".join(new))])
    assert edited.text.split() == [*spoken[:first], *new, *spoken[first + count :]]
