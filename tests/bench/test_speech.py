"""Benches on recordings: scripted recognition for the sums, the real thing for the way through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scribe.bench import data, speech, words
from scribe.config import Config
from scribe.errors import InputError
from scribe.types import Role, Segment, Transcript, Word

if TYPE_CHECKING:
    from tests.bench.conftest import Clip

D, P = Role.CLINICIAN, Role.PATIENT


def with_words(transcript: Transcript, said: list[Word]) -> Transcript:
    return replace(transcript, segments=(Segment(tuple(said)),))


def test_words_rightly_recognised_have_no_errors(clip: Clip) -> None:
    metrics = speech.asr(clip.folder, clip.scripted(clip.transcript)).metrics
    assert metrics["wer"] == 0.0
    assert metrics["medical_term_error"] == 0.0
    assert metrics["reference_words"] == len(words.normalise(clip.transcript.text))
    assert metrics["files"]["clip"]["wer"] == 0.0


def test_errors_are_counted_and_the_predictions_can_be_scored_again(clip: Clip) -> None:
    said = list(clip.transcript.words)
    knee = next(at for at, word in enumerate(said) if word.text.strip(" ,.") == "knee")
    said[knee] = replace(said[knee], text=" me")
    del said[:2]
    report = speech.asr(clip.folder, clip.scripted(with_words(clip.transcript, said)))
    assert (report.metrics["substitutions"], report.metrics["deletions"], report.metrics["insertions"]) == (1, 2, 0)
    assert report.metrics["wer"] == pytest.approx(3 / report.metrics["reference_words"])
    (item,) = report.predictions
    assert item["id"] == "clip"
    reference, prediction = words.normalise(item["reference"]), words.normalise(item["prediction"])
    assert words.align(reference, prediction).deletions == 2


def test_number_words_do_not_run_across_speakers() -> None:
    assert speech.role_words([(D, "Twenty"), (P, "five.")]) == [("20", D), ("5", P)]
    assert speech.role_words([(D, "Um."), (P, "I don't.")]) == [("i", P), ("do", P), ("not", P)]


@pytest.fixture
def heard(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> Clip:
    """The pipeline as it would be if it heard the clip rightly, but gave the last five words to nobody."""
    said = list(clip.transcript.words)
    said[-5:] = [replace(word, speaker=None) for word in said[-5:]]
    transcript = with_words(clip.transcript, said)
    monkeypatch.setattr(speech.pipeline, "transcribe", lambda sound, config: transcript)
    return clip


def test_words_of_nobody_are_wrong(heard: Clip) -> None:
    report = speech.speakers(heard.folder, Config())
    compared, unassigned = report.metrics["compared_words"], report.metrics["unassigned_words"]
    assert unassigned == len(words.normalise("".join(word.text for word in heard.transcript.words[-5:])))
    assert report.metrics["speaker_accuracy"] == pytest.approx(1 - unassigned / compared)
    assert report.metrics["role_order_right"] == 1.0
    assert report.metrics["wer"] == 0.0
    assert report.predictions[0]["prediction"][-1][0] is None
    assert report.predictions[0]["prediction"][0][0] == "clinician"


def test_a_transcript_that_does_not_say_who_speaks_is_refused(clip: Clip) -> None:
    (clip.folder / "clip.gold.json").unlink()
    (clip.folder / "clip.txt").write_text("Good morning.")
    with pytest.raises(InputError, match="clip does not say who speaks"):
        speech.speakers(clip.folder, Config())
    assert data.recordings(clip.folder)[0].text == "Good morning."


@pytest.mark.weights
def test_recogniser_and_baseline_run_on_the_same_file(clip: Clip) -> None:
    report = speech.asr(clip.audio, Config(), with_baseline=True)
    assert report.metrics["wer"] < 0.2
    assert report.metrics["baseline_wer"] < 0.5
    assert report.metrics["wer_difference"] == pytest.approx(report.metrics["wer"] - report.metrics["baseline_wer"])
    assert report.predictions[0]["baseline_prediction"].strip()


@pytest.mark.weights
def test_speakers_of_a_recording(clip: Clip, tmp_path: Path) -> None:
    metrics = speech.speakers(clip.audio, Config()).metrics
    assert metrics["speaker_accuracy"] > 0.8
    assert metrics["role_order_right"] == 1.0
