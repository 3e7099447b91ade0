from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.coding.icd10cm import Icd10cm

ROWS = [
    ("left knee pain", [("left knee pain", "M25.562")]),
    ("Pain in her left knee.", [("Pain in her left knee", "M25.562")]),
    ("knee pain, left", [("knee pain, left", "M25.562")]),
    ("knee pain on the right", [("knee pain on the right", "M25.561")]),
    ("knee pain right now", [("knee pain", "M25.569")]),
    ("pain in both knees", [("pain in both knees", "M25.561"), ("pain in both knees", "M25.562")]),
    ("knee and hip pain", [("knee and hip pain", "M25.569"), ("hip pain", "M25.559")]),
    ("pain in the knee and hip", [("pain in the knee", "M25.569"), ("pain in the knee and hip", "M25.559")]),
    ("right otitis media", [("right otitis media", "H66.91")]),
    ("bilateral otitis media", [("bilateral otitis media", "H66.93")]),
    ("anxiety and depression", [("anxiety", "F41.9"), ("depression", "F32.A")]),
    ("fever and back pain", [("fever", "R50.9"), ("back pain", "M54.9")]),
    ("heart failure, kidney stone", [("heart failure", "I50.9"), ("kidney stone", "N20.0")]),
    ("asthma, mild persistent", [("asthma, mild persistent", "J45.30")]),
    ("hepatitis, acute kidney injury", [("hepatitis", "K75.9"), ("acute kidney injury", "N17.9")]),
    ("type 2 uncontrolled diabetes", [("type 2 uncontrolled diabetes", "E11.9")]),
    ("severe low back pain", [("low back pain", "M54.50")]),
    ("acute sinusitis", [("acute sinusitis", "J01.90")]),
    ("sprained left ankle", [("sprained left ankle", "S93.402A")]),
    ("chronic renal failure", [("chronic renal failure", "N18.9")]),
    (
        "ischemic heart disease and chronic renal failure",
        [("ischemic heart disease", "I25.9"), ("chronic renal failure", "N18.9")],
    ),
    ("she was stressed and fell while at work", []),
    ("Take two tablets by mouth daily.", []),
    ("The does and don'ts of diet", []),
    ("Add Symbicort 2 puffs", []),
    ("PSA 2.1, within range", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[row[0][:50] for row in ROWS])
def test_find(icd10cm: Icd10cm, text: str, expected: list[tuple[str, str]]) -> None:
    found = [(text[match.span.start : match.span.end], match.code) for match in icd10cm.find(text)]
    assert found == expected


def test_the_category_name_gives_its_unspecified_code(icd10cm: Icd10cm) -> None:
    (match,) = icd10cm.find("Ganglion.")
    assert (match.code, match.rule) == ("M67.40", "tabular:name+unspecified")


def test_a_side_is_named_in_the_rule(icd10cm: Icd10cm) -> None:
    assert [match.rule for match in icd10cm.find("earache on the left")] == ["lexicon:earache+side"]


WORDS = st.lists(
    st.sampled_from(
        [
            "left",
            "right",
            "knee",
            "hip",
            "pain",
            "and",
            "or",
            ",",
            ".",
            "chronic",
            "type",
            "2",
            "diabetes",
            "with",
            "asthma",
        ]
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=60)
@given(WORDS)
def test_whatever_is_found_lies_in_the_text_and_is_billable(icd10cm: Icd10cm, words: list[str]) -> None:
    text = " ".join(words)
    for match in icd10cm.find(text):
        assert 0 <= match.span.start < match.span.end <= len(text)
        assert icd10cm.is_billable(match.code)
