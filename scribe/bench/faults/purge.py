"""Visits with a sound and a word that occur nowhere else, purged by the command; then every byte is looked at.

Each trial starts `scribe serve` on a new data folder, records a visit over the socket and uploads one, waits for the
drafts, and does to them what people do. Then `scribe purge` runs in a process of its own: of the encounters while the
server runs, of the encounters after it has stopped, or of the sound that `store.keep_audio_days` keeps no longer. The
server must not know what was purged, and no file of the data folder and no row of the database may hold it. Every
second trial has a key.
"""

from __future__ import annotations

import random
import string
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from sqlalchemy import select, update

from scribe import assets, vault
from scribe.bench.faults import LoopResult, Options
from scribe.bench.faults import _traces as traces
from scribe.bench.faults._page import Page
from scribe.bench.faults._server import (
    GONE,
    Browser,
    Server,
    command,
    dictated,
    own_database,
    scripted,
    surroundings,
    wait_until,
    wav,
)
from scribe.config import Config
from scribe.errors import EngineError
from scribe.store.store import Store
from scribe.store.tables import encounter, recording

KINDS = ("beside the server", "after the server", "sound only")
SPOKEN = 8 * 16_000  # samples of each visit
NOISE = slice(60_000, 60_400)  # samples of it that are the canary
KEPT = 30  # days of store.keep_audio_days, where only sound goes
DRAFTED_WITHIN = 300.0  # seconds
SHORTLY = 20.0  # seconds until a server has let go of what it has in memory
WORDS = ("note", "transcript", "comments", "documents/text", "documents/fhir", "statistics", "revisions")


@dataclass(frozen=True)
class _Visit:
    """An encounter that is to be purged, and its recording."""

    encounter: str
    recording: str

    @property
    def sounds(self) -> tuple[str, str]:
        """Where its sound is asked for."""
        return f"/api/v1/recordings/{self.recording}/audio", f"/api/v1/recordings/{self.recording}/peaks"

    @property
    def words(self) -> tuple[str, ...]:
        """Where its words are asked for."""
        return tuple(f"/api/v1/encounters/{self.encounter}/{name}" for name in WORDS)


