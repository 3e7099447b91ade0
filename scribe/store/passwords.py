"""Passwords: argon2id, the same time for a person who is not there, and which ones are refused.

Length is what counts (NIST SP 800-63B-4, 3.1.1): no rules about kinds of characters, no change by the calendar. Each
check takes 64 MiB and a good part of a core: a server makes few at a time (`scribe.web.turns`), on threads that give
way to everybody's requests.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from scribe.errors import InputError

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST, LONGEST = 12, 256  # characters
NICE = 10  # of the threads that hash
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like another
COMMON = ("password", "passwort", "letmein", "welcome", "qwerty", "123456", "abcdef", "scribe", "changeme", "hospital")


@cache
def _hasher() -> PasswordHash:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=1),))


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """The threads of this process that hash; a fork has its own."""
    return ThreadPoolExecutor(os.cpu_count(), "passwords", initializer=_give_way)


def _give_way() -> None:
    """On Linux a thread has a priority of its own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


@cache
def _nobodys() -> str:
    return hashed("the password of nobody")


def hashed(password: str) -> str:
    """The argon2id hash of a password, with its parameters and a random salt."""
    return _threads(os.getpid()).submit(_hasher().hash, _normal(password)).result()


def first() -> str:
    """A random password that can be read out: 75 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))


def fits(password: str, stored: str) -> bool:
    """Whether it is the password. An empty hash fits none, and takes as long to say so."""
    against = stored or _nobodys()
    right = _threads(os.getpid()).submit(_hasher().verify, _normal(password)[: 4 * LONGEST], against).result()
    return right and bool(stored)


def accepted(password: str, login: str) -> str:
    """The hash of a new password, made outside a transaction as it takes a while. Raises InputError if it won't do."""
    check(password, login=login)
    return hashed(password)


def check(password: str, *, login: str) -> None:
    """Raises InputError where a password is too easy to guess, saying why."""
    plain = _normal(password).casefold()
    if len(plain) < SHORTEST:
        raise InputError(f"the password has {len(plain)} characters: use at least {SHORTEST}, for example four words")
    if len(plain) > LONGEST:
        raise InputError(f"the password is longer than {LONGEST} characters: use a shorter one")
    rest = plain
    for known in (login.casefold(), *COMMON):
        rest = rest.replace(known, "") if known else rest
    if len(rest) < SHORTEST // 2 or len(set(plain)) < 5:
        raise InputError("the password is one of those that are guessed first: use for example four words")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
