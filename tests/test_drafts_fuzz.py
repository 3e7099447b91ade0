"""Whatever text is read as a visit: there is a note whose sentences lead to words that were said, or a clear error.

Faults are not contained here (`strict` of `tests/conftest.py`): a sentence that breaks any step fails the test. The
long form, on whole visits, is `scribe bench faults drafting`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scribe import pipeline, serial
from scribe.config import CodingSettings, Config
from scribe.drafts import Draft
from scribe.errors import InputError
from scribe.export.html import Html
from scribe.export.markdown import Markdown
from scribe.sections import plain_text
from scribe.types import Mode, Role, Segment, SpeakerRole, Transcript, Word

pytestmark = pytest.mark.weights
CONFIG = Config(coding=CodingSettings(systems=()))
LINES = (
    "What brings you in today?",
    "I've had this cough for, um, about three weeks, and my left knee hurts when I climb stairs.",
    "Any fever, chills or night sweats?",
    "No. Well, only on Tuesday, I think it was a hundred and one point five.",
    "When did you start the lisinopril?",
    "My dad had a heart attack at fifty-two, and my sister's got diabetes, not me.",
    "I take metformin five hundred milligrams twice a day, and I'm allergic to penicillin, it gives me hives.",
    "Blood pressure is one thirty over eighty, lungs are clear, no wheezing.",
    "So I think this is bronchitis, I don't think it's pneumonia.",
    "Let's start amoxicillin, no wait, azithromycin two hundred and fifty, and get a chest x-ray.",
    "If it gets worse or you can't breathe, go to the emergency department.",
    "Okay. Mm-hmm. Thank you, doctor.",
)
SPEAKERS = ("Doctor", "Patient", "Nurse", "Mother", "Interpreter", "Speaker 7", "Zoë", "???", "")
ODD = (
    "",
    "No.",
    "um",
    "?",
    "...",
    "\u2026 \u2014 \u2013",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd",
    "<b>pain</b> <script>alert(1)</script> &amp; &lt;",
    "**fever** _no_ `cough` [link](http://example.org) # heading",
    "{{ name }} {% if x %} %s %d {0} $HOME \\n",
    "\u05db\u05d0\u05d1 \u0623\u0644\u0645 \u75bc\u75db",
    "na\u00efve caf\u00e9 e\u0301 \ufb01ne \u200bzero\u200bwidth\u00a0space",
    "1/2 120/80 98.6 10^3 5% \u00b5g 20mg 2-3x -5 +4",
    "left left right no not never nothing without",
    "x" * 300,
)
UNPUNCTUATED = "".join(
    f"{'Doctor' if at % 2 == 0 else 'Patient'}: {line.translate(str.maketrans('', '', '.,?!')).lower()}\n"
    for at, line in enumerate(LINES)
)


def _cut(draw: st.DrawFn, text: str) -> str:
    words = text.split()
    start = draw(st.integers(0, len(words)))
    return " ".join(words[start : draw(st.integers(start, len(words)))])


@st.composite
def turns(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Turns of a visit in any order, some cut off, some repeated, some strange, by anybody."""
    made = []
    for said in draw(st.lists(st.sampled_from((*LINES, *LINES, *ODD)), min_size=1, max_size=12)):
        how = draw(st.sampled_from(("whole", "whole", "cut", "twice", "unmarked")))
        text = _cut(draw, said) if how == "cut" else f"{said} {said}" if how == "twice" else said
        text = text.translate(str.maketrans("", "", ".,?!")) if how == "unmarked" else text
        made.append((draw(st.sampled_from((*SPEAKERS[:2], *SPEAKERS))), text))
    return made


def holds(draft: Draft) -> None:
    """The draft becomes documents, and each sentence leads to words of its transcript."""
    text = draft.transcript.text
    for statement in draft.note.statements:
        assert statement.text.strip()
        assert statement.heard
        assert all(0 <= span.start < span.end <= len(text) for span in statement.heard)
        assert all(text[span.start : span.end].strip() for span in statement.heard)
    assert draft.note.unread == ()
    note = pipeline.code(draft.note, CONFIG)
    for document in (note, draft.transcript):
        stored = serial.dumps(document)
        assert serial.dumps(serial.loads(stored, type(document))) == stored
    pipeline.for_patient(note)
    view = pipeline.lay_out(note, CONFIG)
    Markdown().export(note, draft.transcript, view)
    assert "<script>alert" not in Html().export(note, draft.transcript, view).decode()


def spoken(said: list[tuple[str, str]]) -> Transcript:
    """The turns as a recogniser would have heard them; a speaker who is not known has no role."""
    segments, at = [], 0
    for who, text in said:
        words = tuple(
            Word(0.4 * (at + n), 0.4 * (at + n + 1), f" {word}", speaker=who) for n, word in enumerate(text.split())
        )
        at += len(words)
        segments += [Segment(words)] if words else []
    known = (SpeakerRole("Doctor", Role.CLINICIAN, 1.0), SpeakerRole("Patient", Role.PATIENT, 0.6))
    return Transcript(tuple(segments), roles=known, duration=0.4 * at)


@given(turns(), st.sampled_from((None, *Mode)))
@example([("Patient", "No.")], None)
@example([("", "")], Mode.DICTATION)
@settings(max_examples=25)
def test_any_text_gives_a_note_or_a_clear_error(said: list[tuple[str, str]], mode: Mode | None) -> None:
    text = "\n".join(f"{who}: {line}" if who else line for who, line in said)
    if any(line.strip() for _, line in said):
        holds(pipeline.draft(plain_text.read(text), CONFIG, mode=mode))
    elif not text.strip():
        with pytest.raises(InputError, match="no text"):
            plain_text.read(text)


@given(turns(), st.sampled_from((None, *Mode)))
@settings(max_examples=25)
def test_any_speech_gives_a_note(said: list[tuple[str, str]], mode: Mode | None) -> None:
    holds(pipeline.draft(spoken(said), CONFIG, mode=mode))


@pytest.mark.parametrize("odd", [*ODD, UNPUNCTUATED, UNPUNCTUATED.replace("\n", " ")], ids=range(len(ODD) + 2))
@pytest.mark.parametrize("mode", [None, *Mode])
def test_strange_text_alone_and_in_a_visit(odd: str, mode: Mode | None) -> None:
    if odd.strip():
        holds(pipeline.draft(plain_text.read(odd), CONFIG, mode=mode))
    visit = f"Doctor: {odd}\nDoctor: {LINES[0]}\nPatient: {odd}\nPatient: {LINES[1]}\n"
    draft = pipeline.draft(plain_text.read(visit), CONFIG, mode=mode)
    holds(draft)
    assert any("cough" in item.text.lower() for item in draft.note.statements)


def test_words_without_any_mark_give_a_note() -> None:
    draft = pipeline.draft(plain_text.read(UNPUNCTUATED), CONFIG)
    holds(draft)
    said = " ".join(item.text.lower() for item in draft.note.statements)
    assert all(word in said for word in ("cough", "knee", "metformin", "penicillin", "bronchitis"))


def test_what_a_draft_costs_grows_with_its_length(steps: Callable[..., int]) -> None:
    """Three hours of talk take about eighteen times what ten minutes take."""
    visit = [("Doctor" if at % 2 == 0 else "Patient", line) for at, line in enumerate(LINES)]
    pipeline.draft(spoken(visit), CONFIG, mode=Mode.VISIT)

    def cost(times: int) -> int:
        heard = spoken(visit * times)
        return steps(lambda: pipeline.draft(heard, CONFIG, mode=Mode.VISIT))

    assert cost(12) < 6 * cost(3)
