"""Reference transcripts: who said what, as people wrote it down.

Kept apart from the readers of the product, so that a fault of those cannot change what the product is measured against.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from pathlib import Path

from scribe import serial
from scribe.errors import InputError
from scribe.sections.plain_text import LABELS
from scribe.types import Role, Transcript

_LABEL = re.compile(r"^\s*(?:\[(\w+)\]|(\w+)\s*:)\s*(.*)$", re.DOTALL)
_INTERVAL = re.compile(r'xmin = ([\d.]+)\s+xmax = [\d.]+\s+text = "((?:[^"]|"")*)"')
_TIER = re.compile(r'class = "IntervalTier"\s+name = "([^"]*)"')
_MARK = re.compile(r"<[^<>]*>")  # PriMock57 writes <UNIN/>, <UNSURE>word</UNSURE>


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person said without being answered. `role` is None where the reference does not say who spoke."""

    role: Role | None
    text: str = field(repr=False)


def read(paths: Sequence[Path]) -> tuple[Turn, ...]:
    """The turns of one consultation: from a transcript of ours, a text, or TextGrids (one per speaker, or one for all).

    Raises InputError where a file cannot be read or nothing is said in it.
    """
    texts = [read_text(path) for path in paths]
    if paths[0].suffix == ".json":
        turns = _from_transcript(serial.loads(texts[0], Transcript))
    elif paths[0].suffix == ".TextGrid":
        turns = from_textgrids(texts, [_named(path) for path in paths])
    else:
        turns = from_text(texts[0])
    if not turns:
        raise InputError(f"{paths[0]} holds no words: expected a transcript")
    return turns


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 with a byte-order mark, or else Windows-1252. Raises InputError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {(error.strerror or 'input error').lower()}") from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def from_text(text: str) -> tuple[Turn, ...]:
    """Turns of a text with lines such as `D: ...`, `Patient: ...` or `[doctor] ...`; a line without a label goes on."""
    lines: list[tuple[Role | None, str]] = []
    role: Role | None = None
    for line in text.splitlines():
        label = _LABEL.match(line)
        known = LABELS.get((label[1] or label[2]).lower()) if label else None
        if label and known:
            role, line = known, label[3]
        lines.append((role, line))
    return _joined(lines)


def from_textgrids(texts: Sequence[str], roles: Sequence[Role | None] = ()) -> tuple[Turn, ...]:
    """Turns of Praat TextGrids, in order of their start; a tier's name says who speaks in it.

    `roles` holds who speaks in each text where no tier says so: most tiers of PriMock57 are called "Speaker".
    """
    said = [
        (start, role or of_text, words)
        for text, of_text in zip_longest(texts, roles)
        for start, role, words in _intervals(text)
    ]
    return _joined([(role, words) for _, role, words in sorted(said, key=lambda entry: entry[0])])


def _named(path: Path) -> Role | None:
    """Who speaks in a file called `NAME_doctor.TextGrid` or `NAME_patient.TextGrid`."""
    return LABELS.get(path.stem.rpartition("_")[2].lower())


def _intervals(text: str) -> list[tuple[float, Role | None, str]]:
    _, *tiers = _TIER.split(text)
    said = []
    for name, body in zip(tiers[::2], tiers[1::2], strict=True):
        role = LABELS.get(name.lower())
        said += [
            (float(start), role, _MARK.sub(" ", words.replace('""', '"'))) for start, words in _INTERVAL.findall(body)
        ]
    return said


def _from_transcript(transcript: Transcript) -> tuple[Turn, ...]:
    return _joined([(transcript.role_of(word.speaker), word.text) for word in transcript.words], separator="")


def _joined(pieces: Sequence[tuple[Role | None, str]], separator: str = " ") -> tuple[Turn, ...]:
    """Neighbouring pieces of one role as one turn; pieces without words are left out."""
    said = [piece for piece in pieces if piece[1].strip()]
    return tuple(
        Turn(role, " ".join(separator.join(words for _, words in run).split()))
        for role, run in groupby(said, key=lambda piece: piece[0])
    )