class _Trial:
    def __init__(self, options: Options, number: int, folder: Path, database: str) -> None:
        chance = random.Random(f"{options.seed} {number}")  # noqa: S311 (not for secrets)
        self.kind = KINDS[number % len(KINDS)]
        self.sealed = (number + options.seed) % 2 == 1
        self.name = f"trial {number} ({self.kind}, {'with' if self.sealed else 'without'} a key)"
        self.word = "quillz" + "".join(chance.choices(string.ascii_lowercase, k=8))
        self.sound = dictated(options.config)[:SPOKEN]
        self.sound[NOISE] = np.random.default_rng(chance.getrandbits(32)).integers(-30_000, 30_000, 400)
        self.canary = traces.Canary(self.word, self.sound[NOISE])
        self.data = folder / "data"
        (self.data / "temporary").mkdir(parents=True)
        self.config = _settings(options.config, folder, self.word, database, sealed=self.sealed)
        self.captured = ""  # id in `capture.folder`
        self.failures: list[str] = []
        self.seen = 0  # traces before the purge
        self.searched = 0  # bytes
        self.seconds = 0.0  # that the purge took

    def fail(self, what: str) -> None:
        self.failures.append(f"{self.name}: {what}")

    def start(self) -> Server:
        return Server(self.config, self.data, {"TMPDIR": str(self.data / "temporary")})

    def run(self) -> None:
        server = self.start()
        try:
            visits = self.recorded(server.browser)
            for visit in visits:
                self.worked_on(server.browser, visit, sign=self.kind == "sound only")
            self.before(visits)
            if self.kind == "after the server":
                server.terminate()
            self.purge(visits)
            if self.kind == "after the server":
                self.search(visits)
                server.close()
                server = self.start()
            self.ask(server.browser, visits)
            self.search(visits)
            server.terminate()
            self.search(visits)
        finally:
            server.close()

    def recorded(self, browser: Browser) -> list[_Visit]:
        """A visit that is recorded live and one that is uploaded, with their drafts."""
        page = Page(browser.call("POST", "/api/v1/live", json={"mode": "dictation"})["id"], self.sound)
        with page.connected(browser):
            page.speak(SPOKEN)
            page.stop()
            page.wait_for_draft()
        self.captured = page.recording
        other = self.sound.copy()
        other[:2] = 1  # the same sound of the same person is taken in once
        headers = {"X-Filename": f"{self.word}.wav", "Idempotency-Key": uuid4().hex}
        browser.call("POST", "/api/v1/recordings?mode=dictation", content=wav(other), headers=headers)

        def drafted() -> list[str]:
            found = browser.call("POST", "/api/v1/encounters/search", json={})["items"]
            return [item["id"] for item in found if item["state"] == "draft"]

        def idle() -> bool:
            jobs = browser.call("GET", "/api/v1/jobs")
            return len(drafted()) == 2 and all(job["state"] == "done" for job in jobs)

        wait_until(idle, "two drafts", DRAFTED_WITHIN)
        shown = [browser.call("GET", f"/api/v1/encounters/{name}") for name in drafted()]
        return [_Visit(item["id"], item["recordings"][0]["id"]) for item in shown]

    def worked_on(self, browser: Browser, visit: _Visit, *, sign: bool) -> None:
        """What people do with a draft, with the word everywhere and a key for each change."""
        url, word = f"/api/v1/encounters/{visit.encounter}", self.word.capitalize()

        def change(path: str, given: dict[str, Any], method: str = "POST") -> Any:
            return browser.call(method, f"{url}{path}", json=given, headers={"Idempotency-Key": uuid4().hex})

        version = browser.call("GET", url)["version"]
        patient = {"name": word, "identifier": word}
        change("", {"base_version": version, "title": word, "patient": patient}, "PATCH")
        base = browser.call("GET", f"{url}/transcript")["revision"]
        op: dict[str, Any] = {"op": "replace_words", "first": 0, "count": 1, "text": word}
        change("/transcript/edits", {"base_revision": base, "ops": [op]})
        base = browser.call("GET", f"{url}/note")["revision"]
        op = {"op": "add_statement", "kind": "plan", "text": f"{word} rests."}
        change("/note/edits", {"base_revision": base, "ops": [op]})
        change("/comments", {"text": word})
        browser.call("POST", "/api/v1/encounters/search", json={"text": word})
        for document in browser.call("GET", f"{url}/documents"):
            browser.http.get(f"{url}/documents/{document['format']}").raise_for_status()
        for place in visit.sounds:
            browser.http.get(place).raise_for_status()
        if sign:
            checks = browser.call("GET", f"{url}/checks")
            agreed = {"base_revision": checks["note_revision"], "attestation": checks["attestation"]}
            change("/sign", agreed | {"override": "a trial"})

    def before(self, visits: list[_Visit]) -> None:
        """Whether the search sees what it looks for; with a key nothing may be seen at any time."""
        found = traces.in_files(self.data, self.canary)
        if self.sealed and found:
            self.fail(f"before the purge, in spite of the key: {'; '.join(found)}")
        store = Store.open(self.config)
        try:
            found += traces.in_tables(store.engine, self.canary)
            with store.transaction() as connection:
                if self.kind == "sound only":
                    signed = store.clock() - timedelta(days=KEPT + 1)
                    connection.execute(update(encounter).values(signed_at=signed))
                tables = (recording,) if self.kind == "sound only" else (recording, encounter)
                keys = [key for table in tables for key in connection.execute(select(table.c.data_key)).scalars()]
        finally:
            store.close()
        self.seen = len(found)
        if self.sealed != all(keys) or (not self.sealed and not _sees_all(found)):
            self.fail("the search would not see what it looks for")
        self.canary = replace(self.canary, keys=tuple(filter(None, keys)))

    def purge(self, visits: list[_Visit]) -> None:
        chosen = [["--encounter", visit.encounter, "--reason", "a trial"] for visit in visits]
        begun = time.monotonic()
        for which in [[]] if self.kind == "sound only" else chosen:
            line = command("purge", *which, "--yes", "--config", str(self.data / "config.yaml"))
            with (self.data / "purge.log").open("ab") as log:
                code = subprocess.run(line, stdout=log, stderr=log, env=surroundings({}), check=False).returncode  # noqa: S603 (our own command)
            if code:
                self.fail(f"`scribe purge` ended with exit code {code}")
        self.seconds = time.monotonic() - begun

    def ask(self, browser: Browser, visits: list[_Visit]) -> None:
        """The server has nothing of it, and takes in nothing more for it."""
        whole = self.kind != "sound only"
        canary = self.canary if whole else replace(self.canary, word="\0" * 16)  # words stay
        for visit in visits:
            for place in (*visit.words, *visit.sounds):
                answer = browser.http.get(place)
                if (whole and place.endswith(("note", "transcript", "/text"))) or place in visit.sounds:
                    self.expect(answer.status_code, 404, place, visit)
                elif not whole:
                    self.expect(answer.status_code, 200, place, visit)
                if found := canary.forms_in(answer.content):
                    self.fail(f"the server tells the {', '.join(sorted(found))} at {_shape(place, visit)}")
            if whole:
                place = f"/api/v1/encounters/{visit.encounter}/comments"
                said = browser.http.post(place, json={"text": self.word}, headers={"Idempotency-Key": uuid4().hex})
                if not 400 <= said.status_code < 500:
                    self.fail(f"a comment on what was purged is answered with {said.status_code}")
        listed = browser.http.post("/api/v1/encounters/search", json={"text": self.word}).json()["total"]
        if listed != (0 if whole else len(visits)):
            self.fail(f"the worklist finds {listed} encounters by the word")

        def forgotten() -> bool:
            return self.captured not in browser.http.get("/api/v1/live").text

        try:
            wait_until(forgotten, "the server to forget the recording", SHORTLY)
        except EngineError as error:
            self.fail(str(error))

    def expect(self, status: int, wanted: int, place: str, visit: _Visit) -> None:
        if status != wanted:
            self.fail(f"{_shape(place, visit)} is answered with {status}, not {wanted}")

    def search(self, visits: list[_Visit]) -> None:
        """Every byte of the data folder, and every row."""
        self.searched += sum(path.stat().st_size for path in self.data.rglob("*") if path.is_file())
        whole = self.kind != "sound only"
        names = (self.captured, *(visit.encounter for visit in visits if whole))
        store = Store.open(self.config)
        try:
            found = traces.in_files(self.data, self.canary, names) + traces.in_tables(store.engine, self.canary)
        finally:
            store.close()
        for trace in dict.fromkeys(found):
            if whole or "word" not in trace:
                self.fail(trace)


