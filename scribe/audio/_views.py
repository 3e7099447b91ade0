"""A file as the decoder is to see it: some bytes others, or only some pieces of it."""

from __future__ import annotations

import io
import os
from bisect import bisect_right
from typing import Any, BinaryIO


class Patched(io.RawIOBase):
    """A file in which a few bytes are others."""

    def __init__(self, file: BinaryIO, offset: int, content: bytes) -> None:
        self._file, self._offset, self._content = file, offset, content

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        at = self._file.tell()
        data = bytearray(self._file.read(len(buffer)))
        for place, byte in enumerate(self._content, self._offset - at):
            if 0 <= place < len(data):
                data[place] = byte
        buffer[: len(data)] = data
        return len(data)


class Pieces(io.RawIOBase):
    """Some pieces of a file, given by start and end, one behind the other."""

    def __init__(self, file: BinaryIO, pieces: list[tuple[int, int]]) -> None:
        self._file, self._pieces = file, pieces
        self._starts = [0]  # of each piece in what is read; then the length of it all
        for start, end in pieces:
            self._starts.append(self._starts[-1] + end - start)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._starts[-1]}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._starts[-1]:
            return 0
        piece = bisect_right(self._starts, self._at) - 1
        count = min(len(buffer), self._starts[piece + 1] - self._at)
        self._file.seek(self._pieces[piece][0] + self._at - self._starts[piece])
        data = self._file.read(count)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
