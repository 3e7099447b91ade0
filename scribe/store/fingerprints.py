"""What is kept of a random secret that opens something: its SHA-256, from which nothing leads back."""

from __future__ import annotations

import hashlib


def fingerprint(secret: str) -> str:
    """What is kept of a random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
