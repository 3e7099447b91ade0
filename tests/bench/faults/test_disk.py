"""A full disk: one real server, all of whose files may not grow for a while."""

from __future__ import annotations

import sys

import pytest

from scribe.bench import faults
from scribe.bench.faults import _disk_asks, disk
from scribe.config import Config

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")


@pytest.mark.usefixtures("loopback")
def test_what_is_said_to_be_saved_is_saved_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_can_mount", lambda: False)
    monkeypatch.setattr(_disk_asks, "CREATED", 6)
    result = disk.run(faults.Options(Config(), trials=1))
    assert result.failures == ()
    assert result.measured["refused"] > _disk_asks.CREATED
