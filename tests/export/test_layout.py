from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scribe.export.layout import (
    Document,
    clock,
    excerpt,
    marked_pieces,
    passages,
    pieces,
    provenance_lines,
    speaker_names,
    writer_lines,
)
from scribe.types import (
    Note,
    Provenance,
    Refusal,
    RefusalReason,
    Role,
    Segment,
    Span,
    SpeakerRole,
    Statement,
    Transcript,
    Word,
)


def said(*turns: tuple[str | None, str], roles: tuple[SpeakerRole, ...] = ()) -> Transcript:
    words = [Word(0, 0, f" {text}", 1.0, speaker) for speaker, line in turns for text in line.split()]
    timed = tuple(replace(word, start=float(at), end=at + 0.5) for at, word in enumerate(words))
    return Transcript((Segment(timed),), roles=roles, duration=float(len(timed)))


def test_clock() -> None:
    assert clock(0.99) == "00:00"
    assert clock(125.2) == "02:05"
    assert clock(3725) == "1:02:05"


def test_speakers_are_called_by_role_and_numbered_where_roles_repeat() -> None:
    roles = (SpeakerRole("a", Role.CLINICIAN, 1), SpeakerRole("b", Role.OTHER, 1), SpeakerRole("c", Role.OTHER, 1))
    transcript = said(("c", "hi"), ("a", "hello"), ("b", "yes"), ("d", "no"), (None, "hm"), roles=roles)
    assert speaker_names(transcript) == {"c": "Other 1", "a": "Clinician", "b": "Other 2", "d": "Speaker 1"}


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.text("xy. ", min_size=1, max_size=400)), max_size=6))
def test_passages_hold_every_word_once_and_never_mix_speakers(turns: list[tuple[str | None, str]]) -> None:
    transcript = said(*turns) if any(line.split() for _, line in turns) else Transcript(())
    found = passages(transcript)
    assert " ".join(passage.text for passage in found).split() == transcript.text.split()
    assert [passage.number for passage in found] == list(range(1, len(found) + 1))
    for passage in found:
        assert len({word.speaker for word in transcript.words_in(passage.span)}) == 1
        assert len(transcript.words_in(passage.span)) <= 120


def test_a_long_turn_is_cut_at_the_end_of_a_sentence() -> None:
    transcript = said(("a", "one two three four five six seven eight nine ten. " * 20))
    found = passages(transcript)
    assert len(found) > 1
    assert all(passage.text.endswith("ten.") for passage in found)


def test_places_name_each_stretch_once(note: Note, transcript: Transcript) -> None:
    document = Document(note, transcript)
    question = transcript.text.index("Any chest pain")
    answer = transcript.text.index("No, none of that.")
    far = transcript.text.index("Thank you, doctor.")
    heard = tuple(Span(start, start + 5) for start in (question, answer, far))
    seconds = tuple(interval for span in heard if (interval := transcript.seconds(span)))
    places = document.places(Statement("s", "Denies chest pain.", heard, seconds))
    assert [place.clock for place in places] == ["00:49", "02:39"]  # question and answer stand side by side
    for place, start in zip(places, (question, far), strict=True):
        span = document.passages[place.passage - 1].span
        assert span.start <= start < span.end


def test_places_without_times_still_lead_to_the_words() -> None:
    transcript = replace(said((None, "fever and cough")), timed=False)
    statement = Statement("s", "Fever.", (Span(1, 6),))
    note_of = Document(Note("n", encounter=None, sections=()), transcript)  # type: ignore[arg-type]
    assert [(place.clock, place.passage) for place in note_of.places(statement)] == [(None, 1)]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=5))
def test_pieces_join_to_the_text_and_mark_only_what_was_asked(text: str, spans: list[tuple[int, int]]) -> None:
    found = pieces(text, [Span(start, end) for start, end in spans])
    assert "".join(piece for piece, _ in found) == text
    marked = {at for start, end in spans for at in range(max(start, 0), min(end, len(text)))}
    flags = [flag for piece, flag in found for _ in piece]
    assert {at for at, flag in enumerate(flags) if flag} == marked


def test_marks_beside_a_doubtful_word_are_not_doubtful() -> None:
    statement = Statement("s", "Asthma, stable.", (Span(0, 6),), doubtful=(Span(0, 7), Span(7, 15)))
    assert marked_pieces(statement) == (
        ("Asthma", True, False),
        (", ", False, False),
        ("stable", True, False),
        (".", False, False),
    )


def test_words_can_be_doubtful_and_replaced() -> None:
    statement = Statement("s", "Takes insulin glargine.", (Span(0, 6),), doubtful=(Span(0, 14),))
    found = marked_pieces(statement, [Span(6, 22)])
    assert found == (("Takes ", True, False), ("insulin", True, True), (" glargine", False, True), (".", False, False))


def test_an_excerpt_is_cut_at_words() -> None:
    text = "He has had poorly controlled and long standing high blood pressure for many years, with little treatment."
    start = text.index("high")
    before, words, after = excerpt(text, Span(start, start + len("high blood pressure")), around=20)
    assert (before, words, after) == ("… and long standing ", "high blood pressure", " for many years, …")


def test_sums_are_cut_and_nothing_else_is_lost() -> None:
    lines = dict(provenance_lines(Provenance("engine", weights=(("w", "a" * 64),), source_sha256="b" * 64)))
    assert lines == {"Made by": "engine", "Weights w": "sha256 " + "a" * 12, "Source": "sha256 " + "b" * 12}
    assert provenance_lines(None) == ()


def test_a_note_says_how_many_sentences_a_writer_worded(note: Note) -> None:
    worded = replace(note, reworded=("s1", "s2"), refusals=(Refusal("s3", RefusalReason.NUMBER),))
    assert writer_lines(worded) == (("Sentences worded by it", "2"), ("refused", "1"))
    assert writer_lines(note) == ()
