"""Reference transcripts: who said what."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.bench import references
from scribe.errors import InputError
from scribe.types import Role

D, P = Role.CLINICIAN, Role.PATIENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D: Any pain?\r\n\r\nP: No.\r\n", [(D, "Any pain?"), (P, "No.")]),
        ("Doctor: Any pain?\nPatient: No.", [(D, "Any pain?"), (P, "No.")]),
        ("[doctor] any pain ?\n[patient] no .", [(D, "any pain ?"), (P, "no .")]),
        ("d : Any pain?\np: No.", [(D, "Any pain?"), (P, "No.")]),
        ("D: Any pain?\nOr cough?\nP: No.", [(D, "Any pain? Or cough?"), (P, "No.")]),
        ("P: No.\nP: Not today.", [(P, "No. Not today.")]),
        ("Guest_family: She fell.", [(Role.OTHER, "She fell.")]),
        ("Guest_clinician: Hello.", [(D, "Hello.")]),
        ("Blood pressure: 120 over 80.", [(None, "Blood pressure: 120 over 80.")]),
        ("Plan: rest.\nD: Bye.", [(None, "Plan: rest."), (D, "Bye.")]),
        ("D:\nP:  ", []),
        ("", []),
    ],
)
def test_turns_of_a_text(text: str, expected: list[tuple[Role | None, str]]) -> None:
    assert [(turn.role, turn.text) for turn in references.from_text(text)] == expected


@given(st.lists(st.tuples(st.sampled_from([D, P]), st.text("abc de.?", min_size=1).filter(str.strip))))
def test_no_word_is_lost_and_no_speaker_mistaken(said: list[tuple[Role, str]]) -> None:
    label = {D: "Doctor", P: "Patient"}
    turns = references.from_text("\n".join(f"{label[role]}: {text}" for role, text in said))
    expected = [(role, word) for role, text in said for word in text.split()]
    assert [(turn.role, word) for turn in turns for word in turn.text.split()] == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_common_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "one.txt"
    file.write_bytes("D: Naïve patient?".encode(encoding))
    assert references.read([file])[0].text == "Naïve patient?"


def test_what_was_said_is_not_in_the_repr() -> None:
    assert "pain" not in repr(references.from_text("D: Any pain?"))


def test_a_folder_is_no_transcript(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        references.read_text(tmp_path)
