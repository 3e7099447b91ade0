"""Writes docs/licences.md: every package of requirements/*.txt with its licence, those with a copyleft first.

`make licences` runs it in the environment of the tests; a folder of site-packages may be named for each further one.
The licence is what the package says of itself; `SAID` is for those that say nothing, or that are for other systems.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

FOLDER = Path(__file__).parent
TARGET = FOLDER.parent / "docs" / "licences.md"
SETS = {"run": "runs with scribe", "test": "tests", "build": "builds", "tools": "`make lock`, `make sbom`"}
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)

SAID = {
    "brotlicffi": "MIT",  # PyPy only
    "colorama": "BSD-3-Clause",  # Windows only
    "cuda-toolkit": "LicenseRef-NVIDIA-Proprietary",
    "execnet": "MIT",
    "httpx2-jsfetch": "BSD-3-Clause",  # browsers only
    "kiwisolver": "BSD-3-Clause",
    "locate": "MIT",
    "matplotlib": "PSF-2.0",
    "nvidia-nvtx": "Apache-2.0",
    "pyannote-audio": "MIT",
    "pyannote-core": "MIT",
    "pyannote-database": "MIT",
    "pyannote-metrics": "MIT",
    "pyannote-pipeline": "MIT",
    "pyannoteai-sdk": "MIT",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "pytest-xdist": "MIT",
    "pywin32-ctypes": "BSD-3-Clause",  # Windows only
    "sqlcipher3": "Zlib",
    "torchcodec": "BSD-3-Clause",
}
NAMES = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "NVIDIA Proprietary Software": "LicenseRef-NVIDIA-Proprietary",
    "Other/Proprietary License": "LicenseRef-NVIDIA-Proprietary",
    "Python Software Foundation License": "PSF-2.0",
}
COPYLEFT = re.compile(r"GPL|MPL")


def pinned() -> dict[str, dict[str, str]]:
    """Name -> set -> version."""
    found: dict[str, dict[str, str]] = {}
    for name in SETS:
        for package, version in PIN.findall((FOLDER / f"{name}.txt").read_text(encoding="utf-8")):
            if name != "test" or "run" not in found.get(package, {}):
                found.setdefault(package, {})[name] = version
    return found


def licence(package: str, installed: dict[str, Distribution]) -> str:
    """As an SPDX expression where the package gives one. Exits where nobody knows."""
    if package in SAID:
        return SAID[package]
    if package not in installed:
        sys.exit(f"{package} is not installed here: add its licence to SAID in {__file__}, or install it")
    about = installed[package].metadata
    classifiers = [line.split(" :: ")[-1] for line in about.get_all("Classifier", []) if line.startswith("License ::")]
    plain = (about.get("License") or "").split("\n")[0].strip()
    for text in (about.get("License-Expression"), *classifiers[:1], plain):
        if text and text != "OSI Approved":
            return NAMES.get(text, text)
    sys.exit(f"{package} does not say its licence: look it up and add it to SAID in {__file__}")


def main() -> None:
    """Write the document."""
    folders = [*sys.path, *sys.argv[1:]]
    installed = {
        re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower(): found
        for found in reversed(list(distributions(path=folders)))
    }
    rows, copyleft = [], []
    for package, sets in sorted(pinned().items()):
        terms = licence(package, installed)
        versions = ", ".join(dict.fromkeys(sets.values()))
        rows.append(f"| {package} | {versions} | {terms} | {', '.join(SETS[name] for name in sets)} |")
        if COPYLEFT.search(terms):
            copyleft.append(package)
    text = TARGET.read_text(encoding="utf-8")
    start, end = "<!-- packages -->\n", "<!-- end -->"
    head, tail = text.split(start)[0], text.split(end)[1]
    table = ["| package | version | licence | for |", "|---|---|---|---|", *rows]
    missing = [package for package in copyleft if f"**{package}**" not in head]
    if missing:
        sys.exit(f"{', '.join(missing)}: name them among the copyleft parts of {TARGET}")
    TARGET.write_text(head + start + "\n".join(table) + "\n" + end + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
