from hypothesis import given
from hypothesis import strategies as st

from scribe.diarization import pieces
from scribe.types import Word

texts = st.sampled_from([" yes", " no.", " fever?", " well,", " so"])
spoken = st.lists(st.tuples(texts, st.floats(0, 1), st.sampled_from("AB")), max_size=12)


def timed(said: list[tuple[str, float, str]]) -> list[Word]:
    words, now = [], 0.0
    for text, pause, _ in said:
        words.append(Word(now + pause, now + pause + 0.3, text))
        now = words[-1].end
    return words


@given(spoken)
def test_pieces_hold_every_word_once_and_never_two_voices(said: list[tuple[str, float, str]]) -> None:
    found = pieces.cut(timed(said), [voice for _, _, voice in said])
    assert [at for piece in found for at in range(piece.first, piece.last + 1)] == list(range(len(said)))
    assert "".join(piece.text for piece in found) == "".join(text for text, _, _ in said)
    assert all(len({said[at][2] for at in range(piece.first, piece.last + 1)}) == 1 for piece in found)


def test_a_piece_ends_at_a_sentence_a_pause_and_a_change_of_voice() -> None:
    said = [(" Any", 0.0, "A"), (" pain?", 0.0, "A"), (" No", 0.0, "A"), (" not", 0.5, "A"), (" OK", 0.0, "B")]
    found = pieces.cut(timed(said), [voice for _, _, voice in said])
    assert [piece.text for piece in found] == [" Any pain?", " No", " not", " OK"]
    assert [piece.after_question for piece in found] == [False, True, False, False]
    assert [piece.other_voice for piece in found] == [False, False, False, True]
    assert found[2].pause == 0.5
