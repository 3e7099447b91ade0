"""The word lists of the grammar."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scribe.sections.realisation import words

TABLE = yaml.safe_load(Path(words.__file__).with_name("words.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TABLE)
def test_each_list_is_lower_case_and_used(name: str) -> None:
    code = " ".join(file.read_text(encoding="utf-8") for file in Path(words.__file__).parent.glob("*.py"))
    assert f'"{name}"' in code or f"'{name}'" in code
    if isinstance(TABLE[name], list):
        assert words.pattern(name).search("") is None
    else:
        assert words.listed(name) == {word.lower() for word in words.listed(name)}


def test_patterns_are_of_whole_words() -> None:
    assert words.pattern("stopped").search("I stopped it")
    assert not words.pattern("stopped").search("nonstop")
    assert words.opening("placed").match("in the knee")
    assert not words.opening("placed").match("inner")
