"""People at the workbench, as the server meets them: each corrects an encounter of their own, all at the same time.

What a person sends is what the page sends: small edits, now and then a look at the checks, the worklist, or the whole
transcript anew. The pauses between are drawn at random, the same each time.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from scribe.bench.web_store import Seat
from scribe.errors import EngineError

PATIENCE = 60.0  # seconds that an answer may take
SHARES = {"edit words": 14, "edit note": 3, "check": 1, "worklist": 1, "open": 1}
WORDS = ("hypertension,", "metformin", "left", "no", "twice", "daily.", "swelling", "mild")


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer."""

    kind: str
    seconds: float
    status: int


@dataclass
class Person:
    """One person's browser: cookies, the token of the page, and the revisions it has seen."""

    client: httpx.AsyncClient
    seat: Seat
    chance: random.Random
    calls: list[Call] = field(default_factory=list)
    revisions: dict[str, int] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    async def sign_in(self) -> None:
        """Open the page of signing in, sign in, and open the encounter."""
        await self._token()
        given = {"login": self.seat.login, "password": self.seat.password}
        answer = await self.client.post("/api/v1/session", json=given)
        if answer.status_code != 200:
            raise EngineError(f"signing in answered {answer.status_code}: the bench cannot measure this server")
        await self._token()
        await self._open()

    async def _token(self) -> None:
        session = (await self.client.get("/api/v1/session")).json()
        self.client.headers["X-CSRF-Token"] = session["csrf_token"]

    async def _open(self) -> None:
        for document in ("transcript", "note"):
            body = await self._call("open", "GET", f"/{document}")
            self.revisions[document] = body["revision"]
            if document == "note":
                self.statements = [item["id"] for part in body["sections"] for item in part["statements"]]

    async def work(self, until: float, pace: float) -> None:
        """Go on until the clock shows `until`, with a pause of `pace` seconds on average before each request."""
        while True:
            pause = self.chance.expovariate(1 / pace)
            if time.perf_counter() + pause > until:
                return
            await asyncio.sleep(pause)
            await self._act(self.chance.choices(list(SHARES), list(SHARES.values()))[0])

    async def _act(self, kind: str) -> None:
        if kind == "edit words":
            first = self.chance.randrange(self.seat.words - 4)
            await self._edit("transcript", kind, op="replace_words", first=first, count=1, text=self._word())
        elif kind == "edit note":
            text = f"{self._word()} {self._word()} {self._word()}"
            statement = self.chance.choice(self.statements)
            await self._edit("note", kind, op="edit_statement", statement=statement, text=text)
        elif kind == "check":
            await self._call(kind, "GET", "/checks")
        elif kind == "worklist":
            await self._call(kind, "POST", "", root="/api/v1/encounters/search", json={})
        else:
            await self._open()

    async def _edit(self, document: str, kind: str, **op: Any) -> None:
        given = {"base_revision": self.revisions[document], "ops": [op]}
        body = await self._call(kind, "POST", f"/{document}/edits", json=given)
        self.revisions[document] = body.get("revision", self.revisions[document])

    async def _call(self, kind: str, method: str, path: str, *, root: str = "", **options: Any) -> Any:
        url = root or f"/api/v1/encounters/{self.seat.encounter_id}{path}"
        start = time.perf_counter()
        answer = await self.client.request(method, url, **options)
        content = answer.content
        self.calls.append(Call(kind, time.perf_counter() - start, answer.status_code))
        return answer.json() if content and answer.status_code < 400 else {}

    def _word(self) -> str:
        return self.chance.choice(WORDS)


def crowd(
    address: str, seats: Sequence[Seat], *, seconds: float, pace: float, on_start: Callable[[], None]
) -> list[Call]:
    """Everybody signs in; then, after `on_start`, all work at the same time. Returns the calls of that time."""
    return asyncio.run(_crowd(address, seats, seconds, pace, on_start))


async def _crowd(
    address: str, seats: Sequence[Seat], seconds: float, pace: float, on_start: Callable[[], None]
) -> list[Call]:
    clients = [_client(address) for _ in seats]
    people = [
        Person(client, seat, random.Random(number))  # noqa: S311 (not for secrets)
        for number, (client, seat) in enumerate(zip(clients, seats, strict=True))
    ]
    try:
        for person in people:
            await person.sign_in()
            person.calls.clear()
        on_start()
        until = time.perf_counter() + seconds
        await asyncio.gather(*(person.work(until, pace) for person in people))
    except httpx.HTTPError as error:
        raise EngineError(f"the server did not answer ({type(error).__name__}): the bench ends here") from error
    finally:
        for client in clients:
            await client.aclose()
    return [call for person in people for call in person.calls]


def _client(address: str) -> httpx.AsyncClient:
    """A browser without cookies. It gives up an idle connection before the server does, so that none is cut midway."""
    return httpx.AsyncClient(
        base_url=address,
        headers={"Origin": address.rstrip("/")},
        timeout=PATIENCE,
        limits=httpx.Limits(keepalive_expiry=3.0),
        trust_env=False,
    )


def visit(address: str, seat: Seat, *, runs: int) -> tuple[dict[str, dict[str, Any]], str]:
    """How long the answers take that a page waits for, `runs` times each, and the cookie of the session."""
    return asyncio.run(_visit(address, seat, runs))


async def _visit(address: str, seat: Seat, runs: int) -> tuple[dict[str, dict[str, Any]], str]:
    async with _client(address) as client:
        person = Person(client, seat, random.Random(0))  # noqa: S311 (not for secrets)
        await person.sign_in()
        rows = {}
        for path in ("transcript", "note", "codes", "checks"):
            taken, size, status = [], 0, 0
            for _ in range(runs):
                start = time.perf_counter()
                answer = await client.get(f"/api/v1/encounters/{seat.encounter_id}/{path}")
                taken.append(1000 * (time.perf_counter() - start))
                size, status = len(answer.content), answer.status_code
            middle = sorted(taken)[len(taken) // 2]
            rows[path] = {"ms": middle, "slowest_ms": max(taken), "kilobytes": size / 1000, "status": status}
        return rows, client.cookies.get("scribe_session") or ""
