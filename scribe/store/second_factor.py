"""The second factor: six digits of an authenticator (TOTP, RFC 6238), or a recovery code that works once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

STEP = 30  # seconds
DRIFT = 1  # steps by which a clock may be off
CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like another


def new_secret() -> str:
    """A secret for an authenticator: 32 base32 characters, 160 bits."""
    import pyotp

    return pyotp.random_base32()


def address(secret: str, login: str) -> str:
    """What the QR code says: `otpauth://totp/...`."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="scribe")


def step_of(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step that six digits belong to, None where they are wrong or not later than `after`, used already."""
    import pyotp

    totp = pyotp.TOTP(secret)
    digits = code.replace(" ", "")
    here = int(now.timestamp()) // STEP
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):  # all of them, so that time tells nothing
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()) and step > after:
            found = step
    return found


def new_recovery_codes() -> tuple[str, ...]:
    """Codes to be kept on paper, 59 bits each, such as "k7m2-9pqr-x4ab"."""
    return tuple("-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(CODES))


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code."""
    plain = "".join(character for character in code.casefold() if character.isalnum())
    return hashlib.sha256(b"scribe recovery " + plain.encode()).hexdigest()


def without(code: str, kept: Sequence[str]) -> list[str] | None:
    """The hashes that are left when a code was used; None where it is none of them."""
    used = recovery_hash(code)
    left = [known for known in kept if not hmac.compare_digest(known, used)]
    return left if len(left) < len(kept) else None
