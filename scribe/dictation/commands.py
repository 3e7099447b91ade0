"""The spoken commands: what can be said, what is done, and where the same words are only words.

The shipped list is `commands.yaml`; a user's file of the same form adds commands, changes them by name, or removes
them. It is read whole and checked before anything of it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from scribe.clinical.number_words import between
from scribe.dictation._yaml import parse, read, strings, table
from scribe.dictation.tokens import EDGES
from scribe.errors import ConfigError

SHIPPED = "the shipped list"


class Place(StrEnum):
    """Where a mark stands between its neighbours."""

    CLOSE = "close"  # against the word before: "fever,"
    OPEN = "open"  # against the word after: "(mild"
    JOIN = "join"  # against both: "and/or"
    BREAK = "break"  # in place of the space between them
    WORD = "word"  # on its own between spaces


class Action(StrEnum):
    """What a command does."""

    WRITE = "write"  # its mark or text
    HEADING = "heading"  # a section heading on a paragraph of its own
    ITEM = "item"  # a numbered line
    NEXT_ITEM = "next-item"
    CAPS = "caps"
    ALL_CAPS = "all-caps"
    NO_CAPS = "no-caps"
    CAPS_ON = "caps-on"
    ALL_CAPS_ON = "all-caps-on"
    CAPS_OFF = "caps-off"
    NO_SPACE = "no-space"
    LITERAL = "literal"  # what follows is a word, even if it is a command
    NUMERAL = "numeral"
    ROMAN_NUMERAL = "roman-numeral"
    SPELL = "spell"  # spoken letters make a word
    SCRATCH = "scratch"  # the last utterance goes
    UNDO = "undo"  # the last edit, or else the last utterance, goes
    CORRECT = "correct"  # "correct X to Y"
    INSERT = "insert"  # a template by its name
    NEXT_FIELD = "next-field"
    PREVIOUS_FIELD = "previous-field"
    CLEAR_FIELD = "clear-field"
    ACCEPT_DEFAULTS = "accept-defaults"
    LEAVE_FIELD = "leave-field"
    FLAG = "flag"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Command:
    """What one command does and the phrases that ask for it, in lower case; hyphens heard count as spaces."""

    name: str
    say: tuple[str, ...]
    action: Action = Action.WRITE
    write: str = ""
    place: Place = Place.CLOSE
    misheard: tuple[str, ...] = ()  # as recognisers write it; believed only among commands that were heard well
    not_after: frozenset[str] = frozenset()  # after these words the phrase is only words
    not_after_led: Mapping[str, frozenset[str]] = field(default_factory=dict)  # so, too, if led by one of these words
    not_before: frozenset[str] = frozenset()
    misheard_only_after: frozenset[str] = frozenset()  # if any
    misheard_not_after: frozenset[str] = frozenset()
    needs_pause: bool = False  # too common as words: a pause or a heard mark must stand on both sides
    needs_end: bool = False  # the utterance ends after it, or a new clause begins
    needs_name: bool = False  # a heading's name must follow
    after_articles: bool = False  # a command there, too: "the (left) knee"
    stands_alone: bool = False  # a mark that is kept where no word is before it
    closed_by: str = ""  # only a command if this one follows in the same stretch of speech


class Phrase(NamedTuple):
    """A phrase by its words, the command it asks for, and whether the recogniser wrote it as it is said."""

    words: tuple[str, ...]
    command: Command
    heard_well: bool


@dataclass(frozen=True)
class CommandSet:
    """All commands in force, and the headings that can be named."""

    commands: tuple[Command, ...]
    groups: Mapping[str, frozenset[str]]
    headings: Mapping[str, str]  # what is said -> what is written

    @cached_property
    def by_first_word(self) -> Mapping[str, tuple[Phrase, ...]]:
        """The phrases by their first word, longest first."""
        found: dict[str, list[Phrase]] = {}
        for command in self.commands:
            for phrases, heard_well in ((command.say, True), (command.misheard, False)):
                for phrase in phrases:
                    words = tuple(phrase.split())
                    found.setdefault(words[0], []).append(Phrase(words, command, heard_well))
        return {first: tuple(sorted(items, key=lambda item: -len(item.words))) for first, items in found.items()}

    @cached_property
    def headings_by_length(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """What is said for a heading, as words, and what is written; longest first."""
        named = [(tuple(said.split()), written) for said, written in self.headings.items()]
        return tuple(sorted(named, key=lambda item: -len(item[0])))


def load(file: str = "") -> CommandSet:
    """The shipped commands, with those of a user's file.

    Raises ConfigError, naming the file and the commands, where the file cannot be read, says something unknown, or
    where two commands would be asked for by the same phrase.
    """
    return _with_file(file, Path(file).stat().st_mtime_ns if file and Path(file).is_file() else 0)


@lru_cache(maxsize=8)
def _with_file(file: str, changed: int) -> CommandSet:
    shipped = _shipped()
    if not file:
        return shipped
    origin = f"the commands file {file}"
    tree = table(read(Path(file), origin), origin, {"commands", "remove", "headings", "groups"})
    groups = _groups(tree, origin, shipped.groups)
    commands = {command.name: command for command in shipped.commands}
    for name in strings(tree.get("remove"), "remove", origin):
        if commands.pop(name, None) is None:
            raise ConfigError(f"{origin} removes {name!r}, which is no command: `scribe dictation commands` lists them")
    own = table(tree.get("commands") or {}, f"{origin}, under commands")
    for name, entry in own.items():
        command = _command(name, entry, groups, origin, commands.get(name))
        _refuse_common_words(command, commands.get(name), origin)
        commands[name] = command
    headings = {**shipped.headings, **_headings(tree, origin)}
    return _checked(CommandSet(tuple(commands.values()), groups, headings), origin)


@lru_cache(maxsize=1)
def _shipped() -> CommandSet:
    tree = parse((files("scribe.dictation") / "commands.yaml").read_text(encoding="utf-8"), SHIPPED)
    groups = _groups(tree, SHIPPED, {"numbers": frozenset(between(1, 10))})
    commands = tuple(_command(name, entry, groups, SHIPPED, None) for name, entry in tree["commands"].items())
    return _checked(CommandSet(commands, groups, _headings(tree, SHIPPED)), SHIPPED)


def _groups(tree: Mapping[str, Any], origin: str, known: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    groups = dict(known)
    for name, text in table(tree.get("groups") or {}, f"{origin}, under groups").items():
        groups[name] = _words(text, groups, f"{origin}, group {name!r}")
    return groups


def _words(text: object, groups: Mapping[str, frozenset[str]], where: str) -> frozenset[str]:
    """The words of "a b @group". Raises ConfigError for an unknown group."""
    if not isinstance(text, str):
        raise ConfigError(f"{where}: write words with spaces between them, as in the shipped list")
    words: set[str] = set()
    for item in text.lower().split():
        if not item.startswith("@"):
            words.add(item)
        elif item[1:] in groups:
            words |= groups[item[1:]]
        else:
            raise ConfigError(f"{where}: there is no group {item!r}; the groups are {', '.join(sorted(groups))}")
    return frozenset(words)


WORD_KEYS = ("not_after", "not_before", "misheard_only_after", "misheard_not_after")
SWITCHES = ("needs_pause", "needs_end", "needs_name", "after_articles", "stands_alone")
KEYS = {item.name for item in fields(Command)} - {"name"}


def _command(
    name: str, entry: object, groups: Mapping[str, frozenset[str]], origin: str, known: Command | None
) -> Command:
    where = f"{origin}, command {name!r}"
    given = table(entry, where, KEYS | {"add"})
    values: dict[str, Any] = {}
    for key in ("say", "misheard"):
        if key in given:
            values[key] = _phrases(given[key], key, where)
    if "add" in given:
        values["say"] = (*values.get("say", known.say if known else ()), *_phrases(given["add"], "add", where))
    values.update({key: _words(given[key], groups, where) for key in WORD_KEYS if key in given})
    values.update({key: _switch(given[key], key, where) for key in SWITCHES if key in given})
    values.update({key: _text(given[key], key, where) for key in ("write", "closed_by") if key in given})
    for key, kind in (("action", Action), ("place", Place)):
        if key in given:
            values[key] = _one_of(kind, given[key], key, where)
    if "not_after_led" in given:
        values["not_after_led"] = _led(given["not_after_led"], groups, where)
    command = replace(known, **values) if known else Command(name, values.pop("say", ()), **values)
    if not command.say:
        raise ConfigError(f"{where} has no phrase: give at least one under `say`")
    if (command.action is Action.WRITE) != bool(command.write):
        raise ConfigError(f"{where}: give either `write` with what is written, or `action` with what is done")
    return command


def _phrases(value: object, key: str, where: str) -> tuple[str, ...]:
    said = (phrase.lower().replace("-", " ").split() for phrase in strings(value, key, where))
    phrases = tuple(" ".join(EDGES.sub("", word) or word for word in words) for words in said)
    if not all(phrases):
        raise ConfigError(f"{where}: a phrase under `{key}` is empty")
    return phrases


def _switch(value: object, key: str, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where}: `{key}` is true or false")
    return value


def _text(value: object, key: str, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where}: `{key}` must be text; put it in quotes")
    return value


def _one_of(kind: type[StrEnum], value: object, key: str, where: str) -> StrEnum:
    if not isinstance(value, str) or value not in list(kind):
        raise ConfigError(f"{where}: unknown {key} {str(value)!r}; it is one of {', '.join(kind)}")
    return kind(value)


def _led(value: object, groups: Mapping[str, frozenset[str]], where: str) -> Mapping[str, frozenset[str]]:
    led: dict[str, frozenset[str]] = {}
    for item in value if isinstance(value, list) else [value]:
        rule = table(item, f"{where}, not_after_led", {"words", "led_by"})
        led_by = _words(rule.get("led_by"), groups, where)
        led.update(dict.fromkeys(_words(rule.get("words"), groups, where), led_by))
    return led


def _headings(tree: Mapping[str, Any], origin: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for written, said in table(tree.get("headings") or {}, f"{origin}, under headings").items():
        for phrase in _phrases(said, "headings", f"{origin}, heading {written!r}"):
            if phrase in named and named[phrase] != written:
                raise ConfigError(f"{origin}: {phrase!r} names two headings, {named[phrase]!r} and {written!r}")
            named[phrase] = written
    return named


def _checked(commands: CommandSet, origin: str) -> CommandSet:
    """The same commands. Raises ConfigError where one phrase asks for two of them, or one waits for an unknown one."""
    owner: dict[str, str] = {}
    names = {command.name for command in commands.commands}
    for command in commands.commands:
        for phrase in (*command.say, *command.misheard):
            if owner.setdefault(phrase, command.name) != command.name:
                raise ConfigError(
                    f"{origin}: {phrase!r} would ask for two commands, {owner[phrase]!r} and {command.name!r}; "
                    "take it from one of them"
                )
        if command.closed_by and command.closed_by not in names:
            raise ConfigError(f"{origin}: {command.name!r} is closed by {command.closed_by!r}, which is no command")
    return commands


def _refuse_common_words(command: Command, known: Command | None, origin: str) -> None:
    """Raises ConfigError where a user's phrase is said so often in reports that it would fire by mistake."""
    if command.needs_pause:
        return
    before: Iterable[str] = (*known.say, *known.misheard) if known else ()
    for phrase in {*command.say, *command.misheard} - set(before):
        if phrase in common_words():
            raise ConfigError(
                f"{origin}, command {command.name!r}: {phrase!r} is a common word of medical reports; "
                "choose another phrase, or set `needs_pause: true` so that it counts only between pauses"
            )


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Words and short terms that reports are full of."""
    text = (files("scribe.dictation") / "common_words.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
