"""`scribe serve` as a process: how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe.bench.faults._page import Page
from scribe.bench.faults._server import Server, dictated, scripted
from scribe.capture import recovery
from scribe.capture.recorder import Recorder
from scribe.config import Config
from scribe.store.actor import SYSTEM
from scribe.store.records import JobState
from scribe.store.store import Store

SOON = 30.0  # seconds on a machine that is busy with other things; it is about two on one that is not


@pytest.mark.usefixtures("loopback")
def test_sigterm_with_an_open_recording(tmp_path: Path) -> None:
    config = scripted(Config(), tmp_path)
    server = Server(config, tmp_path)
    try:
        made = server.browser.call("POST", "/api/v1/live", json={"mode": "dictation"})["id"]
        page = Page(made, dictated(config))
        with page.connected(server.browser):
            page.speak(2 * 16_000)
            page.wait(lambda: page.durable == page.spoken)
            took = server.terminate()
    finally:
        server.close()
    assert server.process.returncode == 0
    assert took < SOON
    (item,) = recovery.unfinished(tmp_path / "recordings")
    again = Recorder.reopen(item.folder, key=None)  # it can be taken up again, with all of its sound
    assert again.samples == page.spoken
    again.close()
    store = Store.open(config)
    with store.transaction(read_only=True) as connection:
        head = store.auditor.trail.head(connection)
    assert store.auditor.witness.lines()[-1].seq == head.seq  # the closing checkpoint
    with store.begin(SYSTEM, read_only=True) as unit:
        assert unit.jobs.find(JobState.RUNNING) == ()
    store.close()
