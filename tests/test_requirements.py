"""What is installed is pinned, hashed and named with its licence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SETS = ("run", "test", "build", "tools")
PIN = re.compile(r"([a-z0-9-]+)==([^ ;]+)( ;[^\\]+)?")


def entries(name: str) -> list[str]:
    """Each requirement of a set with what belongs to it, on one line."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def versions(name: str) -> dict[str, str]:
    return {found[1]: found[2] for line in entries(name) if (found := PIN.match(line))}


@pytest.mark.parametrize("name", SETS)
def test_every_requirement_is_one_version_with_hashes_and_nothing_else(name: str) -> None:
    """No address of an index either: whose mirror it is, is a matter of each machine."""
    for line in entries(name):
        assert re.fullmatch(PIN.pattern + r"( +--hash=sha256:[0-9a-f]{64})+", line), line[:80]


@pytest.mark.parametrize("name", ["run", "test"])
def test_what_the_project_asks_for_is_pinned_to_a_version_that_it_takes(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(project["optional-dependencies"]["test"] if name == "test" else [])]
    pinned = versions(name)
    for requirement in map(Requirement, asked):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not pinned: run `make lock`"
        assert version in requirement.specifier, f"{requirement}: run `make lock`"


def test_the_sets_agree() -> None:
    """What is installed for running stays as it is when the tests are installed, and when packages are built."""
    run, test, build = (versions(name) for name in ("run", "test", "build"))
    assert {name: test.get(name) for name in run} == run
    assert {name: build[name] for name in build.keys() & test.keys()} == {
        name: test[name] for name in build.keys() & test.keys()
    }


def test_every_package_is_listed_with_its_licence() -> None:
    rows = re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \| ([^|]+) \|", _licences(), re.MULTILINE)
    listed = {(name, version) for name, told, _ in rows for version in told.split(", ")}
    missing = [pin for name in SETS for pin in versions(name).items() if pin not in listed]
    assert missing == [], "run `make licences`"
    assert all(terms.strip() for *_, terms in rows)


def test_every_copyleft_is_named_with_what_it_asks() -> None:
    text = _licences()
    named = text.split("## Every package")[0]
    for name, terms in re.findall(r"^\| ([a-z0-9-]+) \| [^|]+ \| ([^|]+) \|", text, re.MULTILINE):
        if re.search("GPL|MPL|Proprietary", terms) and not name.startswith("nvidia-"):
            assert f"**{name}**" in named, name
    for part in ("libx264", "libx265", "NVIDIA"):
        assert part in named


def _licences() -> str:
    return (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
