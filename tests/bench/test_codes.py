from __future__ import annotations

import json
from pathlib import Path

import pytest

from scribe.bench import codes
from scribe.bench.scores import calibration_error
from scribe.config import Config
from scribe.errors import InputError


def coded(path: Path, *cases: tuple[str, list[str]]) -> Path:
    lines = [json.dumps({"text": text, "codes": codes}) for text, codes in cases]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_codes(tmp_path: Path) -> None:
    file = coded(
        tmp_path / "cases.jsonl",
        ("Assessment: Essential hypertension.", ["I10"]),
        ("Assessment: Type 2 diabetes mellitus without complications.", ["e11.65"]),
        (" ", ["R05.9"]),
    )
    report = codes.codes(file, Config())
    assert [item["prediction"] for item in report.predictions] == [["I10"], ["E119"], []]
    metrics = report.metrics
    assert (metrics["reference_codes"], metrics["proposed_codes"]) == (3, 2)
    assert metrics["precision"] == pytest.approx(1 / 2)
    assert metrics["recall"] == pytest.approx(1 / 3)
    assert metrics["micro_f1"] == pytest.approx(2 / 5)
    assert metrics["macro_f1"] == pytest.approx(1 / 4)  # I10 right; E119, E1165 and R059 not
    assert metrics["category_micro_f1"] == pytest.approx(4 / 5)
    assert metrics["category_macro_f1"] == pytest.approx(2 / 3)


def test_codes_can_be_limited(tmp_path: Path) -> None:
    file = coded(tmp_path / "cases.jsonl", ("Assessment: Asthma.", ["J45.909"]), ("Assessment: Gout.", ["M10.9"]))
    assert codes.codes(file, Config(), limit=1).metrics["items"] == 1


def written(path: Path, **entry: object) -> Path:
    path.write_text(json.dumps(entry), encoding="utf-8")
    return path


@pytest.mark.parametrize(("setting", "proposed"), [("outpatient", []), ("inpatient", ["I10"])])
def test_an_uncertain_diagnosis_counts_where_the_text_is_of_a_hospital_stay(
    tmp_path: Path, setting: str, proposed: list[str]
) -> None:
    file = written(tmp_path / "case.jsonl", text="Assessment: Probable hypertension.", codes=["I10"], setting=setting)
    assert codes.codes(file, Config()).predictions[0]["prediction"] == proposed
    assert codes.codes(file, Config(), setting="outpatient").predictions[0]["prediction"] == []


@pytest.mark.parametrize(("span", "overlap"), [([12, 24], 1.0), ([0, 5], 0.0)])
def test_evidence_is_compared_with_the_words_that_experts_marked(
    tmp_path: Path, span: list[int], overlap: float
) -> None:
    text = "Assessment: Hypertension, at goal."
    file = written(tmp_path / "case.jsonl", text=text, codes=["I10"], evidence={"I10": [span]})
    assert codes.codes(file, Config()).metrics["evidence_overlap"] == overlap


def test_every_table_of_the_report(tmp_path: Path) -> None:
    metrics = codes.codes(coded(tmp_path / "c.jsonl", ("Assessment: Gout. Asthma.", ["M10.9"])), Config()).metrics
    assert metrics["proposed_not_billable"] == 0
    assert metrics["top"]["first 1"] == {"precision": 1.0, "recall": 1.0, "one_right": 1.0}
    assert metrics["per_chapter"]["J"]["precision"] == 0.0
    assert sum(row["proposals"] for row in metrics["reliability"].values()) == 2
    assert metrics["cpu_seconds"] > 0


@pytest.mark.parametrize("extra", [{"setting": "ward"}, {"evidence": [1]}, {"evidence": {"I10": [5]}}])
def test_a_wrong_field_is_named_with_its_line(tmp_path: Path, extra: dict[str, object]) -> None:
    with pytest.raises(InputError, match="line 1"):
        codes.codes(written(tmp_path / "case.jsonl", text="Gout.", codes=["M10.9"], **extra), Config())


def test_calibration_error() -> None:
    assert calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)], 10) == pytest.approx(0)
    assert calibration_error([(0.9, False), (0.1, True)], 10) == pytest.approx(0.9)
    assert calibration_error([], 10) is None
