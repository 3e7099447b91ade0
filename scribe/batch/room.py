"""Whether a job failed because a disk was full: that says nothing about the job, and the tries it has are not spent."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator

from scribe.errors import DiskFullError

FULL = "a disk is full: make room; the jobs wait until then"
_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: BaseException) -> bool:
    """Whether the error, or one that it came of, is that of a full disk."""
    return any(_tells(one) for one in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    here: BaseException | None = error
    while here is not None and id(here) not in seen:
        seen.add(id(here))
        yield here
        here = (
            getattr(here, "orig", None) or here.__cause__ or (None if here.__suppress_context__ else here.__context__)
        )


def _tells(error: BaseException) -> bool:
    if isinstance(error, DiskFullError):
        return True
    if isinstance(error, OSError):
        return error.errno in _CODES
    # SQLCipher has errors of its own, with the same names
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL or str(error) == "database or disk is full"
