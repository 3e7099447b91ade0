"""The bench of the vocabulary: which repairs are false, and what the tables say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scribe.bench import systems, terms, vocabulary
from scribe.bench.vocabulary import Extras
from scribe.config import Config
from scribe.errors import InputError
from scribe.types import Repair, Segment, Transcript, Word

if TYPE_CHECKING:
    from tests.bench.conftest import Clip

REFERENCE = "She takes lisinopril twenty milligrams daily for pressure."


def repaired(said: str, new: str, original: str) -> Transcript:
    """A transcript of `said` in which `new` was written instead of `original`."""
    words = tuple(Word(float(at), at + 0.5, f" {word}") for at, word in enumerate(said.split()))
    first = said.split().index(new.split()[0])
    old = tuple(Word(float(first), first + 0.5, f" {word}") for word in original.split())
    return Transcript((Segment(words),), repairs=(Repair(first, len(new.split()), old, "sound", 0.9),))


@pytest.mark.parametrize(
    ("said", "new", "original", "false"),
    [
        ("She takes lisinopril 20 mg daily for pressure.", "lisinopril", "listen up prill", False),
        ("She takes losartan 20 mg daily for pressure.", "losartan", "listen up prill", True),  # nobody said it
        ("She takes lisinopril 20 mg Daliresp for pressure.", "Daliresp", "daily", True),  # it had been right
        ("She takes lisinopril 20 mg daily for lisinopril.", "lisinopril", "a pressure", False),
        ("She takes it 20 mg lisinopril for pressure.", "lisinopril", "daily", True),  # said, but not here
    ],
)
def test_false_repairs(said: str, new: str, original: str, false: bool) -> None:
    transcript = repaired(said, new, original)
    found = vocabulary.false_repairs(terms.comparable(REFERENCE), transcript)
    assert found == (transcript.repairs if false else ())


def scripted(clip: Clip, reference: str) -> Config:
    """Settings under which the clip's own words are heard, with `reference` as what was said."""
    (clip.folder / "clip.gold.json").unlink()
    (clip.folder / "clip.txt").write_text(reference)
    return clip.scripted(clip.transcript)


def test_tables_of_a_recording(clip: Clip, tmp_path: Path) -> None:
    knee = tmp_path / "drugs.txt"
    knee.write_text("knee\naspirin\n")
    config = scripted(clip, f"{clip.transcript.text} And aspirin.")
    report = vocabulary.bench(clip.folder, config, drugs=knee)
    metrics = report.metrics
    assert metrics["reference_drugs"] == metrics["drugs"]["both"]["kept"] + 1
    assert metrics["drugs"]["both"]["lost"] == 1
    assert metrics["drugs"]["both"]["precision"] == 1.0
    assert metrics["drugs"]["both"]["error"] == pytest.approx(1 / metrics["reference_drugs"])
    assert metrics["compared_with"] == "first_pass"
    assert metrics["drugs"].keys() == metrics["all_words"].keys() == systems.USES.keys()
    assert metrics["all_words"]["first_pass"]["deletions"] == 2
    assert metrics["files"]["clip"]["drugs"] == metrics["reference_drugs"]
    assert metrics["recordings_without_drugs"] == 0
    (item,) = report.predictions
    assert item["predictions"].keys() == systems.USES.keys()
    assert "aspirin" in item["reference"]


def test_cuts_are_of_the_errors_there_were() -> None:
    assert vocabulary._cut(0.1, 0.4) == pytest.approx(0.75)
    assert vocabulary._cut(0.5, 0.4) == pytest.approx(-0.25)
    assert vocabulary._cut(0.1, 0.0) is None
    assert vocabulary._cut(None, 0.4) is None


def test_extras_are_measured_where_asked(clip: Clip, tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text("no change\tno change\tnear-miss\n")
    extras = Extras(silences=1, formatting=table)
    metrics = vocabulary.bench(clip.folder, clip.scripted(clip.transcript), extras=extras).metrics
    assert metrics["silences"]["clip"]["runs_that_differ"] == 0
    assert metrics["formatting"]["all"]["rows"] == 1
    assert "nonspeech" not in metrics


def test_lists_are_read_before_the_work(clip: Clip, tmp_path: Path) -> None:
    for options in ({"drugs": tmp_path / "none"}, {"extras": Extras(formatting=tmp_path / "none")}):
        with pytest.raises(InputError, match="none"):
            vocabulary.bench(clip.folder, Config(), **options)  # type: ignore[arg-type]


@pytest.mark.weights
def test_the_real_recogniser_and_the_raw_one(clip: Clip) -> None:
    metrics = vocabulary.bench(clip.folder, Config(), with_baseline=True).metrics
    assert list(metrics["all_words"]) == ["raw", "raw_vad", *systems.USES]
    assert metrics["compared_with"] == "raw"
    assert all(row["wer"] < 0.5 for row in metrics["all_words"].values())
    assert metrics["repairs"]["both"]["false_repairs"] == 0
