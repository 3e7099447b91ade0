"""Names of drugs and terms: found whole, made comparable, counted by mention."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.asr.vocabulary import Vocabulary
from scribe.bench import terms
from scribe.bench.scores import LabelCounts
from scribe.clinical.lexicon import Term, TermKind
from scribe.errors import InputError

NAMES = terms.names(["lisinopril", "Toprol", "Toprol-XL", "insulin glargine", "insulin"])


def test_units_and_numbers_are_comparable() -> None:
    said = terms.comparable("Lisinopril twenty milligrams, then 5 mL")
    assert said == terms.comparable("lisinopril 20mg then five milliliters")
    assert said[:3] == ["lisinopril", "20", "milligrams"]


def test_the_longest_name_counts_once() -> None:
    said = terms.comparable("Toprol-XL and Toprol, insulin glargine, and insulin.")
    assert terms.mentions(said, NAMES) == ["toprol xl", "toprol", "insulin glargine", "insulin"]


def test_a_part_of_a_word_is_no_mention() -> None:
    assert terms.mentions(terms.comparable("lisinoprils and topro"), NAMES) == []
    assert terms.mentions([], NAMES) == terms.mentions(["toprol"], terms.names([])) == []


@given(st.lists(st.sampled_from(["toprol", "xl", "insulin", "glargine", "and"])))
def test_mentions_do_not_overlap(said: list[str]) -> None:
    found = terms.mentions(said, NAMES)
    assert sum(len(name.split()) for name in found) <= len(said)
    assert all(tuple(name.split()) in NAMES.entries for name in found)


def test_each_mention_is_compared() -> None:
    assert terms.compared(["a", "a", "b"], ["a", "c"]) == LabelCounts(
        true_positives=1, false_positives=1, false_negatives=2
    )
    assert terms.compared([], []).recall is None


def test_everyday_words_are_no_evidence_of_a_drug() -> None:
    drugs = (
        ("lisinopril", False),
        ("insulin", False),
        ("oxygen", False),
        ("Align", True),
        ("Lasix", True),
        ("Viagra", True),
    )
    shipped = Vocabulary(
        (*(Term(text, TermKind.DRUG, brand=brand) for text, brand in drugs), Term("angina", TermKind.DISEASE))
    )
    assert terms.drug_names(shipped).entries == {("lisinopril",), ("insulin",), ("lasix",), ("viagra",)}


def test_a_list_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "drugs.txt"
    file.write_text("# the ward's\nToprol-XL  # brand\n\nlisinopril\n")
    assert terms.read_names(file).entries == {("toprol", "xl"), ("lisinopril",)}
    file.write_text("# nothing\n")
    with pytest.raises(InputError, match="holds no names"):
        terms.read_names(file)
    with pytest.raises(InputError, match="cannot be read"):
        terms.read_names(tmp_path / "none.txt")
