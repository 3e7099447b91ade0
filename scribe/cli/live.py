"""`scribe live`: a visit is recorded, and its words and note appear while it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as calendar
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from scribe import pipeline, vault
from scribe.capture import folder as folders
from scribe.capture import recovery
from scribe.capture.recording import Recording, State
from scribe.cli import _common as common
from scribe.cli import _live_screen as screens
from scribe.cli import note as notes
from scribe.cli._keys import Keys
from scribe.cli._live_screen import Status
from scribe.cli._take import Take, named_folder, record_of, source_of, tell_unfinished
from scribe.config import Config
from scribe.dictation.write import check_files
from scribe.errors import ConfigError, InputError, OutputError
from scribe.events import NoteUpdated, applied
from scribe.export.layout import clock
from scribe.live.driver import LiveDriver
from scribe.live.session import Result
from scribe.sections import note_templates
from scribe.types import Encounter, Note

LOOK = 0.1  # seconds between two looks at keys and events
SURE = 4.0  # seconds in which a second "d" drops

Simulate = Annotated[
    Path | None, typer.Option("--simulate", metavar="FILE", help="Play a recording as if it were spoken now.")
]
Device = Annotated[
    str | None, typer.Option("--device", metavar="NAME", help="Microphone: part of a name of `scribe devices`.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder for the draft (default: named by mode and time).")
]
Finish = Annotated[
    str | None, typer.Option("--finish", metavar="ID", help="Make the note of a recording that was broken off.")
]
Continue = Annotated[
    str | None, typer.Option("--continue", metavar="ID", help="Record another part of a visit; one draft of all parts.")
]
Date = Annotated[str | None, typer.Option("--date", metavar="DAY", help="Date of service, 2026-11-25; default: today.")]


def live(
    simulate: Simulate = None,
    device: Device = None,
    out: Out = None,
    mode: common.ModeChoice = common.ModeOption.VISIT,
    day: Date = None,
    finish: Finish = None,
    more: Continue = None,
    template: common.Template = None,
    speakers: common.Speakers = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Scribe a visit while it goes on. What you see is a preview; at the stop the record is made, the draft written."""
    config = common.settings(config_file, sets, {"sections.template": template, "diarization.speakers": speakers})
    kind = mode.mode
    if kind is None:
        raise ConfigError("a live recording is a visit or a dictation: --mode visit, or --mode dictation")
    check_files(config)
    note_templates.chosen(config)
    service = _day(day, config)
    if finish is not None and more is not None:
        raise ConfigError("--finish makes the note of what there is, --continue records more: leave one out")
    folder = out or named_folder(kind, datetime.now())
    _refuse_taken(folder)
    if finish is not None:
        recording, driver = _taken_up(_named(finish, "--finish", config), config)
        result = record_of(driver, recording)
    else:
        earlier = _named(more, "--continue", config) if more else None
        if earlier is None:
            tell_unfinished(config)
        elif earlier.mode is not kind:
            raise ConfigError(f"recording {earlier.id} is a {earlier.mode.value}: add --mode {earlier.mode.value}")
        source = source_of(simulate, device, config)
        take = Take(source, kind, config, earlier=earlier.folder if earlier else None)
        try:
            _record(take, config)
            take.check(anything=False)
            common.note_to_user(f"recorded {take.seconds / 60:.1f} min, making the draft")
            result = record_of(take.driver, take.id)
        finally:
            take.close()
    _write(result, folder, service, config)
    if finish is None:
        take.check(anything=True)


def _record(take: Take, config: Config) -> None:
    """Until somebody stops it, or no more sound comes."""
    console = Console()
    with Keys() as keys, take.stopped_by_signals():
        take.start()
        if console.is_terminal and keys.present:
            _on_screen(take, keys, console, config)
        else:
            _in_lines(take, keys)
        take.stop()


