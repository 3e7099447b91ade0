"""The word lists of rewriting, kept in `phrases.yaml` where a clinician can read and extend them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.number_words import expanded


@cache
def _tables() -> dict[str, Any]:
    text = Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8")
    tables: dict[str, Any] = yaml.safe_load(expanded(text))
    return tables


def words(name: str) -> frozenset[str]:
    """The words of a list, written in the file as lines of text."""
    return frozenset(str(_tables()[name]).split())


def forms(name: str) -> dict[str, str]:
    """A table from one form of a word to another."""
    return {str(key): str(value) for key, value in _tables()[name].items()}


def phrases(name: str) -> tuple[tuple[str, ...], ...]:
    """The phrases of a list, each as its words."""
    return tuple(tuple(phrase.split()) for phrase in _tables()[name])


def pattern(*names: str) -> str:
    """The patterns of one or more lists as alternatives of one regular expression, longest first."""
    listed = [str(item) for name in names for item in _tables()[name]]
    return "|".join(sorted(listed, key=len, reverse=True))


def patterns(name: str) -> dict[str, str]:
    """A table of named patterns, in the order of the file."""
    return {str(key): str(value) for key, value in _tables()[name].items()}
