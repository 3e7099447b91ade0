"""The sample visit in a workbench: drafted, with places to check.

The words are those of the gold transcript of the sample, so no test waits for a recogniser; what stands behind is real.
One server and one browser profile serve a module, so that its scripts are loaded once; each test has an encounter of
its own in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scribe import load_audio, pipeline, serial
from scribe.config import AsrSettings, CodingSettings, Config, StoreSettings
from scribe.store.store import Store
from scribe.types import Audio, Flag, FlagKind, Interval, Note, Transcript
from scribe.web.app import create_app
from tests.web.conftest import forbidden, pages, running
from tests.web.workbench.desk import Bench, Editor, add


def settings(folder: Path, code_tables: Path) -> Config:
    """Settings of a store of its own; codes of the ICD-10-CM table only."""
    words = folder / "words.tsv"
    words.touch()
    return Config(
        asr=AsrSettings(words=str(words)),
        store=StoreSettings(folder=str(folder / "store"), workers=0),
        coding=CodingSettings(systems=("icd10cm",), folder=str(code_tables)),
    )


@pytest.fixture
def config(tmp_path: Path, code_tables: Path) -> Config:
    return settings(tmp_path, code_tables)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    opened = Store.open(config)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def visit_sound(samples: Path) -> Audio:
    return load_audio(samples / "visit.flac", Config().audio)


@pytest.fixture(scope="session")
def visit(samples: Path, code_tables: Path) -> tuple[Transcript, Note]:
    """Transcript and coded note of the sample visit, with three places to check.

    Coding it makes the index of the code table where the workbench of each test finds it: no test waits for that.
    """
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    transcript = replace(
        gold,
        flags=(
            _flag(gold, FlagKind.DRUG, "metformin,"),
            _flag(gold, FlagKind.NUMBER, "148"),
            _flag(gold, FlagKind.NEGATION, "no,"),
        ),
    )
    config = Config(coding=CodingSettings(systems=("icd10cm",), folder=str(code_tables)))
    return transcript, pipeline.code(pipeline.draft(transcript, config).note, config)


def _flag(transcript: Transcript, kind: FlagKind, text: str) -> Flag:
    word = next(
        word for word in transcript.words if word.text.strip().casefold().startswith(text.strip(",").casefold())
    )
    return Flag(kind, Interval(word.start, word.end), f"a {kind} was heard poorly")


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory, code_tables: Path) -> Iterator[Bench]:
    """The workbench of a module."""
    config = settings(tmp_path_factory.mktemp("workbench"), code_tables)
    store = Store.open(config)
    with running(create_app(config, store=store)) as url:
        yield Bench(url, store, config, "")
    store.close()


@pytest.fixture
def bench(workbench: Bench, visit: tuple[Transcript, Note], visit_sound: Audio) -> Bench:
    """The workbench of the module, and the sample visit in it as a draft."""
    return replace(workbench, encounter=add(workbench.store, *visit, visit_sound))


@pytest.fixture
def fresh_bench(
    config: Config, store: Store, visit: tuple[Transcript, Note], visit_sound: Audio, serve: Callable[..., str]
) -> Bench:
    """A workbench with nothing in it but the sample visit as a draft."""
    encounter = add(store, *visit, visit_sound)
    return Bench(serve(create_app(config, store=store)), store, config, encounter)


@pytest.fixture(scope="module")
def profile(browser: Any) -> Iterator[Any]:
    """The browser profile of a module: what the pages load stays in its cache."""
    with pages(browser) as opened:
        yield opened().context


@pytest.fixture
def editor(bench: Bench, profile: Any) -> Iterator[Editor]:
    """The editor of the sample visit, open in a browser. What a test chose in the page is forgotten behind it."""
    page, errors = profile.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.extend(forbidden(message)))
    yield Editor(page, bench).open()
    profile.set_offline(False)
    page.evaluate("localStorage.clear()")
    page.close()
    assert not errors
