"""The recordings that pages carry here, by id. They outlive their sockets and a restart of the server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scribe import vault
from scribe.batch.captured import SOURCE
from scribe.capture import recovery, removal
from scribe.capture.folder import check_id, root
from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording, State
from scribe.config import Config
from scribe.errors import CaptureError, NotFoundError, ScribeError
from scribe.store.actor import Actor
from scribe.types import MarkKind, Mode
from scribe.vault import Key
from scribe.web.live.carried import LEAVE, Carried, Driver
from scribe.web.live.filed import Filed
from scribe.web.live.keeping import Keeper, NoKeeper

log = logging.getLogger("scribe.web")
UNKNOWN = "there is no such recording of yours: it may have been deleted; see `scribe recordings list`"


@dataclass(frozen=True, slots=True)
class Left:
    """A recording that is not finished."""

    id: str
    mode: Mode
    begun: datetime
    seconds: float
    carried: bool  # a page is connected


class Registry:
    """Begins, finds and finishes recordings.

    `follow` makes the driver of one; `keeper` puts it where the workbench finds it, once it has stopped; `prepare`
    loads what drivers need, so that the first words find it ready.
    """

    def __init__(
        self,
        config: Config,
        *,
        follow: Callable[[Recording], Driver],
        keeper: Keeper | None = None,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self.config = config
        self._prepare = prepare
        self._preparing: threading.Thread | None = None
        self._follow, self._keeper = follow, keeper or NoKeeper()
        self._known: dict[str, Carried] = {}
        self._mutex = threading.RLock()

    @property
    def known(self) -> frozenset[str]:
        """The recordings that are in memory, by id."""
        return frozenset(self._known)

    def get_ready(self) -> None:
        """Somebody is about to record: prepare, in a thread, once."""
        with self._mutex:
            if self._prepare is not None and self._preparing is None:
                self._preparing = threading.Thread(target=self._prepared, name="prepare", daemon=True)
                self._preparing.start()

    def _prepared(self) -> None:
        if self._prepare is not None:
            with suppress(ScribeError):  # the driver meets it again, and tells it
                self._prepare()

    def begin(self, mode: Mode, actor: Actor, consent: str) -> Carried:
        """A new recording. `consent`: the words that were agreed to, kept in its journal; empty for a dictation.

        Raises CaptureError where it cannot be written, VaultError where its key is missing.
        """
        key = self._key()
        recorder = Recorder.create(self._root, key=key, mode=mode, source=f"{SOURCE}{actor.user_id}")
        if consent:
            recorder.mark(MarkKind.CONSENT, 0.0, consent)
        with self._mutex:
            return self._carry(Recording.open(recorder.folder, key=key), recorder, actor)

    def find(self, recording: str, actor: Actor) -> Carried:
        """A recording of `actor`, taken up again from the disk where the server has started anew since.

        Raises NotFoundError where there is none, CaptureError where another process writes it.
        """
        with self._mutex:
            if (known := self._of(recording, actor)) is not None:
                return known
        found = self._opened(recording, actor)
        if found.state is State.FINISHED and (filed := self._keeper.filed(recording, actor)) is not None:
            return _told(found, actor, filed)
        with self._mutex:
            if (known := self._of(recording, actor)) is not None:
                return known
            recorder = None if found.state is State.FINISHED else Recorder.reopen(found.folder, key=self._key())
            found.refresh()
            carried = self._carry(found, recorder, actor)
        if recorder is None:
            self.finish(carried)
        return carried

    def _of(self, recording: str, actor: Actor) -> Carried | None:
        known = self._known.get(recording)
        return known if known is not None and known.actor.user_id == actor.user_id else None

    def _opened(self, recording: str, actor: Actor) -> Recording:
        try:
            found = Recording.open(self._folder(recording), key=self._key())
        except CaptureError as error:
            raise NotFoundError(UNKNOWN) from error
        if found.card.source != f"{SOURCE}{actor.user_id}":
            raise NotFoundError(UNKNOWN)
        return found

    def unfinished(self, owner: str) -> tuple[list[Left], dict[str, float]]:
        """Recordings of `owner` that are not finished, the newest first, and the seconds of those that are, by id."""
        left: list[Left] = []
        finished: dict[str, float] = {}
        for item in recovery.summaries(self._root):
            if item.source != f"{SOURCE}{owner}":
                continue
            if item.state is State.FINISHED:
                finished[item.id] = item.seconds
                continue
            known = self._known.get(item.id)
            left.append(Left(item.id, item.mode, item.created, item.seconds, bool(known and known.is_carried)))
        return left[::-1], finished

    def discard(self, carried: Carried) -> None:
        """Nothing was recorded yet, and nothing shall be: remove it."""
        with self._mutex:
            self._known.pop(carried.id, None)
        carried.close()
        removal.delete(carried.recording.folder)

    def finish(self, carried: Carried) -> None:
        """Make the record of a stopped recording, once, in a thread; its events tell how it goes."""
        with self._mutex:
            if carried.finishing:
                return
            carried.finishing = True
        threading.Thread(target=self._finish, args=(carried,), name=f"finish-{carried.id}", daemon=True).start()

    def end(self, carried: Carried) -> None:
        """Whoever records may not any more: the recording stops with what is here, and its record is made."""
        threading.Thread(target=self._end, args=(carried,), name=f"end-{carried.id}", daemon=True).start()

    def _end(self, carried: Carried) -> None:
        try:
            carried.end()
            self.finish(carried)
        except ScribeError as error:  # what is on the disk is there: a restart or `scribe recordings recover` ends it
            log.warning("a recording could not be ended: %s", error)

    def left(self, carried: Carried, evict: Callable[[], None]) -> None:
        """The connection that took it with `evict` has ended."""
        carried.let_go(evict)
        self._retire(carried)

    def _retire(self, carried: Carried) -> None:
        """Drop a recording whose work is over and that no page carries, with all that recognition holds of it.

        Whoever joins later is told what the store has of it.
        """
        with self._mutex:
            over = carried.settled.is_set() and not carried.is_carried
            if not over or self._known.get(carried.id) is not carried:
                return
            del self._known[carried.id]
        carried.close()

    def _finish(self, carried: Carried) -> None:
        trouble = ""
        try:
            recording = Recording.open(carried.recording.folder, key=self._key())
            carried.link = self._keeper.sound(recording, carried.actor)
            self.awaken(carried)
            if carried.awakening is not None:
                carried.awakening.join()
            try:
                self._keeper.draft(recording, carried.driver.join())
            except ScribeError:
                self._keeper.without_draft(recording)
                raise
        except ScribeError as error:
            trouble = str(error)
        except Exception as error:
            log.error("%s while finishing a recording", type(error).__name__)  # its message may quote what was said
            trouble = f"internal error ({type(error).__name__}); the recording is safe"
        carried.settle(trouble)
        self._retire(carried)

    def forget(self, recording: str) -> None:
        """Drop a recording that was purged: its words and sound leave the memory, and no page carries it any more."""
        with self._mutex:
            known = self._known.pop(recording, None)
        if known is not None:
            known.close()

    def close(self) -> None:
        """Let go of everything; what is not finished can be taken up again."""
        with self._mutex:
            end = time.monotonic() + LEAVE
            for carried in self._known.values():  # all of them, before any is waited for
                carried.let_go_of_it()
            for carried in self._known.values():
                carried.close(within=end - time.monotonic())
            self._known.clear()

    def _carry(self, recording: Recording, recorder: Recorder | None, actor: Actor) -> Carried:
        followed = Recording.open(recording.folder, key=self._key())  # its own: a reader is for one thread
        carried = Carried(recording, recorder, actor, self._follow(followed))
        self._known[carried.id] = carried
        return carried

    def awaken(self, carried: Carried) -> None:
        """Recognition begins, once, when everything is prepared: two that load the same engine load it twice."""
        with self._mutex:
            if carried.awakening is None:
                carried.awakening = threading.Thread(target=self._awaken, args=(carried,), name="awaken", daemon=True)
                carried.awakening.start()

    def _awaken(self, carried: Carried) -> None:
        if self._preparing is not None:
            self._preparing.join()
        carried.driver.start()

    @property
    def _root(self) -> Path:
        return root(self.config.capture)

    def _folder(self, recording: str) -> Path:
        try:
            return self._root / check_id(recording)
        except CaptureError as error:
            raise NotFoundError(UNKNOWN) from error

    def _key(self) -> Key | None:
        return vault.load(self.config.store)


def _told(recording: Recording, actor: Actor, filed: Filed) -> Carried:
    """A recording with which nothing is left to do."""
    carried = Carried(recording, None, actor, filed)
    carried.link, carried.finishing = filed.link, True
    carried.settle("")
    return carried
