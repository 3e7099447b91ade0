"""Edits of a transcript: the text is what was typed, times never run backwards, nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.errors import InputError
from scribe.review import transcript as review
from scribe.review.transcript import (
    AssignSpeaker,
    Mark,
    MarkInaudible,
    MergeSpeakers,
    NameSpeaker,
    ReplaceAll,
    ReplaceWords,
    ResolveFlag,
    RestoreFlag,
    Split,
    UndoRepair,
)
from scribe.types import Flag, FlagKind, Interval, Repair, Role, Segment, SpeakerRole, Transcript, Word

SPOKEN = "Do you take listenoperel every day ? No , I stopped it two weeks ago because of a cough ."


def spoken(text: str = SPOKEN, *, size: int = 5, turn: int = 7) -> Transcript:
    """Words of 0.3 s with a pause of 0.1 s, two speakers taking turns of seven words."""
    words = [
        Word(round(at * 0.4, 3), round(at * 0.4 + 0.3, 3), f" {word}", 0.9, f"SPEAKER_0{at // turn % 2}")
        for at, word in enumerate(text.split())
    ]
    segments = tuple(Segment(tuple(words[at : at + size])) for at in range(0, len(words), size))
    roles = (SpeakerRole("SPEAKER_00", Role.CLINICIAN, 0.9), SpeakerRole("SPEAKER_01", Role.PATIENT, 0.8))
    flags = (Flag(FlagKind.DRUG, Interval(1.2, 1.5), "sounds alike", ("listenoperel",)),)
    return Transcript(segments, roles=roles, flags=flags, duration=len(words) * 0.4)


def texts(transcript: Transcript) -> list[str]:
    return [word.text.strip() for word in transcript.words]


def in_order(transcript: Transcript) -> bool:
    words = transcript.words
    starts = [word.start for word in words]
    return starts == sorted(starts) and all(word.start <= word.end for word in words) and all(map(bool, words))


def test_a_misspelt_word_keeps_its_time_and_says_who_typed_it() -> None:
    before = spoken()
    after = review.apply(before, [ReplaceWords(3, 1, "lisinopril")], "Ada")
    typed = after.words[3]
    assert (typed.text, typed.start, typed.end) == (" lisinopril", before.words[3].start, before.words[3].end)
    assert (typed.author, typed.probability, typed.speaker) == ("Ada", 1.0, "SPEAKER_00")
    assert after.words[:3] == before.words[:3]
    assert after.words[4:] == before.words[4:]
    assert after.segments[1:] == before.segments[1:]
    assert after.segments[1] is before.segments[1]


def test_words_of_a_longer_text_that_stay_keep_their_times() -> None:
    before = spoken()
    after = review.apply(before, [ReplaceWords(0, 6, "Do you still take lisinopril 10 mg every day")], "Ada")
    by_text = {word.text.strip(): word for word in after.words[:10]}
    for kept, at in (("Do", 0), ("you", 1), ("take", 2), ("every", 4), ("day", 5)):
        assert by_text[kept] == before.words[at]
    assert before.words[1].end <= by_text["still"].start <= by_text["still"].end <= before.words[2].start
    drug = [by_text[name] for name in ("lisinopril", "10", "mg")]
    assert drug[0].start == before.words[3].start
    assert drug[-1].end == before.words[3].end
    assert all(word.end > word.start for word in drug)


def test_words_that_were_run_together_are_parted_by_their_letters() -> None:
    before = spoken("she takes metforminfivehundred daily")
    after = review.apply(before, [ReplaceWords(2, 1, "metformin fivehundred")], "Ada")
    metformin, hundred = after.words[2:4]
    assert metformin.start == 0.8
    assert metformin.end == pytest.approx(0.8 + 0.3 * 9 / 20, abs=0.001)
    assert hundred.end == 1.1


def test_inserted_words_share_the_pause_and_belong_to_the_turn_before() -> None:
    before = spoken()
    after = review.apply(before, [ReplaceWords(7, 0, "Well, no")], "Ada")
    well, no = after.words[7:9]
    assert (before.words[6].end, before.words[7].start) == (well.start, no.end)
    assert well.start < well.end <= no.start < no.end
    assert well.speaker == "SPEAKER_00"


def test_words_can_be_put_before_the_first_and_behind_the_last() -> None:
    before = spoken()
    after = review.apply(before, [ReplaceWords(0, 0, "Hello."), ReplaceWords(21, 0, "Thank you.")], "Ada")
    assert texts(after) == ["Hello.", *texts(before), "Thank", "you."]
    assert in_order(after)
    assert after.words[-1].end <= after.duration


def test_an_empty_text_removes_words_and_the_last_of_a_segment_removes_it() -> None:
    before = spoken()
    after = review.apply(before, [ReplaceWords(5, 5, "  ")], "Ada")
    assert texts(after) == texts(before)[:5] + texts(before)[10:]
    assert len(after.segments) == len(before.segments) - 1
    empty = review.apply(before, [ReplaceWords(0, len(before.words), "")], "Ada")
    assert empty.words == ()
    again = review.apply(empty, [ReplaceWords(0, 0, "Nothing was said.")], "Ada")
    assert again.text == " Nothing was said."


def test_find_and_replace_takes_whole_words_and_leaves_the_marks_around_them() -> None:
    before = spoken("Take Aspirin, or aspirin. No aspirins with Aspirin!", turn=100)
    after = review.apply(before, [ReplaceAll("aspirin", "acetylsalicylic acid")], "Ada")
    assert after.text.strip() == (
        "Take acetylsalicylic acid, or acetylsalicylic acid. No aspirins with acetylsalicylic acid!"
    )
    exact = review.apply(before, [ReplaceAll("Aspirin", "ASA", match_case=True)], "Ada")
    assert exact.text.strip() == "Take ASA, or aspirin. No aspirins with ASA!"
    gone = review.apply(before, [ReplaceAll("or aspirin", "")], "Ada")
    assert gone.text.strip() == "Take Aspirin, No aspirins with Aspirin!"


def test_find_and_replace_does_not_reach_over_a_change_of_speaker() -> None:
    with pytest.raises(InputError, match="nowhere"):
        review.apply(spoken(), [ReplaceAll("day ? No", "x")], "Ada")


def test_speakers_are_assigned_split_named_and_merged() -> None:
    before = spoken()
    split = review.apply(before, [Split(3)], "Ada")
    assert [word.speaker for word in split.words[:8]] == ["SPEAKER_00"] * 3 + ["SPEAKER_02"] * 4 + ["SPEAKER_01"]
    named = review.apply(split, [NameSpeaker("SPEAKER_02", " Mrs.  Okoro ", Role.OTHER)], "Ada")
    assert named.roles[-1] == SpeakerRole("SPEAKER_02", Role.OTHER, 1.0, "Mrs. Okoro")
    merged = review.apply(named, [MergeSpeakers("SPEAKER_02", "SPEAKER_00")], "Ada")
    assert merged.words == before.words
    assert merged.roles == before.roles
    nobody = review.apply(before, [AssignSpeaker(0, 2, None)], "Ada")
    assert [word.speaker for word in nobody.words[:3]] == [None, None, "SPEAKER_00"]
    assert nobody.segments[1] is before.segments[1]


def test_flags_are_checked_opened_again_and_added() -> None:
    before = spoken()
    checked = review.apply(before, [ResolveFlag(0)], "Ada")
    assert checked.flags[0].checked_by == "Ada"
    assert review.apply(checked, [RestoreFlag(0)], "Ben") == before
    gap = review.apply(before, [MarkInaudible(3, 1), MarkInaudible(0, 0), Mark(0, 2)], "Ada")
    assert texts(gap)[2:4] == ["take", "every"]
    kinds = [(flag.kind, flag.interval) for flag in gap.flags[1:]]
    assert kinds == [
        (FlagKind.INAUDIBLE, Interval(1.2, 1.5)),
        (FlagKind.INAUDIBLE, Interval(0.0, 0.0)),
        (FlagKind.MARKED, Interval(0.0, 0.7)),
    ]


def repaired() -> Transcript:
    transcript = spoken()
    original = (Word(1.2, 1.35, " listen", 0.3), Word(1.35, 1.5, " opril", 0.2))
    later = Repair(9, 1, (Word(3.6, 3.9, " eye", 0.4),), "second-decode", 0.9)
    return Transcript(transcript.segments, repairs=(Repair(3, 1, original, "second-decode", 0.9), later))


def test_repairs_follow_their_words_and_go_where_those_are_typed_over() -> None:
    moved = review.apply(repaired(), [ReplaceWords(0, 1, "So do")], "Ada")
    assert [item.first for item in moved.repairs] == [4, 10]
    assert [moved.words[item.first].text for item in moved.repairs] == [" listenoperel", " I"]
    typed = review.apply(repaired(), [ReplaceWords(2, 2, "use")], "Ada")
    assert [item.first for item in typed.repairs] == [8]
    undone = review.apply(repaired(), [UndoRepair(0)], "Ada")
    assert texts(undone)[3:5] == ["listen", "opril"]
    assert [item.first for item in undone.repairs] == [10]


@pytest.mark.parametrize(
    "edit",
    [
        ReplaceWords(22, 1, "x"),
        ReplaceWords(99, 0, "x"),
        AssignSpeaker(21, 5, "x"),
        Split(22),
        NameSpeaker("SPEAKER_09", "Eve"),
        MergeSpeakers("SPEAKER_00", "SPEAKER_00"),
        MergeSpeakers("SPEAKER_00", "SPEAKER_07"),
        ResolveFlag(1),
        RestoreFlag(4),
        MarkInaudible(20, 3),
        Mark(30, 1),
        UndoRepair(0),
        ReplaceAll("warfarin", "x"),
        ReplaceAll("...", "x"),
    ],
)
def test_what_is_not_there_is_refused_by_its_number(edit: review.Edit) -> None:
    with pytest.raises(InputError, match="edit 2 of 2"):
        review.apply(spoken(), [ReplaceWords(0, 1, "Do"), edit], "Ada")


# --- properties
TYPED = st.text(st.sampled_from("ab .,\n1"), max_size=30)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Words that may touch, overlap their neighbours a little, or last no time at all."""
    count = draw(st.integers(0, 25))
    at, words = 0.0, []
    for _ in range(count):
        at = round(at + draw(st.sampled_from([0.0, 0.0, 0.1, 0.3, 2.0])), 4)
        length = draw(st.sampled_from([0.0, 0.1, 0.25, 0.6]))
        text = draw(st.sampled_from([" a", " ab.", " b", "-a", " listen", " 1"]))
        words.append(Word(at, round(at + length, 4), text, 0.5, draw(st.sampled_from(["x", "y", None]))))
        at = round(at + draw(st.sampled_from([0.0, length])), 4)
    sizes = draw(st.lists(st.integers(1, 6), min_size=count, max_size=count))
    segments, place = [], 0
    for size in sizes:
        if words[place : place + size]:
            segments.append(Segment(tuple(words[place : place + size])))
            place += size
    return Transcript(tuple(segments), duration=at + 1.0)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Transcript, list[tuple[Transcript, ReplaceWords]]]:
    transcript = draw(transcripts())
    steps = []
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, len(transcript.words)))
        count = draw(st.integers(0, min(6, len(transcript.words) - first)))
        edit = ReplaceWords(first, count, draw(TYPED))
        steps.append((transcript, edit))
        transcript = review.apply(transcript, [edit], "Ada")
    return transcript, steps


@given(edited())
def test_any_typing_keeps_times_in_order_and_the_text_as_typed(
    given_: tuple[Transcript, list[tuple[Transcript, ReplaceWords]]],
) -> None:
    last, steps = given_
    after = [transcript for transcript, _ in steps[1:]] + [last]
    for (before, edit), now in zip(steps, after, strict=True):
        old, new = before.words, now.words
        grown = len(new) - (len(old) - edit.count)
        assert new[: edit.first] == old[: edit.first]
        assert new[edit.first + grown :] == old[edit.first + edit.count :]
        assert "".join(word.text for word in new[edit.first : edit.first + grown]).strip() == edit.text.strip()
        assert in_order(now)
        assert all(segment.words for segment in now.segments)
        if edit.first and grown:
            assert new[edit.first].start >= old[edit.first - 1].start
        if edit.first + edit.count < len(old) and grown:
            assert new[edit.first + grown - 1].start <= old[edit.first + edit.count].start
