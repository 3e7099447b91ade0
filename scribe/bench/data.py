"""Reading data sets to measure on: forgiving about layout, strict about what is missing.

Recordings (`asr`, `speakers`): an audio file, or a folder that holds audio files itself, in `audio/` or below. The
reference transcript has the stem of its recording and lies in the same folder, in a child `transcripts/`, or in a
sibling `transcripts/`; of `STEM.gold.json`, `STEM.txt`, `STEM.TextGrid`, the pair `STEM_doctor.TextGrid`,
`STEM_patient.TextGrid` (PriMock57) and `STEM.json` the first that exists is read. JSON that is no transcript of ours
is passed over (PriMock57 keeps notes under such names).

Sections: a CSV in the layout of MTS-Dialog (ID, section_header, section_text, dialogue).

Codes: a folder in the layout of CodiEsp (a table `file<TAB>code`, and `file.txt` somewhere below), or JSON lines
`{"text": ..., "codes": [...]}`, with `id`, `setting` and `evidence` where known.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scribe import serial
from scribe.bench import references
from scribe.bench.references import Turn
from scribe.errors import InputError

AUDIO_SUFFIXES = frozenset(
    (".wav", ".flac", ".mp3", ".m4a", ".mp4", ".aac", ".ogg", ".oga", ".opus", ".webm", ".wma", ".amr", ".aiff", ".mkv")
)
REFERENCE_SUFFIXES = (".gold.json", ".txt", ".TextGrid", "_doctor.TextGrid", ".json")
SECTION_COLUMNS = ("section_header", "dialogue")


@dataclass(frozen=True, slots=True)
class Recording:
    """An audio file and what was said in it."""

    id: str
    audio: Path
    turns: tuple[Turn, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """The reference, as one text."""
        return " ".join(turn.text for turn in self.turns)


@dataclass(frozen=True, slots=True)
class SectionItem:
    """A stretch of dialogue and the header of the section it was written under."""

    id: str
    header: str
    dialogue: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeItem:
    """A clinical text and the codes that experts gave it."""

    id: str
    text: str = field(repr=False)
    codes: frozenset[str]
    evidence: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)  # code -> spans of the text
    setting: str | None = None  # "outpatient" or "inpatient"; None: not known


# --- recordings ------------------------------------------------------------------------------------------------------


def recordings(data: Path, *, limit: int | None = None) -> tuple[Recording, ...]:
    """The recordings of `data` that have a reference transcript, by name.

    Raises InputError where there is no audio, no audio has a transcript, or a transcript is not readable or empty.
    """
    found = [(audio, paths) for audio in audio_files(data) if (paths := _reference_paths(audio))]
    if not found:
        wanted = ", ".join(f"NAME{suffix}" for suffix in REFERENCE_SUFFIXES)
        raise InputError(f"no recording in {data} has a transcript: expected {wanted} beside NAME or in transcripts/")
    found = found[:limit]
    ids = names([audio for audio, _ in found])
    return tuple(Recording(id_, audio, references.read(paths)) for id_, (audio, paths) in zip(ids, found, strict=True))


def audio_files(data: Path) -> tuple[Path, ...]:
    """The audio file `data`, or the audio files of the folder `data`, sorted. Raises InputError where there is none."""
    if not data.exists():
        raise InputError(f"no such file or folder: {data}")
    if data.is_file():
        if data.suffix.lower() not in AUDIO_SUFFIXES:
            raise InputError(f"{data} is not an audio file: name a recording, or a folder that holds some")
        return (data,)
    found = sorted(path for path in data.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES and path.is_file())
    if not found:
        raise InputError(f"no audio file in {data}: name a recording, or a folder that holds some")
    return tuple(found)


def names(files: Sequence[Path]) -> tuple[str, ...]:
    """A name for each file: its stem, or its path where two files share a stem."""
    stems = Counter(file.stem for file in files)
    return tuple(file.stem if stems[file.stem] == 1 else str(file) for file in files)


def _reference_paths(audio: Path) -> tuple[Path, ...]:
    for folder in (audio.parent, audio.parent / "transcripts", audio.parent.parent / "transcripts"):
        for suffix in REFERENCE_SUFFIXES:
            path = folder / f"{audio.stem}{suffix}"
            if path.is_file() and (path.suffix != ".json" or _is_transcript(path)):
                other = folder / f"{audio.stem}_patient.TextGrid"
                return (path, other) if suffix == "_doctor.TextGrid" and other.is_file() else (path,)
    return ()


def _is_transcript(path: Path) -> bool:
    return serial.schema_of(references.read_text(path)) == "transcript"


# --- sections --------------------------------------------------------------------------------------------------------


def section_items(data: Path, *, limit: int | None = None) -> tuple[SectionItem, ...]:
    """The rows of a CSV in the layout of MTS-Dialog.

    Raises InputError where `data` is a folder (naming the files to choose from), or is not such a CSV, or has no rows.
    """
    if data.is_dir():
        files = ", ".join(sorted(path.name for path in data.glob("*.csv"))) or "none"
        raise InputError(f"{data} is a folder: name one of its CSV files ({files})")
    rows = list(_csv_rows(data))
    if not rows:
        raise InputError(f"{data} has no rows: expected a CSV with the columns {' and '.join(SECTION_COLUMNS)}")
    return tuple(
        SectionItem(row.get("ID") or str(at), row["section_header"].strip().upper(), row["dialogue"])
        for at, row in enumerate(rows[:limit])
    )


def _csv_rows(data: Path) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(references.read_text(data).splitlines(keepends=True), restval="")
    if missing := [name for name in SECTION_COLUMNS if name not in (reader.fieldnames or ())]:
        raise InputError(f"{data} lacks the column {missing[0]!r}: expected a CSV in the layout of MTS-Dialog")
    try:
        yield from (row for row in reader if row["section_header"].strip())
    except csv.Error as error:
        raise InputError(f"{data} is not a CSV file that can be read (near line {reader.line_num})") from error


# --- codes -----------------------------------------------------------------------------------------------------------


def code_items(data: Path, *, limit: int | None = None) -> tuple[CodeItem, ...]:
    """Texts with their codes, by name: from a folder in the layout of CodiEsp, or from JSON lines.

    Raises InputError where `data` is neither, or holds no text with codes.
    """
    if not data.exists():
        raise InputError(f"no such file or folder: {data}")
    items = list(_codiesp(data) if data.is_dir() else _json_lines(data))
    if not items:
        raise InputError(f"{data} holds no text with codes: expected CodiEsp's layout, or JSON lines of text and codes")
    return tuple(items[:limit])


def normal_code(code: str) -> str:
    """A code as it is compared: upper case, without the dot ("n44.8" -> "N448")."""
    return code.strip().replace(".", "").upper()


def _codiesp(folder: Path) -> Iterator[CodeItem]:
    codes = _code_table(folder)
    texts = {path.stem: path for path in sorted(folder.rglob("*.txt"))}
    for name in sorted(codes.keys() & texts.keys()):
        yield CodeItem(name, references.read_text(texts[name]), frozenset(codes[name]), setting="inpatient")


def _code_table(folder: Path) -> dict[str, set[str]]:
    """Codes by file, from the one table of `folder` with two columns (CodiEsp's other tables have more)."""
    tables = []
    for path in sorted(folder.glob("*.tsv")):
        rows = [line.split("\t") for line in references.read_text(path).splitlines() if line.strip()]
        if rows and all(len(row) == 2 for row in rows):
            tables.append((path, rows))
    if len(tables) != 1:
        names = ", ".join(path.name for path, _ in tables) or "none"
        raise InputError(f"{folder} must hold one table `file<TAB>code` (*.tsv); found {names}")
    codes: dict[str, set[str]] = {}
    for name, code in tables[0][1]:
        codes.setdefault(name.strip().removesuffix(".txt"), set()).add(normal_code(code))
    return codes


def _json_lines(path: Path) -> Iterator[CodeItem]:
    for number, line in enumerate(references.read_text(path).splitlines(), start=1):
        if line.strip():
            yield _code_item(line, number, path)


def _code_item(line: str, number: int, path: Path) -> CodeItem:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise InputError(f"{path}, line {number}: not JSON") from error
    text, codes = (entry.get("text"), entry.get("codes")) if isinstance(entry, dict) else (None, None)
    if not isinstance(text, str) or not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise InputError(f'{path}, line {number}: expected {{"text": "...", "codes": ["...", ...]}}')
    setting = entry.get("setting")
    if setting not in (None, "outpatient", "inpatient"):
        raise InputError(f"{path}, line {number}: setting must be outpatient or inpatient")
    evidence = _evidence(entry.get("evidence", {}), f"{path}, line {number}")
    return CodeItem(str(entry.get("id", number)), text, frozenset(map(normal_code, codes)), evidence, setting)


def _evidence(marked: Any, where: str) -> dict[str, tuple[tuple[int, int], ...]]:
    """The words that experts marked: `{"code": [[start, end], ...]}`, as characters of the text."""
    try:
        found = {
            normal_code(code): tuple((int(start), int(end)) for start, end in spans) for code, spans in marked.items()
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(f'{where}: evidence must be {{"code": [[start, end], ...]}}') from error
    return found
