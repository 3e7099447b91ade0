"""The word lists of laying out, kept in `layout.yaml` where a clinician can read and extend them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.number_words import expanded


@cache
def _tables() -> dict[str, Any]:
    text = Path(__file__).with_name("layout.yaml").read_text(encoding="utf-8")
    tables: dict[str, Any] = yaml.safe_load(expanded(text))
    return tables


def words(name: str) -> frozenset[str]:
    """The words of a list, written in the file as lines of text."""
    return frozenset(str(_tables()[name]).split())


def alternatives(name: str) -> str:
    """A pattern, or a list of them as alternatives, as one group; a pattern's lines in the file are one."""
    entry = _tables()[name]
    parts = [str(item) for item in (entry if isinstance(entry, list) else [entry])]
    return "(?:" + "|".join("".join(line.strip() for line in part.splitlines()) for part in parts) + ")"


def whole_words(name: str) -> re.Pattern[str]:
    """The pattern of a list, as whole words."""
    return re.compile(rf"(?<![\w']){alternatives(name)}(?![\w'])", re.IGNORECASE)


def forms(name: str) -> dict[str, str]:
    """A table from one name to another."""
    return {str(key): str(value) for key, value in _tables()[name].items()}


def by_name(name: str) -> dict[str, re.Pattern[str]]:
    """A table of named patterns, in the order of the file, each as whole words."""
    return {
        str(key): re.compile(rf"(?<![\w'])(?:{pattern})(?![\w'])", re.IGNORECASE)
        for key, pattern in _tables()[name].items()
    }
