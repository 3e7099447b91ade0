"""Reading data sets of several layouts, and saying what is wrong with others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scribe import serial
from scribe.bench import data
from scribe.errors import InputError
from scribe.types import Role, Segment, SpeakerRole, Transcript, Word

DIALOGUE = "D: Any pain?\n\nP: No.\n"


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# --- recordings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audio", "transcript"),
    [
        ("one.mp3", "one.txt"),
        ("one.WAV", "transcripts/one.txt"),
        ("audio/one.flac", "transcripts/one.txt"),
        ("audio/one.flac", "audio/one.txt"),
    ],
)
@pytest.mark.parametrize("named", ["folder", "audio folder", "file"])
def test_a_recording_and_its_transcript_are_found(tmp_path: Path, audio: str, transcript: str, named: str) -> None:
    file = put(tmp_path / audio)
    put(tmp_path / transcript, DIALOGUE)
    asked = {"folder": tmp_path, "audio folder": file.parent, "file": file}[named]
    (recording,) = data.recordings(asked)
    assert (recording.id, recording.audio) == ("one", file)
    assert [(turn.role, turn.text) for turn in recording.turns] == [
        (Role.CLINICIAN, "Any pain?"),
        (Role.PATIENT, "No."),
    ]
    assert recording.text == "Any pain? No."


def test_recordings_come_by_name_and_can_be_limited(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        put(tmp_path / f"{name}.wav")
        put(tmp_path / f"{name}.txt", DIALOGUE)
    put(tmp_path / "z.txt", DIALOGUE)  # a transcript without a recording is nobody's business
    put(tmp_path / "y.wav")  # nor is a recording without a transcript, where others have one
    assert [item.id for item in data.recordings(tmp_path)] == ["a", "b", "c"]
    assert [item.id for item in data.recordings(tmp_path, limit=2)] == ["a", "b"]


def test_recordings_of_one_name_keep_their_paths(tmp_path: Path) -> None:
    for folder in ("monday", "tuesday"):
        put(tmp_path / folder / "visit.wav")
        put(tmp_path / folder / "visit.txt", DIALOGUE)
    assert len({item.id for item in data.recordings(tmp_path)}) == 2


def test_our_own_transcript_is_a_reference_and_goes_before_text(tmp_path: Path) -> None:
    words = (Word(0.0, 1.0, " Any"), Word(1.0, 2.0, " pain?"), Word(2.0, 3.0, " No."))
    spoken = tuple(Word(w.start, w.end, w.text, speaker=who) for w, who in zip(words, "aab", strict=True))
    roles = (SpeakerRole("a", Role.CLINICIAN, 1.0), SpeakerRole("b", Role.PATIENT, 1.0))
    put(tmp_path / "one.wav")
    put(tmp_path / "one.gold.json", serial.dumps(Transcript((Segment(spoken),), roles=roles)))
    put(tmp_path / "one.txt", "something else")
    (recording,) = data.recordings(tmp_path)
    assert [(turn.role, turn.text) for turn in recording.turns] == [
        (Role.CLINICIAN, "Any pain?"),
        (Role.PATIENT, "No."),
    ]


def test_textgrids_of_two_speakers_are_one_reference(tmp_path: Path) -> None:
    put(tmp_path / "one.wav")
    put(tmp_path / "one.json", '{"note": "not a transcript"}')
    put(tmp_path / "one_doctor.TextGrid", textgrid("Doctor", [(0, "Any <UNSURE>pain</UNSURE>?"), (2, ""), (4, "Ok.")]))
    put(tmp_path / "one_patient.TextGrid", textgrid("Patient", [(0, ""), (2, 'My ""friend"" <UNIN/> says no.')]))
    (recording,) = data.recordings(tmp_path)
    assert [(turn.role, turn.text) for turn in recording.turns] == [
        (Role.CLINICIAN, "Any pain ?"),
        (Role.PATIENT, 'My "friend" says no.'),
        (Role.CLINICIAN, "Ok."),
    ]


def textgrid(tier: str, intervals: list[tuple[int, str]]) -> str:
    items = "".join(
        f"        intervals [{at}]:\n            xmin = {start} \n            xmax = {start + 1} \n"
        f'            text = "{text}" \n'
        for at, (start, text) in enumerate(intervals, start=1)
    )
    return (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0 \nxmax = 9 \ntiers? <exists> \nsize = 1 \n'
        f'item []: \n    item [1]:\n        class = "IntervalTier" \n        name = "{tier}" \n        xmin = 0 \n'
        f"        xmax = 9 \n        intervals: size = {len(intervals)} \n{items}"
    )


def nothing(path: Path) -> None:
    path.mkdir()


def only_audio(path: Path) -> None:
    put(path / "one.wav")


def only_text(path: Path) -> None:
    put(path / "one.txt", DIALOGUE)


def empty_transcript(path: Path) -> None:
    put(path / "one.wav")
    put(path / "one.txt", "\n\nD: \n")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "no such file"),
        (nothing, "no audio file"),
        (only_text, "no audio file"),
        (only_audio, "no recording in .* has a transcript"),
        (empty_transcript, "holds no words"),
        (lambda path: put(path, "text"), "is not an audio file"),
    ],
)
def test_wrong_recordings_are_explained(tmp_path: Path, make: Callable[[Path], Any], says: str) -> None:
    make(tmp_path / "data")
    with pytest.raises(InputError, match=says):
        data.recordings(tmp_path / "data")


# --- sections --------------------------------------------------------------------------------------------------------


def test_section_items(tmp_path: Path) -> None:
    file = put(
        tmp_path / "test.csv",
        'ID,section_header,section_text,dialogue\n7,ros,Denies fever.,"Doctor: Any fever?\nPatient: ""No"", none."\n'
        "8,PLAN,Rest.,Doctor: Rest.\n",
    )
    first, second = data.section_items(file)
    assert (first.id, first.header, first.dialogue) == ("7", "ROS", 'Doctor: Any fever?\nPatient: "No", none.')
    assert second.header == "PLAN"
    assert data.section_items(file, limit=1) == (first,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "lacks the column 'section_header'"),
        ("section_header,text\nPLAN,Rest.\n", "lacks the column 'dialogue'"),
        ("section_header,dialogue\n", "has no rows"),
    ],
)
def test_wrong_sections_are_explained(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        data.section_items(put(tmp_path / "data.csv", text))


def test_a_folder_of_sections_asks_which_file(tmp_path: Path) -> None:
    put(tmp_path / "valid.csv")
    put(tmp_path / "test.csv")
    with pytest.raises(InputError, match=r"name one of its CSV files \(test.csv, valid.csv\)"):
        data.section_items(tmp_path)


def test_a_missing_file_of_sections(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        data.section_items(tmp_path / "none.csv")


# --- codes -----------------------------------------------------------------------------------------------------------


def test_codes_in_the_layout_of_codiesp(tmp_path: Path) -> None:
    put(tmp_path / "trainD.tsv", "case-2\tn44.8\ncase-1\ti10\ncase-2\tR52\ncase-9\ti10\n")
    put(tmp_path / "trainX.tsv", "case-1\tDIAGNOSTICO\ti10\thipertensión\t1 2\n")
    put(tmp_path / "train" / "case-1.txt", "Hypertension.")
    put(tmp_path / "train" / "case-2.txt", "Pain.")
    put(tmp_path / "train" / "case-3.txt", "Nothing coded.")
    items = data.code_items(tmp_path)
    assert [(item.id, item.text, item.codes) for item in items] == [
        ("case-1", "Hypertension.", {"I10"}),
        ("case-2", "Pain.", {"N448", "R52"}),
    ]
    assert data.code_items(tmp_path, limit=1) == items[:1]


def test_codes_from_json_lines(tmp_path: Path) -> None:
    file = put(
        tmp_path / "cases.jsonl", '{"text": "Pain.", "codes": ["r52", "N44.8"]}\n\n{"text": "Well.", "codes": []}\n'
    )
    assert [(item.id, item.codes) for item in data.code_items(file)] == [("1", {"R52", "N448"}), ("3", set())]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "holds no text with codes"),
        ("not json", "line 1: not JSON"),
        ("[]", "line 1: expected"),
        ('{"text": "Pain."}', "line 1: expected"),
        ('{"text": "Pain.", "codes": "R52"}', "line 1: expected"),
        ('{"text": 3, "codes": []}', "line 1: expected"),
    ],
)
def test_wrong_json_lines_are_explained_without_their_text(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        data.code_items(put(tmp_path / "cases.jsonl", line))
    assert "Pain." not in str(caught.value)


@pytest.mark.parametrize("tables", [{}, {"a.tsv": "x\ti10\n", "b.tsv": "x\ti10\n"}, {"a.tsv": "x\ty\tz\n"}])
def test_a_folder_of_codes_needs_one_table(tmp_path: Path, tables: dict[str, str]) -> None:
    for name, text in tables.items():
        put(tmp_path / name, text)
    with pytest.raises(InputError, match="must hold one table"):
        data.code_items(tmp_path)


def test_codes_without_texts(tmp_path: Path) -> None:
    put(tmp_path / "train.tsv", "case-1\ti10\n")
    with pytest.raises(InputError, match="holds no text with codes"):
        data.code_items(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        data.code_items(tmp_path / "none")


# --- the real data sets ----------------------------------------------------------------------------------------------


def test_the_public_data_sets_are_read(shared_data: Path) -> None:
    assert [item.id for item in data.recordings(shared_data / "osce")] == ["CAR0002", "GAS0001"]
    assert len(data.section_items(shared_data / "mts-dialog" / "test1.csv")) == 200
    assert len(data.code_items(shared_data / "codiesp")) == 500
