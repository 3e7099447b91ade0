"""Edits of two people: put together where they do not touch, refused where they do, taken back exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.errors import ConflictError
from scribe.review import transcript as review
from scribe.review.merge import changes, merged, patches
from scribe.review.transcript import (
    AssignSpeaker,
    Mark,
    MarkInaudible,
    NameSpeaker,
    ReplaceWords,
    ResolveFlag,
    Split,
)
from scribe.types import Flag, FlagKind, Interval, Role, Segment, SpeakerRole, Transcript, Word


def spoken(count: int = 12) -> Transcript:
    words = [Word(at * 0.4, at * 0.4 + 0.3, f" w{at}", 0.9, f"SPEAKER_0{at // 4 % 2}") for at in range(count)]
    segments = tuple(Segment(tuple(words[at : at + 5])) for at in range(0, count, 5))
    flags = (Flag(FlagKind.DRUG, Interval(0, 0.3), "x"), Flag(FlagKind.SIDE, Interval(0.4, 0.7), "y"))
    roles = (SpeakerRole("SPEAKER_00", Role.CLINICIAN, 0.9), SpeakerRole("SPEAKER_01", Role.PATIENT, 0.8))
    return Transcript(segments, roles=roles, flags=flags, duration=count * 0.4)


def both(mine: list[review.Edit], theirs: list[review.Edit]) -> Transcript:
    base = spoken()
    return merged(base, review.apply(base, mine, "Ada"), review.apply(base, theirs, "Ben"))


def test_edits_of_other_words_are_put_together() -> None:
    result = both([ReplaceWords(8, 2, "nine"), ResolveFlag(0)], [ReplaceWords(1, 1, "one and more"), ResolveFlag(1)])
    assert result.text == " w0 one and more w2 w3 w4 w5 w6 w7 nine w10 w11"
    assert [flag.checked_by for flag in result.flags] == ["Ada", "Ben"]


def test_speakers_and_new_flags_are_put_together() -> None:
    result = both([Split(2), Mark(9, 1)], [AssignSpeaker(9, 2, "SPEAKER_07"), MarkInaudible(5, 1)])
    assert [word.speaker for word in result.words][1:5] == ["SPEAKER_00", "SPEAKER_02", "SPEAKER_02", "SPEAKER_01"]
    assert [flag.kind for flag in result.flags[2:]] == [FlagKind.INAUDIBLE, FlagKind.MARKED]
    assert {item.speaker for item in result.roles} == {"SPEAKER_00", "SPEAKER_01", "SPEAKER_02", "SPEAKER_07"}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (ReplaceWords(3, 2, "x"), ReplaceWords(4, 1, "y")),
        (ReplaceWords(3, 0, "x"), ReplaceWords(3, 0, "y")),
        (ReplaceWords(3, 0, "x"), ReplaceWords(2, 2, "y")),
        (AssignSpeaker(3, 2, "SPEAKER_01"), ReplaceWords(3, 1, "y")),
        (NameSpeaker("SPEAKER_00", "Ada"), NameSpeaker("SPEAKER_00", "Ben")),
    ],
)
def test_edits_of_the_same_are_a_conflict(mine: review.Edit, theirs: review.Edit) -> None:
    with pytest.raises(ConflictError):
        both([mine], [theirs])


def test_the_same_edit_of_two_people_or_sent_twice_is_made_once() -> None:
    base = spoken()
    edit = review.apply(base, [ReplaceWords(3, 1, "three")], "Ada")
    assert merged(base, review.apply(base, [ReplaceWords(3, 1, "three")], "Ada"), edit) == edit


def test_an_edit_is_taken_back_from_under_a_later_one() -> None:
    base = spoken()
    first = review.apply(base, [ReplaceWords(2, 2, "x y z"), Mark(0, 1)], "Ada")
    second = review.apply(first, [ReplaceWords(9, 1, "later")], "Ben")
    back = merged(first, base, second)
    assert back == review.apply(base, [ReplaceWords(8, 1, "later")], "Ben")


# --- properties
edits = st.builds(
    ReplaceWords,
    st.integers(0, 12),
    st.integers(0, 3),
    st.lists(st.sampled_from(["a", "w3", "b"]), max_size=3).map(" ".join),
).map(lambda edit: ReplaceWords(edit.first, min(edit.count, 12 - edit.first), edit.text))


@given(edits)
def test_an_edit_is_taken_back_exactly(edit: ReplaceWords) -> None:
    base = spoken()
    after = review.apply(base, [edit], "Ada")
    assert merged(after, base, after) == base


@given(edits, edits)
def test_patches_made_in_order_give_the_new_words(one: ReplaceWords, other: ReplaceWords) -> None:
    base = spoken()
    after = review.apply(base, [one], "Ada")
    if other.first + other.count <= len(after.words):
        after = review.apply(after, [other], "Ada")
    words = list(base.words)
    for patch in patches(base.words, after.words):
        words[patch.first : patch.first + patch.count] = patch.words
    assert tuple(words) == after.words


@given(edits, edits)
def test_what_is_put_together_has_both_changes_and_times_in_order(one: ReplaceWords, other: ReplaceWords) -> None:
    base = spoken()
    mine, theirs = review.apply(base, [one], "Ada"), review.apply(base, [other], "Ben")
    try:
        result = merged(base, mine, theirs)
    except ConflictError:
        return
    starts = [word.start for word in result.words]
    assert starts == sorted(starts)
    assert all(segment.words for segment in result.segments)
    grown = len(mine.words) + len(theirs.words) - len(base.words)
    same = set(changes(base.words, mine.words)) & set(changes(base.words, theirs.words))
    assert len(result.words) == grown - sum(len(change.words) - change.count for change in same)
    if not same:
        assert merged(base, theirs, mine).text == result.text or one.first in (other.first, other.first + other.count)