def _on_screen(take: Take, keys: Keys, console: Console, config: Config) -> None:
    snapshot, status, view = take.events.snapshot, Status(), None
    hands = Hands(take, status)
    with Live(console=console, screen=True, auto_refresh=False) as display:
        while not take.over:
            while (event := take.events.get(timeout=0)) is not None:
                snapshot = applied(snapshot, event)
                if isinstance(event, NoteUpdated):
                    view = pipeline.lay_out(event.note, config)
            hands.look()
            display.update(screens.screen(snapshot, status, view), refresh=True)
            hands.press(keys.read(LOOK))


def _in_lines(take: Take, keys: Keys) -> None:
    snapshot, hands = take.events.snapshot, Hands(take, Status())
    while not take.over:
        while (event := take.events.get(timeout=0)) is not None:
            snapshot = applied(snapshot, event)
            for line in screens.lines(event, snapshot):
                common.emit(line + "\n")
        hands.press(keys.read(LOOK))


class Hands:
    """What the keys do."""

    def __init__(self, take: Take, status: Status) -> None:
        self._take, self._status = take, status
        self._drop_asked = -SURE  # seconds of the recording

    def look(self) -> None:
        """Bring the status up to date."""
        take, status = self._take, self._status
        status.seconds, status.paused = take.seconds, take.recorder.paused
        status.level, status.warnings = take.intake.level, take.intake.warnings

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        take, status = self._take, self._status
        if key in (" ", "p"):
            take.toggle_pause()
            status.message = "paused: nothing is recorded" if take.recorder.paused else "recording again"
        elif key == "m":
            take.mark()
            status.marks += 1
            status.message = f"marked at {clock(take.seconds)}"
        elif key == "d" and take.seconds - self._drop_asked <= SURE:
            take.drop()
            self._drop_asked = -SURE
            status.message = "the last minute is erased"
        elif key == "d":
            self._drop_asked = take.seconds
            status.message = "press d again to erase the last minute"
        elif key in ("s", "q"):
            take.asked_to_stop.set()


def _named(name: str, option: str, config: Config) -> recovery.Summary:
    """The recording that an option names by the beginning of its id. Raises InputError where that is not one."""
    found = [item for item in recovery.summaries(folders.root(config.capture)) if item.id.startswith(name)]
    if len(found) != 1:
        raise InputError(f"{option} {name} names {len(found)} recordings: `scribe recordings list` shows their ids")
    return found[0]


def _taken_up(found: recovery.Summary, config: Config) -> tuple[str, LiveDriver]:
    """A recording that was broken off, finished, and a driver that makes its record. Raises CaptureError."""
    key = vault.load(config.store)
    if found.state is not State.FINISHED:
        recovery.recover(found.folder, key)
    driver = LiveDriver(Recording.open(found.folder, key=key), config)
    driver.start()
    return found.id, driver


def _write(result: Result, folder: Path, service: str, config: Config) -> None:
    dated = replace(result.note, encounter=replace(result.note.encounter, date_of_service=service))
    coded = pipeline.code(dated, config) if service != calendar.today().isoformat() else dated
    written = notes.write(coded, result.transcript, folder, pipeline.lay_out(coded, config))
    if not result.transcript.words:
        common.note_to_user("no speech was found in this recording: transcript and note are empty")
    notes.summarise(coded, result.transcript, folder, written)


def _day(text: str | None, config: Config) -> str:
    """The date of service. Raises ConfigError where it is no day, AssetError where no code table is of that time."""
    try:
        day = calendar.fromisoformat(text) if text else calendar.today()
    except ValueError as error:
        raise ConfigError(f"--date {text} is no day: write it as 2026-11-25") from error
    if text:
        pipeline.code_systems(Note("", Encounter("", date_of_service=day.isoformat()), ()), config)
    return day.isoformat()


def _refuse_taken(folder: Path) -> None:
    if (folder / "transcript.json").exists():
        raise OutputError(f"{folder} holds the note of another recording: choose another folder with --out")
    common.ensure_folder(folder)
