"""What a bench hands back: metrics to print, and each item's prediction so that anyone can score it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DECIMALS = 4  # of a metric: more would only show noise


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one bench.

    `metrics` maps names to numbers; a nested mapping is a table (by file, by label, by stage: row name -> columns).
    `predictions` holds one JSON object for each item, with text that was said: it goes to the user's `--out` only.
    """

    metrics: Mapping[str, Any]
    predictions: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def to_json(self) -> str:
        """The metrics as one JSON object."""
        return json.dumps(rounded(self.metrics), ensure_ascii=False, indent=1) + "\n"

    def to_json_lines(self) -> str:
        """The predictions, one JSON object a line."""
        return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in self.predictions)


def rounded(value: Any) -> Any:
    """`value` with every float in it rounded to `DECIMALS`."""
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items()}
    return round(value, DECIMALS) if isinstance(value, float) else value
