"""The worklist: what there is to do, and recordings that come in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scribe import serial
from scribe.config import AsrSettings, CodingSettings, Config, StoreSettings
from scribe.store.actor import ME
from scribe.store.records import Priority, State
from scribe.store.store import Store
from scribe.types import Transcript
from scribe.web.app import create_app
from tests.web.workbench.desk import PATIENT, Bench, Editor, shares

pytestmark = pytest.mark.weights


@pytest.fixture
def bench(fresh_bench: Bench) -> Bench:
    return fresh_bench


def _open(page: Any, url: str) -> Any:
    page.goto(url)
    page.wait_for_selector("body[data-ready=yes]")
    return page


def test_stat_comes_first_and_filters_narrow_the_list(
    bench: Bench, new_page: Callable[..., Any], until: Callable[..., Any]
) -> None:
    with bench.store.begin(ME) as unit:
        unit.encounters.add(title="Consult", patient="Samuel Whitcombe", priority=Priority.STAT)
        unit.encounters.add(title="Follow-up", patient="Ines Carvalho")
    page = _open(new_page(), bench.url)
    names = page.locator(".row-name a").all_inner_texts
    assert names()[0] == "Samuel Whitcombe"
    assert len(names()) == 3
    page.locator(".state[data-state=draft]").click()
    until(lambda: names() == [PATIENT], "only the draft is left")
    page.locator(".state[data-state=all]").click()
    page.keyboard.press("/")
    page.keyboard.type("carva")
    until(lambda: names() == ["Ines Carvalho"], "the search finds a part of the name")
    page.fill("#text", "'; DROP TABLE encounter; --")
    page.locator("#nothing:visible").wait_for()
    page.fill("#text", "")
    until(lambda: len(names()) == 3, "all are there again")


def test_the_list_works_without_a_mouse(bench: Bench, new_page: Callable[..., Any]) -> None:
    page = _open(new_page(), bench.url)
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == PATIENT
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/encounters/{bench.encounter}")
    page.wait_for_selector("body[data-ready=yes]")


def test_files_that_are_no_recordings_are_refused_one_by_one(
    bench: Bench, new_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = _open(new_page(), bench.url)
    files = {"letter.pdf": b"%PDF", "empty.wav": b"", "broken.wav": b"RIFF but no sound at all" * 9}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    page.set_input_files("#upload-files", [str(tmp_path / name) for name in files])
    said = {name: page.locator(".upload", has_text=name).locator(".upload-said") for name in files}
    page.locator(".upload[data-state=failed]").nth(1).wait_for()
    assert said["letter.pdf"].inner_text().startswith("Not a recording")
    assert said["empty.wav"].inner_text() == "This file is empty."
    page.locator(".upload[data-state]", has_text="broken.wav").wait_for()


def test_the_same_recording_is_not_transcribed_twice(
    bench: Bench, new_page: Callable[..., Any], tmp_path: Path
) -> None:
    with bench.store.begin(ME) as unit:
        recording = unit.recordings.of(bench.encounter)[0]
        with unit.recordings.open(recording.id) as file:
            (tmp_path / "again.wav").write_bytes(file.read())
    page = _open(new_page(), bench.url)
    page.set_input_files("#upload-files", str(tmp_path / "again.wav"))
    page.locator(".upload[data-state=duplicate]").wait_for()
    assert "nothing is transcribed twice" in page.locator(".upload-said").inner_text()
    assert page.locator(".upload-actions a").get_attribute("href") == f"/encounters/{bench.encounter}"


def test_an_upload_becomes_a_draft_that_is_corrected_until_it_is_right(
    tmp_path: Path, samples: Path, serve: Callable[..., str], new_page: Callable[..., Any]
) -> None:
    """The whole way with the real pipeline: an upload, its progress, the draft, and every word of it put right."""
    config = Config(
        asr=AsrSettings(threads=1),
        store=StoreSettings(folder=str(tmp_path / "store"), workers=1),
        coding=CodingSettings(systems=("icd10cm",)),
    )
    store = Store.open(config)
    url = serve(create_app(config, store=store))
    page = _open(new_page(), url)
    page.set_input_files("#upload-files", str(samples / "dictation.flac"))
    page.locator(".upload[data-state=done]").wait_for()
    page.locator(".upload-actions a").click()
    page.wait_for_selector("#waiting:visible, body[data-ready=yes]")
    page.set_default_timeout(400_000)
    page.wait_for_selector("body[data-ready=yes]")
    assert page.locator("#transcript .passage").count()
    assert page.locator("#note .statement").count()
    editor = Editor(page, Bench(url, store, config, page.url.rsplit("/", 1)[1]))
    assert editor.bench.state is State.DRAFT
    gold = serial.loads((samples / "dictation.gold.json").read_text(encoding="utf-8"), Transcript).text.split()
    fields = page.locator("#transcript .said").all()
    before = [field.inner_text().split() for field in fields]
    for field, words, right in zip(fields, before, shares(before, gold), strict=True):
        if words != right:
            field.fill(" ".join(right))
    editor.saved()
    corrected = editor.bench.transcript
    assert corrected.text.split() == gold, "no word is lost, and none is left over"
    starts = [word.start for word in corrected.words]
    assert starts == sorted(starts)
    store.close()
