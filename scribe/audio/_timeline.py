"""Where decoded sound belongs on the clock of its recording, and which stretches of it are missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scribe.audio._frames import Scan

GAP = 0.01  # seconds between two packets that nobody takes for a gap
COARSE_GAP = 0.1  # the same for containers whose times are rounded, or of a clock beside the sound: they jitter
FAILED_GAP = 0.005  # the same, behind a packet that could not be decoded
DRIFT, DRIFT_SHARE = 0.5, 0.001  # seconds, and share of the time so far, that clock and sound may differ
START = 0.5  # seconds: sound may begin so much later than its clock
SHORT, COARSE_SHORT = 0.15, 0.5  # seconds that may be missing at the end
NEAR = 1.5  # seconds between a doubt and the gap that explains it
LEAD = 0.1  # seconds that the first frames of a stream may lack
LONGEST_GAP = 6 * 3600.0  # seconds; more is a clock that is wrong
UNUSED, UNUSED_BYTES = 0.05, 4096  # share and number of the bytes of sound that no packet may hold
MOST = 1000  # stretches that are told of
JOIN = 0.25  # seconds between stretches that are told as one


@dataclass(slots=True)
class Losses:
    """Stretches that are missing or doubtful, in order: start, end and a reason that `reading.py` puts into words."""

    stretches: list[tuple[float, float, str]] = field(default_factory=list)

    def add(self, start: float, end: float, reason: str) -> None:
        """One more, at or behind the start of the last."""
        if self.stretches:
            last_start, last_end, last_reason = self.stretches[-1]
            if reason == last_reason and start <= last_end + JOIN:
                self.stretches[-1] = (last_start, max(end, last_end), reason)
                return
        if len(self.stretches) >= MOST:
            self.stretches[-1] = (*self.stretches[-1][:1], end, self.stretches[-1][2])
            return
        self.stretches.append((start, end, reason))


class Timeline:
    """Puts decoded sound on the clock. `at` is where the next of it comes, in seconds of what is sent."""

    def __init__(self, scan: Scan, promised: float, *, chained: bool = False, coarse: bool = False) -> None:
        self.scan, self.promised = scan, promised
        self.at = 0.0
        self.losses = Losses()
        self.used = 0  # bytes of packets
        self._chained = chained
        self._slack, self._tolerance = (COARSE_SHORT, COARSE_GAP if scan.whole else GAP) if coarse else (SHORT, GAP)
        self._breaks = list(reversed(scan.breaks))
        self._expected: float | None = None  # the recording's own clock behind the last frame
        self._drift = 0.0
        self._failed = 0.0  # seconds of packets that could not be decoded, since the last that could

    def failed(self, seconds: float) -> None:
        """A packet could not be decoded."""
        self._failed += seconds

    def broken(self, index: int) -> float:
        """Seconds of silence that stand for what was skipped before packet `index` of a stream without a clock."""
        silence = 0.0
        while self._breaks and self._breaks[-1][0] <= index:
            silence += self._breaks.pop()[1]
        return self._lost(silence, "undecodable") if silence else 0.0

    def placed(self, time: float | None, seconds: float, *, corrupt: bool = False) -> float:
        """Take in a frame that begins at `time` by the recording's clock. Returns the silence to be put before it.

        `at` is then where the frame ends.
        """
        silence = self._gap(time) if self.scan.timed and time is not None else self._skipped()
        self._failed = 0.0
        if corrupt:
            self.losses.add(self.at, self.at + seconds, "undecodable")
        self.at += seconds
        if time is not None:
            self._expected = time + seconds
        elif self._expected is not None:
            self._expected += seconds
        return silence

    def finish(self) -> None:
        """No more comes: what the recording promises and has not given is missing."""
        if self.scan.payload - self.used > max(UNUSED * self.scan.payload, UNUSED_BYTES):
            self.scan.unknown = self.scan.unknown or "damaged"
        rest = sum(seconds for _, seconds in self._breaks)
        short = self.scan.short + rest
        if self.promised and self._expected is not None:
            short = max(short, self.promised - self._expected)
        if self._failed > LEAD:
            short = max(short, self._failed)
        if short > self._slack or (short and (rest or self._failed)):
            self.losses.add(self.at, self.at + short, "end")
        elif self.scan.no_end:
            self.losses.add(self.at, self.at, "no-end")
        for start, end in self.scan.doubts:
            told = any(begin - NEAR <= end and start <= stop + NEAR for begin, stop, _ in self.losses.stretches)
            if not told:
                self.losses.add(start, end, "undecodable")
        if self.scan.longer:
            self.losses.add(0.0, self.at, "longer")

    def ending(self) -> dict[str, Any]:
        """What `audio.py` is told."""
        return {
            "missing": sorted(self.losses.stretches),
            "unknown": self.scan.unknown,
            "remarks": self.scan.remarks,
        }

    def _lost(self, seconds: float, reason: str) -> float:
        """Silence for what is missing, before what comes next."""
        self.losses.add(self.at, self.at + seconds, reason)
        self.at += seconds
        return seconds

    def _why(self) -> str:
        return "gap" if self.scan.whole and not self._failed else "undecodable"

    def _skipped(self) -> float:
        """As `_gap`, for a stream without a clock: packets that failed. The first may lack the frame it builds on."""
        if not self._failed:
            return 0.0
        if self.at == 0 and self._failed <= LEAD:
            self.at += self._failed
            return self._failed
        return self._lost(self._failed, "undecodable")

    def _gap(self, time: float) -> float:
        if self._expected is None:
            begins = time > (FAILED_GAP if self._failed else START)
            wrong = time > LONGEST_GAP or bool(self.promised and time > self.promised)
            return self._lost(time, self._why()) if begins and not wrong else 0.0
        gap = time - self._expected
        if gap > (FAILED_GAP if self._failed else self._tolerance):
            if gap > LONGEST_GAP or (self.promised and time > self.promised + 1):
                self.losses.add(self.at, self.at + LEAD, "clock")
                return 0.0
            return self._lost(gap, self._why())
        if gap < -COARSE_GAP:
            if not (self._chained and abs(time) < COARSE_GAP):
                self.losses.add(self.at, self.at - gap, "repeated")
            return 0.0
        self._drift += gap
        if abs(self._drift) > max(DRIFT, DRIFT_SHARE * self.at):
            drift, self._drift = self._drift, 0.0
            if drift > 0:
                return self._lost(drift, self._why())
            self.losses.add(max(self.at + drift, 0.0), self.at, "clock")
        return 0.0
