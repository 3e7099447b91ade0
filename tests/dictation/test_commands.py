from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scribe.dictation import commands, templates
from scribe.dictation.commands import Action, load
from scribe.dictation.editing import dictate
from scribe.dictation.parse import spoken
from scribe.errors import ConfigError
from scribe.sections import headings
from scribe.types import Transcript, Word

Say = Callable[..., Transcript]
HERE = Path(__file__).parent


def rows(name: str) -> Iterator[tuple[str, str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            said, _, written = line.partition("\t")
            yield said, written.replace("\\n", "\n")


def page(transcript: Transcript, file: str = "") -> str:
    written = dictate(transcript.words, load(file), templates.load()).written
    return "".join(item.word.text for item in written)


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        file = tmp_path / "mine.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


@pytest.mark.parametrize(("said", "written"), [*rows("commands.tsv"), *rows("commands_more.tsv")])
def test_what_is_said_and_what_is_written(say: Say, said: str, written: str) -> None:
    assert page(say(said)).strip() == written


def test_the_tables_are_long_enough() -> None:
    assert len(list(rows("commands.tsv"))) >= 250
    assert len(list(rows("commands_more.tsv"))) >= 80


def test_every_action_has_a_command_and_every_phrase_one_command() -> None:
    shipped = load()
    assert {command.action for command in shipped.commands} == set(Action)
    phrases = [phrase for command in shipped.commands for phrase in (*command.say, *command.misheard)]
    assert len(phrases) == len(set(phrases)) == sum(len(found) for found in shipped.by_first_word.values())


def test_every_heading_that_can_be_named_is_one_the_note_honours() -> None:
    for written in load().headings.values():
        assert headings.match(f"{written}: text") is not None, written


def test_own_commands_are_added_changed_and_removed(say: Say, own: Callable[[str], str]) -> None:
    file = own(
        "remove: [ellipsis]\n"
        "headings: {Plan: [what we do]}\n"
        "groups: {mine: 'steep'}\n"
        "commands:\n"
        "  full stop: {add: [full halt]}\n"
        "  comma: {say: [beistrich]}\n"
        "  section sign: {say: [section sign], write: '§', place: open, not_after: '@mine'}\n"
        '  closing: {say: [my closing words], write: "Kind regards,\\nDr. A", place: word}\n'
    )
    said = "cough beistrich fever full halt section sign 5 comma ellipsis go to what we do my closing words"
    assert page(say(said), file) == " Cough, fever. §5 comma ellipsis\n\nPlan: Kind regards,\nDr. A"
    assert page(say("steep section sign period"), file) == " Steep section sign."
    assert page(say("cough comma fever")) == " Cough, fever"


def test_a_command_that_needs_pauses_is_words_without_them(say: Say, own: Callable[[str], str]) -> None:
    file = own("commands: {stop: {say: [stop], write: '.', needs_pause: true}}")
    assert page(say("cough | stop | fever"), file) == " Cough. Fever"
    assert page(say("stop smoking | she did stop"), file) == " Stop smoking she did stop"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("commands: {full stop: {add: [comma]}}", ["comma", "full stop"]),
        ("commands: {a: {say: [beep], write: '!'}, b: {say: [beep], write: '?'}}", ["beep", "'a'", "'b'"]),
        ("commands: {a: {say: [beep], action: explode}}", ["'a'", "explode", "scratch"]),
        ("commands: {a: {say: [beep], write: x, place: above}}", ["'a'", "above", "close"]),
        ("commands: {a: {say: [beep], wirte: x}}", ["'a'", "wirte"]),
        ("commands: {a: {say: [beep]}}", ["'a'", "write", "action"]),
        ("commands: {a: {say: [beep], write: x, action: caps}}", ["'a'", "write", "action"]),
        ("commands: {a: {write: x}}", ["'a'", "say"]),
        ("commands: {a: {say: ['  '], write: x}}", ["'a'", "empty"]),
        ("commands: {a: {say: [5], write: x}}", ["'a'", "5"]),
        ("commands: {a: {say: [beep], write: 5}}", ["'a'", "write"]),
        ("commands: {a: {say: [beep], write: x, needs_pause: often}}", ["'a'", "needs_pause"]),
        ("commands: {a: {say: [beep], write: x, not_after: '@nobody'}}", ["'a'", "@nobody"]),
        ("commands: {a: {say: [beep], write: x, not_after: [of]}}", ["'a'", "words"]),
        ("commands: {a: {say: [left], write: x}}", ["'a'", "'left'", "needs_pause"]),
        ("commands: {a: {say: [Blood Pressure], write: x}}", ["'a'", "blood pressure", "needs_pause"]),
        ("commands: {a: {say: [beep], write: x, closed_by: nothing}}", ["'a'", "nothing"]),
        ("commands: {a: {say: [beep], write: x}, a: {say: [boop], write: x}}", ["'a'", "line 1"]),
        ("commands: [a, b]", ["names"]),
        ("remove: [nothing]", ["nothing"]),
        ("remvoe: [comma]", ["remvoe"]),
        ("headings: {A: [same], B: [same]}", ["same", "'A'", "'B'"]),
        ("commands: {a: [", ["YAML", "line 1"]),
        ("just text", ["names"]),
        ("? [1, 2]\n: 3", ["YAML"]),
    ],
)
def test_a_mistake_names_the_file_and_what_is_wrong(own: Callable[[str], str], text: str, names: list[str]) -> None:
    file = own(text)
    with pytest.raises(ConfigError) as raised:
        load(file)
    for name in (file, *names):
        assert name in str(raised.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load(str(tmp_path / "none.yaml"))
    with pytest.raises(ConfigError, match="cannot be read"):
        load(str(tmp_path))
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("commands: {ß: {say: [ß]}}".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(str(latin))


def test_a_file_that_was_changed_is_read_again(say: Say, own: Callable[[str], str]) -> None:
    import os

    file = own("commands: {a: {say: [beep], write: '!'}}")
    assert page(say("ouch beep"), file) == " Ouch!"
    own("commands: {a: {say: [beep], write: '?'}}")
    os.utime(file, ns=(1, 1))
    assert page(say("ouch beep"), file) == " Ouch?"


def test_no_false_command_where_nobody_dictates(shared_data: Path, some: Callable[..., list[Path]]) -> None:
    """258 interviews: with their punctuation, and as bare words."""
    files = sorted((shared_data / "osce" / "transcripts").glob("*.txt"))
    assert len(files) == 258
    for file in some(files, 64):
        text = re.sub(r"^\s*[DP]\s*:", "", file.read_text(encoding="utf-8", errors="replace"), flags=re.MULTILINE)
        for said in (text, re.sub(r"[^\w\s'%-]", " ", text.lower())):
            words = tuple(Word(0.0, 0.0, f" {word}") for word in said.split())
            assert spoken(words) == (), file.name


def test_common_words_are_words() -> None:
    words = commands.common_words()
    assert {"left", "pain", "blood pressure", "at this time"} <= words
    assert all(word == " ".join(word.lower().split()) for word in words)
