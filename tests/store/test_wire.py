from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scribe import serial
from scribe.store import delta, wire
from scribe.types import Role, Segment, SpeakerRole, Transcript, Word

WORDS = st.lists(st.text(max_size=6), min_size=1, max_size=4)
SEGMENTS = st.lists(WORDS, max_size=6)


def segment(words: list[str]) -> Segment:
    return Segment(tuple(Word(0.1, 0.2, word, 0.5, '"segments":[]') for word in words))


@settings(deadline=None)
@given(first=SEGMENTS, edits=st.lists(st.tuples(st.sampled_from("adr"), st.integers(0, 6), WORDS), max_size=6))
def test_what_is_taken_over_is_what_would_be_written_anew(
    first: list[list[str]], edits: list[tuple[str, int, list[str]]]
) -> None:
    made = None
    document = Transcript(tuple(map(segment, first)), roles=(SpeakerRole("a", Role.PATIENT, 0.5),))
    for verb, place, words in [("", 0, [""]), *edits]:
        segments = list(document.segments)
        if verb == "a":
            segments.insert(place, segment(words))
        elif verb and segments:
            segments[place % len(segments) : place % len(segments) + 1] = [segment(words)] if verb == "r" else []
        document = replace(document, segments=tuple(segments))
        made = wire.encode(document, made)
        assert json.loads(made.body) == serial.to_wire(document)
        assert serial.loads(made.body.decode(), Transcript) == document
        assert made.body == wire.encode(document).body


@given(old=st.binary(max_size=60), new=st.binary(max_size=60), shared=st.binary(max_size=60), place=st.integers(0, 60))
def test_a_difference_gives_the_document_back(old: bytes, new: bytes, shared: bytes, place: int) -> None:
    before, after = old[:place] + shared + old[place:], new[:place] + shared + new[place:]
    stored = delta.encode(after, before)
    assert delta.decode(stored, before) == after
    assert len(stored) <= len(after) + 9
    assert delta.decode(delta.encode(after, None), b"") == after
