"""`scribe codes`: tables are listed, imported, shown and searched; a bad file imports nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scribe.cli.app import app
from scribe.coding import store
from scribe.config import CodingSettings, Config
from scribe.errors import AssetError, InputError

BEGINNING, ENDING = 6000, 2  # lines of the Alphabetic Index that are imported; all with --all-data

# An invented table: no code or descriptor of CPT.
OWN_CPT = """code,descriptor
QQAA1,"Office visit, new patient, straightforward medical decision making (invented)"
QQAA2,"Office visit, established patient, moderate medical decision making (invented)"
QQBB1,"Washing out of earwax, one ear (invented)"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tables of its own, for tests that import."""
    path = tmp_path / "codes"
    monkeypatch.setenv("SCRIBE_CODING__FOLDER", str(path))
    return path


def codes(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["codes", *map(str, arguments)])


def kept(folder: Path, system: str) -> list[str]:
    found = store.Store(store.folder(Config(coding=CodingSettings(folder=str(folder))))).imported(system)
    return [f"{item.kind} {item.release}" for item in found]


def test_list_shows_release_days_and_licence() -> None:
    rows = json.loads(codes("list", "--json").stdout)
    icd = next(row for row in rows if row["system"] == "icd10cm")
    assert icd["from"] < icd["to"]
    assert "public domain" in icd["licence"]
    assert {row["system"] for row in rows} == {"icd10cm", "hcpcs"}
    assert "cpt      none" in codes("list").stdout


def test_show_with_and_without_a_dot() -> None:
    found = json.loads(codes("show", "icd10cm", "e119", "--json").stdout)
    assert (found["code"], found["billable"], found["above"][0]["code"]) == ("E11.9", True, "E11")
    assert json.loads(codes("show", "icd10cm", "E11", "--json").stdout)["billable"] is False
    assert "cannot be billed" in codes("show", "icd10cm", "E11").stdout


def test_show_of_what_is_not_there() -> None:
    result = codes("show", "icd10cm", "ZZZ.99")
    assert isinstance(result.exception, InputError)
    assert "has no code 'ZZZ.99'" in str(result.exception)


def test_a_table_that_has_ended_is_told_and_an_earlier_day_refused() -> None:
    late = CliRunner().invoke(app, ["codes", "show", "icd10cm", "I10", "--date", "2035-01-01"])
    assert late.exit_code == 0
    assert "codes may have changed since" in late.stderr
    assert isinstance(
        codes("show", "icd10cm", "I10", "--date", "2035-01-01", "--set", "coding.ended_release=refuse").exception,
        AssetError,
    )
    assert isinstance(codes("show", "icd10cm", "I10", "--date", "2019-05-01").exception, AssetError)
    assert isinstance(codes("show", "icd10cm", "I10", "--date", "soon").exception, InputError)
    assert isinstance(codes("show", "icd10cm", "I10", "--release", "2044-10").exception, InputError)


def test_search_reads_lay_words_and_inflection() -> None:
    found = json.loads(codes("search", "icd10cm", "tuberculous", "adrenal", "--json").stdout)
    assert found[0]["code"] == "A18.7"
    assert json.loads(codes("search", "icd10cm", "heart", "attack", "--json").stdout)[0]["code"] == "I21.9"
    assert json.loads(codes("search", "hcpcs", "toradol", "--json").stdout)[0]["code"] == "J1885"
    assert codes("search", "icd10cm", "xyzzyqq").exit_code == 1


def test_cpt_needs_the_licence_confirmed_and_stays_the_users(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(OWN_CPT)
    refused = codes("import", "cpt", file, "--release", "2026")
    assert isinstance(refused.exception, InputError)
    assert "--accept-licence" in str(refused.exception)
    assert not folder.exists()
    assert isinstance(codes("import", "cpt", file, "--accept-licence").exception, InputError)  # of which year?
    assert "3 codes of cpt" in codes("import", "cpt", file, "--release", "2026", "--accept-licence").stdout
    row = next(row for row in json.loads(codes("list", "--json").stdout) if row["system"] == "cpt")
    assert "confirmed at the import" in row["licence"]
    found = json.loads(codes("search", "cpt", "earwax", "--date", "2026-05-04", "--json").stdout)
    assert [item["code"] for item in found] == ["QQBB1"]
    assert codes("remove", "cpt", "2026").exit_code == 0
    assert isinstance(codes("search", "cpt", "earwax").exception, AssetError)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is empty"),
        ("code,descriptor\n", "holds no codes"),
        ("QQAA1,one\nQQAA1,two\n", "twice, in line 2"),
        ("QQAA1,one\nQ,two\n", "line 2 is not a code"),
        ('QQAA1,one\nQQAA2,"two\n', "cannot be read as a table"),
    ],
)
def test_bad_cpt_tables_import_nothing(folder: Path, tmp_path: Path, content: str, problem: str) -> None:
    file = tmp_path / "own.csv"
    file.write_text(content)
    result = codes("import", "cpt", file, "--release", "2026", "--accept-licence")
    assert isinstance(result.exception, InputError)
    assert problem in str(result.exception)
    assert kept(folder, "cpt") == []


def test_what_is_no_code_table(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear colleague\n")
    for system in ("icd10cm", "hcpcs"):
        assert isinstance(codes("import", system, file).exception, InputError)
    assert isinstance(codes("import", "icd10cm", tmp_path / "none.xml").exception, InputError)
    assert not folder.exists()


def test_imports_of_the_official_files(
    folder: Path, tmp_path: Path, shared_data: Path, some: Callable[..., Any]
) -> None:
    index, neoplasms = (shared_data / "icd10cm-2025" / name for name in ("index.csv", "neoplasm.xml"))
    entries = index.read_text(encoding="utf-8").splitlines(keepends=True)
    if some(entries, 1) != entries:
        entries = [*entries[:BEGINNING], *entries[-ENDING:]]
    (tmp_path / "index.csv").write_text("".join(entries), encoding="utf-8")
    assert codes("import", "icd10cm", tmp_path / "index.csv", neoplasms).exit_code == 0
    assert kept(folder, "icd10cm") == ["index ", "neoplasm 2024-10"]
    found = json.loads(codes("search", "icd10cm", "Baghdad spring anemia", "--json").stdout)
    assert (found[0]["code"], found[0]["kind"]) == ("D55.0", "index")
    archive = shared_data / "hcpcs-2019" / "2019-Alpha-Numeric-HCPCS-File.zip"
    assert "release 2019" in codes("import", "hcpcs", archive).stdout
    assert json.loads(codes("show", "hcpcs", "J1885", "--json").stdout)["name"].startswith("Injection, ketorolac")


@pytest.mark.parametrize("name", ["index.csv", "neoplasm.xml", "drug.xml"])
def test_a_truncated_file_imports_nothing_of_the_others(
    folder: Path, tmp_path: Path, shared_data: Path, name: str
) -> None:
    cut = tmp_path / name
    content = (shared_data / "icd10cm-2025" / name).read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    result = codes("import", "icd10cm", shared_data / "icd10cm-2025" / "eindex.xml", cut)
    assert isinstance(result.exception, InputError)
    assert "cut short" in str(result.exception)
    assert kept(folder, "icd10cm") == []
