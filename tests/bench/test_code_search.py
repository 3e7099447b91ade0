from __future__ import annotations

from pathlib import Path

import pytest

from scribe.bench.code_search import code_search
from scribe.config import Config
from scribe.errors import InputError


def test_entries_of_the_index_are_looked_for(shared_data: Path) -> None:
    report = code_search(shared_data / "icd10cm-2025" / "index.csv", Config(), every=600)
    assert report.metrics["index_imported"] is False
    assert report.metrics["entries"] >= 60
    assert report.metrics["top_5"] >= 0.55  # plain BM25 over the tabular list; docs/benchmarks.md has the figure


def test_another_table_is_refused(shared_data: Path) -> None:
    with pytest.raises(InputError, match="not the Alphabetic Index"):
        code_search(shared_data / "icd10cm-2025" / "drug.xml", Config())
