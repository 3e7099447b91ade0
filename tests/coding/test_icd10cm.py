from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scribe.coding import icd10cm as module
from scribe.coding import icd10cm_files, index
from scribe.coding.icd10cm import Icd10cm
from scribe.config import Config
from scribe.errors import AssetError, EngineError
from scribe.types import Coding


def test_release(icd10cm: Icd10cm) -> None:
    year, month = icd10cm.version.split("-")
    assert int(year) >= 2026
    assert 1 <= int(month) <= 12


def test_lookup(icd10cm: Icd10cm) -> None:
    assert icd10cm.lookup("I10") == Coding("icd10cm", icd10cm.version, "I10", "Essential (primary) hypertension")
    assert icd10cm.lookup("I1000") is None
    assert icd10cm.lookup("A00-A09") is None  # a block is no code


@pytest.mark.parametrize(
    ("code", "billable"),
    [
        ("I10", True),
        ("E11", False),
        ("E11.9", True),
        ("S93.409", False),
        ("S93.409A", True),
        ("19", False),
        ("nonsense", False),
    ],
)
def test_billable(icd10cm: Icd10cm, code: str, billable: bool) -> None:
    assert icd10cm.is_billable(code) is billable


def test_excludes_in_either_direction_and_by_what_a_code_stands_under(icd10cm: Icd10cm) -> None:
    assert icd10cm.excludes("E11.9", "E10.9")
    assert icd10cm.excludes("E10.9", "E11.9")
    assert icd10cm.excludes("J06.9", "J02.0")
    assert not icd10cm.excludes("I10", "E11.9")


def test_refines(icd10cm: Icd10cm) -> None:
    assert icd10cm.refines("E11.22", "E11.9")
    assert icd10cm.refines("M25.562", "M25.569")
    assert not icd10cm.refines("M25.562", "M25.559")
    assert not icd10cm.refines("E11.9", "E11.9")


def test_saved_index_is_not_made_again(icd10cm: Icd10cm, monkeypatch: pytest.MonkeyPatch) -> None:
    assert icd10cm.index
    monkeypatch.setattr(icd10cm_files, "contents", lambda parts: pytest.fail("it was made again"))
    again = Icd10cm(Config())
    assert [match.code for match in again.find("gout")] == ["M10.9"]


def small() -> index.Contents:
    return index.Contents(
        [index.Entry("I10", "Hypertension", True, "")], [index.Term("hypertension", "I10", "r", 1.0)], []
    )


def test_damaged_index_is_made_again(tmp_path: Path) -> None:
    index.open_index(tmp_path, "t", "f" * 64, small)
    (saved,) = tmp_path.glob("t-*.sqlite")
    for damage in (b"", b"not a database", saved.read_bytes()[:5000]):
        saved.write_bytes(damage)
        assert index.open_index(tmp_path, "t", "f" * 64, small).terms(["hypertension"])["hypertension"].code == "I10"
        assert saved.stat().st_size > 5000


def test_index_of_another_fingerprint_is_replaced(tmp_path: Path) -> None:
    index.open_index(tmp_path, "t", "a" * 64, small)
    index.open_index(tmp_path, "t", "b" * 64, small)
    assert [path.name for path in tmp_path.iterdir()] == [f"t-{'b' * 16}.sqlite"]


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(AssetError, match=r"cannot be kept in .*set coding\.folder"):
        index.open_index(file / "below", "t", "f" * 64, lambda: pytest.fail("work was done in vain"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write anywhere")
def test_read_only_folder_serves_what_it_has_and_nothing_else(tmp_path: Path) -> None:
    index.open_index(tmp_path, "t", "f" * 64, small)
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert index.open_index(tmp_path, "t", "f" * 64, small).entry("I10") is not None
        with pytest.raises(AssetError, match="cannot be kept"):
            index.open_index(tmp_path, "t", "e" * 64, small)
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_on_a_full_disk_it_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    with monkeypatch.context() as full:
        full.setattr(Path, "replace", fail)
        assert index.open_index(tmp_path, "t", "f" * 64, small).entry("I10") is not None
    assert list(tmp_path.iterdir()) == [], "nothing half-written stays"
    index.open_index(tmp_path, "t", "f" * 64, small)
    assert [path.name for path in tmp_path.iterdir()] == [f"t-{'f' * 16}.sqlite"]


def test_two_processes_build_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from scribe.coding import index\n"
        "made = index.Contents([index.Entry('I10', 'x', True, '')], [index.Term('x', 'I10', 'r', 1.0)] , [])\n"
        "assert index.open_index(Path(sys.argv[1]), 't', 'f' * 64, lambda: made).entry('I10')"
    )
    both = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == [f"t-{'f' * 16}.sqlite"]


def test_threads_share_one_system(icd10cm: Icd10cm) -> None:
    found: list[list[str]] = []

    def look() -> None:
        found.extend([match.code for match in icd10cm.find("gout and asthma")] for _ in range(20))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["M10.9", "J45.909"]] * 80


def test_tables_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match="pip install"):
        Icd10cm(Config())


def test_naming_the_system_does_not_load_the_tables() -> None:
    program = "import sys, scribe.coding.icd10cm, scribe.coding.suggest; sys.exit('simple_icd_10_cm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
