"""The loop `flood`, once, without its bar: this machine may be busy with other things."""

from __future__ import annotations

import pytest

from scribe.bench import faults
from scribe.bench.faults import flood
from scribe.config import CodingSettings, Config


@pytest.mark.usefixtures("loopback")
def test_floods_are_refused_and_a_colleague_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "BAR", float("inf"))
    monkeypatch.setattr(flood, "PATIENCE", 300.0)
    result = flood.run(faults.Options(Config(coding=CodingSettings(systems=())), trials=1))
    assert result.failures == ()
    assert result.measured["requests"] > 0


def test_what_is_wrong_is_said() -> None:
    good = flood.Seen([401, 429], [0, 0, 0, 0, 429], [1.0] * flood.RIGHT)
    assert flood.judged(good) == []
    bad = flood.Seen([200, 500], [0] * 5 + [202], [])
    assert [what.split()[0] for what in flood.judged(bad)] == ["wrong", "half-sent", "5", "0"]
