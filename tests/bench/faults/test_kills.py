"""A few trials of the loop `kills`, each with a real `scribe serve`."""

from __future__ import annotations

import pytest

from scribe.bench.faults import Options, kills
from scribe.config import Config
from tests.store.conftest import Server, postgres  # noqa: F401 (a fixture)

pytestmark = pytest.mark.usefixtures("loopback")


def test_nothing_is_lost_on_sqlite() -> None:
    result = kills.run(Options(Config(), trials=len(kills.KINDS), seed=1))
    assert result.failures == ()
    assert result.measured["lost_seconds"] == 0


def test_nothing_is_lost_on_postgresql(postgres: Server) -> None:  # noqa: F811 (a fixture)
    url = f"postgresql://postgres@/postgres?host={postgres.folder}"
    result = kills.run(Options(Config(), trials=2, seed=2, database=url))
    assert result.failures == ()
