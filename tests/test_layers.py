"""The import rules of the design, as a test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "scribe"

LAYERS = (
    {"errors"},
    {"types", "view", "events"},
    {"plugins", "config", "serial", "assets", "vault"},
    {"clinical"},
    {"capture", "audio", "asr", "diarization", "dictation", "sections", "coding", "store", "review", "export"},
    {"drafts"},
    {"pipeline"},
    {"live"},
    {"bench", "batch"},
    {"web", "cli"},
)
STAGES = LAYERS[4]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

# Each third-party engine is imported in exactly one file.
ENGINES = {
    "av": "_decoding.py",
    "faster_whisper": "asr/faster_whisper.py",
    "pyannote": "diarization/pyannote.py",
    "httpx": "sections/openai_compatible.py",
    "pint": "dictation/plausibility.py",
    "wordfreq": "_english.py",
    "cryptography": "vault.py",
    "filelock": "capture/lock.py",
    "docx": "export/docx.py",
    "weasyprint": "export/pdf.py",
    "PIL": "export/letterhead.py",
    "keyring": "vault.py",
    "sounddevice": "capture/microphone.py",
    "soxr": "capture/resample.py",
    "sqlcipher3": "store/database.py",
    "pwdlib": "store/passwords.py",
    "pyotp": "store/second_factor.py",
    "authlib": "web/oidc.py",
    "joserfc": "web/oidc.py",
    "segno": "web/qr.py",
    "uvicorn": "web/serve.py",
}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def imports(file: Path) -> tuple[tuple[str, bool], ...]:
    """As `_imports`, read once for all tests."""
    return tuple(_imports(file))


def _imports(file: Path) -> Iterator[tuple[str, bool]]:
    """Names imported by a file, and whether that happens when the file is loaded (not inside a function)."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inside = {
        id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) not in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, id(node) not in inside
            if node.module == "scribe":
                yield from ((f"scribe.{alias.name}", id(node) not in inside) for alias in node.names)


def part_of(name: str) -> str:
    """The folder or module of scribe a dotted name belongs to; some are parts of `types`, others of `assets`."""
    part = name.split(".")[1]
    if part in ("_speech", "_documentation", "_live", "_signing", "_pieces", "_clinical", "_codes"):
        return "types"
    return "assets" if part.startswith("_") else part


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_imports_only_from_its_left(file: Path) -> None:
    relative = file.relative_to(PACKAGE)
    if relative == Path("__init__.py"):
        return  # the public names, imported when they are used
    own = part_of(f"scribe.{relative.with_suffix('').parts[0]}")
    for name, _ in imports(file):
        if not name.startswith("scribe."):
            continue
        part = part_of(name)
        assert LEVEL[part] <= LEVEL[own], f"{relative} imports {name}, which is to its right"
        if own in STAGES:
            assert part == own or part not in STAGES, f"{relative} imports the stage {name}"


@pytest.mark.parametrize(("engine", "home"), ENGINES.items())
def test_an_engine_is_imported_in_one_file(engine: str, home: str) -> None:
    users = {
        str(file.relative_to(PACKAGE))
        for file in FILES
        for name, _ in imports(file)
        if name.split(".")[0] == engine and not file.is_relative_to(PACKAGE / "bench")
    }
    assert users == {home}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_files_and_functions_stay_readable(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno + 1 <= MAX_FUNCTION_LINES, node.name
