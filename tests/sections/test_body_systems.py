from __future__ import annotations

import pytest

from scribe.sections.body_systems import grouped, systems_of
from scribe.types import Span, Statement


@pytest.mark.parametrize(
    ("said", "systems"),
    [
        ("Heart is regular, with no murmur.", ["Cardiovascular"]),
        ("Lungs are clear.", ["Respiratory"]),
        ("Denies chest pain or shortness of breath.", ["Cardiovascular", "Respiratory"]),
        ("Denies numbness or tingling in the feet.", ["Neurological"]),
        ("The right knee has mild swelling, but no redness.", ["Musculoskeletal"]),
        ("1+ pitting edema of the lower extremities.", ["Cardiovascular"]),
        ("Pupils are equal and reactive.", ["Head, eyes, ears, nose and throat"]),
        ("NECK: supple, no murmur.", ["Neck"]),
        ("Temperature 101.2, oxygen saturation is 95% on room air.", ["Vital signs"]),
        ("Weight loss of 10 pounds.", ["General"]),
        ("Everything looks good.", []),
    ],
)
def test_the_systems_a_statement_names(said: str, systems: list[str]) -> None:
    assert list(systems_of(said)) == systems


def test_statements_come_by_system_and_what_goes_on_stays_with_its_own() -> None:
    said = [
        "Everything looks good.",
        "Lungs are clear.",
        "The right knee has mild swelling.",
        "It bends well.",
        "Heart is regular.",
        "No wheezing.",
    ]
    statements = [Statement(f"s{at}", text, (Span(at, at + 1),)) for at, text in enumerate(said)]
    lines = [(label, [item.text for item in found]) for label, found in grouped(statements)]
    assert lines == [
        ("Cardiovascular", ["Heart is regular."]),
        ("Respiratory", ["Lungs are clear.", "No wheezing."]),
        ("Musculoskeletal", ["The right knee has mild swelling.", "It bends well."]),
        ("", ["Everything looks good."]),
    ]
