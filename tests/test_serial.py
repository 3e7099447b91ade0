"""The wire form: what is written is read back, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe import serial
from scribe.errors import InputError
from scribe.types import (
    Addendum,
    Answer,
    Assertion,
    CodeFlag,
    CodeRemark,
    CodeSuggestion,
    Coding,
    Component,
    Element,
    Encounter,
    Evidence,
    Flag,
    FlagKind,
    Interval,
    Level,
    Meat,
    Note,
    NoteStatus,
    Problem,
    Provenance,
    Query,
    Quote,
    Removed,
    Role,
    Section,
    SectionGroup,
    SectionKind,
    Segment,
    Signature,
    Span,
    SpeakerRole,
    StatedTime,
    Statement,
    Support,
    Transcript,
    Word,
    Worksheet,
)

times = st.integers(0, 10_000_000).map(lambda n: n / 1000)
shares = st.integers(0, 1000).map(lambda n: n / 1000)
speakers = st.none() | st.sampled_from(["SPEAKER_00", "x"])
words = st.builds(Word, times, times, st.text(max_size=8), shares, speakers, st.none() | st.just("Ada"))
segments = st.builds(Segment, st.lists(words, max_size=4).map(tuple), shares, shares)
transcripts = st.builds(
    Transcript,
    st.lists(segments, max_size=3).map(tuple),
    roles=st.lists(st.builds(SpeakerRole, st.just("SPEAKER_00"), st.sampled_from(Role), shares), max_size=1).map(tuple),
    flags=st.lists(
        st.builds(Flag, st.sampled_from(FlagKind), st.builds(Interval, times, times), st.just("why")), max_size=2
    ).map(tuple),
    duration=times,
    timed=st.booleans(),
    provenance=st.none() | st.just(Provenance("x", (("w", "0"),), "h", (("p", "1"),), "s")),
)


@given(transcripts)
def test_a_transcript_survives_the_journey(transcript: Transcript) -> None:
    assert serial.loads(serial.dumps(transcript), Transcript) == transcript


def test_whole_seconds_are_the_same_bytes_before_and_after_the_journey() -> None:
    made = Transcript((Segment((Word(0, 1, " well"),)),), duration=1)
    text = serial.dumps(made)
    assert serial.dumps(serial.loads(text, Transcript)) == text


def test_what_most_words_do_not_have_takes_no_room() -> None:
    plain, typed = Word(0.0, 1.0, " a"), Word(0.0, 1.0, " a", author="Ada")
    wire = serial.to_wire(Transcript((Segment((plain, typed)),)))
    assert [word.get("author", "left out") for word in wire["segments"][0]["words"]] == ["left out", "Ada"]


def note() -> Note:
    statement = Statement("s1", "Denies fever.", (Span(0, 4), Span(9, 12)), (Interval(1.0, 2.5),), Assertion.ABSENT)
    evidence = Evidence("s1", Span(7, 12), Assertion.PRESENT, "lexicon: fever", 0.8)
    return Note(
        "note-1",
        Encounter("encounter-1"),
        (Section(SectionKind.HPI, "History of present illness", SectionGroup.HISTORY, "10164-2", (statement,)),),
        (
            CodeSuggestion(
                Coding("icd10cm", "2026-04", "R50.9", "Fever, unspecified"),
                (evidence,),
                probability=0.75,
                flags=(CodeFlag.UNSPECIFIED, CodeFlag.DOUBTFUL),
            ),
        ),
        (_query(),),
        (CodeRemark(CodeFlag.UNKNOWN_CODE, "s1", Span(7, 12), "no such code in this release"),),
        problems=(Problem("fever", ("R50.9",), (QUOTE,), (Support(Meat.TREAT, QUOTE, "same sentence"),)),),
        worksheet=Worksheet(
            (Element(Component.PROBLEMS, "acute-uncomplicated", "acute illness", "fever", (QUOTE,)),),
            *(Level.LOW, Level.STRAIGHTFORWARD, Level.MODERATE, Level.LOW),
            "office visit, low",
            time=StatedTime(20, QUOTE),
            time_level=Level.LOW,
        ),
        signatures=(SIGNATURE,),
        addenda=(Addendum("Temperature 38.5.", SIGNATURE),),
        removed=(Removed(replace(statement, id="s0", author="Ada", drafted="Fever."), SectionKind.HPI, None, "Ada"),),
        heard_in=3,
    )


QUOTE = Quote("s1", Span(7, 12))
SIGNATURE = Signature("Ada Okonkwo, MD", "2026-03-02T10:00:00+00:00", "I have read this note.", "ab" * 32)


def _query() -> Query:
    answer = Answer("left", "Dr. Adeyemi", "2026-03-02T10:00:00+00:00", "s2")
    return Query("s1", "Which side?", ("left", "right"), "Q1", "side", "knee", (QUOTE,), ("M25.569",), answer)


def test_a_note_survives_the_journey() -> None:
    assert serial.loads(serial.dumps(note()), Note) == note()
    assert serial.schema_of(serial.dumps(note())) == "note"


def test_a_signature_covers_the_words_and_not_what_a_coder_does_later() -> None:
    signed, section = note(), note().sections[0]
    coded = replace(signed, suggestions=(), queries=(), signatures=(), addenda=(), status=NoteStatus.AMENDED)
    other = replace(section, statements=(replace(section.statements[0], text="Denies  fever."),))
    assert serial.content_sha256(coded) == serial.content_sha256(signed)
    assert serial.content_sha256(serial.loads(serial.dumps(signed), Note)) == serial.content_sha256(signed)
    assert serial.content_sha256(replace(signed, sections=(other,))) != serial.content_sha256(signed)
    hashes = {serial.content_sha256(signed, texts) for texts in ((), ("a",), ("a", "b"), ("ab",))}
    assert len(hashes) == 4


def changed(**fields: Any) -> str:
    return json.dumps({**serial.to_wire(note()), **fields})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "not JSON"),
        ("[]", "schema"),
        (json.dumps({"schema": "scribe/transcript/1"}), "expected a document of schema scribe/note/1"),
        (json.dumps({"schema": "scribe/note/99"}), "scribe/note/99"),
        (json.dumps({"schema": "scribe/note/1"}), "lacks the field 'id'"),
        (changed(surprise=1), "unknown field 'surprise'"),
        (changed(id=7), "note.id must be str"),
        (changed(revision=True), "note.revision must be int"),
        (changed(status="signed"), "must be one of preliminary, final, amended"),
        (changed(sections={}), "note.sections must be a list"),
        (changed(encounter=3), "note.encounter must be an object"),
    ],
)
def test_what_is_not_ours_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("[", r"\[")):
        serial.loads(text, Note)


def test_a_refusal_does_not_quote_the_note() -> None:
    wire = serial.to_wire(note())
    wire["sections"][0]["statements"][0]["heard"] = []
    with pytest.raises(InputError) as caught:
        serial.from_wire(wire, Note)
    assert "fever" not in str(caught.value).lower()
    assert "s1" in str(caught.value)


@pytest.mark.parametrize("text", ["", "plain", "[1]", "{}", '{"schema": 3}', '{"schema": "other/note/1"}'])
def test_other_text_has_no_schema(text: str) -> None:
    assert serial.schema_of(text) is None
