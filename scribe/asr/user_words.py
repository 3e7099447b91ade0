"""The user's own words: names of colleagues and places, local drugs. Checked when read, written whole or not at all.

The list is a TSV file with a header (`text`, `kind`, `sounds_like`, `even_common`); several values of `sounds_like` are
apart by ";". `asr.words` may name a file of that form, a CSV, or a text file with one word or phrase per line.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from scribe.clinical import english
from scribe.clinical.lexicon import Term, TermKind, key_of
from scribe.config import AsrSettings
from scribe.errors import InputError, OutputError

MAX_WORDS = 50_000  # in one list
MAX_CHARACTERS = 60  # of one term
MAX_PARTS = 6  # words of one term
MAX_SOUNDS = 10  # ways to say one term
MAX_BYTES = 20_000_000  # of a file
COMMON_ZIPF = 3.0  # once in a million words of English
COMMON_NAME_ZIPF = 4.0  # a surname that is heard once in 100,000 words is known to any recogniser
COLUMNS = ("text", "kind", "sounds_like", "even_common")
KINDS = {kind.value: kind for kind in TermKind}
INSIST = "insist with --even-common (even_common: yes in a file)"
SHOWN = 5  # problems named in one message


class WordsError(InputError):
    """A list of words, or a word, cannot be used. Names lines; nothing was taken over."""


@dataclass(frozen=True, slots=True)
class UserWord:
    """One word or phrase of the user's."""

    text: str
    kind: TermKind = TermKind.OTHER
    sounds_like: tuple[str, ...] = ()
    even_common: bool = False  # though it is an everyday English word

    @property
    def term(self) -> Term:
        """As a term of the vocabulary: said as often as any."""
        return Term(self.text, self.kind, common=1.0, sounds_like=self.sounds_like, user=True)


@dataclass(frozen=True, slots=True)
class WordList:
    """The words of a list, in its order, and how many lines named a word again."""

    words: tuple[UserWord, ...]
    duplicates: int = 0


def file(settings: AsrSettings) -> Path:
    """Where the user's words lie: the setting `asr.words`, or `words.tsv` in the user's data folder."""
    if settings.words:
        return Path(settings.words).expanduser()
    return user_data_path("scribe", appauthor=False) / "words.tsv"


def checked(text: str, kind: str = "other", sounds_like: Iterable[str] = (), *, even_common: bool = False) -> UserWord:
    """A word of the user's, tidied. Raises WordsError with what is wrong with it, without naming it."""
    tidy = _tidied(text, "the word")
    named = KINDS.get(kind.strip().casefold() or TermKind.OTHER)
    if named is None:
        raise WordsError(f"the kind is not known: it is one of {', '.join(KINDS)}")
    parts = (part for sound in sounds_like for part in sound.split(";"))
    sounds = tuple(dict.fromkeys(_tidied(part, "sounds like") for part in parts))
    if len(sounds) > MAX_SOUNDS:
        raise WordsError(f"more than {MAX_SOUNDS} ways to say it: keep the most usual ones")
    word = UserWord(tidy, named, sounds, even_common)
    if not even_common and is_everyday(word):
        raise WordsError(
            "it is an everyday English word, which the recogniser knows, and listing it would change ordinary speech: "
            f"leave it out, add the words around it, or {INSIST}"
        )
    if not even_common and any(_is_everyday(sound, COMMON_ZIPF) for sound in sounds):
        raise WordsError(
            "sounds like is an everyday English word, which would be changed where it is meant: "
            f"write the sound in another way, or {INSIST}"
        )
    return word


def is_everyday(word: UserWord) -> bool:
    """Whether this is a single word of everyday English."""
    return _is_everyday(word.text, COMMON_NAME_ZIPF if word.kind is TermKind.NAME else COMMON_ZIPF)


def _is_everyday(text: str, bar: float) -> bool:
    key = key_of(text)
    return " " not in key and english.zipf(key) >= bar


def _tidied(text: str, what: str) -> str:
    tidy = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    if not tidy:
        raise WordsError(f"{what} is empty")
    if not tidy.isprintable():
        raise WordsError(f"{what} holds a control character or one that cannot be seen")
    if len(tidy) > MAX_CHARACTERS:
        raise WordsError(f"{what} is longer than {MAX_CHARACTERS} characters: list the part that is misheard")
    if len(key_of(tidy).split()) > MAX_PARTS:
        raise WordsError(f"{what} has more than {MAX_PARTS} words: list the part that is misheard")
    if not any(map(str.isalpha, tidy)):
        raise WordsError(f"{what} has no letter")
    return tidy


