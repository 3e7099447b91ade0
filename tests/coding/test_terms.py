from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.coding.terms import key_of, stem, tables, tokens

ALIKE = [
    ("left knee pain", "Pain in the left knee"),
    ("kidney stones", "Calculus of kidney"),
    ("T2DM", "type II diabetes mellitus"),
    ("type two diabetes", "type 2 diabetes"),
    ("HTN", "hypertension"),
    ("oesophageal oedema", "esophageal edema"),
    ("tumour", "tumors"),
    ("a-fib", "atrial fibrillation"),
    ("gastro-oesophageal reflux", "gastroesophageal reflux"),
    ("b/l knee pain", "bilateral knee pain"),
    ("L knee pain", "left knee pain"),
    ("CKD stage IIIa", "chronic kidney disease, stage 3a"),
    ("sprained ankle", "sprain of ankle"),
    ("Crohn's disease", "Crohns disease"),
]
UNLIKE = [
    ("hepatitis A", "hepatitis"),
    ("migraine with aura", "migraine without aura"),
    ("left knee pain", "right knee pain"),
    ("anxiety and depression", "anxiety depression"),
    ("type 1 diabetes", "type 2 diabetes"),
    ("joint pain", "pain"),
    ("cough right now", "right cough"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_unlike(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_tables_hold_words_only() -> None:
    """YAML reads a bare `on` as true."""
    table = tables()
    for name in ("dropped", "loose", "trailing", "counted", "lettered", "not_sides"):
        assert "True" not in table[name]
        assert "False" not in table[name]


@given(st.text(max_size=200))
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_a_plural_in_s_is_its_singular(word: str) -> None:
    british = "ae" in word or "oe" in word  # which the stem spells as Americans do, from a length on
    if len(word) > 3 and not british and not word.endswith(("s", "i", "u", "y", "x", "h", "o", "e")):
        assert stem(word + "s") == stem(word)
