from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.errors import InputError
from scribe.sections.plain_text import read
from scribe.types import Role, Span


@pytest.mark.parametrize(
    "text",
    [
        "Doctor: Any fever?\nPatient: No.",
        "D: Any fever?\n\nP: No.",
        "[doctor] Any fever?\n[patient] No.",
        "DOCTOR: Any fever? Patient: No.",
        "Dr: Any fever?\nPt: No.",
    ],
)
def test_labels_become_roles_and_leave_the_text(text: str) -> None:
    transcript = read(text)
    assert [transcript.role_of(word.speaker) for word in transcript.words] == [
        Role.CLINICIAN,
        Role.CLINICIAN,
        Role.PATIENT,
    ]
    assert transcript.text.split() == ["Any", "fever?", "No."]
    assert not transcript.timed


def test_an_informant_is_neither_clinician_nor_patient() -> None:
    transcript = read("Doctor: Does he cough?\nGuest_family: Yes.")
    assert transcript.role_of("guest_family") is Role.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "S: Cough.\nO: Lungs clear.\nA: Bronchitis.\nP: Fluids and rest.",
        "Patient: John Smith\nThe patient presents with cough.",
        "Plan: see Dr. Jones: Monday.",
        "He said d: nothing",
    ],
)
def test_a_written_note_is_not_a_dialogue(text: str) -> None:
    transcript = read(text)
    assert transcript.roles == ()
    assert transcript.text == text


def test_each_line_and_each_sentence_is_a_segment() -> None:
    assert [segment.text.strip() for segment in read("Cough. Fever.\nPlan\nRest").segments] == [
        "Cough.",
        "Fever.",
        "Plan",
        "Rest",
    ]


@pytest.mark.parametrize("text", ["", " \n\t ", "\ufeff", "Doctor:\nPatient:"])
def test_empty_text_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="empty"):
        read(text)


@given(st.text(alphabet=st.sampled_from("abc .,?\n-"), min_size=1))
def test_unlabelled_text_is_given_back_to_the_character(text: str) -> None:
    if text.strip():
        transcript = read(text)
        assert transcript.text == text.rstrip()
        assert "".join(segment.text for segment in transcript.segments) == transcript.text


@given(
    st.lists(st.tuples(st.sampled_from(["Doctor", "Patient"]), st.text("ab c.?", min_size=1)), min_size=1, max_size=8)
)
def test_a_dialogue_loses_only_its_labels(turns: list[tuple[str, str]]) -> None:
    spoken = [(who, text) for who, text in turns if text.strip()]
    if {who for who, _ in spoken} == {"Doctor", "Patient"}:
        transcript = read("\n".join(f"{who}: {text}" for who, text in turns))
        assert transcript.text.split() == " ".join(text for _, text in spoken).split()
        whole = transcript.span_of(0, len(transcript.words) - 1)
        assert transcript.words_in(whole) == transcript.words
        assert Span(0, len(transcript.text)).end >= whole.end
