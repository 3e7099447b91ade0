"""Which methods of the store are told in the audit trail: `@changes("note.sign")`, `@reads("note.read")`.

A method that is marked tells of itself when it has worked, by the encounter and the thing it was about, never by the
words. Each unit writes what it did once, at its end; who only reads writes a row as well, before the reader gets the
answer. To be readable the trail leaves out

- a reading of an encounter that the same unit changes, which says more,
- a reading of the same thing by the same session within `AGAIN`, such as a page that asks for news,
- what the background worker reads on its way; what it changes is told.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from scribe.store.actor import SYSTEM, Actor
from scribe.store.audit import Event

if TYPE_CHECKING:
    from scribe.store.context import Context

AGAIN = timedelta(minutes=5)
REMEMBERED = 20_000  # readings

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Part(Protocol):
    """A part of a unit."""

    _context: Context


Own = TypeVar("Own", bound=Part)
Method = Callable[Concatenate[Own, Given], Result]


def changes(action: str) -> Callable[[Method[Own, Given, Result]], Method[Own, Given, Result]]:
    """Tell of a method that changes something. `{kind}` in `action` is the kind of document."""
    return _told(action, reads=False)


def reads(action: str) -> Callable[[Method[Own, Given, Result]], Method[Own, Given, Result]]:
    """Tell of a method that reads what a patient or clinician said, or who the patient is."""
    return _told(action, reads=True)


def tells(action: str) -> Callable[[Method[Own, Given, Result]], Method[Own, Given, Result]]:
    """Marks a method that tells `action` by itself, because neither its arguments nor its result name the encounter."""

    def decorate(method: Method[Own, Given, Result]) -> Method[Own, Given, Result]:
        method.action = action  # type: ignore[attr-defined]  # the tests read it
        return method

    return decorate


def _told(action: str, *, reads: bool) -> Callable[[Method[Own, Given, Result]], Method[Own, Given, Result]]:
    def decorate(method: Method[Own, Given, Result]) -> Method[Own, Given, Result]:
        names = list(inspect.signature(method).parameters)
        at = names.index("encounter_id") - 1 if "encounter_id" in names else None

        @wraps(method)
        def telling(self: Own, *args: Given.args, **kwargs: Given.kwargs) -> Result:
            result = method(self, *args, **kwargs)
            encounter = kwargs.get("encounter_id") if at is None or at >= len(args) else args[at]
            event = _event(action, result, str(encounter or ""))
            self._context.saw(event) if reads else self._context.record(event)
            return result

        telling.action = action  # type: ignore[attr-defined]  # the tests read it
        return cast("Method[Own, Given, Result]", telling)

    return decorate


def _event(action: str, result: Any, encounter: str) -> Event:
    revision = getattr(result, "revision", result)
    if hasattr(revision, "number") and hasattr(revision, "kind"):
        kind = str(revision.kind)
        return Event(action.format(kind=kind), f"{kind}:{revision.number}", encounter=encounter)
    thing = str(getattr(result, "id", ""))
    whose = str(getattr(result, "encounter_id", "")) or encounter
    if not whose and action.startswith("encounter.") and thing:
        return Event(action, encounter=thing)
    name = action.partition(".")[0]
    return Event(action, f"{name}:{thing}" if thing and thing != whose else "", encounter=whose)


class Readings:
    """Which readings were told lately, by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[tuple[str, ...], datetime] = {}

    def worth_telling(self, actor: Actor, event: Event, now: datetime) -> bool:
        """Whether this reading is not one of those that go without saying; it is then remembered as told."""
        if actor.user_id == SYSTEM.user_id:
            return False
        name = (actor.user_id, actor.session_id, event.action, event.object, event.encounter, event.outcome)
        with self._lock:
            told = self._told.get(name)
            if told is not None and timedelta(0) <= now - told < AGAIN:
                return False
            if len(self._told) >= REMEMBERED:
                self._told = {key: at for key, at in self._told.items() if now - at < AGAIN}
            if len(self._told) < REMEMBERED:
                self._told[name] = now
        return True

    def untold(self, actor: Actor, event: Event) -> None:
        """It could not be told after all."""
        name = (actor.user_id, actor.session_id, event.action, event.object, event.encounter, event.outcome)
        with self._lock:
            self._told.pop(name, None)
