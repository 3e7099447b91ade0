"""The loop `flood`: what it calls wrong. The flood itself, in short, is `tests/web/test_flood.py`."""

from __future__ import annotations

from scribe.bench.faults import flood


def test_what_is_wrong_is_said() -> None:
    good = flood.Seen([401, 429], [0, 0, 0, 0, 429], [1.0] * flood.RIGHT)
    assert flood.judged(good) == []
    bad = flood.Seen([200, 500], [0] * 5 + [202], [])
    assert [what.split()[0] for what in flood.judged(bad)] == ["wrong", "half-sent", "5", "0"]
