"""The table of engines."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from scribe import plugins
from scribe.errors import EngineError


@pytest.mark.parametrize(
    ("stage", "name"), [(stage, name) for stage in plugins.TABLES for name in plugins.TABLES[stage]]
)
def test_every_name_in_the_table_is_a_class(stage: str, name: str) -> None:
    assert isinstance(plugins.resolve(stage, name), type)


def test_an_unknown_name_is_refused_with_the_choice() -> None:
    with pytest.raises(EngineError, match=r"no engine called 'loud': choose one of .*faster-whisper"):
        plugins.resolve("asr", "loud")


def installed(monkeypatch: pytest.MonkeyPatch, *points: EntryPoint) -> None:
    monkeypatch.setattr(plugins, "entry_points", lambda group: [p for p in points if p.group == group])


def test_another_package_may_add_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, EntryPoint("mine", "collections:OrderedDict", "scribe.asr"))
    assert plugins.resolve("asr", "mine").__name__ == "OrderedDict"
    assert "mine" in plugins.names("asr")


def test_a_name_claimed_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, EntryPoint("faster-whisper", "collections:OrderedDict", "scribe.asr"))
    with pytest.raises(EngineError, match="claimed by 2 packages"):
        plugins.resolve("asr", "faster-whisper")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, EntryPoint("mine", "package_that_is_not_there:Engine", "scribe.asr"))
    with pytest.raises(EngineError, match="needs the package 'package_that_is_not_there'"):
        plugins.resolve("asr", "mine")
