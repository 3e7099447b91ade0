"""`scribe bench faults`: attacks on a scribe of one's own, and what they broke.

Each loop is one file that defines `run(options) -> LoopResult`, and one line in `LOOPS`. A loop makes its own store and
server in a temporary folder on this machine, never touches the user's data, and is repeatable by its seed. The tests
run every loop with a few trials, the command with as many as asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from scribe.bench.report import Report
from scribe.config import Config
from scribe.plugins import OnProgress, no_progress

LOOPS: Mapping[str, str] = {
    "files": "damaged recordings: each is read whole, flagged with what is missing, or refused",
    "flood": "80 sign-ins at once and 40 half-sent uploads, while a colleague works",
    "drafting": "visits as they are and mutilated, from transcript to document",
    "disk": "full disks, one for each place that the server writes to",
    "kills": "kill -9 of the whole server while people work, and what is left after it starts again",
    "numbers": "numbers in the pieces of the real recogniser: none on the page that was not heard",
    "purge": "visits that are purged: no byte of their sound and words is left anywhere",
    "sockets": "recordings over sockets, one after the other, and sessions that end while they record",
}
"""Name of a loop -> what it attacks, in a few words. The loop is the module of that name in this folder."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a loop is run."""

    config: Config
    trials: int
    seed: int = 0
    database: str = ""  # URL of a PostgreSQL server to make test databases on; empty: SQLite
    data: tuple[Path, ...] = ()  # data sets, for loops that can use them
    on_progress: OnProgress = no_progress


@dataclass(frozen=True, slots=True)
class LoopResult:
    """What one loop found: how many trials it ran, what broke, and what it measured.

    `failures` are sentences without patient text: which trial, what was expected, what happened.
    """

    trials: int
    failures: tuple[str, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)


def bench(names: tuple[str, ...], options: Options) -> Report:
    """Run the loops called `names`, one after the other; each failure is one of the report's predictions."""
    loops: dict[str, dict[str, Any]] = {}
    metrics: dict[str, Any] = {"failures": 0, "loops": loops}
    failures: list[dict[str, str]] = []
    for name in names:
        result = import_module(f"{__name__}.{name}").run(options)
        loops[name] = {"trials": result.trials, "failures": len(result.failures)}
        if result.measured:
            metrics[name] = {measure: {"value": value} for measure, value in result.measured.items()}
        failures += [{"loop": name, "failure": failure} for failure in result.failures]
    metrics["failures"] = len(failures)
    return Report(metrics, tuple(failures))
