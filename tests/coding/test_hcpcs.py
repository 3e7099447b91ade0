from __future__ import annotations

import re
from pathlib import Path

import pytest

from scribe.coding import hcpcs
from scribe.errors import InputError

UNITS = {"mcg": "(?:mcg|microgram)", "ml": "(?:ml|cc)"}


@pytest.fixture(scope="session")
def release(shared_data: Path) -> dict[str, str]:
    archive = shared_data / "hcpcs-2019" / "2019-Alpha-Numeric-HCPCS-File.zip"
    name, text = hcpcs.unpacked(archive.name, archive.read_bytes())
    return {entry.code: entry.display.lower() for entry in hcpcs.parsed(text, name)}


def test_the_release_of_cms_without_dental_codes(release: dict[str, str]) -> None:
    assert len(release) == 6800
    assert release["J1885"] == "injection, ketorolac tromethamine, per 15 mg"
    assert release["RT"].startswith("right side")
    assert not any(re.fullmatch(r"D\d{4}", code) for code in release)


def test_our_own_table_has_a_hundred_codes_each_in_the_release(release: dict[str, str]) -> None:
    assert len(hcpcs.starter()) >= 100
    assert [item.code for item in hcpcs.starter() if item.code not in release] == []


@pytest.mark.parametrize("item", [item for item in hcpcs.starter() if item.unit], ids=lambda item: item.code)
def test_our_billing_units_are_those_of_the_release(item: hcpcs.Starter, release: dict[str, str]) -> None:
    descriptor = release[item.code].replace(",000", "000").replace("per milligram", "1 mg")
    if item.code == "J0702":
        assert "3 mg" in descriptor  # of each of its two salts, six together
        return
    assert re.search(rf"(?<![\d.]){item.amount:g} ?{UNITS.get(item.unit, item.unit)}", descriptor), descriptor


@pytest.mark.parametrize("item", [item for item in hcpcs.starter() if item.kind == "drugs"], ids=lambda item: item.code)
def test_our_drugs_are_those_of_the_release(item: hcpcs.Starter, release: dict[str, str]) -> None:
    words = {word for said in item.said for word in re.findall(r"[a-z]{4,}", said)}
    assert any(word in release[item.code] for word in words), release[item.code]


def line(code: str, text: str, kind: str = "3", number: int = 1) -> str:
    return f"{code:>5}{number:05d}{kind}{text:<80}".ljust(320)


def table(*lines: str) -> str:
    return "\r\n".join([*lines, line("V2020", "Frames")])


def test_long_descriptors_are_joined() -> None:
    found = hcpcs.parsed(table(line("J0001", "Injection of a"), line("J0001", "thing, 1 mg", "4", 2)), "t")
    assert (found[0].code, found[0].display) == ("J0001", "Injection of a thing, 1 mg")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (table(line("J0001", "x"), line("J0001", "y")), "twice, in line 2"),
        (line("J0001", "x"), "no codes that begin with V"),
        (table(line("J0001", "x"), line("J0002", "y")[:200]), "line 2 has another layout"),
        (table(line("J0001", "x"), line("J0009", "y", "4")), "which has not begun"),
        ("a letter\n" * 60, "another layout"),
    ],
)
def test_a_damaged_table_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        hcpcs.parsed(text, "t")


def test_a_damaged_archive(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cut short or damaged"):
        hcpcs.unpacked("t.zip", b"PK\x03\x04 not a zip")
