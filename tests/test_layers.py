"""What import-linter does not say: circles of imports, homes of engines, and how long files and functions may be.

The layers are contracts in `pyproject.toml`; `lint-imports` says which import breaks one, and how it gets there.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scribe"

# Each third-party engine is imported in exactly one file.
ENGINES = {
    "av": "scribe.audio._decoding",
    "faster_whisper": "scribe.asr.faster_whisper",
    "pyannote": "scribe.diarization.pyannote",
    "httpx": "scribe.sections.openai_compatible",
    "pint": "scribe.dictation.plausibility",
    "wordfreq": "scribe.clinical.english",
    "cryptography": "scribe.vault",
    "filelock": "scribe.capture.lock",
    "docx": "scribe.export.docx",
    "weasyprint": "scribe.export.pdf",
    "PIL": "scribe.export.letterhead",
    "keyring": "scribe.vault",
    "sounddevice": "scribe.capture.microphone",
    "soxr": "scribe.capture.resample",
    "sqlcipher3": "scribe.store.database",
    "pwdlib": "scribe.store.passwords",
    "pyotp": "scribe.store.second_factor",
    "authlib": "scribe.web.oidc",
    "joserfc": "scribe.web.oidc",
    "segno": "scribe.web.qr",
    "uvicorn": "scribe.web.serve",
}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
FILES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted(file.parent.name for file in PACKAGE.glob("*/__init__.py") if file.parent.name != "cli")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Every import of the package, also those inside functions."""
    return grimp.build_graph("scribe", include_external_packages=True, cache_dir=None)


def test_the_layers_are_kept() -> None:
    """In a process of its own: import-linter switches off the loggers that are there."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    arguments = [sys.executable, "-c", code, "--no-cache", "--no-logo"]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_modules_of_a_folder_import_one_another_in_a_circle(graph: grimp.ImportGraph, folder: str) -> None:
    modules = {f"scribe.{folder}", *graph.find_descendants(f"scribe.{folder}")}
    order = TopologicalSorter({name: graph.find_modules_directly_imported_by(name) & modules for name in modules})
    order.prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize(("engine", "home"), ENGINES.items())
def test_an_engine_is_imported_in_one_file(graph: grimp.ImportGraph, engine: str, home: str) -> None:
    users = graph.find_modules_that_directly_import(engine)
    assert {name for name in users if not name.startswith("scribe.bench.")} == {home}


def test_a_private_module_is_used_in_its_own_folder_only(graph: grimp.ImportGraph) -> None:
    private = {module for module in graph.modules if module.startswith("scribe.") and "._" in module}
    users = {(user, module) for module in private for user in graph.find_modules_that_directly_import(module)}
    assert {(user, module) for user, module in users if _folder(user) != _folder(module)} == set()


def _folder(module: str) -> str:
    """The package that a module lies in; a package lies in itself."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    return module if path.is_dir() else module.rpartition(".")[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_files_and_functions_stay_readable(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno + 1 <= MAX_FUNCTION_LINES, node.name
