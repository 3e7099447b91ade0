"""How often work may be done, by what it costs."""

from __future__ import annotations

RECENT = 0.5  # weight of the last cost in what the next is expected to be


class Pace:
    """Work that takes at most a share of the time, and has rests between."""

    def __init__(self, share: float, *, rest: float = 0.0, expected: float = 0.5) -> None:
        self.share, self.rest = share, rest  # share of the time, seconds
        self.expected = expected  # seconds that it will probably cost
        self._next = float("-inf")

    def due(self, now: float) -> bool:
        """Whether it may be done at `now` (seconds)."""
        return now >= self._next

    def done(self, began: float, cost: float) -> None:
        """It was done: began at `began` by the clock and cost `cost` seconds."""
        self.expected += RECENT * (cost - self.expected)
        self._next = began + max(cost / self.share, self.rest)
