"""Documents as the bytes that are stored: compact JSON, made from the bytes of the revision before where that helps.

An edit of a long transcript leaves nearly all segments the very same objects, so their bytes are taken over.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from scribe import serial
from scribe.store.cache import Cached
from scribe.types import Note, Segment, Transcript

NO_SEGMENTS = b'"segments":[]'


def encode(document: Transcript | Note, before: Cached | None = None) -> Cached:
    """The document with its bytes. `before`: the revision it was made from, as it was encoded."""
    if not isinstance(document, Transcript):
        return Cached(document, _json(serial.to_wire(document)))
    tree = serial.to_wire(replace(document, segments=()))
    head, _, tail = _json(tree).partition(NO_SEGMENTS)
    pieces = [head, b'"segments":[']
    at = len(head) + len(pieces[1])
    places: dict[int, slice] = {}
    for number, segment in enumerate(document.segments):
        piece = _known(segment, before)
        if number:
            pieces.append(b",")
            at += 1
        pieces.append(piece)
        places[id(segment)] = slice(at, at + len(piece))
        at += len(piece)
    return Cached(document, b"".join([*pieces, b"]", tail]), places)


def _known(segment: Segment, before: Cached | None) -> bytes:
    """An `id` is that of the same object for as long as `before` holds it."""
    place = before.places.get(id(segment)) if before else None
    return before.body[place] if before and place else _json(serial.part_to_wire(segment))


def _json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
