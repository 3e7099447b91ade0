"""What `scribe note` and `scribe export` share: names of formats, the files they become, whom a document names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer
import yaml

from scribe.cli import _common as common
from scribe.errors import ConfigError, InputError
from scribe.plugins import Exporter, names, resolve
from scribe.view import Particulars

ABOUT = "about.yaml"

Formats = Annotated[
    str | None,
    typer.Option("--format", metavar="LIST", help="Documents to write, e.g. docx,pdf,text,fhir; separated by commas."),
]
About = Annotated[
    Path | None,
    typer.Option(
        "--about",
        metavar="FILE",
        help=f"Whom they name (YAML: patient, born, record_number, clinician); default: {ABOUT} in the folder.",
    ),
]


def parse(text: str | None) -> tuple[str, ...]:
    """Names of formats from "docx,pdf", each once. Raises ConfigError for one that there is not."""
    known = names("export")
    given = tuple(dict.fromkeys(part.strip().lower() for part in (text or "").split(",") if part.strip()))
    for name in given:
        if name not in known:
            raise ConfigError(f"--format does not know {name!r}: choose from {', '.join(known)}")
    return given


def exporters(formats: Sequence[str], stem: str = "note") -> dict[str, Exporter]:
    """An exporter for each format by the name of its file: `note.pdf`."""
    made = [resolve("export", name)() for name in formats]
    return {f"{stem}{exporter.suffix}": exporter for exporter in made}


def made_before(folder: Path) -> tuple[str, ...]:
    """The formats whose documents lie in the folder: an old one beside a new note would mislead."""
    return tuple(name for name in names("export") if any((folder / file).exists() for file in exporters([name])))


def about(file: Path | None, folder: Path) -> Particulars:
    """Whom the documents name: of `file`, else of `about.yaml` in the folder, else nobody. Raises ConfigError."""
    file = file or (folder / ABOUT if (folder / ABOUT).is_file() else None)
    if file is None:
        return Particulars()
    known = [field.name for field in fields(Particulars)]
    try:
        tree = yaml.load(common.read_text(file), yaml.BaseLoader)  # noqa: S506 (it makes text only, also of a date)
    except (InputError, yaml.YAMLError) as error:
        raise ConfigError(f"{file} cannot be read as YAML: write {', '.join(known)}, each on a line") from error
    tree = {} if tree in (None, "") else tree
    if not isinstance(tree, dict) or not all(isinstance(value, str) for value in tree.values()):
        raise ConfigError(f"{file} must hold {', '.join(known)}, each on a line as `name: value`")
    if unknown := sorted(set(tree) - set(known)):
        raise ConfigError(f"{file} has the unknown name {unknown[0]!r}: it may have {', '.join(known)}")
    return Particulars(**tree)
