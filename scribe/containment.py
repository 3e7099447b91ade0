"""A fault in one passage costs that passage, never the whole: what a step does where its own code breaks.

A step reads many passages (utterances, statements, segments). Where it breaks, the passages that break it are found and
left out, the rest is done without them, and the caller flags what was left out. Errors that a person has to act on
(`ScribeError`) are passed on as they are. What broke is logged by kind and place, without a word that was said.

Nothing is contained while `strict` is set: in the tests a programming error must be seen.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from scribe.errors import ScribeError

FEW = 8  # passages that are found one by one; more of them are found by trying each alone
strict = False
log = logging.getLogger("scribe.drafting")

T = TypeVar("T")
R = TypeVar("R")
F = TypeVar("F")


def contain(error: Exception, step: str) -> None:
    """Log a fault of ours. Raises it again where it is none, where memory is short, and while `strict` is set."""
    _passed_on(error)
    log.error("%s: a passage could not be read: %s", step, place_of(error))


def _passed_on(error: Exception) -> None:
    if strict or isinstance(error, ScribeError | MemoryError):
        raise error


def place_of(error: BaseException) -> str:
    """The kind of an error and where it was raised, "IndexError at questions.py:346"; its message may quote words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"{type(error).__name__} at {place}"


def or_else(work: Callable[[], R], fallback: F, step: str) -> R | F:
    """What `work()` gives; `fallback` where it breaks."""
    try:
        return work()
    except Exception as error:
        contain(error, step)
        return fallback


def without_faults(items: Sequence[T], work: Callable[[Sequence[T]], R], step: str) -> tuple[R, list[T]]:
    """What `work` gives for all items but those that break it, and these.

    `work` must have no effects: it is tried with parts of the items. An error is passed on where it breaks without any.
    """
    kept, broken = list(items), list[T]()
    while True:
        try:
            return work(kept), broken
        except Exception as error:
            contain(error, step)
            if not kept:
                raise
        if len(broken) == FEW:
            alone = [_works([item], work) for item in kept]
            broken += [item for item, fine in zip(kept, alone, strict=True) if not fine]
            kept = [item for item, fine in zip(kept, alone, strict=True) if fine]
        elif len(broken) > 2 * FEW + len(items) // 2:
            broken, kept = list(items), []
        else:
            broken.append(kept.pop(_breaking(kept, work)))


def _breaking(items: Sequence[T], work: Callable[[Sequence[T]], R]) -> int:
    """The index of an item with which `work` breaks and without which the items before it do not break it."""
    fine, breaks = 0, len(items)
    while breaks - fine > 1:
        middle = (fine + breaks) // 2
        if _works(items[:middle], work):
            fine = middle
        else:
            breaks = middle
    return breaks - 1


def _works(items: Sequence[T], work: Callable[[Sequence[T]], R]) -> bool:
    try:
        work(items)
    except Exception as error:
        _passed_on(error)
        return False
    return True
