import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.diarization import roles
from scribe.errors import InputError
from scribe.types import Role, Segment, SpeakerRole, Transcript, Word

CLINICIAN = [
    "Have you noticed any swelling in your ankles?",
    "when did the pain start and does it go anywhere",
    "I'm going to send you for an ultrasound and start you on a low dose of a water tablet.",
    "let me have a listen to your chest",
]
PATIENT = [
    "It started about two weeks ago and it's been getting worse.",
    "my husband told me I should come in because I couldn't sleep",
    "I've been taking Advil but it doesn't really help.",
    "no I never smoked",
]


@pytest.mark.parametrize("line", CLINICIAN)
def test_lines_of_a_clinician_lean_to_the_clinician(line: str) -> None:
    assert roles.model().log_odds([line])[0] > 0


@pytest.mark.parametrize("line", PATIENT)
def test_lines_of_a_patient_lean_to_the_patient(line: str) -> None:
    assert roles.model().log_odds([line])[0] < 0


def test_a_short_answer_is_read_with_the_question_before_it() -> None:
    question, answer, comment = roles.model().log_odds(["Do you have a cough?", "Yes.", "And any fever with that?"])
    assert answer < 0 < min(question, comment)
    alone = roles.model().log_odds(["Yes."])[0]
    assert answer < alone


def test_case_and_punctuation_but_for_questions_are_no_evidence() -> None:
    loud, plain = roles.model().log_odds(["MY KNEE HURTS!"]), roles.model().log_odds(["my knee hurts"])
    assert loud[0] == pytest.approx(plain[0])


@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_text_has_one_number_each(pieces: list[str]) -> None:
    assert roles.model().log_odds(pieces).shape == (len(pieces),)


def spoken(*speakers: str) -> Transcript:
    words = tuple(Word(at, at + 0.5, " yes", speaker=name) for at, name in enumerate(speakers))
    known = tuple(SpeakerRole(name, Role.PATIENT, 0.7) for name in dict.fromkeys(speakers))
    return Transcript((Segment(words),), roles=known)


def test_override_follows_the_order_in_which_speakers_are_heard() -> None:
    changed = roles.override(spoken("B", "A", "B"), [Role.CLINICIAN, Role.OTHER])
    assert changed.roles == (SpeakerRole("B", Role.CLINICIAN, 1.0), SpeakerRole("A", Role.OTHER, 1.0))


def test_override_leaves_the_others_alone() -> None:
    changed = roles.override(spoken("A", "B"), [Role.CLINICIAN])
    assert changed.roles == (SpeakerRole("A", Role.CLINICIAN, 1.0), SpeakerRole("B", Role.PATIENT, 0.7))


def test_more_roles_than_speakers_is_an_error() -> None:
    with pytest.raises(InputError, match="2 roles were given, but 1 speakers"):
        roles.override(spoken("A"), [Role.CLINICIAN, Role.PATIENT])
