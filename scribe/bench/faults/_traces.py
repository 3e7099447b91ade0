"""A sound and a word that occur nowhere else, and their traces: in files byte by byte, in rows of a database.

What is told of a trace names the file or the column and the form, never the word.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, inspect, text

PIECE = 40  # samples: a trace of the sound is at least twice as long, less one
PACKED_AT_MOST = 1 << 20  # bytes of a zlib stream that are looked at
FED = 256  # bytes of it at once: what a page of a database cuts off does not hide what came before


@dataclass(frozen=True)
class Canary:
    """What is looked for: a word in lower case, a noise (16 bits, shape (time,)), and wrapped keys as text."""

    word: str
    noise: NDArray[np.int16]
    keys: tuple[str, ...] = ()

    @cached_property
    def forms(self) -> Mapping[str, tuple[bytes, ...]]:
        """Name of a form -> the bytes, any of which shows it."""
        pieces = [self.noise[at : at + PIECE] for at in range(0, len(self.noise) - PIECE + 1, PIECE)]
        floats = [piece / np.float32(scale) for piece in pieces for scale in (32767, 32768)]
        words = [self.word.encode(), self.word.capitalize().encode(), self.word.upper().encode()]
        return {
            "sound as int16": tuple(piece.astype("<i2").tobytes() for piece in pieces),
            "sound as float32": tuple(piece.astype("<f4").tobytes() for piece in floats),
            "word as text": tuple(words),
            "word as base64": tuple(part for word in words for part in _base64(word)),
            "wrapped key": tuple(key.encode() for key in self.keys),
        }

    def forms_in(self, data: bytes) -> set[str]:
        """Forms that data hold, clear or packed by zlib."""
        found = self._clear(data)
        for held in unpacked(data):
            found |= {f"{form}, packed" for form in self._clear(held)}
        return found

    def _clear(self, data: bytes) -> set[str]:
        return {name for name, needles in self.forms.items() if any(needle in data for needle in needles)}


def _base64(word: bytes) -> Iterator[bytes]:
    """What is the same in base64 whatever stands around the word, for each of the three places where it may begin."""
    for before in range(3):
        whole = (before + len(word)) * 8 // 6  # characters that hold no bit of what follows
        yield b64encode(bytes(before) + word + bytes(3))[-(-before * 8 // 6) : whole]


def unpacked(data: bytes) -> Iterator[bytes]:
    """Everything in data that zlib has packed, as far as it can be unpacked."""
    at = data.find(b"\x78")
    while at >= 0:
        if at + 1 < len(data) and (data[at] * 256 + data[at + 1]) % 31 == 0:
            yield _unpacked(data, at)
        at = data.find(b"\x78", at + 1)


def _unpacked(data: bytes, at: int) -> bytes:
    packer, out = zlib.decompressobj(), bytearray()
    with suppress(zlib.error):
        for first in range(at, min(at + PACKED_AT_MOST, len(data)), FED):
            out += packer.decompress(data[first : first + FED])
            if packer.eof:
                break
    return bytes(out)


def in_files(folder: Path, canary: Canary, names: tuple[str, ...] = ()) -> list[str]:
    """Traces in all files below a folder, and files and folders whose path has one of `names` in it."""
    traces = []
    for path in sorted(folder.rglob("*")):
        place = str(path.relative_to(folder))
        if any(name in place for name in names):
            traces.append(f"{path.suffix or 'a folder'} of what was purged is there, in {place.split('/')[0]}")
        with suppress(FileNotFoundError):  # the server has removed it meanwhile
            data = path.read_bytes() if path.is_file() else b""
            traces += [f"{place} holds the {form}" for form in sorted(canary.forms_in(data))]
    return traces


def in_tables(engine: Engine, canary: Canary) -> list[str]:
    """Traces in all columns of all tables."""
    traces = set()
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608 (our own table)
                for column, value in row.items():
                    data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    traces |= {f"{table}.{column} holds the {form}" for form in canary.forms_in(data)}
    return sorted(traces)
