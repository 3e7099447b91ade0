from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.errors import InputError
from scribe.export.subtitles import to_srt, to_text, to_vtt
from scribe.sections import plain_text
from scribe.types import Flag, FlagKind, Interval, Role, Segment, SpeakerRole, Transcript, Word

TIMES = re.compile(r"(\d\d):(\d\d):(\d\d)[.,](\d{3}) --> (\d\d):(\d\d):(\d\d)[.,](\d{3})")
ROLES = (SpeakerRole("a", Role.CLINICIAN, 1.0), SpeakerRole("b", Role.PATIENT, 1.0))


def words_of(*items: tuple[float, float, str, str | None]) -> Transcript:
    words = tuple(Word(start, end, f" {text}", 1.0, speaker) for start, end, text, speaker in items)
    return Transcript((Segment(words),) if words else (), roles=ROLES, duration=60.0)


def cue_times(text: str) -> list[tuple[float, float]]:
    found = []
    for cue in TIMES.findall(text):
        h, m, s, ms, h2, m2, s2, ms2 = map(int, cue)
        found.append((h * 3600 + m * 60 + s + ms / 1000, h2 * 3600 + m2 * 60 + s2 + ms2 / 1000))
    return found


def test_srt() -> None:
    transcript = words_of((0.5, 0.9, "Any", "a"), (0.9, 1.4, "fever?", "a"), (2.0, 2.5, "No.", "b"))
    assert to_srt(transcript) == (
        "1\n00:00:00,500 --> 00:00:01,400\nClinician: Any fever?\n\n2\n00:00:02,000 --> 00:00:02,500\nPatient: No.\n"
    )


def test_vtt_escapes_what_would_be_markup() -> None:
    transcript = words_of((3661.0, 3662.0, "BP<140&90-->", "a"))
    assert to_vtt(transcript) == "WEBVTT\n\n01:01:01.000 --> 01:01:02.000\n<v Clinician>BP&lt;140&amp;90--&gt;\n"


def test_srt_text_cannot_pass_for_a_line_of_times() -> None:
    assert to_srt(words_of((0, 1, "00:00:00,000-->00:00:01,000", None))).count("-->") == 1


def test_an_empty_transcript_gives_empty_documents() -> None:
    assert to_srt(Transcript(())) == ""
    assert to_vtt(Transcript(())) == "WEBVTT\n"
    assert to_text(Transcript(())) == ""


def test_text_without_times_cannot_become_subtitles() -> None:
    untimed = replace(words_of((0, 0, "hello", None)), timed=False)
    for write in (to_srt, to_vtt):
        with pytest.raises(InputError, match="no times"):
            write(untimed)
    assert to_text(untimed) == "hello\n"


def test_text_can_be_read_back_with_its_speakers(transcript: Transcript) -> None:
    again = plain_text.read(to_text(transcript))
    assert again.text.split() == transcript.text.split()
    assert [again.role_of(word.speaker) for word in again.words] == [
        transcript.role_of(word.speaker) for word in transcript.words
    ]


def test_cues_of_the_sample_are_short_and_in_two_lines(transcript: Transcript) -> None:
    for block in to_srt(transcript).split("\n\n"):
        lines = block.strip().split("\n")[2:]
        assert 1 <= len(lines) <= 2
        assert all(len(line) <= 42 for line in lines)
    assert all(end - start <= 7.0 for start, end in cue_times(to_srt(transcript)))


def test_what_was_not_made_out_and_what_overlaps_is_shown() -> None:
    flags = (
        Flag(FlagKind.INAUDIBLE, Interval(4.0, 6.0), "no words were made out"),
        Flag(FlagKind.OVERLAP, Interval(7.2, 7.9), "two people spoke at once"),
    )
    transcript = replace(words_of((0, 1, "Any", "a"), (1, 2, "fever?", "a"), (7, 8, "No.", "b")), flags=flags)
    assert to_srt(transcript) == (
        "1\n00:00:00,000 --> 00:00:02,000\nClinician: Any fever?\n\n"
        "2\n00:00:04,000 --> 00:00:06,000\n[inaudible]\n\n"
        "3\n00:00:07,000 --> 00:00:08,000\nPatient: [overlap] No.\n"
    )
    assert "[inaudible]" in to_vtt(transcript)
    assert to_text(transcript) == "Clinician: Any fever?\n\n____ [inaudible 00:00:04]\n\nPatient: No.\n"


def test_a_recording_of_which_nothing_was_made_out_says_where() -> None:
    flag = Flag(FlagKind.INAUDIBLE, Interval(4.0, 6.0), "no words were made out")
    assert "[inaudible]" in to_srt(Transcript((), flags=(flag,), duration=60.0))


TIMED = st.lists(
    st.tuples(
        st.floats(0, 3, allow_nan=False), st.floats(0, 4), st.text("abc.?", min_size=1), st.sampled_from(["a", "b"])
    ),
    max_size=60,
)


@given(TIMED)
def test_cues_are_in_order_never_overlap_and_hold_every_word(items: list[tuple[float, float, str, str]]) -> None:
    at = 0.0
    words = []
    for gap, length, text, speaker in items:
        at += gap
        words.append((at, at + length, text, speaker))
    transcript = words_of(*words)
    text = to_vtt(transcript)
    times = cue_times(text)
    assert all(start < end for start, end in times)
    assert all(before[1] <= after[0] for before, after in pairwise(times))
    said = re.sub(r"<v \w+>", "", "\n".join(line for line in text.split("\n")[1:] if "-->" not in line))
    assert "".join(said.split()) == "".join(transcript.text.split())
