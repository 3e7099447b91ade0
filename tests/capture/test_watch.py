"""Files that arrive in a folder, and the list of what became of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scribe.capture.watch import LEDGER, Handled, Ledger, Outcome, Watch, sha256_of
from scribe.errors import CaptureError


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_file_has_arrived_when_it_stops_growing(tmp_path: Path, clock: Clock) -> None:
    watch = Watch(tmp_path, settle=3, clock=clock)
    (tmp_path / "a.wav").write_bytes(b"1")
    assert watch.arrived() == []
    for second in range(1, 6):
        clock.now = second
        with (tmp_path / "a.wav").open("ab") as file:
            file.write(b"more")
        assert watch.arrived() == []
        assert watch.pending == 1
    clock.now = 7.9
    assert watch.arrived() == []
    clock.now = 8
    assert watch.arrived() == [tmp_path / "a.wav"]
    clock.now = 100
    assert watch.arrived() == []
    assert watch.pending == 0


def test_a_file_that_changes_later_arrives_again(tmp_path: Path, clock: Clock) -> None:
    watch = Watch(tmp_path, settle=0, clock=clock)
    (tmp_path / "a.wav").write_bytes(b"1")
    assert watch.arrived() == [tmp_path / "a.wav"]
    (tmp_path / "a.wav").write_bytes(b"22")
    assert watch.arrived() == [tmp_path / "a.wav"]


def test_what_is_not_a_finished_file_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    for name in (".hidden.wav", "b.wav.part", "c.crdownload", "d.TMP"):
        (tmp_path / name).write_bytes(b"1")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling.wav").symlink_to(tmp_path / "nowhere")
    assert Watch(tmp_path, settle=0, clock=clock).arrived() == []


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="make it"):
        Watch(tmp_path / "nowhere")


def test_the_ledger_outlives_a_crash_in_its_last_line(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(Handled("a" * 64, "a.wav", Outcome.DONE, folder="a-note"))
    ledger.add(Handled("b" * 64, "b.wav", Outcome.PARKED, reason="no sound"))
    with (tmp_path / LEDGER).open("a") as file:
        file.write('{"sha256": "ccc')
    again = Ledger(tmp_path)
    assert again.get("a" * 64) == Handled("a" * 64, "a.wav", Outcome.DONE, folder="a-note")
    assert [item.reason for item in again.parked] == ["no sound"]
    again.add(Handled("c" * 64, "c.wav", Outcome.DONE))
    assert Ledger(tmp_path).get("c" * 64) is not None
    assert json.loads((tmp_path / LEDGER).read_text().splitlines()[0])["at"]


def test_the_hash_is_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").write_bytes(b"x")
    assert sha256_of(tmp_path / "a") == sha256_of(tmp_path / "b")
    with pytest.raises(CaptureError, match="cannot be read"):
        sha256_of(tmp_path / "c")
