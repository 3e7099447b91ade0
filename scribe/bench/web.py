"""Bench of the workbench (`web`): many people at once, and a long visit, against a real `scribe serve`.

The server runs in a process of its own on a store made for it, with accounts, on SQLite unless `store.url` is set; the
people are played by this process, so both share the machine. `server_cpu_ms_per_call` does not depend on what else the
machine does.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import scribe
from scribe.bench import web_page, web_people, web_store
from scribe.bench.report import Report
from scribe.bench.web_people import Call
from scribe.config import Config
from scribe.errors import EngineError
from scribe.plugins import OnProgress, OnWarning, no_progress, no_warning
from scribe.store.store import Store

VISIT = 2_250  # words of each person's encounter: a quarter of an hour
ADDRESS = re.compile(r"https?://\S+/")


def web(
    config: Config,
    *,
    people: int = 25,
    seconds: float = 60.0,
    pace: float = 2.0,
    words: int = 9_000,
    runs: int = 5,
    page: bool = True,
    on_progress: OnProgress = no_progress,
    on_warning: OnWarning = no_warning,
) -> Report:
    """`people` correct an encounter each for `seconds`, with `pace` seconds between requests; then a visit of `words`.

    Raises EngineError where the server does not start or does not answer.
    """
    on_progress("store", 0, 1)
    with tempfile.TemporaryDirectory(prefix="scribe-bench-") as folder:
        settings = config.store.model_copy(update={"folder": folder, "workers": 0})
        config = config.model_copy(update={"store": settings})
        seats = _filled(config, people, words)
        on_progress("store", 1, 1)
        with served(config) as (address, process):
            meter = _Cpu(process.pid)
            calls = web_people.crowd(address, seats[:-1], seconds=seconds, pace=pace, on_start=meter.start)
            cpu = meter.metrics(len(calls))
            opened, cookie = web_people.visit(address, seats[-1], runs=runs)
            measured = _page(address, cookie, seats[-1].encounter_id, runs, on_warning) if page else {}
    metrics = {"people": people, **summarise(calls, seconds), **cpu, "words": seats[-1].words}
    tables = {"calls": by_kind(calls), "answers": opened} | ({"page": measured} if measured else {})
    return Report(metrics | tables, tuple(map(_prediction, calls)))


def summarise(calls: Sequence[Call], seconds: float) -> dict[str, Any]:
    """Percentiles over all calls. Raises EngineError where there were none."""
    if not calls:
        raise EngineError("nobody came to send a request: give them more --seconds")
    return {
        "requests": len(calls),
        "requests_per_second": len(calls) / seconds,
        "refused": sum(call.status >= 400 for call in calls),
        **percentiles(calls),
    }


def by_kind(calls: Sequence[Call]) -> dict[str, dict[str, Any]]:
    """The same for each kind of request."""
    kinds = sorted({call.kind for call in calls})
    groups = {kind: [call for call in calls if call.kind == kind] for kind in kinds}
    return {
        kind: {"requests": len(group), "refused": sum(call.status >= 400 for call in group), **percentiles(group)}
        for kind, group in groups.items()
    }


def percentiles(calls: Sequence[Call]) -> dict[str, float]:
    """How long answers took, in milliseconds: half were quicker than `p50_ms`, 95 of 100 than `p95_ms`."""
    ordered = sorted(1000 * call.seconds for call in calls)
    p50, p95 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95))
    return {"p50_ms": p50, "p95_ms": p95, "slowest_ms": ordered[-1]}


class _Cpu:
    """What the server's processors do from `start` on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu, self._wall = 0.0, 0.0

    def start(self) -> None:
        self._cpu, self._wall = cpu_seconds(self._pid) or 0.0, time.perf_counter()

    def metrics(self, calls: int) -> dict[str, float]:
        """By call, and as processors kept busy; nothing where the system does not tell, or there were no calls."""
        now = cpu_seconds(self._pid)
        if now is None or not calls:
            return {}
        used = now - self._cpu
        return {"server_cpu_ms_per_call": 1000 * used / calls, "server_cpus": used / (time.perf_counter() - self._wall)}


def cpu_seconds(pid: int) -> float | None:
    """User and system time of a process so far, proc(5); None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _filled(config: Config, people: int, words: int) -> tuple[web_store.Seat, ...]:
    sample = web_store.sample(config)
    usual, long = web_store.longer(sample, VISIT), web_store.longer(sample, words)
    store = Store.open(config)
    try:
        return web_store.fill(store, [*[usual] * people, long])
    finally:
        store.close()


def _page(
    address: str, cookie: str, encounter_id: str, runs: int, on_warning: OnWarning
) -> dict[str, dict[str, float]]:
    try:
        return web_page.measure(address, cookie, encounter_id, runs=runs)
    except EngineError as error:
        on_warning(str(error))
        return {}


@contextmanager
def served(config: Config, more: Mapping[str, str] | None = None) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`scribe serve` with the settings of the store and `more`, on any free port, or that of `web.public_url`."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SCRIBE_STORE__")}
    environ |= {f"SCRIBE_STORE__{name.upper()}": str(value) for name, value in config.store.model_dump().items()}
    environ["SCRIBE_WEB__PUBLIC_URL"] = config.web.public_url
    environ |= more or {}
    environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(Path(scribe.__file__).parents[1]), environ.get("PYTHONPATH")])
    )
    port = config.web.port if config.web.public_url else 0
    command = [sys.executable, "-c", "from scribe.cli import main; main()", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)  # noqa: S603 (our own command)
    try:
        yield _address(process), process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    """What the server says when its port is open."""
    for said in process.stdout or ():
        if found := ADDRESS.search(said):
            return found[0]
    raise EngineError("`scribe serve` ended before it opened its port: see what it said above")


def _prediction(call: Call) -> dict[str, Any]:
    return {"kind": call.kind, "ms": 1000 * call.seconds, "status": call.status}
