"""The sample visit in a workbench: drafted, with places to check.

The words are those of the gold transcript of the sample, so no test waits for a recogniser; what stands behind is real.
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
from tests.web.workbench.desk import Bench, Editor, add


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a store of its own; codes of the ICD-10-CM table only."""
    return Config(
        asr=AsrSettings(words=str(tmp_path / "words.tsv")),
        store=StoreSettings(folder=str(tmp_path / "store"), workers=0),
        coding=CodingSettings(systems=("icd10cm",)),
    )


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    opened = Store.open(config)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def visit_sound(samples: Path) -> Audio:
    return load_audio(samples / "visit.flac", Config().audio)


@pytest.fixture(scope="session")
def visit(samples: Path) -> tuple[Transcript, Note]:
    """Transcript and coded note of the sample visit, with three places to check."""
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    transcript = replace(
        gold,
        flags=(
            _flag(gold, FlagKind.DRUG, "metformin,"),
            _flag(gold, FlagKind.NUMBER, "148"),
            _flag(gold, FlagKind.NEGATION, "no,"),
        ),
    )
    config = Config(coding=CodingSettings(systems=("icd10cm",)))
    return transcript, pipeline.code(pipeline.write(transcript, config), config)


def _flag(transcript: Transcript, kind: FlagKind, text: str) -> Flag:
    word = next(
        word for word in transcript.words if word.text.strip().casefold().startswith(text.strip(",").casefold())
    )
    return Flag(kind, Interval(word.start, word.end), f"a {kind} was heard poorly")


@pytest.fixture
def bench(
    config: Config, store: Store, visit: tuple[Transcript, Note], visit_sound: Audio, serve: Callable[..., str]
) -> Bench:
    """The workbench, and the sample visit in it as a draft."""
    encounter = add(store, *visit, visit_sound)
    return Bench(serve(create_app(config, store=store)), store, config, encounter)


@pytest.fixture
def editor(bench: Bench, new_page: Callable[..., Any]) -> Editor:
    """The editor of the sample visit, open in a browser."""
    return Editor(new_page(), bench).open()