def read(path: Path, *, required: bool = False, even_common: bool = False) -> WordList:
    """The words of a file. A missing one is empty, unless it is `required`; `even_common` lets everyday words in.

    Raises WordsError where the file cannot be read, or naming the lines that are wrong.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise WordsError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB: a list holds {MAX_WORDS:,} words")
        content = path.read_bytes()
    except FileNotFoundError as error:
        if required:
            raise WordsError(f"there is no list of words {path}: check the name, or the setting asr.words") from error
        return WordList(())
    except IsADirectoryError as error:
        raise WordsError(f"{path} is a folder: name a list of words in it") from error
    except OSError as error:
        raise WordsError(
            f"the list of words {path} cannot be read ({error.strerror}): check its permissions"
        ) from error
    return _parsed(_decoded(content, path), path, even_common)


def _decoded(content: bytes, path: Path) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WordsError(f"{path} is UTF-16 from its first line on: save it as UTF-8 and try again; nothing was taken")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{path} is not UTF-8 in line {line}: save it as UTF-8 and try again; nothing was taken"
        raise WordsError(message) from error


def _parsed(text: str, path: Path, even_common: bool) -> WordList:
    rows = list(_rows(text, path))
    if len(rows) > MAX_WORDS:
        raise WordsError(f"{path} has {len(rows):,} words: a list holds at most {MAX_WORDS:,}; nothing was taken")
    found: dict[str, UserWord] = {}
    problems: list[str] = []
    for line, row in rows:
        sounds = [sound for sound in row.get("sounds_like", "").split(";") if sound.strip()]
        insists = even_common or row.get("even_common", "").strip().casefold() in {"yes", "true", "1"}
        try:
            word = checked(row.get("text", ""), row.get("kind", ""), sounds, even_common=insists)
        except WordsError as error:
            problems.append(f"line {line}: {error}")
            continue
        found.setdefault(key_of(word.text), word)
    if problems:
        more = f"; and {len(problems) - SHOWN} more lines" if len(problems) > SHOWN else ""
        raise WordsError(f"{path} cannot be used, nothing was taken. {'; '.join(problems[:SHOWN])}{more}")
    return WordList(tuple(found.values()), len(rows) - len(found))


def _rows(text: str, path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    """(line, columns) of each line that is not empty; lines count from 1."""
    if path.suffix.casefold() not in {".csv", ".tsv"}:
        for line, words in enumerate(text.split("\n"), 1):
            if (tidy := words.rstrip("\r")).strip() and not tidy.startswith("#"):
                yield line, {"text": tidy}
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if path.suffix.casefold() == ".tsv" else ",")
    try:
        header = [name.strip().casefold().replace(" ", "_") for name in next(reader, [])]
        if header and ("text" not in header or set(header) - set(COLUMNS)):
            raise WordsError(f"{path}: its first line must name the columns text, kind, sounds_like; nothing was taken")
        for row in reader:
            if any(cell.strip() for cell in row):
                if len(row) > len(header):
                    message = f"{path}: line {reader.line_num} has more columns than the first line; nothing was taken"
                    raise WordsError(message)
                yield reader.line_num, dict(zip(header, row, strict=False))
    except csv.Error as error:
        raise WordsError(f"{path}: line {reader.line_num} is no row of a table; nothing was taken") from error


def merged(old: Sequence[UserWord], new: Sequence[UserWord]) -> tuple[UserWord, ...]:
    """The old words with the new ones; a new one takes the place of the same old one. Raises WordsError where full."""
    by_key = {key_of(word.text): word for word in old} | {key_of(word.text): word for word in new}
    if len(by_key) > MAX_WORDS:
        raise WordsError(
            f"that would make {len(by_key):,} words: a list holds at most {MAX_WORDS:,}; nothing was taken"
        )
    return tuple(by_key.values())


def write(path: Path, words: Sequence[UserWord]) -> None:
    """Keep these words in `path`, which only this user may read. Raises OutputError; then the old list is untouched."""
    if path.suffix.casefold() != ".tsv":
        raise OutputError(f"{path} is no .tsv file: change it by hand, or name a .tsv file in the setting asr.words")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".words-")  # readable by this user only
        staged = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                table = csv.writer(out, delimiter="\t", lineterminator="\n")
                table.writerow(COLUMNS)
                table.writerows(map(_row, words))
                out.flush()
                os.fsync(out.fileno())
            staged.replace(path)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"the list of words {path} cannot be written ({reason}): it is as it was before") from error


def _row(word: UserWord) -> tuple[str, ...]:
    return word.text, word.kind.value, ";".join(word.sounds_like), "yes" if word.even_common else ""
