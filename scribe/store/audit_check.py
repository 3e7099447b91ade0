"""Checks the audit trail: every row by its own key, every link, the end, and the checkpoints outside the database."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, select

from scribe.errors import StoreError, VaultError
from scribe.store.audit import ROOT_MAC, Trail, mac, next_key
from scribe.store.audit_tables import audit, audit_state
from scribe.store.witness import CHECKPOINT, RESTORED, Line, Witness

MOST_MISSING = 100_000  # a gap that is longer is not walked through row by row


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written. `seq` is the row, 0 where it is about no row."""

    seq: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found. `notes` are told to whoever asks and are no fault."""

    rows: int
    checkpoints: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(slots=True)
class _Walk:
    """How far the check has come."""

    key: bytes  # of the row `expected`
    wanted: frozenset[int]  # rows that a checkpoint attests
    expected: int = 1
    previous: str = ROOT_MAC  # MAC of the row before; empty where that row is missing
    rows: int = 0
    macs: dict[int, str] = field(default_factory=lambda: {0: ROOT_MAC})
    findings: list[Finding] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The highest row so far."""
        return self.expected - 1

    def to(self, seq: int) -> None:
        """Step over rows that are not there."""
        gap = f"is missing, and all rows up to {seq - 1}" if seq - self.expected > 1 else "is missing"
        self.findings.append(Finding(self.expected, gap))
        while self.expected < seq:
            self.key, self.expected = next_key(self.key), self.expected + 1
        self.previous = ""

    def row(self, row: RowMapping) -> None:
        """Judge one row by its own key, and its link to the row before."""
        if not hmac.compare_digest(mac(self.key, dict(row)).encode(), str(row["mac"]).encode()):
            self.findings.append(Finding(row["seq"], "was changed, inserted or moved: its MAC does not fit"))
        elif self.previous and row["prev_mac"] != self.previous:
            self.findings.append(Finding(row["seq"], "does not follow the row before it, which was changed"))
        if row["seq"] in self.wanted:
            self.macs[row["seq"]] = row["mac"]
        self.key, self.expected, self.previous = next_key(self.key), self.expected + 1, row["mac"]
        self.rows += 1


def verify(connection: Connection, trail: Trail, first_key: bytes, witness: Witness | None) -> Verdict:
    """Check all rows, in one reading transaction. Each row is judged alone, so every wrong one is named."""
    lines: tuple[Line, ...] = ()
    trouble: list[Finding] = []
    try:
        lines = witness.lines() if witness else ()
        trouble += [Finding(0, problem) for problem in witness.problems()] if witness and lines else []
    except StoreError as error:
        trouble.append(Finding(0, str(error)))
    walk = _Walk(first_key, frozenset(line.seq for line in lines))
    for row in connection.execute(select(audit).order_by(audit.c.seq)).mappings():
        if row["seq"] < 1 or row["seq"] > walk.expected + MOST_MISSING:
            walk.findings.append(Finding(row["seq"], "was inserted: no row has this number"))
            continue
        if row["seq"] > walk.expected:
            walk.to(row["seq"])
        walk.row(row)
    findings = [*trouble, *walk.findings, *_end(connection, trail, walk), *_attested(walk, lines)]
    findings.sort(key=lambda finding: finding.seq)
    return Verdict(walk.rows, sum(line.kind == CHECKPOINT for line in lines), tuple(findings), _notes(lines))


def _end(connection: Connection, trail: Trail, walk: _Walk) -> Sequence[Finding]:
    """Whether the trail ends where it should: only the writer of the last row has the key of the next."""
    state = connection.execute(select(audit_state).where(audit_state.c.id == 1)).mappings().first()
    if state is None:
        return [Finding(walk.last + 1, "the end of the trail is missing: rows from here on may be gone")]
    if state["seq"] > walk.last:
        return [Finding(walk.last + 1, f"is missing, and all rows up to {state['seq']}")]
    if state["seq"] < walk.last:
        return [Finding(state["seq"] + 1, "was inserted: the trail ends before it")]
    try:
        right = hmac.compare_digest(trail.key_of_next(connection), walk.key)
    except (VaultError, ValueError):
        right = False
    if not right or state["mac"] != (walk.previous or state["mac"]):
        return [Finding(walk.last + 1, "the end of the trail was changed: rows from here on may be gone")]
    return []


def _attested(walk: _Walk, lines: Sequence[Line]) -> Sequence[Finding]:
    """What a checkpoint attests and is gone or another, unless a restore was told after it."""
    findings = []
    wrong = [
        line for number, line in enumerate(lines) if walk.macs.get(line.seq) != line.mac and not _excused(lines, number)
    ]
    beyond = [line for line in wrong if line.seq > walk.last]
    if beyond:
        highest = max(beyond, key=lambda line: line.seq)
        problem = f"is missing: a checkpoint of {highest.at} attests rows up to {highest.seq}"
        findings.append(Finding(walk.last + 1, f"{problem}; an older database was put back, or rows were cut off"))
    findings += [
        Finding(line.seq, f"is another row than the one that the checkpoint of {line.at} attests")
        for line in wrong
        if line.seq <= walk.last
    ]
    return findings


def _excused(lines: Sequence[Line], number: int) -> bool:
    later, seq = lines[number + 1 :], lines[number].seq
    return any(other.kind == RESTORED and other.seq < seq <= other.lost_to for other in later)


def _notes(lines: Sequence[Line]) -> tuple[str, ...]:
    if not lines:
        return ("there is no checkpoint yet: a whole older database in place of this one would not show",)
    return tuple(
        f"a backup was restored on {line.at} ({line.reason}): rows {line.seq + 1} to {line.lost_to} of before are gone"
        for line in lines
        if line.kind == RESTORED
    )
