from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.dictation import commands
from scribe.dictation.editing import dictate
from scribe.dictation.templates import SHIPPED, Template, TemplateSet, load
from scribe.errors import ConfigError
from scribe.types import FlagKind, Transcript

Say = Callable[..., Transcript]

VISIT = """
templates:
  work note:
    say: [note for work]
    text: "{Name} may go back to work on {date}. {remarks}"
    fields:
      Name: {}
      date: {default: Monday}
      remarks: {long: true, default: None.}
"""


def write(folder: Path, text: str, name: str = "mine.yaml") -> str:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def page(transcript: Transcript, known: TemplateSet) -> str:
    written = dictate(transcript.words, commands.load(), known).written
    return "".join(item.word.text for item in written).strip()


def test_the_shipped_ones_have_text_and_plain_names() -> None:
    shipped = load()
    assert len(shipped.templates) >= 15
    assert not shipped.own
    assert {"normal chest exam", "normal review of systems", "joint injection"} <= set(shipped.by_name)
    for template in shipped.templates:
        assert template.origin == SHIPPED
        assert template.text.endswith(".")
        assert "  " not in template.text
    assert Template("a", "b").names == ("a",)
    with pytest.raises(KeyError):
        shipped.by_name["joint injection"].field("nothing")


def test_own_ones_are_added_and_take_the_place_of_shipped_ones(say: Say, tmp_path: Path) -> None:
    known = load(write(tmp_path, VISIT + "  normal skin exam: {text: Skin is clear.}\n  normal skin: {text: Skin}\n"))
    assert [template.name for template in known.own] == ["work note", "normal skin exam", "normal skin"]
    assert page(say("insert normal skin exam"), known) == "Skin is clear."
    assert len({template.name for template in known.templates}) == len(known.templates)
    assert page(say("insert normal chest"), known).startswith("Chest:")


def test_a_folder_is_read_whole(say: Say, tmp_path: Path) -> None:
    write(tmp_path, "templates: {one: {text: First.}}", "a.yaml")
    write(tmp_path, "templates: {two: {text: Second.}}", "b.yml")
    write(tmp_path, "not a template", "readme.txt")
    assert page(say("insert one insert two"), load(str(tmp_path))) == "First. Second."


def test_fields_are_filled_in_order_and_what_is_left_is_a_flagged_blank(say: Say, tmp_path: Path) -> None:
    known = load(write(tmp_path, VISIT))
    heard = say("insert work note next field caps ann period she left")
    dictated = dictate(heard.words, commands.load(), known)
    text = "".join(item.word.text for item in dictated.written)
    assert text == " Ann may go back to work on ____. ____ She left"
    assert [(flag.kind, flag.readings) for flag in dictated.flags] == [
        (FlagKind.BLANK, ("Monday",)),
        (FlagKind.BLANK, ("None.",)),
    ]
    assert dictated.flags[0].interval.start == heard.words[0].start
    assert dictated.flags[0].interval.end == heard.words[2].end


def test_a_long_field_takes_sentences_and_defaults_fill_the_rest(say: Say, tmp_path: Path) -> None:
    known = load(write(tmp_path, VISIT))
    said = (
        "insert note for work next field ann next field next field no lifting period no ladders period end template bye"
    )
    assert page(say(said), known) == "Ann may go back to work on ____. No lifting. No ladders. Bye"
    said = "insert work note next field bob accept defaults goodbye period"
    assert page(say(said), known) == "Bob may go back to work on Monday. None. Goodbye."


def test_every_word_leads_back_to_the_command_and_to_what_filled_it(say: Say, tmp_path: Path) -> None:
    known = load(write(tmp_path, VISIT))
    heard = say("hello period insert work note next field ann period bye")
    written = dictate(heard.words, commands.load(), known).written
    places = {item.word.text.strip(): (item.first, item.last) for item in written}
    assert places["work"] == (2, 4)
    assert places["Ann"] == (2, 7)
    assert places["Bye"] == (9, 9)
    assert [item.first for item in written] == sorted(item.first for item in written)


def test_the_mistake_that_was_inserted_can_be_taken_back_and_brought_back(say: Say, tmp_path: Path) -> None:
    known = load(write(tmp_path, VISIT))
    assert page(say("hello period insert work note scratch that bye"), known) == "Hello. Bye"
    said = "hello period insert work note scratch that undo that next field ann"
    assert page(say(said), known) == "Hello. Ann may go back to work on ____. ____"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("templates: {a: {text: 'The {sde} knee.', fields: {side: {}}}}", ["'a'", "unknown field", "'sde'", "side"]),
        ("templates: {a: {text: 'The {side} knee.'}}", ["'a'", "'side'", "none"]),
        ("templates: {a: {text: 'The knee.', fields: {side: {}}}}", ["'a'", "'side'"]),
        ("templates: {a: {text: '{x} {x}', fields: {x: {}}}}", ["'a'", "'x'", "twice"]),
        ("templates: {a: {text: '{x', fields: {x: {}}}}", ["'a'", "brace"]),
        ("templates: {a: {text: 'x} {', fields: {x: {}}}}", ["'a'", "brace"]),
        ("templates: {a: {text: '{x}', fields: {x: {defualt: y}}}}", ["'a'", "'x'", "defualt"]),
        ("templates: {a: {text: '{x}', fields: {x: {default: 5}}}}", ["'a'", "'x'", "default"]),
        ("templates: {a: {text: '{x}', fields: {x: {long: 5}}}}", ["'a'", "'x'", "long"]),
        ("templates: {a: {txt: hello}}", ["'a'", "txt"]),
        ("templates: {a: {text: ''}}", ["'a'", "text"]),
        ("templates: {a: hello}", ["'a'"]),
        ("templates: {a: {text: x}, A: {text: y}}", ["'a'", "two templates"]),
        ("templates: {a: {text: x}, b: {text: y, say: [a]}}", ["'a'", "'b'", "two templates"]),
        ("templates: {a: {text: x}, a: {text: y}}", ["'a'", "twice"]),
        ("templates: {'a!': {text: x}}", ["a!", "letters"]),
        ("templates: [a]", ["names"]),
        ("tempaltes: {a: {text: x}}", ["tempaltes"]),
        ("templates: {a: {text: [}", ["YAML", "line 1"]),
    ],
)
def test_a_mistake_names_the_file_the_template_and_the_field(tmp_path: Path, text: str, names: list[str]) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        load(file)
    for name in (file, *names):
        assert name in str(raised.value)


def test_two_files_with_one_name(tmp_path: Path) -> None:
    write(tmp_path, "templates: {one: {text: First.}}", "a.yaml")
    write(tmp_path, "templates: {two: {text: Second., say: [one]}}", "b.yaml")
    with pytest.raises(ConfigError, match=r"'one'.*a\.yaml.*'two'.*b\.yaml"):
        load(str(tmp_path))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load(str(tmp_path / "none.yaml"))
