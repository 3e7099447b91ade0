"""What the tests of the command line share: none of them comes near the store of whoever runs them."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default place of the store is an empty folder."""
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setattr("scribe.store.database.user_data_path", lambda *names, **options: Path(folder))
