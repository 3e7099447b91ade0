"""The tables of clinical language: each is read, and a row that is bad or stands there twice is named by its line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.clinical import attributes, mentions, openings, people, phrases, terms
from scribe.errors import InputError


def _openings() -> None:
    openings.answer_of("No.")
    openings.opens_question("Any fever?")


TABLES: dict[str, tuple[object, str, Callable[[], object], str]] = {
    "terms.tsv": (terms, "TABLE", terms._rows, "symptom\tnonsense\t(a|b"),
    "attributes.tsv": (attributes, "TABLE", attributes._rows, "mood\t-\thappy"),
    "phrases.tsv": (phrases, "TABLE", phrases._phrases, "sings\tla la"),
    "questions.tsv": (phrases, "QUESTIONS", phrases._questions, "weather\thow is the weather"),
    "relatives.tsv": (people, "TABLE", people.by_word, "robot\tit\tfamily\tmother"),
    "cues.tsv": (mentions, "CUES", mentions._rules, "absent\tsideways\tnot at all"),
    "stops.tsv": (mentions, "STOPS", mentions._stops, "all\t(a"),
    "openings.tsv": (openings, "TABLE", _openings, "no"),
}


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Tables are read once: forget them before and after a table is exchanged."""
    _forget()


def _forget() -> None:
    for _, _, load, _ in TABLES.values():
        getattr(load, "cache_clear", lambda: None)()
    for cached in (
        mentions._stops,
        mentions._rules_around,
        openings._rows,
        openings._words,
        openings._begins,
        openings._whole,
    ):
        cached.cache_clear()
    for more in (openings._within, openings._leading, people.expression, people.pronoun_of, people.of_a_parent):
        more.cache_clear()


def exchanged(name: str, monkeypatch: pytest.MonkeyPatch, folder: Path, change: Callable[[str], str]) -> int:
    """Load a table with its text changed; the number of its last line."""
    module, attribute, load, _ = TABLES[name]
    file = folder / name
    shutil.copy(getattr(module, attribute), file)
    text = change(file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, attribute, file)
    with pytest.raises(InputError) as raised:
        load()
    assert file.name in str(raised.value)
    last = len(text.splitlines())
    assert f"line {last}" in str(raised.value)
    monkeypatch.undo()
    _forget()
    return last


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read(name: str) -> None:
    TABLES[name][2]()


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_stands_there_twice_is_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    exchanged(name, monkeypatch, tmp_path, lambda text: text + text.rstrip("\n").splitlines()[-1] + "\n")


@pytest.mark.parametrize("name", TABLES)
def test_a_bad_row_is_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    exchanged(name, monkeypatch, tmp_path, lambda text: text.rstrip("\n") + "\n" + TABLES[name][3] + "\n")


def test_a_word_of_two_terms_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    row = "symptom\tanother name\tfatigue~\n"
    exchanged("terms.tsv", monkeypatch, tmp_path, lambda text: text.rstrip("\n") + "\n" + row)


def test_a_person_of_two_rows_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    row = "mother of all\tshe\tfamily\tmother\n"
    exchanged("relatives.tsv", monkeypatch, tmp_path, lambda text: text.rstrip("\n") + "\n" + row)
