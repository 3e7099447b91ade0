"""Which parts of a sentence may change places."""

from __future__ import annotations

import pytest

from scribe.sections import parts

WORDS = parts.Words(frozenset({"stop", "start", "<not>"}), frozenset({"if", "since"}), frozenset({"left", "severe"}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stop a and start b", "start b ; stop a"),
        ("<not> fever , chill and cough", "<not> cough , fever and chill"),
        ("mri if <not> better", "if <not> better , mri"),
        ("a #5 mg and b #3 mg", "b #3 mg , a #5 mg"),
    ],
)
def test_whole_parts_may_change_places(one: str, other: str) -> None:
    assert parts.read(one.split(), WORDS) == parts.read(other.split(), WORDS) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stop a and start b", "stop b and start a"),
        ("<not> fever but cough", "<not> cough but fever"),
        ("mri if <not> better ; x-ray", "x-ray if <not> better ; mri"),
        ("cough since monday and fever", "cough and fever since monday"),
        ("cough and fever since monday", "fever and cough since monday"),
        ("a #5 mg and b #3 mg", "b #5 mg and a #3 mg"),
    ],
)
def test_what_belongs_together_stays_together(one: str, other: str) -> None:
    assert parts.read(one.split(), WORDS) != parts.read(other.split(), WORDS)


def test_no_part_moves_where_a_word_may_describe_two() -> None:
    assert parts.read("left arm weak and numb".split(), WORDS) is None
