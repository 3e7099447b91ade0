"""ROUGE against values worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.bench import rouge

TEXTS = st.lists(st.sampled_from("chest pain no fever left knee 20 mg".split()), min_size=1, max_size=12).map(" ".join)


def test_by_hand() -> None:
    """Lin's example: 3 of 4 words shared, 1 of 3 pairs ("the gunman"), longest common subsequence of 3 and 2."""
    first = rouge.score("police killed the gunman", "police kill the gunman")
    second = rouge.score("police killed the gunman", "the gunman kill police")
    assert first is not None
    assert second is not None
    assert (first.rouge_1, first.rouge_2, first.rouge_l) == pytest.approx((3 / 4, 1 / 3, 3 / 4))
    assert (second.rouge_1, second.rouge_2, second.rouge_l) == pytest.approx((3 / 4, 1 / 3, 2 / 4))


def test_case_and_marks_do_not_count_and_repeats_count_as_often_as_they_are_expected() -> None:
    found = rouge.score("Denies: FEVER.", "denies fever fever fever")
    assert found is not None
    assert found.rouge_1 == pytest.approx(2 * 2 / (2 + 4))


def test_nothing_to_compare_is_no_score() -> None:
    assert rouge.score("", "...") is None
    assert rouge.score("fever", "") == rouge.Rouge(0.0, 0.0, 0.0)


@given(TEXTS, TEXTS)
def test_bounds_and_symmetry(a: str, b: str) -> None:
    found = rouge.score(a, b)
    assert found is not None
    assert found == rouge.score(b, a)
    assert 0 <= found.rouge_2 <= 1
    assert 0 <= found.rouge_l <= found.rouge_1 <= 1
    if a == b:
        assert found.rouge_1 == found.rouge_l == 1
