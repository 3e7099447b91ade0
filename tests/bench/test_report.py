"""What a bench hands back."""

from __future__ import annotations

import json

from scribe.bench.report import Report, rounded


def test_metrics_are_one_json_object_with_rounded_numbers() -> None:
    report = Report({"wer": 1 / 3, "recordings": 2, "medical_term_error": None, "files": {"a": {"wer": 2 / 3}}})
    assert json.loads(report.to_json()) == {
        "wer": 0.3333,
        "recordings": 2,
        "medical_term_error": None,
        "files": {"a": {"wer": 0.6667}},
    }


def test_rounding_leaves_whole_numbers_and_truth_values_alone() -> None:
    assert rounded({"n": 3, "right": True}) == {"n": 3, "right": True}


def test_predictions_are_json_lines_and_stay_out_of_the_repr() -> None:
    report = Report({}, ({"id": "a", "prediction": "no\npain"}, {"id": "b", "prediction": ""}))
    lines = report.to_json_lines().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a", "b"]
    assert "pain" not in repr(report)