def _shape(place: str, visit: _Visit) -> str:
    return place.replace(visit.encounter, "{id}").replace(visit.recording, "{id}")


def _sees_all(found: list[str]) -> bool:
    """Whether both the sound and the word are seen, the word also as people typed it and in answers that are kept."""
    counted: Counter[str] = Counter()
    for trace in found:
        counted["sound"] += "sound" in trace
        counted["word"] += "word as text" in trace
        counted["answer"] += "once." in trace and "base64" in trace
    return all(counted[what] for what in ("sound", "word", "answer"))


def _settings(config: Config, folder: Path, word: str, database: str, *, sealed: bool) -> Config:
    """Settings of a scribe whose data are in `folder`/data, where the word is heard in every recording."""
    said = assets.shipped("samples", "dictation.gold.json").read_text(encoding="utf-8")
    (folder / "said.json").write_text(said.replace("Cough", word.capitalize()), encoding="utf-8")
    tree = scripted(config, folder / "data", database).model_dump(mode="json")
    tree["asr"]["model"] = str(folder / "said.json")
    tree["store"] |= {"keep_audio_days": KEPT, "keep_days": 0}
    if sealed:
        (folder / "key").write_text(vault.as_text(vault.new_key()), encoding="ascii")
        tree["store"]["key"] = f"file:{folder / 'key'}"
    return Config.model_validate(tree)


def run(options: Options) -> LoopResult:
    """Purge in `options.trials` data folders. With `options.database` each has a new database on that server."""
    failures: list[str] = []
    done: list[_Trial] = []
    for number in range(options.trials):
        with tempfile.TemporaryDirectory(prefix="scribe-purge-") as name, own_database(options.database) as url:
            trial = _Trial(options, number, Path(name), url)
            try:
                trial.run()
            except GONE as error:
                trial.fail(f"{type(error).__name__}: {error}")
        failures += trial.failures
        done.append(trial)
        options.on_progress("purge", number + 1, options.trials)
    measured = {
        "traces_before": float(min((trial.seen for trial in done if not trial.sealed), default=0)),
        "searched_mb": sum(trial.searched for trial in done) / 1e6,
        "seconds_to_purge": max(trial.seconds for trial in done),
    }
    return LoopResult(options.trials, tuple(failures), measured)
