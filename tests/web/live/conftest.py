"""A workbench whose recognition reads from a script: the recording, the socket and the page are the real ones."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from scribe.capture.recording import Recording
from scribe.config import Config
from scribe.events import (
    Committed,
    Finished,
    LiveEvent,
    LiveSnapshot,
    LiveState,
    NoteUpdated,
    Progressed,
    SpeakersRevised,
    StateChanged,
    Tentative,
    applied,
)
from scribe.live.driver import Subscription
from scribe.live.session import Result
from scribe.store.actor import Actor
from scribe.types import (
    Assertion,
    CodeSuggestion,
    Coding,
    Encounter,
    Evidence,
    Flag,
    FlagKind,
    Interval,
    Note,
    Role,
    Section,
    SectionGroup,
    SectionKind,
    Segment,
    Span,
    SpeakerRole,
    Statement,
    Transcript,
    Word,
)
from scribe.web.app import create_app
from scribe.web.live.keeping import NoKeeper
from scribe.web.live.registry import Registry

LINES = (
    ("A", " Good morning. How have you been since your last visit?"),
    ("B", " Pretty good, but my right knee has been bothering me for three weeks."),
    ("A", " What have you taken for it?"),
    ("B", " I take ibuprofen, 400 milligrams, twice a day. It helps a bit."),
    ("A", " Stop the ibuprofen, because it can raise your blood pressure, and use Tylenol instead."),
)
PACE = 0.3  # seconds for each word
ROLES = (SpeakerRole("A", Role.CLINICIAN, 0.97), SpeakerRole("B", Role.PATIENT, 0.95))
FLAGS = (
    Flag(FlagKind.DOSE, Interval(7.5, 8.5), "a dose that sounds like another", ("400 milligrams", "450 milligrams")),
)


def spoken() -> list[Word]:
    """The words of the script, one after the other at an even pace."""
    pairs = [(speaker, f" {text}") for speaker, line in LINES for text in line.split()]
    return [Word(at * PACE, (at + 0.9) * PACE, text, speaker=speaker) for at, (speaker, text) in enumerate(pairs)]


def note(words: tuple[Word, ...], suggest: bool) -> Note:
    """A note of one statement about what was said."""
    transcript = Transcript((Segment(words),))
    heard = Span(0, len(transcript.text))
    knee = Statement("s1", "Right knee pain for 3 weeks.", (heard,), (Interval(words[0].start, words[-1].end),))
    plan = Statement("s2", "Stop ibuprofen; use Tylenol instead.", (heard,), (Interval(words[0].start, words[-1].end),))
    sections = [Section(SectionKind.HPI, "History of present illness", SectionGroup.HISTORY, "10164-2", (knee,))]
    if suggest:
        sections.append(Section(SectionKind.PLAN, "Plan", SectionGroup.PLAN, "18776-5", (plan,)))
    evidence = Evidence("s1", Span(0, 15), Assertion.PRESENT, "term", 0.9)
    pain = CodeSuggestion(Coding("icd10cm", "2026-04", "M25.561", "Pain in right knee"), (evidence,))
    return Note("note-1", Encounter("encounter-1"), tuple(sections), (pain,) if suggest else ())


class ScriptedDriver:
    """Commits the words of the script as the recording reaches them; a thread of its own, as the real one."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.words = spoken()
        self.state = LiveSnapshot(0, LiveState.RECORDING, 0.0)
        self.listeners: list[Subscription] = []
        self.mutex = threading.RLock()
        self.abandoned = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.result: Result | None = None
        self.may_finish = threading.Event()
        self.may_finish.set()
        self.fails: Exception | None = None  # in place of a record

    def start(self) -> None:
        self.thread.start()

    def subscribe(self) -> Subscription:
        with self.mutex:
            self.listeners.append(Subscription(self.state))
            return self.listeners[-1]

    def unsubscribe(self, subscription: Subscription) -> None:
        with self.mutex:
            self.listeners.remove(subscription)

    @property
    def snapshot(self) -> LiveSnapshot:
        with self.mutex:
            return self.state

    def tell(self, kind: Callable[..., LiveEvent], *content: Any) -> None:
        with self.mutex:
            event = kind(self.state.seq + 1, *content)
            self.state = applied(self.state, event)
            for listener in self.listeners:
                listener.put(event)

    def run(self) -> None:
        while not self.abandoned.wait(0.05):
            self.step()
            if self.recording.state != "recording":
                self.finish()
                return

    def step(self) -> None:
        with self.mutex:
            self.recording.refresh()
            said = [word for word in self.words if word.end <= self.recording.duration]
            done = len(self.state.words)
            ready = [word for word in said if word.end <= self.recording.duration - 1.0]
            if len(ready) >= done + 5:
                self.tell(Committed, done, tuple(Word(w.start, w.end, w.text, 1.0, w.speaker) for w in ready[done:]))
                self.tell(NoteUpdated, note(self.state.words, suggest=False), FLAGS)
                if len(ready) > 20 and not self.state.roles:
                    self.tell(SpeakersRevised, (), ROLES)
            elif said[done:] != list(self.state.tentative):
                self.tell(Tentative, tuple(said[done:]))

    def finish(self) -> None:
        self.tell(StateChanged, LiveState.FINISHING)
        self.may_finish.wait(60)
        for done in range(4):
            self.tell(Progressed, "asr", done, 3)
        if self.fails:
            return
        self.recording.refresh()
        words = tuple(word for word in self.words if word.end <= self.recording.duration) or tuple(self.words[:1])
        record = Transcript((Segment(words),), roles=ROLES, flags=FLAGS, duration=self.recording.duration)
        self.result = Result(record, note(words, suggest=True))
        self.tell(Finished, record, self.result.note)
        self.tell(StateChanged, LiveState.READY)

    def abandon(self) -> None:
        self.abandoned.set()

    def join(self, timeout: float | None = None) -> Result | None:
        self.thread.join(timeout)
        if self.fails:
            raise self.fails
        return self.result


