"""kill -9 of the whole `scribe serve`, at random moments of uploading, recording, after Stop, drafting and editing.

Each trial starts the server on the store that the one before left, does one thing, and kills it with all its workers at
a random moment of that. What was begun goes on in later trials, as a page would go on: what is not acknowledged
is sent again. After every start the last acknowledged edit and the acknowledged sound must be there. In the end
everything is finished and waited for: each recording has one encounter with one draft, each edit is there once, and
every chain holds.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from scribe.bench.faults import LoopResult, Options
from scribe.bench.faults._page import Page
from scribe.bench.faults._server import (
    GONE,
    PATIENCE,
    Browser,
    Server,
    dictated,
    own_database,
    scripted,
    wait_until,
    wav,
)
from scribe.config import Config
from scribe.errors import EngineError
from scribe.store.actor import SYSTEM
from scribe.store.records import JobState, RecordingKind, RevisionKind
from scribe.store.store import Store

KINDS = ("uploading", "recording", "stopped", "drafting", "editing")
RATE = 16_000
SPOKEN = 3 * RATE  # samples of an upload and of a recording that is stopped
WITHIN = 1.5  # seconds from the beginning of what is done to the kill, at most
DRAFTED_WITHIN = 600.0  # seconds in the end, in which something must still happen


@dataclass
class _Told:
    """What the server has acknowledged."""

    uploads: dict[str, bytes] = field(default_factory=dict)  # by SHA-256, all that were begun
    taken: set[str] = field(default_factory=set)  # of those that were acknowledged
    recordings: dict[str, Page] = field(default_factory=dict)  # by id, all that were begun
    edits: list[tuple[int, str]] = field(default_factory=list)  # revision and text
    tried: list[str] = field(default_factory=list)  # texts of all edits


class _Loop:
    def __init__(self, options: Options, config: Config, folder: Path) -> None:
        self.options, self.config, self.folder = options, config, folder
        self.chance = random.Random(options.seed)  # noqa: S311 (not for secrets)
        self.sound = dictated(config)
        self.told = _Told()
        self.failures: list[str] = []
        self.starts: list[float] = []
        self.behind: list[float] = []  # seconds of sound that was spoken and is not kept in the end
        self.edited = ""  # the encounter that is edited
        self.trial = 0

    def fail(self, what: str) -> None:
        self.failures.append(f"trial {self.trial}: {what}")

    def start(self) -> Server:
        server = Server(self.config, self.folder)
        self.starts.append(server.seconds_to_start)
        return server

    def prepare(self) -> None:
        """An encounter with a draft, to be edited."""
        server = self.start()
        try:
            self.upload(server.browser)
            self.edited = server.browser.call("POST", "/api/v1/encounters/search", json={})["items"][0]["id"]
            wait_until(lambda: self._draft_is_there(server.browser), "the first draft", DRAFTED_WITHIN)
        finally:
            server.close()

    def _draft_is_there(self, browser: Browser) -> bool:
        return bool(browser.call("GET", f"/api/v1/encounters/{self.edited}")["state"] == "draft")

    def run_trial(self, number: int) -> None:
        self.trial, kind = number, KINDS[number % len(KINDS)]
        server = self.start()
        try:
            self.check(server.browser)
            begun = threading.Event()
            act = threading.Thread(target=self._act, args=(kind, server, begun), daemon=True)
            act.start()
            begun.wait(WITHIN * 20)
            time.sleep(self.chance.uniform(0, WITHIN))
        finally:
            server.kill()
        act.join(PATIENCE)
        server.close()

    def _act(self, kind: str, server: Server, begun: threading.Event) -> None:
        with suppress(*GONE):
            getattr(self, f"_{kind}")(server.browser, begun)

    def _uploading(self, browser: Browser, begun: threading.Event) -> None:
        begun.set()
        for sent in [content for name, content in self.told.uploads.items() if name not in self.told.taken]:
            self.upload(browser, sent)  # the answer was lost: the page sends it again
        while True:
            self.upload(browser)

    def _recording(self, browser: Browser, begun: threading.Event) -> None:
        begun.set()
        page = self.begin(browser)
        with page.connected(browser):
            while True:
                page.speak(RATE // 4)
                time.sleep(0.25)

    def _stopped(self, browser: Browser, begun: threading.Event) -> None:
        left = next((page for page in self.told.recordings.values() if not page.stopped), None)
        page = left or self.begin(browser)
        with page.connected(browser):
            page.speak(SPOKEN)
            begun.set()
            page.stop()
            page.wait_for_draft()

    def _drafting(self, browser: Browser, begun: threading.Event) -> None:
        self.upload(browser)
        running = lambda: any(job["state"] == "running" for job in browser.call("GET", "/api/v1/jobs"))  # noqa: E731
        with suppress(EngineError):
            wait_until(running, "a job", WITHIN * 20)
        begun.set()

    def _editing(self, browser: Browser, begun: threading.Event) -> None:
        place = f"/api/v1/encounters/{self.edited}/transcript"
        base = browser.call("GET", place)["revision"]
        begun.set()
        while True:
            text = f"edit{len(self.told.tried)}"
            self.told.tried.append(text)
            op = {"op": "replace_words", "first": 0, "count": 1, "text": text}
            base = browser.call("POST", f"{place}/edits", json={"base_revision": base, "ops": [op]})["revision"]
            self.told.edits.append((base, text))

    def upload(self, browser: Browser, content: bytes | None = None) -> None:
        if content is None:
            own = self.sound[:SPOKEN].copy()
            own[:2] = np.frombuffer(len(self.told.uploads).to_bytes(4, "little"), "<i2")  # no two are the same
            content = wav(own)
        name = hashlib.sha256(content).hexdigest()
        self.told.uploads[name] = content
        browser.call("POST", "/api/v1/recordings?mode=dictation", content=content)
        self.told.taken.add(name)

    def begin(self, browser: Browser) -> Page:
        made = browser.call("POST", "/api/v1/live", json={"mode": "dictation"})["id"]
        self.told.recordings[made] = Page(made, self.sound)
        return self.told.recordings[made]

    def check(self, browser: Browser) -> None:
        """After a start: the last acknowledged edit is there, and the sound of recordings that are not finished."""
        if self.told.edits:
            number, text = self.told.edits[-1]
            found = browser.call("GET", f"/api/v1/encounters/{self.edited}/transcript")
            if found["revision"] < number or (found["revision"] == number and text not in found["words"][0]["text"]):
                self.fail(f"revision {number} was acknowledged, and the transcript is at {found['revision']}")
        for page in self.told.recordings.values():
            if not page.stopped:
                with page.connected(browser):
                    if page.there < page.durable:
                        self.fail(f"{page.durable - page.there} acknowledged samples are gone")

    def finish(self) -> None:
        """Stop what is open, and wait until every job is over."""
        self.trial = self.options.trials
        server = self.start()
        try:
            self.check(server.browser)
            for content in [content for name, content in self.told.uploads.items() if name not in self.told.taken]:
                self.upload(server.browser, content)
            for page in self.told.recordings.values():
                if not page.stopped:
                    with page.connected(server.browser):
                        page.speak(SPOKEN)
                        page.stop()
            store = Store.open(self.config)
            try:
                longest = max(DRAFTED_WITHIN, 20.0 * self.options.trials)
                wait_until(lambda: self._all_is_drafted(store), "all drafts", longest)
            except EngineError as error:
                self.fail(str(error))
            finally:
                store.close()
            took = server.terminate()
            if took > 15:
                self.fail(f"SIGTERM took {took:.0f} s")
        finally:
            server.close()

    def _all_is_drafted(self, store: Store) -> bool:
        with store.begin(SYSTEM, read_only=True) as unit:
            counts = unit.jobs.counts()
            there = all(unit.recordings.captured_as(name) for name in self.told.recordings)
            return there and not (counts.get(JobState.WAITING) or counts.get(JobState.RUNNING))

    def verify(self) -> None:
        """Everything that was acknowledged is there, once."""
        store = Store.open(self.config)
        try:
            with store.begin(SYSTEM, read_only=True) as unit:
                originals = self._originals(unit)
                captured: list[str] = []
                for name in self.told.taken:
                    self._once(unit, originals.pop(name, []), "upload")
                for page in self.told.recordings.values():
                    self._sound(unit, page)
                    kept = unit.recordings.captured_as(page.recording)
                    places = originals.get(kept.sha256, []) if kept else []
                    self._once(unit, [place for place in places if kept and place == kept.encounter_id], "recording")
                    captured += places
                others = {place for places in originals.values() for place in places} - set(captured)
                if others or len(set(captured)) != len(self.told.recordings):
                    self.fail(f"{len(self.told.recordings)} recordings have {len(set(captured) | others)} encounters")
                self._edits(unit)
            findings = store.verify_audit().findings
            if findings:
                self.fail(f"the audit trail does not hold: {len(findings)} findings")
        finally:
            store.close()

    def _sound(self, unit: Any, page: Page) -> None:
        """What was spoken is what is kept, sample for sample."""
        kept = unit.recordings.captured_as(page.recording)
        if kept is None or page.differs:
            self.fail("a recording is not in the store" if kept is None else "a receipt tells of other sound")
            return
        self.behind.append(page.spoken / RATE - (kept.seconds or 0.0))
        if kept.sha256 != hashlib.sha256(wav(page.samples)).hexdigest():
            self.fail(f"a recording of {page.spoken / RATE:.2f} s differs from what was spoken")

    def _originals(self, unit: Any) -> dict[str, list[str]]:
        """The encounters of every sound, by its SHA-256."""
        found: dict[str, list[str]] = {}
        for place in {job.encounter_id for job in unit.jobs.find(limit=1_000_000)}:
            for item in unit.recordings.of(place, RecordingKind.ORIGINAL):
                found.setdefault(item.sha256, []).append(place)
        return found

    def _once(self, unit: Any, places: list[str], what: str) -> None:
        if len(places) != 1:
            self.fail(f"an acknowledged {what} has {len(places)} encounters")
        for place in places:
            notes = unit.revisions.history(place, RevisionKind.NOTE)
            transcripts = unit.revisions.history(place, RevisionKind.TRANSCRIPT)
            drafts = [item for item in transcripts if item.author_id == SYSTEM.user_id]
            if len(notes) != 1 or len(drafts) != 1:
                reasons = {job.reason for job in unit.jobs.of(place)}
                self.fail(f"{what}: {len(notes)} notes, {len(drafts)} transcripts ({'; '.join(sorted(reasons))})")
            for kind in RevisionKind:
                if unit.revisions.check(place, kind):
                    self.fail(f"{what}: the chain of its {kind} does not hold")

    def _edits(self, unit: Any) -> None:
        revisions = unit.revisions.history(self.edited, RevisionKind.TRANSCRIPT)
        if [item.number for item in revisions] != list(range(1, len(revisions) + 1)):
            self.fail("the revisions of the edited transcript have a gap")
        for number, text in self.told.edits:
            words = unit.revisions.transcript(self.edited, number).document.words
            if words[0].text.strip() != text:
                self.fail(f"the acknowledged edit {number} is another now")
        if not len(self.told.edits) <= len(revisions) - 1 <= len(self.told.tried):
            self.fail(f"{len(self.told.tried)} edits made {len(revisions) - 1} revisions")


def run(options: Options) -> LoopResult:
    """Kill `options.trials` times. With `options.database` in a new database on that PostgreSQL server."""
    with tempfile.TemporaryDirectory(prefix="scribe-kills-") as name, own_database(options.database) as url:
        folder = Path(name)
        loop = _Loop(options, scripted(options.config, folder, url), folder)
        loop.prepare()
        for number in range(options.trials):
            try:
                loop.run_trial(number)
            except GONE as error:
                loop.fail(f"{type(error).__name__}: {error}")
            options.on_progress("kills", number + 1, options.trials)
        loop.finish()
        loop.verify()
    told = loop.told
    measured = {
        "edits": float(len(told.edits)),
        "uploads": float(len(told.taken)),
        "recordings": float(len(told.recordings)),
        "seconds_to_start": sum(loop.starts) / len(loop.starts),
        "lost_seconds": max(loop.behind, default=0.0),
    }
    return LoopResult(options.trials, tuple(loop.failures), measured)
