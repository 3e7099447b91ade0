from __future__ import annotations

import os
import subprocess
import sys

from scribe.batch import process


def test_a_process_that_runs_is_not_gone() -> None:
    assert not process.is_gone(process.new_name())
    assert process.new_name() != process.new_name()
    assert len(process.new_name()) <= 80


def test_a_process_that_ended_is_gone() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from scribe.batch import process; print(process.new_name())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.is_gone(told.stdout.strip())


def test_a_number_that_another_process_got_since_does_not_keep_it_alive() -> None:
    host, pid, started, token = process.new_name().rsplit("-", 3)
    assert int(pid) == os.getpid()
    assert process.is_gone(f"{host}-{pid}-{int(started) + 7}-{token}") == (started != "0")


def test_of_another_machine_nothing_is_known() -> None:
    assert not process.is_gone("elsewhere-1-1-abcd")
    assert not process.is_gone("w")