class Wire:
    """Between browser and server: passes everything on, and its WebSockets can be cut."""

    def __init__(self, server: str) -> None:
        self._port = int(server.rsplit(":", 1)[1])
        self._open: list[asyncio.StreamWriter] = []
        self.is_cut = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._pass_on, "127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """No WebSocket gets through from now on, and those that are open break off."""
        self.is_cut = True
        self._run(self._break_off())

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self._server.close()
        self._run(self._break_off())
        self._run(self._rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _break_off(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _rest(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        if others:
            await asyncio.wait(others, timeout=10)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.append(writer)
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._open.append(back)
        await asyncio.gather(self._copy(reader, back), self._copy(there, writer), return_exceptions=True)

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if self.is_cut and b"/socket HTTP" in data:
                    break
                target.write(data)
                await target.drain()
        target.close()


@pytest.fixture
def wire(loopback: None, serve: Callable[..., str], app: FastAPI) -> Iterator[Wire]:
    """The workbench behind a wire that can be cut."""
    made = Wire(serve(app))
    yield made
    made.close()


@pytest.fixture
def live_config(tmp_path: Path) -> Config:
    return Config.model_validate({"capture": {"folder": str(tmp_path / "recordings")}})


class Shelf(NoKeeper):
    """Gives every recording a page."""

    def sound(self, recording: Recording, actor: Actor) -> str:
        return "/encounters/e1"


@pytest.fixture
def follow() -> Callable[[Recording], Any]:
    """Makes the driver of a recording."""
    return ScriptedDriver


@pytest.fixture
def registry(live_config: Config, follow: Callable[[Recording], Any]) -> Iterator[Registry]:
    """Recordings that are carried here, followed by `ScriptedDriver`."""
    made = Registry(live_config, follow=follow, keeper=Shelf())
    yield made
    made.close()


@pytest.fixture
def app(live_config: Config, registry: Registry) -> FastAPI:
    """The workbench with scripted recognition."""
    return create_app(live_config, live=registry)
