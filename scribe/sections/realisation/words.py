"""The word lists of the grammar, kept in `words.yaml` where a clinician can read and extend them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return tables


def listed(name: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(str(_tables()[name]).split())


def alternatives(name: str) -> str:
    """The patterns of a list as one group, of whole words."""
    return rf"\b(?:{'|'.join(map(str, _tables()[name]))})\b"


def pattern(name: str) -> re.Pattern[str]:
    """The patterns of a list as one expression of whole words, whatever their case."""
    return re.compile(alternatives(name), re.IGNORECASE)


def opening(name: str) -> re.Pattern[str]:
    """The same at the start of a text."""
    return re.compile(f"^{alternatives(name)}", re.IGNORECASE)
