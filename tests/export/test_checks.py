"""The list "Check first": by risk, then by time, and every word of the transcript once in its pieces."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scribe.export.checks import Checklist, heard, joined, long_clock
from scribe.export.layout import passages
from scribe.types import Encounter, Flag, FlagKind, Interval, Note, Repair, Segment, Transcript, Word

EMPTY = Note("n", Encounter("e"), ())


def said(text: str) -> Transcript:
    """Word i is heard from second i to i + 1."""
    words = tuple(Word(float(at), at + 1.0, f" {word}", 0.9, "a") for at, word in enumerate(text.split()))
    return Transcript((Segment(words),), duration=float(len(words)))


FLAGS = st.lists(
    st.builds(
        lambda kind, start, length: Flag(kind, Interval(start, start + length), "listen again", (f"{start}",)),
        st.sampled_from(FlagKind),
        st.integers(0, 14).map(float),
        st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    ),
    max_size=12,
)


@given(FLAGS)
def test_every_flag_is_in_one_check_and_checks_come_by_risk(flags: list[Flag]) -> None:
    checklist = Checklist(EMPTY, replace(said("one two three four five six seven eight nine ten"), flags=tuple(flags)))
    checks = checklist.checks
    long = [check for check in checks if check.title != "Short overlap"]
    assert checks[: len(long)] == tuple(long)
    assert [check.kind.rank for check in long] == sorted(check.kind.rank for check in long)
    assert [check.number for check in checks] == list(range(1, len(checks) + 1))
    anchors = [place.anchor for check in checks for place in check.places]
    assert len(set(anchors)) == len(anchors)
    for flag in flags:
        homes = [place for check in checks if check.kind is flag.kind for place in check.places]
        holds = (place.flag.interval for place in homes)
        assert any(h.start <= flag.interval.start and flag.interval.end <= h.end for h in holds)


@given(FLAGS, st.integers(0, 3))
def test_pieces_hold_every_word_once_and_every_place_once(flags: list[Flag], at: int) -> None:
    transcript = said("one two three four five six seven eight nine ten.")
    repair = Repair(at, 2, (Word(at, at + 2, " misheard", 0.2),), "sound", 0.9)
    transcript = replace(transcript, flags=tuple(flags), repairs=(repair,))
    checklist = Checklist(EMPTY, transcript)
    pieces = [piece for passage in passages(transcript) for piece in checklist.pieces(passage)]
    assert "".join(piece.text for piece in pieces).split() == transcript.text.split()
    opened = sorted(place.anchor for piece in pieces for _, place in piece.opens)
    assert opened == sorted(place.anchor for check in checklist.checks for place in check.places)
    assert sum(piece.repair_ends for piece in pieces) == 1
    assert "".join(piece.text for piece in pieces if piece.repair).split() == checklist.stands(repair).split()


def test_what_a_person_has_checked_is_not_to_be_checked_again() -> None:
    flags = (
        Flag(FlagKind.DRUG, Interval(0.0, 1.0), "unsure", checked_by="Ada"),
        Flag(FlagKind.INAUDIBLE, Interval(2.0, 3.0), "nobody knows"),
    )
    checks = Checklist(EMPTY, replace(said("a b c d"), flags=flags)).checks
    assert [check.kind for check in checks] == [FlagKind.INAUDIBLE]


def test_flags_of_one_kind_that_share_a_moment_are_one_with_all_readings() -> None:
    flags = (
        Flag(FlagKind.DRUG, Interval(1.0, 2.0), "looks alike", ("hydroxyzine", "hydralazine")),
        Flag(FlagKind.DRUG, Interval(1.5, 3.0), "heard poorly", ("hydroxyzine",)),
        Flag(FlagKind.DRUG, Interval(3.0, 4.0), "heard poorly"),
        Flag(FlagKind.DOSE, Interval(1.5, 3.0), "heard poorly"),
    )
    drug, next_drug, dose = joined(flags)
    assert (drug.interval, drug.readings) == (Interval(1.0, 3.0), ("hydroxyzine", "hydralazine"))
    assert (next_drug.interval, dose.kind) == (Interval(3.0, 4.0), FlagKind.DOSE)


def test_the_same_doubt_about_the_same_drug_is_one_line_with_its_times() -> None:
    places = (Interval(1.0, 2.0), Interval(5.0, 6.0))
    flags = tuple(Flag(FlagKind.DRUG, place, "heard poorly", ("metformin",)) for place in places)
    negations = tuple(Flag(FlagKind.NEGATION, place, "heard poorly", ("no",)) for place in places)
    checks = Checklist(EMPTY, replace(said("a b c d e f g"), flags=flags + negations)).checks
    assert [[place.clock for place in check.places] for check in checks] == [["00:01", "00:05"], ["00:01"], ["00:05"]]


def test_a_check_quotes_its_words_and_a_stretch_of_time_does_not() -> None:
    flags = (
        Flag(FlagKind.SIDE, Interval(2.0, 3.0), "heard poorly"),
        Flag(FlagKind.LOW_TRUST, Interval(0.0, 5.0), "hard to recognise"),
    )
    side, stretch = Checklist(EMPTY, replace(said("pain in left knee now"), flags=flags)).checks
    assert side.places[0].quote == (" pain in ", "left", " knee now")
    assert stretch.places[0].quote is None


def test_what_was_heard_is_told_with_its_probability_and_the_rule() -> None:
    original = (Word(0, 1, " listen", 0.31), Word(1, 2, " opril,", 0.52))
    assert heard(Repair(0, 1, original, "sound-and-dose", 0.9)) == (
        "heard “listen opril”, 31%; replaced by sound and dose"
    )


def test_a_transcript_without_words_has_its_flags_all_the_same() -> None:
    transcript = Transcript((), flags=(Flag(FlagKind.LANGUAGE, Interval(0, 60), "another language"),), duration=60.0)
    (check,) = Checklist(EMPTY, transcript).checks
    assert check.title == "Language"


def test_long_clock() -> None:
    assert long_clock(751.9) == "00:12:31"
