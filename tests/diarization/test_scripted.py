from pathlib import Path

import numpy as np
import pytest

from scribe import serial
from scribe.diarization.scripted import ScriptedDiarizer
from scribe.errors import InputError
from scribe.types import Annotation, Audio, Turn


def test_a_file_of_turns_is_replayed(tmp_path: Path) -> None:
    annotation = Annotation((Turn(0.0, 1.5, "A"), Turn(1.0, 3.0, "B")))
    path = tmp_path / "turns.json"
    path.write_text(serial.dumps(annotation), encoding="utf-8")
    assert ScriptedDiarizer.read(path).diarize(Audio(np.zeros(10, dtype=np.float32)), num_speakers=2) == annotation


@pytest.mark.parametrize("content", [b"no json", b"{}", b"\xff\xfe\x00"])
def test_another_file_is_an_input_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "turns.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        ScriptedDiarizer.read(path)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        ScriptedDiarizer.read(tmp_path / "none.json")
