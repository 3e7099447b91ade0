"""What is asked of a server before, while and after its disk is full, and what must come of it."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

import numpy as np

from scribe import assets
from scribe.bench.faults._disk_client import Client
from scribe.bench.faults._page import Page
from scribe.bench.faults._server import GONE

CREATED = 70  # encounters while the disk is full: a checkpoint is due among them
READY_WITHIN = 60.0  # seconds: an answer about health stands for 2, a checkpoint is tried again after 5
TOLD_WITHIN = 20.0  # seconds: a page learns of a full disk, or everything is acknowledged
TAKEN_IN_WITHIN = 150.0  # seconds: what could not be put into the store is tried again every 30, after 60
WORKED = 12.0  # seconds: a worker begins, and fails
DRAFTED_WITHIN = 150.0  # seconds, with the pauses of a worker that waits for room
CODES = "codes"  # the place of the code tables, which need not be kept to be used
REFUSALS = (503, 507)
SECOND = 16_000  # samples
Switch = Callable[[], None]


@dataclass(slots=True)
class Trial:
    """One server and its small disk."""

    place: str
    failures: list[str] = field(default_factory=list)
    errors: int = 0  # answers that said that nothing was saved
    acknowledged: int = 0
    spoken: float = 0.0  # seconds of live sound while the disk was full

    def expect(self, right: bool, what: str) -> None:
        """Note what went wrong."""
        if not right:
            self.failures.append(f"{self.place}: {what}")

    def count(self, statuses: list[int]) -> None:
        """Answers on a full disk: success, or that nothing was saved."""
        odd = [status for status in statuses if status not in (200, 201, 202, *REFUSALS)]
        self.expect(not odd, f"answers {odd[:5]} on a full disk")
        self.errors += sum(status >= 400 for status in statuses)
        self.acknowledged += sum(status < 400 for status in statuses)


def ask(trial: Trial, client: Client, fill: Switch, free: Switch) -> None:
    """Changes before, while the disk is full, and again after."""
    about = client.json("POST", "/encounters", {"title": "before"})["id"]
    page = _page(client, trial)
    with ExitStack() as talk:
        talk.enter_context(page.connected(client))
        page.speak(2 * SECOND)
        page.wait(lambda: page.durable == page.spoken)
        fill()
        with suppress(*GONE):
            page.speak(4 * SECOND)
            trial.spoken += 4
        asked = _changes(trial, client, about)
        with suppress(*GONE):
            page.wait(lambda: page.told or page.durable == page.spoken, TOLD_WITHIN)
        trial.expect(page.told or page.durable == page.spoken, "a page is not told that its sound is not safe")
        free()
        _compare(trial, client, about, asked, page)
    _again(trial, client, about, asked)
    trial.expect(page.persist(client, lambda: page.durable == page.spoken, TOLD_WITHIN), "live sound is not taken")
    _stop(trial, client, [page], lambda: None, lambda: None)
    more = _page(client, trial)
    with more.connected(client):
        more.speak(2 * SECOND)
        more.wait(lambda: more.durable == more.spoken)
    _stop(trial, client, [more], fill, free)


def draft(trial: Trial, client: Client, fill: Switch, free: Switch) -> None:
    """A worker drafts what was taken in, and its disk is full meanwhile: the draft comes when there is room."""
    sound = assets.shipped("samples", "dictation.flac").read_bytes()
    taken = client.status("POST", "/recordings?mode=dictation", sound)
    fill()
    trial.expect(taken == 202, f"an upload answers {taken}")
    time.sleep(WORKED)
    free()
    until = time.monotonic() + DRAFTED_WITHIN
    while (states := _states(client)) != ["done"] and time.monotonic() < until:
        time.sleep(0.5)
    trial.expect(states == ["done"], f"with room again the job is {states}")


def _states(client: Client) -> list[str]:
    return [job["state"] for job in client.json("GET", "/jobs")]


@dataclass(slots=True)
class _Asked:
    """What was asked on a full disk, under which key, and what it was answered."""

    created: dict[str, tuple[str, int]] = field(default_factory=dict)  # by title
    said: dict[str, tuple[str, int]] = field(default_factory=dict)  # comments, by their words
    uploads: list[tuple[bytes, int]] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)


def _changes(trial: Trial, client: Client, about: str) -> _Asked:
    """Whatever a server writes, asked for while it cannot."""
    asked = _Asked()
    for number in range(CREATED):
        title, key = f"full {number}", secrets.token_hex(16)
        asked.created[title] = (key, client.status("POST", "/encounters", {"title": title}, key=key))
    for number in range(5):
        text, key = f"remark {number}", secrets.token_hex(16)
        path = f"/encounters/{about}/comments"
        asked.said[text] = (key, client.status("POST", path, {"text": text}, key=key))
    for number in range(3):
        content = _wav(number)
        asked.uploads.append((content, client.status("POST", "/recordings", content, key=f"upload{number}")))
    asked.begun = [client.status("POST", "/live", {"mode": "dictation"}) for _ in range(3)]
    for word in ("Zorvexil", "Quandrelin", "Brixotane"):
        asked.words[word] = client.status("POST", "/vocabulary", {"text": word, "kind": "drug"})
    if trial.place == CODES:
        found = client.status("POST", "/codes/search", {"text": "hypertension"})
        trial.expect(found == 200, f"a search of codes answers {found}")
    health = client.status("GET", "/health")
    trial.expect(health in (200, 503), f"health answers {health}")
    keyed = [status for _, status in (*asked.created.values(), *asked.said.values())]
    trial.count([*keyed, *(status for _, status in asked.uploads), *asked.begun, *asked.words.values()])
    return asked


def _compare(trial: Trial, client: Client, about: str, asked: _Asked, page: Page) -> None:
    """With room again: what was answered with success is there, and nothing else."""
    there, heard, words = client.titles(), client.comments(about), _words(client)
    given = [("encounter", asked.created, there), ("comment", asked.said, heard)]
    answers = [(kind, name, status, name in found) for kind, all_, found in given for name, (_, status) in all_.items()]
    answers += [("word", word, status, word in words) for word, status in asked.words.items()]
    for kind, _, status, is_there in answers:
        trial.expect((status < 400) == is_there, f"{kind} answered {status}, and there: {is_there}")
    live = [item["id"] for item in client.json("GET", "/live")["recordings"] if item["id"] != page.recording]
    trial.expect(len(live) == sum(status < 400 for status in asked.begun), f"{len(live)} recordings for {asked.begun}")
    kept = sum(status < 400 for _, status in asked.uploads)
    trial.expect(sum(title == "" for title in there) == kept, "uploads differ")


def _again(trial: Trial, client: Client, about: str, asked: _Asked) -> None:
    """The same requests under the same keys, with room: all succeed, once each."""
    for title, (key, _) in asked.created.items():
        status = client.status("POST", "/encounters", {"title": title}, key=key)
        trial.expect(status == 201, f"with room again a create answers {status}")
    for text, (key, _) in asked.said.items():
        client.status("POST", f"/encounters/{about}/comments", {"text": text}, key=key)
    for number, (content, _) in enumerate(asked.uploads):
        status = client.status("POST", "/recordings", content, key=f"upload{number}")
        trial.expect(status == 202, f"with room again an upload answers {status}")
    for word in asked.words:
        status = client.status("POST", "/vocabulary", {"text": word, "kind": "drug"})
        trial.expect(status == 200, f"with room again a word answers {status}")
    trial.expect(_words(client) == sorted(asked.words), "words are not there once each")
    there, heard = client.titles(), client.comments(about)
    trial.expect(sorted(there) == sorted(["before", *asked.created, *[""] * len(asked.uploads)]), "not once")
    trial.expect(sorted(heard) == sorted(asked.said), "comments are not there once each")
    until = time.monotonic() + READY_WITHIN
    while (stuck := _not_ready(client)) and time.monotonic() < until:
        time.sleep(0.2)
    trial.expect(not stuck, f"with room again not ready: {', '.join(stuck)}")


def _stop(trial: Trial, client: Client, pages: list[Page], fill: Switch, free: Switch) -> None:
    """Recordings that are stopped while the disk is full: their sound is there, and each becomes an encounter."""
    before = len(client.titles())
    for page in pages:
        with suppress(*GONE), page.connected(client):
            fill()
            page.press_stop()
            page.wait(lambda page=page: page.told or page.is_saved, TOLD_WITHIN)  # type: ignore[misc]
        free()
        trial.expect(page.persist(client, lambda page=page: page.stopped, TOLD_WITHIN), "no receipt of a recording")  # type: ignore[misc]
        trial.expect(not page.differs, "a recording has other sound than was spoken")
    until = time.monotonic() + TAKEN_IN_WITHIN
    while (there := len(client.titles()) - before) < len(pages) and time.monotonic() < until:
        time.sleep(0.5)
    trial.expect(there == len(pages), f"{there} encounters of {len(pages)} recordings that were stopped")


def _page(client: Client, trial: Trial) -> Page:
    """A recording that has begun. Its sound is noise, another one for each."""
    chance = np.random.default_rng(secrets.randbits(32))
    sound = chance.integers(-3000, 3000, 8 * SECOND).astype(np.int16)
    return Page(client.json("POST", "/live", {"mode": "dictation"})["id"], sound)


def _words(client: Client) -> list[str]:
    return sorted(word["text"] for word in client.json("GET", "/vocabulary")["words"])


def _not_ready(client: Client) -> list[str]:
    """What stands against taking in changes, but for the little room of a small disk."""
    checks = client.json("GET", "/health/details")["checks"]
    return [check["name"] for check in checks if not check["ready"] and check["name"] != "room"]


def _wav(number: int) -> bytes:
    """Half a minute of a tone that no other trial has: a sound file that is taken in as it is."""
    samples = b"".join(
        round(8000 * math.sin(at * (0.05 + number / 100))).to_bytes(2, "little", signed=True) for at in range(8000)
    )
    data = samples * 60
    head = b"fmt " + (16).to_bytes(4, "little") + bytes.fromhex("01000100803e0000007d000002001000")
    body = b"WAVE" + head + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body
