"""The engine that replays a transcript."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scribe import serial
from scribe.asr.scripted import ScriptedAsr
from scribe.config import AsrSettings, Config
from scribe.errors import InputError
from scribe.types import Audio, Interval, Segment, Transcript, Word

GOLD = Transcript((Segment((Word(1.0, 2.0, " Good", 1.0, "A"), Word(2.0, 3.0, " day."))),))
AUDIO = Audio(np.zeros(160_000, np.float32))


def engine(path: Path, transcript: Transcript = GOLD) -> ScriptedAsr:
    path.write_text(serial.dumps(transcript), encoding="utf-8")
    return ScriptedAsr(Config(asr=AsrSettings(model=str(path))))


def test_it_replays_the_words_within_speech_without_speakers(tmp_path: Path) -> None:
    scripted = engine(tmp_path / "gold.json")
    (whole,) = scripted.transcribe(AUDIO, speech=[Interval(0.0, 10.0)])
    assert [(word.text, word.speaker) for word in whole.words] == [(" Good", None), (" day.", None)]
    (part,) = scripted.transcribe(AUDIO, speech=[Interval(0.0, 1.9)])
    assert part.text == " Good"
    assert list(scripted.transcribe(AUDIO, speech=[Interval(5.0, 6.0)])) == []
    assert scripted.provenance.weights[0][0] == "gold.json"


def test_what_it_cannot_replay(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        ScriptedAsr(Config(asr=AsrSettings(model=str(tmp_path / "none.json"))))
    with pytest.raises(InputError, match="has no times"):
        engine(tmp_path / "text.json", replace(GOLD, timed=False))
