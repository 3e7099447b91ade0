"""A new draft takes the ids of the old one and keeps what persons did."""

from __future__ import annotations

from dataclasses import replace

from scribe.review import note as review
from scribe.review import transcript as transcripts
from scribe.review.chain import Followed
from scribe.review.note import AddStatement, EditStatement, MoveStatement, RemoveStatement
from scribe.review.redraft import redrafted
from scribe.review.transcript import ReplaceAll, ReplaceWords
from scribe.types import (
    Encounter,
    Note,
    Section,
    SectionGroup,
    SectionKind,
    Segment,
    Statement,
    Transcript,
    Word,
)

K = SectionKind
CATALOG = {kind: Section(kind, kind.value, SectionGroup.HISTORY, "0", ()) for kind in (K.HPI, K.MEDICATIONS, K.PLAN)}
SAID = ("I have chest pain .", "I take ibuprofen .", "Rest at home .", "Come back soon .")


def spoken() -> Transcript:
    words, at = [], 0.0
    for sentence in SAID:
        for text in sentence.split():
            words.append(Word(at, at + 0.3, f" {text}", 0.9, "x"))
            at += 0.4
    return Transcript((Segment(tuple(words)),), duration=at)


def drafted(transcript: Transcript, *, first: int = 1) -> Note:
    """A draft: the first sentence is the history, the second the drugs, the others the plan."""
    statements, at = [], 0
    words = transcript.words
    for end in [number for number, word in enumerate(words) if word.text.strip() == "."]:
        span = transcript.span_of(at, end)
        seconds = transcript.seconds(span)
        assert seconds is not None
        name = f"s{first + len(statements)}"
        statements.append(Statement(name, transcript.text[span.start : span.end], (span,), (seconds,)))
        at = end + 1
    kinds = [K.HPI, K.MEDICATIONS, *[K.PLAN] * (len(statements) - 2)]
    sections = tuple(
        replace(CATALOG[kind], statements=tuple(item for item, of in zip(statements, kinds, strict=True) if of is kind))
        for kind in dict.fromkeys(kinds)
    )
    return Note("n", Encounter("e"), sections)


def again(edits: list[review.Edit], corrections: list[transcripts.Edit]) -> Note:
    old = spoken()
    draft = drafted(old)
    note = review.apply(draft, edits, "Ada", CATALOG)
    new = transcripts.apply(old, corrections, "Ben")
    return redrafted(note, draft, drafted(new, first=20), Followed(old, new), CATALOG)


def texts(note: Note) -> dict[str, str]:
    return {item.id: item.text for item in note.statements}


def test_statements_keep_their_ids_and_take_in_corrections() -> None:
    made = again([], [ReplaceAll("ibuprofen", "naproxen"), ReplaceWords(0, 1, "Now I")])
    assert texts(made) == {
        "s1": "Now I have chest pain .",
        "s2": "I take naproxen .",
        "s3": "Rest at home .",
        "s4": "Come back soon .",
    }


def test_what_was_typed_edited_and_removed_stays() -> None:
    made = again(
        [
            EditStatement("s1", "Chest pain."),
            AddStatement(K.PLAN, "Call if worse.", "s3", "own"),
            RemoveStatement("s4"),
        ],
        [ReplaceAll("chest", "back")],
    )
    assert texts(made) == {
        "s1": "Chest pain.",
        "s2": "I take ibuprofen .",
        "s3": "Rest at home .",
        "own": "Call if worse.",
    }
    assert (made.statement("s1").author, made.statement("s1").drafted) == ("Ada", "I have back pain .")
    assert [(item.statement.id, item.author) for item in made.removed] == [("s4", "Ada")]
    assert [item.id for item in made.sections[-1].statements] == ["s3", "own"]


def test_what_was_moved_stays_where_it_was_put() -> None:
    made = again([MoveStatement("s3", K.HPI, "s1")], [ReplaceWords(0, 1, "Now I")])
    assert [item.id for item in made.sections[0].statements] == ["s1", "s3"]


def test_an_edited_statement_whose_words_are_gone_is_kept_as_typed() -> None:
    made = again([EditStatement("s3", "Bed rest.")], [ReplaceWords(9, 4, "")])
    kept = made.statement("s3")
    assert (kept.text, kept.author, kept.heard) == ("Bed rest.", "Ada", ())


def test_new_sentences_get_ids_that_nobody_has() -> None:
    made = again([], [ReplaceWords(17, 0, "Thank you .")])
    new = set(texts(made)) - {"s1", "s2", "s3", "s4"}
    assert len(new) == 1
    assert texts(made)[new.pop()] == "Thank you ."
