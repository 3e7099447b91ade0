"""Flood: 80 sign-ins at the same time and 40 half-sent uploads, while a colleague works through the API.

The server is a process of its own, the attackers are another one; they come from many addresses, as a proxy would tell.
A trial is one flood of `SECONDS`. The bar: the colleague's 95th percentile is at most `BAR` ms, the colleague is
refused nothing, and whoever has the right password is in within `PATIENCE` seconds.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from scribe.bench import web, web_people, web_store
from scribe.bench.faults import LoopResult, Options
from scribe.bench.web_store import Seat
from scribe.store.store import Store

GUESSES, RIGHT, UPLOADS = 76, 4, 40
SECONDS, PACE = 8.0, 0.15  # of a flood; between two requests of the colleague, on average
BAR = 300.0  # milliseconds
PATIENCE = 30.0  # seconds
WORDS = 600  # of the colleague's encounter


@dataclass
class Seen:
    """What the attackers saw."""

    guesses: list[int] = field(default_factory=list)  # statuses
    uploads: list[int] = field(default_factory=list)  # statuses; 0: still waiting at the end
    in_after: list[float] = field(default_factory=list)  # seconds until a right password was in


def run(options: Options) -> LoopResult:
    """`trials` floods against one server."""
    failures: list[str] = []
    slowest_in = 0.0
    calls: list[web_people.Call] = []
    with tempfile.TemporaryDirectory(prefix="scribe-faults-") as folder:
        port = _free_port()
        store = options.config.store.model_copy(update={"folder": folder, "url": "", "workers": 0})
        pages = options.config.web.model_copy(update={"port": port, "public_url": f"http://127.0.0.1:{port}"})
        config = options.config.model_copy(update={"store": store, "web": pages})
        opened = Store.open(config)
        draft = web_store.longer(web_store.sample(config), WORDS)
        seats = web_store.fill(opened, [draft] * (2 + RIGHT))
        opened.close()
        context = multiprocessing.get_context("spawn")
        with web.served(config) as (address, _), ProcessPoolExecutor(1, mp_context=context) as attackers:
            for trial in range(options.trials):
                more, seen = _trial(address, seats, trial, attackers)
                calls += more
                failures += [f"trial {trial}: {what}" for what in judged(seen)]
                slowest_in = max([slowest_in, *seen.in_after])
                options.on_progress("flood", trial + 1, options.trials)
    found = web.summarise(calls, SECONDS * options.trials)
    if found["refused"]:
        failures.append(f"the colleague was refused {found['refused']} of {found['requests']} requests")
    if found["p95_ms"] > BAR:
        failures.append(f"the colleague's 95th percentile is {found['p95_ms']:.0f} ms, more than {BAR:.0f}")
    measured = {name: float(found[name]) for name in ("requests", "p50_ms", "p95_ms", "slowest_ms")}
    return LoopResult(options.trials, tuple(failures), {**measured, "slowest_sign_in_s": slowest_in})


def _trial(
    address: str, seats: Sequence[Seat], trial: int, attackers: ProcessPoolExecutor
) -> tuple[list[web_people.Call], Seen]:
    """The colleague's calls during a flood, and what its attackers saw."""
    attack: list[Future[Seen]] = []

    def begin() -> None:
        attack.append(attackers.submit(flood, address, seats[1:], trial))

    calls = web_people.crowd(address, seats[:1], seconds=SECONDS, pace=PACE, on_start=begin)
    return calls, attack[0].result()


def judged(seen: Seen) -> list[str]:
    """What is wrong with how attackers were answered."""
    wrong = []
    if strange := sorted(set(seen.guesses) - {401, 429, 503}):
        wrong.append(f"wrong passwords were answered {strange}")
    if strange := sorted(set(seen.uploads) - {0, 408, 429, 503}):
        wrong.append(f"half-sent uploads were answered {strange}")
    if seen.uploads.count(0) > 4:
        wrong.append(f"{seen.uploads.count(0)} uploads of one person were on their way at once")
    if len(seen.in_after) < RIGHT or max(seen.in_after) > PATIENCE:
        wrong.append(
            f"{len(seen.in_after)} of {RIGHT} right passwords were in, after {max(seen.in_after, default=0):.0f} s"
        )
    return wrong


def flood(address: str, seats: Sequence[Seat], trial: int) -> Seen:
    """The attackers' side of a trial; `seats[0]` sends the uploads, the others have the right passwords."""
    return asyncio.run(_flood(address, seats, trial))


async def _flood(address: str, seats: Sequence[Seat], trial: int) -> Seen:
    seen = Seen()
    uploader = _client(address, f"10.2.{trial % 250}.1")
    await _enter(uploader, seats[0].login, seats[0].password, time.monotonic() + PATIENCE)
    until = time.monotonic() + SECONDS
    work = [_half_sent(uploader, seen) for _ in range(UPLOADS)]
    work += [
        _guess(address, f"10.0.{n % 16}.{trial % 250}", f"nobody-{trial}-{n}", seen, until) for n in range(GUESSES)
    ]
    for number, seat in enumerate(seats[1:]):
        work.append(_right(address, f"10.3.{number}.{trial % 250}", seat, seen))
    await asyncio.gather(*work)
    await uploader.aclose()
    return seen


def _client(address: str, comes_from: str) -> httpx.AsyncClient:
    headers = {"Origin": address.rstrip("/"), "X-Forwarded-For": comes_from}
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=60, trust_env=False)


async def _enter(client: httpx.AsyncClient, login: str, password: str, until: float) -> int:
    """Sign in, again and again as the page does; the last status."""
    status = 0
    client.headers["X-CSRF-Token"] = (await client.get("/api/v1/session")).json()["csrf_token"]
    while time.monotonic() < until:
        answer = await client.post("/api/v1/session", json={"login": login, "password": password})
        status = answer.status_code
        if status not in (429, 503):
            break
        await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
    with suppress(KeyError, ValueError):
        client.headers["X-CSRF-Token"] = (await client.get("/api/v1/session")).json()["csrf_token"]
    return status


async def _right(address: str, comes_from: str, seat: Seat, seen: Seen) -> None:
    began = time.monotonic()
    async with _client(address, comes_from) as client:
        if await _enter(client, seat.login, seat.password, began + 2 * PATIENCE) == 200:
            seen.in_after.append(time.monotonic() - began)


async def _guess(address: str, comes_from: str, login: str, seen: Seen, until: float) -> None:
    async with _client(address, comes_from) as client:
        client.headers["X-CSRF-Token"] = (await client.get("/api/v1/session")).json()["csrf_token"]
        while time.monotonic() < until:
            answer = await client.post("/api/v1/session", json={"login": login, "password": "a guess"})
            seen.guesses.append(answer.status_code)
            await asyncio.sleep(min(float(answer.headers.get("Retry-After", 0)), max(until - time.monotonic(), 0)))


async def _half_sent(client: httpx.AsyncClient, seen: Seen) -> None:
    """Headers and a few bytes of a recording; the rest never comes."""
    url = urlsplit(str(client.base_url))
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    head = f"POST /api/v1/recordings HTTP/1.1\r\nHost: {url.netloc}\r\nCookie: {cookies}\r\nContent-Length: 9000000\r\n"
    for name in ("Origin", "X-CSRF-Token", "X-Forwarded-For"):
        head += f"{name}: {client.headers[name]}\r\n"
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(f"{head}\r\n".encode() + b"RIFF")
    status = 0
    with suppress(TimeoutError, OSError):
        line = await asyncio.wait_for(reader.readline(), PATIENCE)
        status = int(line.split()[1]) if line else 0
    seen.uploads.append(status)
    writer.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
