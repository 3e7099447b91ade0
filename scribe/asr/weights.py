"""Which files the setting `asr.model` means."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from scribe import assets
from scribe.config import Config
from scribe.errors import AssetError
from scribe.types import Provenance

CTRANSLATE2_FILE = "model.bin"


@dataclass(frozen=True, slots=True)
class Weights:
    """A Whisper model on disk: a CTranslate2 folder, or an openai-whisper checkpoint (`.pt`)."""

    path: Path
    hashes: tuple[tuple[str, str], ...]  # (folder/file, sha256)

    @property
    def is_checkpoint(self) -> bool:
        """Whether this is a `.pt` file."""
        return self.path.suffix == ".pt"

    @property
    def sha256(self) -> str:
        """Of the file that holds the numbers."""
        numbers = self.path.name if self.is_checkpoint else CTRANSLATE2_FILE
        return next(digest for file, digest in self.hashes if Path(file).name == numbers)

    def provenance(self, engine: str, packages: tuple[str, ...]) -> Provenance:
        """What an engine that reads these weights puts into its results."""
        return Provenance(engine, self.hashes, versions=tuple((name, version(name)) for name in packages))


def find(config: Config) -> Weights:
    """The weights that `asr.model` names: a path if it has a slash or ends in `.pt`, else a name of the manifest.

    Raises AssetError where there is nothing by that name or at that path, or a file is corrupted.
    """
    named = config.asr.model
    path = Path(named).expanduser()
    if path.suffix != ".pt" and path.name == named:
        asset = f"whisper-{named.removeprefix('whisper-')}"
        return Weights(assets.locate(asset, config.models), assets.weights(asset))
    file = path if path.suffix == ".pt" else path / CTRANSLATE2_FILE
    if not file.is_file():
        raise AssetError(f"asr.model: there is no file {file}: name a CTranslate2 folder, a .pt file or a model's name")
    with file.open("rb") as opened:
        return Weights(path, ((f"{file.parent.name}/{file.name}", hashlib.file_digest(opened, "sha256").hexdigest()),))
