"""`scribe vocab add | list | remove | import | check`: the user's own words, and what the vocabulary knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from scribe.asr import user_words, vocabulary
from scribe.asr.user_words import UserWord, WordsError
from scribe.cli import _common as common
from scribe.clinical.lexicon import Term, TermKind, key_of

app = typer.Typer(help="Your own words: names, places, local drugs.", no_args_is_help=True)

Text = Annotated[str, typer.Argument(metavar="TEXT", help="A word or phrase, as it is to be written.")]
Kind = Annotated[TermKind, typer.Option("--kind", help="What it names.", show_choices=True)]
SoundsLike = Annotated[
    list[str] | None, typer.Option("--sounds-like", metavar="SOUND", help="How it is said or misheard; repeatable.")
]
EvenCommon = Annotated[
    bool, typer.Option("--even-common", help="Take everyday English words, too; ordinary speech may change.")
]


@app.callback()
def group() -> None:
    """Your own words: names, places, local drugs."""


@app.command()
def add(
    text: Text,
    kind: Kind = TermKind.OTHER,
    sounds_like: SoundsLike = None,
    even_common: EvenCommon = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Add a word, or replace it by its new kind and sounds."""
    path = user_words.file(common.settings(config_file, sets).asr)
    try:
        word = user_words.checked(text, kind, sounds_like or (), even_common=even_common)
    except WordsError as error:
        raise WordsError(f"{_shortened(text)} cannot be added: {error}") from error
    old = user_words.read(path).words
    known = any(key_of(word.text) == key_of(other.text) for other in old)
    user_words.write(path, user_words.merged(old, [word]))
    common.say(common.plain(f"{'Changed' if known else 'Added'} {word.text} in {path}"))


@app.command("list")
def list_words(as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Show your own words."""
    path = user_words.file(common.settings(config_file, sets).asr)
    words = user_words.read(path).words
    if as_json:
        common.emit(json.dumps([_row(word) for word in words], indent=1, ensure_ascii=False) + "\n")
        return
    width = max((len(word.text) for word in words), default=0)
    lines = [f"{word.text:<{width}}  {word.kind:<9}  {', '.join(word.sounds_like)}".rstrip() for word in words]
    common.emit("\n".join([*lines, f"{_counted(words)} in {path}"]) + "\n")


@app.command()
def remove(text: Text, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Take a word off your list."""
    path = user_words.file(common.settings(config_file, sets).asr)
    words = user_words.read(path).words
    left = [word for word in words if key_of(word.text) != key_of(text)]
    if len(left) == len(words):
        raise WordsError(f"{_shortened(text)} is not on the list {path}: `scribe vocab list` shows what is")
    user_words.write(path, left)
    common.say(common.plain(f"Removed {_shortened(text)} from {path}"))


@app.command("import")
def import_words(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="Text with a word a line, or CSV or TSV.")],
    even_common: EvenCommon = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Add all words of a file, or none where a line is wrong. CSV and TSV: columns text, kind, sounds_like."""
    path = user_words.file(common.settings(config_file, sets).asr)
    new = user_words.read(source, required=True, even_common=even_common)
    old = user_words.read(path).words
    merged = user_words.merged(old, new.words)
    user_words.write(path, merged)
    changed = len(old) + len(new.words) - len(merged)
    report = f"Added {_counted(merged[len(old) :])} to {path}"
    if changed:
        report += f"; on the list before, and now as in the file: {changed:,}"
    if new.duplicates:
        report += f"; lines left out that named a word again: {new.duplicates:,}"
    common.say(common.plain(report))


@app.command()
def check(
    text: Text,
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Say what the vocabulary knows about a word. The exit code is 1 where it does not know it."""
    known = vocabulary.load(common.settings(config_file, sets))
    term = known.get(text)
    if as_json:
        common.emit(json.dumps(_known(text, term, known), indent=1, ensure_ascii=False) + "\n")
    elif term is None:
        english = "an English word, and no medical term" if known.is_word(text) else "not known"
        common.say(common.plain(f"{_shortened(text)} is {english}"))
    else:
        common.say(common.plain(_described(term, known.is_common(text))))
    if term is None:
        raise typer.Exit(1)


def _described(term: Term, everyday: bool) -> str:
    parts = [f"{term.text}: {'brand of ' + term.generic if term.brand and term.generic else term.kind.value}"]
    if term.user:
        parts.append("one of your own words")
    if term.strengths:
        parts.append(f"strengths {', '.join(term.strengths)}")
    if term.confusable:
        parts.append(f"never exchanged with {', '.join(term.confusable)}")
    if everyday:
        parts.append("also everyday English, which is never changed")
    return "; ".join(parts)


def _known(text: str, term: Term | None, known: vocabulary.Vocabulary) -> dict[str, Any]:
    found: dict[str, Any] = {"word": text, "known": term is not None, "everyday": known.is_common(text)}
    if term is not None:
        found |= {name: getattr(term, name) for name in Term.__slots__}
    return found


def _row(word: UserWord) -> dict[str, Any]:
    return {
        "text": word.text,
        "kind": word.kind.value,
        "sounds_like": list(word.sounds_like),
        "even_common": word.even_common,
    }


def _counted(words: Sequence[UserWord]) -> str:
    return f"{len(words):,} word{'' if len(words) == 1 else 's'}"


def _shortened(text: str) -> str:
    """What the user typed, harmless on a terminal."""
    visible = "".join(character if character.isprintable() else "?" for character in text)
    return f"'{visible if len(visible) <= 60 else visible[:57] + '...'}'"
