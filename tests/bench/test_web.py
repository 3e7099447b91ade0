"""The bench of the workbench: its arithmetic, its drafts, and a short run against a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe import serial
from scribe.bench import web, web_page, web_store
from scribe.bench.web_people import Call
from scribe.bench.web_store import Draft
from scribe.config import CodingSettings, Config
from scribe.errors import EngineError
from scribe.types import Encounter, Note, Section, SectionGroup, SectionKind, Span, Statement, Transcript


def test_percentiles_count_from_the_quickest() -> None:
    calls = [Call("edit", at / 1000, 200) for at in range(100, 0, -1)]
    assert web.percentiles(calls) == {"p50_ms": 51.0, "p95_ms": 96.0, "slowest_ms": 100.0}
    assert web.percentiles(calls[:1]) == {"p50_ms": 100.0, "p95_ms": 100.0, "slowest_ms": 100.0}


def test_refusals_are_counted_by_kind() -> None:
    calls = [Call("edit", 0.1, 200), Call("edit", 0.2, 409), Call("open", 0.3, 200)]
    assert web.summarise(calls, 2.0)["refused"] == 1
    assert web.summarise(calls, 2.0)["requests_per_second"] == 1.5
    assert {kind: row["refused"] for kind, row in web.by_kind(calls).items()} == {"edit": 1, "open": 0}
    with pytest.raises(EngineError, match="nobody came"):
        web.summarise([], 2.0)


def test_a_repeated_draft_points_at_the_same_words_each_time(samples: Path) -> None:
    transcript = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    said = "my right knee has been bothering me."
    start = transcript.text.index(said)
    span = Span(start, start + len(said))
    seconds = transcript.seconds(span)
    assert seconds is not None
    knee = Statement("s1", "The right knee has been bothering him.", (span,), (seconds,))
    section = Section(SectionKind.HPI, "History of present illness", SectionGroup.HISTORY, "10164-2", (knee,))
    found = web_store.longer(Draft(transcript, Note("n", Encounter("e"), (section,))), 900)
    assert len(found.transcript.words) >= 900
    statements = found.note.statements
    assert (
        len({item.id for item in statements}) == len(statements) == len(found.transcript.words) // len(transcript.words)
    )
    for statement in statements:
        place = statement.heard[0]
        assert found.transcript.text[place.start : place.end] == said
        when = found.transcript.seconds(place)
        assert when is not None
        assert when.start == pytest.approx(statement.seconds[0].start)


@pytest.mark.weights
def test_a_short_run_against_a_real_server(loopback: None, tmp_path: Path) -> None:
    config = Config(coding=CodingSettings(systems=("icd10cm",)))
    report = web.web(config, people=2, seconds=6.0, pace=0.2, words=400, runs=1, page=False)
    assert report.metrics["requests"] == len(report.predictions) >= 2
    assert report.metrics["refused"] == 0
    assert report.metrics["words"] >= 400
    assert {row["status"] for row in report.metrics["answers"].values()} == {200}
    assert set(report.metrics["answers"]) == {"transcript", "note", "codes", "checks"}
    assert "page" not in report.metrics


def test_a_missing_browser_is_told_and_the_rest_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise EngineError(web_page.MISSING)

    told: list[str] = []
    monkeypatch.setattr(web_page, "measure", missing)
    assert web._page("http://127.0.0.1:1/", "cookie", "e", 1, told.append) == {}
    assert "pip install playwright" in told[0]
