"""A revision as the difference to the one before: what is the same at both ends is not stored again.

An edit touches a few words of a long document, so the difference is a few bytes. Now and then a revision is stored
whole, so that few differences have to be put together to read one.
"""

from __future__ import annotations

import struct

WHOLE, DIFFERENCE = b"W", b"D"
_ENDS = struct.Struct("<II")


def encode(new: bytes, old: bytes | None) -> bytes:
    """`new`, as the difference to `old` where that is short; whole where it is not, or there is no `old`."""
    if old is None:
        return WHOLE + new
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle = new[head : len(new) - tail]
    if len(middle) > len(new) // 2:
        return WHOLE + new
    return DIFFERENCE + _ENDS.pack(head, tail) + middle


def is_whole(stored: bytes) -> bool:
    """Whether the stored form needs no other."""
    return stored[:1] == WHOLE


def decode(stored: bytes, old: bytes) -> bytes:
    """The document that `encode` stored; `old` is the one before it."""
    if is_whole(stored):
        return stored[1:]
    head, tail = _ENDS.unpack_from(stored, 1)
    return old[:head] + stored[1 + _ENDS.size :] + old[len(old) - tail :]


def _common(a: bytes, b: bytes) -> int:
    """How many bytes the two have in common at their start: halving, so that long runs are compared at once."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        half = (low + high + 1) // 2
        if a[low:half] == b[low:half]:
            low = half
        else:
            high = half - 1
    return low
