"""The policy follows from what reading costs on this machine, and the reason is told; paces hold shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from scribe.config import load
from scribe.events import LivePolicy
from scribe.live import machine
from scribe.live.pace import Pace
from scribe.types import Audio, Interval, Segment


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Engine:
    def __init__(self, clock: Clock, costs: Iterator[float]) -> None:
        self.clock, self.costs = clock, costs

    def read(self, audio: Audio, pieces: Sequence[Interval]) -> tuple[Segment, ...]:
        return ()

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> Engine:
        return self

    def weigh(self, readings: Sequence[str]) -> tuple[float, ...]:
        self.clock.now += next(self.costs)
        return (0.0,)

    def draft(self, audio: Audio, pieces: Sequence[Interval]) -> str:
        return ""


@pytest.mark.parametrize(("cost", "policy"), [(0.05, LivePolicy.AGREEMENT), (0.6, LivePolicy.WINDOWS)])
def test_the_second_time_decides(cost: float, policy: LivePolicy) -> None:
    clock = Clock()
    chosen = machine.policy(Engine(clock, iter([5.0, cost])), load(), clock)  # type: ignore[arg-type]
    assert chosen.policy is policy
    assert f"took {cost:.2f} s here" in chosen.reason


def test_a_setting_is_obeyed_without_measuring() -> None:
    config = load(overrides={"live.policy": "agreement"})
    chosen = machine.policy(object(), config, Clock())  # type: ignore[arg-type]
    assert chosen.policy is LivePolicy.AGREEMENT
    assert "live.policy" in chosen.reason


def test_an_engine_that_cannot_read_quickly_gets_windows() -> None:
    assert machine.policy(object(), load(), Clock()).policy is LivePolicy.WINDOWS  # type: ignore[arg-type]


def test_work_rests_by_its_cost() -> None:
    pace = Pace(0.25, rest=1.0)
    assert pace.due(0.0)
    pace.done(10.0, 2.0)
    assert not pace.due(17.9)
    assert pace.due(18.0)
    pace.done(20.0, 0.01)
    assert not pace.due(20.9)
    assert pace.due(21.0)
