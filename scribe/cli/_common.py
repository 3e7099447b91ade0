"""What the verbs share: settings from options, progress on the terminal, files written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from scribe import audio
from scribe.config import Config, load
from scribe.errors import ConfigError, InputError, OutputError
from scribe.plugins import OnProgress
from scribe.types import Audio, Mode, Note, RefusalReason, Role

SHOWN_MISSING = 8  # lines about missing sound; the transcript has all
STAGES = {
    "audio": "Reading the recording",
    "vad": "Finding speech",
    "asr": "Recognising words",
    "terms": "Checking medical terms",
    "diarization": "Telling speakers apart",
    "sections": "Arranging the note",
    "writer": "Wording the sentences",
    "coding": "Proposing codes",
}


REFUSED = {
    RefusalReason.NUMBER: "other number",
    RefusalReason.DOSE: "other dose",
    RefusalReason.DRUG: "other drug",
    RefusalReason.SIDE: "other side",
    RefusalReason.DENIAL: "denial changed",
    RefusalReason.RELATIVE: "other relative",
    RefusalReason.TERM: "other term",
    RefusalReason.TIME: "past or present changed",
    RefusalReason.ADDED: "word added",
    RefusalReason.LOST: "word lost",
    RefusalReason.ORDER: "order changed",
    RefusalReason.FORM: "not one plain sentence",
}


class ModeOption(StrEnum):
    """`--mode`, with the choice to leave it to us."""

    AUTO = "auto"
    VISIT = "visit"
    DICTATION = "dictation"

    @property
    def mode(self) -> Mode | None:
        """None for auto."""
        return None if self is ModeOption.AUTO else Mode(self.value)


ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Settings file (YAML).")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting, e.g. asr.beam_size=1; repeatable.")
]
Engine = Annotated[
    str | None, typer.Option("--engine", metavar="NAME", help="faster-whisper, openai-whisper, or a plugin.")
]
Speakers = Annotated[int | None, typer.Option("--speakers", min=1, metavar="N", help="Number of speakers, if known.")]
Roles = Annotated[
    str | None,
    typer.Option("--roles", metavar="LIST", help="Roles in the order speakers are heard, e.g. clinician,patient."),
]
ModeChoice = Annotated[ModeOption, typer.Option("--mode", help="What kind of recording it is.")]
Template = Annotated[
    str | None, typer.Option("--template", metavar="NAME|FILE", help="Note template: `scribe templates list`.")
]
PatientSummary = Annotated[
    bool, typer.Option("--patient-summary", help="Also a summary for the patient, in plain words, to be checked first.")
]
Writer = Annotated[
    str | None,
    typer.Option("--writer", metavar="NAME", help="Who words the sentences: rules, openai-compatible, or a plugin."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def settings(
    file: Path | None, sets: Sequence[str] | None = None, overrides: Mapping[str, Any] | None = None
) -> Config:
    """The settings in force for one command; a flag of its own beats `--set`. Raises ConfigError."""
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    return load(file=file, overrides={**parse_sets(sets), **given})


def parse_sets(sets: Sequence[str] | None) -> dict[str, str]:
    """Settings by dotted name from `NAME=VALUE`. Raises ConfigError where the `=` is missing."""
    pairs = [item.partition("=") for item in sets or ()]
    for name, equals, _ in pairs:
        if not equals:
            raise ConfigError(f"--set {name!r} is not NAME=VALUE: for example --set asr.beam_size=1")
    return {name.strip(): value.strip() for name, _, value in pairs}


def parse_roles(text: str | None) -> tuple[Role, ...]:
    """Roles from "clinician,patient". Raises ConfigError for a word that is no role."""
    names = [part.strip().lower() for part in (text or "").split(",") if part.strip()]
    for name in names:
        if name not in set(Role):
            raise ConfigError(f"--roles does not know {name!r}: use {', '.join(Role)}, separated by commas")
    return tuple(Role(name) for name in names)


def read_text(path: Path) -> str:
    """The text of a file. Raises InputError where it is missing, a folder, too large or not text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}: check the name") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder: name a file in it") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a text file in UTF-8: save it as UTF-8 text and try again") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check its permissions") from error


@contextlib.contextmanager
def progress() -> Iterator[OnProgress]:
    """A bar for each stage on stderr; silent where stderr is not a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda stage, done, total: None
        return
    columns = TextColumn("{task.description:<24}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %")
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: float, total: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES.get(stage, stage))
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files into `folder`, or none: they are written beside, flushed to disk, and renamed at the end.

    Raises OutputError where the disk is full or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".scribe-", dir=folder) as staging:
            for name, content in files.items():
                with (Path(staging) / name).open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            for name in files:
                (Path(staging) / name).replace(folder / name)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OutputError(f"the disk is full, nothing was written to {folder}: make room and try again") from error
        reason = error.strerror or type(error).__name__
        raise OutputError(f"cannot write to {folder} ({reason}): choose another folder with --out") from error


def emit(text: str) -> None:
    """Print a result on stdout, as UTF-8 whatever the terminal's encoding."""
    sys.stdout.buffer.write(text.encode())
    sys.stdout.flush()


def note_to_user(message: str) -> None:
    """A line on stderr that is not an error."""
    print(f"scribe: {message}", file=sys.stderr)


def loaded(recording: Path, config: Config) -> Audio:
    """A recording; on stderr, what is missing of it and what was odd. Raises AudioError."""
    sound = audio.load(recording, config.audio)
    for remark in sound.remarks:
        note_to_user(f"{recording}: {remark}")
    for item in sound.missing[:SHOWN_MISSING]:
        note_to_user(f"{recording}, {audio.times([item.interval])}: {item.reason}")
    if len(sound.missing) > SHOWN_MISSING:
        note_to_user(f"{recording}: {len(sound.missing) - SHOWN_MISSING} more stretches are flagged in the transcript")
    return sound


def report_writer(note: Note) -> None:
    """On stderr: how many sentences a writer worded, and how many of its own were refused, by reason."""
    refused = Counter(refusal.reason for refusal in note.refusals)
    refused.pop(RefusalReason.NO_ANSWER, None)  # told as a warning
    if not note.reworded and not refused:
        return
    reasons = ", ".join(f"{REFUSED[reason]} {count}" for reason, count in refused.most_common())
    message = f"the writer worded {_sentences(len(note.reworded))}"
    if refused:
        message += f"; {_sentences(refused.total())} it offered did not say the same and the rules' stayed ({reasons})"
    note_to_user(message)


def _sentences(count: int) -> str:
    return f"{count} {'sentence' if count == 1 else 'sentences'}"


def say(line: str) -> None:
    """A line for the person at the terminal, on stdout; `[bold]` and the like are styled where it is a terminal."""
    Console(highlight=False, soft_wrap=True).print(line)


def ensure_folder(folder: Path) -> None:
    """Make sure that `folder` can be written, before minutes of work go into what belongs there. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"cannot write to {folder} ({reason}): choose another folder with --out") from error


def plain(text: str) -> str:
    """`text` with square brackets that `say` would take for styles made harmless."""
    return escape(text)
