"""Words at rest: how the documents of an encounter become bytes in the database, and whose key seals them.

Each encounter has a random data key, stored wrapped with the main key. Forgetting the wrapped key makes everything
that was sealed with it unreadable, wherever copies of the rows lie (crypto-shredding).
"""

from __future__ import annotations

import base64
import json
import unicodedata
import zlib
from typing import Any

from scribe.errors import NotFoundError
from scribe.vault import Key, new_key

LEVEL = 6  # of zlib


class Cipher:
    """Seals what the store writes. Without a main key nothing is sealed, only packed."""

    def __init__(self, main: Key | None, *, columns: bool) -> None:
        """`columns`: whether short columns (whom it is about) are sealed too; not needed in an encrypted database."""
        self.main = main
        self.seals_columns = columns and main is not None
        self._wrapping = main.derive("encounters") if main else None
        self.secrets = main.derive("secrets") if main else None
        self._opened: dict[str, Key] = {}

    def new_data_key(self) -> str:
        """A random key for an encounter, wrapped; empty where nothing is sealed."""
        return self._wrapping.wrap(new_key()) if self._wrapping else ""

    def wrap(self, own: Key) -> str:
        """The key of an encounter, wrapped; empty where nothing is sealed."""
        return self._wrapping.wrap(own) if self._wrapping else ""

    def data_key(self, wrapped: str) -> Key | None:
        """The key of an encounter. Raises NotFoundError where it was forgotten, VaultError where it does not open."""
        if self._wrapping is None:
            return None
        if not wrapped:
            raise NotFoundError("this encounter was purged: its words and its sound are gone for good")
        found = self._opened.get(wrapped)
        if found is None:
            if len(self._opened) > 10_000:
                self._opened.clear()
            found = self._opened[wrapped] = self._wrapping.unwrap(wrapped)
        return found

    def secret(self, text: str, place: str) -> str:
        """A secret that belongs to no encounter, as its column holds it."""
        return base64.b64encode(self.secrets.seal(text.encode(), place.encode())).decode() if self.secrets else text

    def read_secret(self, stored: str, place: str) -> str:
        """What `secret` stored."""
        if not self.secrets or not stored:
            return stored
        return self.secrets.open(base64.b64decode(stored), place.encode()).decode()

    def forget(self) -> None:
        """Drop the keys that were opened so far."""
        self._opened.clear()

    def column(self, text: str, wrapped: str, place: str) -> str:
        """A short text as its column holds it."""
        if not self.seals_columns or not text:
            return text
        key = self.data_key(wrapped)
        return base64.b64encode(key.seal(text.encode(), place.encode())).decode() if key else text

    def read_column(self, stored: str, wrapped: str, place: str) -> str:
        """What `column` stored; empty where the encounter was purged."""
        if not self.seals_columns or not stored or not wrapped:
            return stored if not self.seals_columns else ""
        key = self.data_key(wrapped)
        return key.open(base64.b64decode(stored), place.encode()).decode() if key else stored


def pack(plain: bytes, key: Key | None, place: str) -> bytes:
    """Packed, and sealed where there is a key. `place` is where the bytes belong; elsewhere they do not open."""
    packed = zlib.compress(plain, LEVEL)
    return key.seal(packed, place.encode()) if key else packed


def unpack(stored: bytes, key: Key | None, place: str) -> bytes:
    """What `pack` packed. Raises VaultError where key or place are others."""
    return zlib.decompress(key.open(stored, place.encode()) if key else stored)


def pack_json(value: Any, key: Key | None, place: str) -> bytes:
    """A small document of lists, dicts and texts."""
    return pack(json.dumps(value, ensure_ascii=False).encode(), key, place)


def unpack_json(stored: bytes, key: Key | None, place: str) -> Any:
    """What `pack_json` packed."""
    return json.loads(unpack(stored, key, place))


def comparable(text: str) -> str:
    """A text as it is searched: without case and accents, single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.split())
