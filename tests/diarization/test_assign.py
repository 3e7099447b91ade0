from hypothesis import given
from hypothesis import strategies as st

from scribe.diarization.assign import voices, with_what_follows
from scribe.types import Annotation, Turn, Word

quarter = st.integers(0, 60).map(lambda number: number / 4)
lengths = st.integers(0, 12).map(lambda number: number / 4)
turns = st.builds(
    lambda start, length, name: Turn(start, start + length, name), quarter, lengths, st.sampled_from("ABC")
)
words = st.builds(lambda start, length: Word(start, start + length, " word"), quarter, lengths)


def naive(word: Word, given: list[Turn]) -> str:
    """Overlap is negative where the two do not touch: the distance, so the largest is also the nearest."""

    def overlap(turn: Turn) -> float:
        return min(turn.end, word.end) - max(turn.start, word.start)

    best = max(overlap(turn) for turn in given)
    return next(turn.speaker for turn in sorted(given) if overlap(turn) == best)


@given(st.lists(words, max_size=8), st.lists(turns, min_size=1, max_size=8))
def test_every_word_gets_the_turn_that_a_search_through_all_finds(said: list[Word], heard: list[Turn]) -> None:
    assert voices(said, Annotation(tuple(heard))) == [naive(word, heard) for word in said]


def test_equal_overlaps_go_to_the_earlier_turn() -> None:
    assert voices([Word(1.0, 3.0, " yes")], Annotation((Turn(0.0, 2.0, "A"), Turn(2.0, 4.0, "B")))) == ["A"]


def test_a_word_outside_every_turn_goes_to_the_nearest() -> None:
    heard = Annotation((Turn(0.0, 1.0, "A"), Turn(10.0, 11.0, "B")))
    assert voices([Word(2.0, 2.5, " well"), Word(9.0, 9.5, " so"), Word(40.0, 41.0, " bye")], heard) == ["A", "B", "B"]


def test_without_turns_nobody_is_named() -> None:
    assert voices([Word(0.0, 1.0, " hello")], Annotation(())) == [None]


def test_nobody_ends_a_turn_on_an_article() -> None:
    said = [Word(0, 1, text) for text in (" Any", " swelling", " a", " little", " in", " my.", " Knee", " the")]
    assert with_what_follows(said, list("DDDPPPDP")) == list("DDPPPPDP")
