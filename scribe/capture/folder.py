"""The folder of one recording, and its card `recording.json`: what it is, and its own key, wrapped with the main one.

<recordings>/<id>/
    recording.json   written once
    journal.jsonl    what happened (`journal`)
    000000.pcm ...   complete segments of about ten seconds (`frames`)
    000007.part      the segment being written
    lock             held by whoever records
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_data_path

from scribe.capture.disk import Disk
from scribe.config import CaptureSettings
from scribe.errors import CaptureError, VaultError
from scribe.types import Mode
from scribe.vault import Key, new_key

SAMPLE_RATE = 16_000  # hertz
CARD = "recording.json"
LOCK = "lock"
SCHEMA = 1
_PURPOSE = "recordings"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Card:
    """What a recording is: written once, when it starts."""

    id: str
    mode: Mode
    source: str  # e.g. "microphone: USB headset", "browser", "file"
    created: datetime  # by the clock of the machine: for people only
    key_id: str | None  # name of the main key that wrapped the recording's own; None: not encrypted
    wrapped: str | None = field(repr=False)


def root(settings: CaptureSettings) -> Path:
    """Where recordings are kept (`capture.folder`)."""
    return Path(settings.folder).expanduser() if settings.folder else user_data_path("scribe", False) / "recordings"


def check_id(recording: str) -> str:
    """The id, if it can be the name of a folder and nothing else. Raises CaptureError."""
    if not _ID.fullmatch(recording):
        raise CaptureError("a recording's id has letters, digits, - and _ only: see `scribe recordings list`")
    return recording


def new_card(recording: str, mode: Mode, source: str, key: Key | None) -> tuple[Card, Key | None]:
    """A card with a new key of its own where there is a main key."""
    own = new_key() if key else None
    wrapped = key.derive(_PURPOSE).wrap(own) if key and own else None
    return Card(recording, mode, source, datetime.now(UTC), key.id if key else None, wrapped), own


def write_card(folder: Path, card: Card, disk: Disk) -> None:
    """Write the card, flushed. Raises OSError."""
    tree = {
        "schema": SCHEMA,
        "id": card.id,
        "sample_rate": SAMPLE_RATE,
        "mode": card.mode.value,
        "source": card.source,
        "created": card.created.isoformat(timespec="seconds"),
        "key": None if card.wrapped is None else {"id": card.key_id, "wrapped": card.wrapped},
    }
    disk.write_whole(folder / CARD, json.dumps(tree, indent=1).encode() + b"\n")


def read_card(folder: Path) -> Card:
    """The card of a recording. Raises CaptureError where the folder holds none that can be read."""
    try:
        tree = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if tree["schema"] != SCHEMA or tree["sample_rate"] != SAMPLE_RATE:
            raise CaptureError(f"{folder} was recorded by another version of scribe: use that one to export it")
        key = tree["key"] or {"id": None, "wrapped": None}
        created = datetime.fromisoformat(tree["created"])
        return Card(check_id(tree["id"]), Mode(tree["mode"]), tree["source"], created, key["id"], key["wrapped"])
    except FileNotFoundError as error:
        raise CaptureError(f"{folder} holds no recording: see `scribe recordings list`") from error
    except OSError as error:
        raise CaptureError(f"{folder} cannot be read ({error.strerror}): check its permissions and the disk") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CaptureError(f"{folder / CARD} is damaged: copy it back from a backup, the sound is safe") from error


def own_key(card: Card, key: Key | None) -> Key | None:
    """The recording's own key. Raises VaultError where it is encrypted and `key` is not the one it was wrapped with."""
    if card.wrapped is None:
        return None
    if key is None:
        raise VaultError(f"recording {card.id} is encrypted and there is no key: set store.key")
    if key.id != card.key_id:
        raise VaultError(f"recording {card.id} was encrypted with the key {card.key_id}, and this one is {key.id}")
    return key.derive(_PURPOSE).unwrap(card.wrapped)


def rewrap(folder: Path, old: Key, new: Key, disk: Disk | None = None) -> None:
    """Wrap the recording's own key with another main key; the sound itself is not touched.

    Raises VaultError where `old` does not open it, CaptureError where it is not encrypted or cannot be written.
    """
    card = read_card(folder)
    own = own_key(card, old)
    if own is None:
        raise CaptureError(f"recording {card.id} is not encrypted, so it has no key to change")
    wrapped = new.derive(_PURPOSE).wrap(own)
    try:
        write_card(folder, Card(card.id, card.mode, card.source, card.created, new.id, wrapped), disk or Disk())
    except OSError as error:
        raise CaptureError(f"cannot write to {folder} ({error.strerror}): check the disk") from error


def folders(root_folder: Path) -> list[Path]:
    """The folders of all recordings, in the order of their names."""
    if not root_folder.is_dir():
        return []
    return sorted(path.parent for path in root_folder.glob(f"*/{CARD}"))


def segment(folder: Path, seq: int) -> Path:
    """Where a complete segment lies."""
    return folder / f"{seq:06d}.pcm"


def part(folder: Path, seq: int) -> Path:
    """Where a segment lies while it is written."""
    return folder / f"{seq:06d}.part"
