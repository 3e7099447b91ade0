"""How long ago something was, in days: "three weeks ago", "2 months back"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scribe.clinical import quantities

DAYS: Mapping[str, int] = {"day": 1, "night": 1, "week": 7, "month": 30, "year": 365}
AGO = re.compile(r"\s*(?:ago|back|earlier|previously)\b", re.IGNORECASE)


def days_ago(text: str, at: int = 0) -> int | None:
    """The days that the text gives nearest to the character `at`; None where it gives none."""
    told = (
        (abs(found.span.start - at), round(found.value * DAYS[found.unit.name]))
        for found in quantities.read(text)
        if found.unit is not None and found.unit.name in DAYS and found.value is not None
        if AGO.match(text, found.span.end)
    )
    return min(told, default=(0, None))[1]
