"""Where voiceprints are kept: one small file each in the user's data folder, sealed where there is a key."""

from __future__ import annotations

import json
import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_data_path

from scribe import vault
from scribe.config import Config
from scribe.diarization.voiceprints import Voiceprint
from scribe.errors import InputError, OutputError, VaultError
from scribe.vault import Key

PURPOSE = "voices"
SEALED, PLAIN = ".sealed", ".json"
SCHEMA = "scribe/voiceprint/1"
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,80}")


class Voices:
    """The voiceprints of this machine. With a key they are sealed, and only with it can they be read."""

    def __init__(self, folder: Path, key: Key | None) -> None:
        self.folder = folder
        self._key = key.derive(PURPOSE) if key else None

    @classmethod
    def of(cls, config: Config) -> Voices:
        """Those that the settings name. Raises VaultError where the key is asked for and not there."""
        return cls(user_data_path("scribe", appauthor=False) / PURPOSE, vault.load(config.store))

    def all(self) -> tuple[Voiceprint, ...]:
        """Every voiceprint, by name. Raises VaultError where one is sealed with another key, InputError for damage."""
        files = sorted(self.folder.glob("*")) if self.folder.is_dir() else []
        found = (self._read(file) for file in files if file.suffix in (SEALED, PLAIN))
        return tuple(sorted(found, key=lambda item: (item.name.casefold(), item.at)))

    def add(self, name: str, vector: NDArray[np.floating], seconds: float, weights: str) -> Voiceprint:
        """Keep a voice; one of the same name is replaced. Raises InputError for a name that is none, OutputError."""
        name = name.strip()
        if not NAME.fullmatch(name):
            raise InputError("a name has 1 to 80 ordinary characters")
        old = [item for item in self.all() if item.name.casefold() == name.casefold()]
        made = Voiceprint(
            secrets.token_hex(8), name, tuple(float(value) for value in vector), seconds, weights, datetime.now(UTC)
        )
        self._write(made)
        for item in old:
            self._remove(item)
        return made

    def delete(self, name: str) -> None:
        """Forget a voice. Raises InputError where there is none of that name."""
        named = [item for item in self.all() if item.name.casefold() == name.strip().casefold()]
        if not named:
            raise InputError("no voice of that name is enrolled: `scribe enroll --list` shows them")
        for item in named:
            self._remove(item)

    def _read(self, file: Path) -> Voiceprint:
        content = file.read_bytes()
        if file.suffix == SEALED:
            if self._key is None:
                raise VaultError("voiceprints are encrypted and no key is set: set store.key as when they were made")
            content = self._key.open(content, file.stem.encode())
        try:
            tree = json.loads(content)
            if tree["schema"] != SCHEMA:
                raise ValueError
            return Voiceprint(
                file.stem,
                str(tree["name"]),
                tuple(float(value) for value in tree["vector"]),
                float(tree["seconds"]),
                str(tree["weights"]),
                datetime.fromisoformat(tree["at"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{file} is no voiceprint: delete it and enrol again") from error

    def _write(self, item: Voiceprint) -> None:
        tree: dict[str, Any] = {
            "schema": SCHEMA,
            "name": item.name,
            "vector": [round(value, 6) for value in item.vector],
            "seconds": round(item.seconds, 1),
            "weights": item.weights,
            "at": item.at.isoformat(timespec="seconds"),
        }
        content = json.dumps(tree, ensure_ascii=False).encode()
        suffix = PLAIN
        if self._key is not None:
            content, suffix = self._key.seal(content, item.id.encode()), SEALED
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = self.folder / f".{item.id}"
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(self.folder / f"{item.id}{suffix}")
        except OSError as error:
            raise OutputError(f"cannot write to {self.folder} ({error.strerror}): check the disk") from error

    def _remove(self, item: Voiceprint) -> None:
        for suffix in (SEALED, PLAIN):
            (self.folder / f"{item.id}{suffix}").unlink(missing_ok=True)
