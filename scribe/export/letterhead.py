"""The letterhead of a practice: a YAML file with its name, address and logo.

    name: Riverside Family Practice
    lines:
      - 12 Mill Lane, Springfield
      - Telephone 555 0100
    logo: logo.png        # PNG or JPEG, beside the file

Whatever is wrong with it is told before any work, with the file's name.
"""

from __future__ import annotations

import io
from pathlib import Path

import yaml

from scribe.config import ExportSettings
from scribe.errors import ConfigError
from scribe.view import Letter, Particulars, Practice

KEYS = ("name", "lines", "logo")
MAX_LINES = 8
MAX_LOGO_BYTES = 2**20
MAX_LOGO_PIXELS = 4_000_000


def letter(settings: ExportSettings, about: Particulars | None = None) -> Letter:
    """What stands around a note, by the settings. Raises ConfigError where the letterhead cannot be used."""
    practice = read(Path(settings.letterhead).expanduser()) if settings.letterhead else None
    return Letter(practice, about or Particulars(), settings.paper)


def read(file: Path) -> Practice:
    """The letterhead of a file. Raises ConfigError, naming the file, where it cannot be used."""
    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the letterhead {file} cannot be read: check export.letterhead") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"the letterhead {file} is not YAML: docs/documents.md shows one") from error
    if not isinstance(tree, dict) or not isinstance(tree.get("name"), str) or not tree["name"].strip():
        raise ConfigError(f"the letterhead {file} has no `name:` of a practice: docs/documents.md shows one")
    if unknown := [str(key) for key in tree if key not in KEYS]:
        raise ConfigError(f"the letterhead {file} has the unknown key {unknown[0]!r}: it may have {', '.join(KEYS)}")
    lines = tree.get("lines") or []
    if not isinstance(lines, list) or len(lines) > MAX_LINES:
        raise ConfigError(f"the letterhead {file} needs at `lines:` a list of at most {MAX_LINES} lines")
    logo = _logo(file, tree["logo"]) if tree.get("logo") else b""
    return Practice(tree["name"].strip(), tuple(str(item).strip() for item in lines), logo)


def _logo(file: Path, named: object) -> bytes:
    """The bytes of the logo, checked to be a whole picture of sound size."""
    from PIL import Image, UnidentifiedImageError

    path = file.parent / Path(str(named)).expanduser()
    if not path.is_file():
        raise ConfigError(f"the letterhead {file} names the logo {path}, and there is no such file")
    if path.stat().st_size > MAX_LOGO_BYTES:
        raise ConfigError(f"the logo {path} has more than {MAX_LOGO_BYTES // 2**20} MiB: save it smaller")
    content = path.read_bytes()
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MAX_LOGO_PIXELS:
                raise ConfigError(f"the logo {path} has more than {MAX_LOGO_PIXELS:,} points: save it smaller")
            picture.load()
            ending = b"IEND" if picture.format == "PNG" else b"\xff\xd9"
        if ending not in content[-1024:]:  # whether Pillow tells of a cut picture depends on who else uses it
            raise ValueError("cut short")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ConfigError(f"the logo {path} is no PNG or JPEG that can be read: save it as PNG") from error
    return content
