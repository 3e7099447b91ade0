"""What `scribe live` shows: on a terminal the whole screen, elsewhere a line for each thing that happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.layout import Layout
from rich.panel import Panel
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from scribe.capture.level import CLIPPING, Level
from scribe.events import Committed, LiveEvent, LiveSnapshot, LiveState, StateChanged, Warned
from scribe.export.checks import Checklist
from scribe.export.layout import clock
from scribe.types import Role, Word
from scribe.view import NoteView

ROLES = {Role.CLINICIAN: "Clinician", Role.PATIENT: "Patient", Role.OTHER: "Other"}
STYLES = {Role.CLINICIAN: "bold cyan", Role.PATIENT: "bold", Role.OTHER: "bold magenta"}
KEYS = (("space", "pause"), ("m", "mark this moment"), ("d", "drop the last minute"), ("s", "stop"))
SHOWN_WORDS = 600  # of the transcript: more than any screen holds
STARTING = "Recognition is getting ready. Everything is recorded already."
LISTENING = "Listening."
BAR = 24  # columns of the level
FLOOR = -60.0  # dB at the left end of the bar
SHOWN_CHECKS = 5


@dataclass
class Status:
    """What the screen shows beside the snapshot."""

    seconds: float = 0.0
    paused: bool = False
    level: Level = field(default_factory=Level)
    warnings: tuple[str, ...] = ()
    message: str = ""  # what the last key did, or asks
    marks: int = 0


class Tail:
    """The last lines of something that is longer than its place."""

    def __init__(self, content: Text | Group) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As many of the last lines as there is room for."""
        lines = console.render_lines(self._content, options.update(height=None), pad=False)
        for line in lines[-(options.height or len(lines)) :]:
            yield from line
            yield Segment.line()


def speaker_name(snapshot: LiveSnapshot, speaker: str | None) -> tuple[str, str]:
    """How a speaker is called by now, and the style of it."""
    role = snapshot.role_of(speaker)
    if role is not None:
        return ROLES[role], STYLES[role]
    if speaker is None:
        return "...", "dim"
    known = list(dict.fromkeys(word.speaker for word in snapshot.words if word.speaker))
    return f"Speaker {known.index(speaker) + 1}" if speaker in known else "Speaker", "bold dim"


def transcript(snapshot: LiveSnapshot) -> Text:
    """The last words by speaker, committed ones solid, tentative ones dim."""
    words = [word for word in snapshot.words[-SHOWN_WORDS:] if word.text]
    if not words and not snapshot.tentative:
        return Text(LISTENING if snapshot.policy else STARTING, "dim")
    text = Text()
    for at, (speaker, run) in enumerate(groupby(words, key=lambda word: word.speaker)):
        said = list(run)
        name, style = speaker_name(snapshot, speaker)
        text.append("\n" if at else "").append(f"{clock(said[0].start)} ", "dim").append(f"{name}: ", style)
        text.append(_join(said))
    if snapshot.tentative:
        text.append(f"{'' if words else ' '}{''.join(word.text for word in snapshot.tentative)}", "dim italic")
    return text


def note(view: NoteView | None, snapshot: LiveSnapshot) -> Text:
    """The note as its template lays it out, without its times."""
    if view is None or snapshot.note is None:
        return Text("It fills in as you talk.", "dim")
    statements = {item.id: item.text for item in snapshot.note.statements}
    text = Text()
    for block in view.blocks:
        if block.heading and (block.rows or block.level == 1):
            text.append(f"{block.heading}\n", "bold" if block.level == 1 else "underline")
        for row in block.rows:
            label = f"{row.label}: " if row.label else ""
            said = " ".join(
                statements[excerpt.statement_id][excerpt.span.start : excerpt.span.end] for excerpt in row.excerpts
            )
            text.append(f"{'  ' * row.depth}- {label}{said}\n")
    return text


def checks(snapshot: LiveSnapshot) -> Text:
    """What to check first."""
    if snapshot.note is None or not snapshot.flags:
        return Text("Nothing yet.", "dim")
    text = Text()
    found = Checklist(snapshot.note, snapshot.transcript).checks
    for check in found[:SHOWN_CHECKS]:
        readings = f"{' or '.join(check.readings)}: " if check.readings else ""
        text.append(f"{check.places[0].clock} ", "dim").append(f"{check.title} ", "bold yellow")
        text.append(f"{readings}{check.reason}\n")
    if len(found) > SHOWN_CHECKS:
        text.append(f"and {len(found) - SHOWN_CHECKS} more", "dim")
    return text


def bar(level: Level) -> Text:
    """The level as a bar, and in a word."""
    filled = round(BAR * max(0.0, min(1.0, 1 - level.peak / FLOOR)))
    loud = level.peak >= CLIPPING
    text = Text("█" * filled, "red" if loud else "green").append("░" * (BAR - filled), "dim")
    return text.append(" too loud" if loud else "", "red")


def header(snapshot: LiveSnapshot, status: Status) -> Table:
    """State, time, level; beneath it what a person should know."""
    grid = Table.grid(expand=True, padding=(0, 2))
    grid.add_column(ratio=1)
    grid.add_column(justify="right")
    state = Text("‖ Paused    ", "bold yellow") if status.paused else Text("● Recording ", "bold red")
    state.append(f"{clock(status.seconds)}  ", "bold")
    state.append_text(bar(status.level))
    if status.marks:
        state.append(f"  {status.marks} marked", "dim")
    grid.add_row(state, Text(status.message, "bold"))
    for warning in _warnings(snapshot, status):
        grid.add_row(Text(warning, "yellow"), "")
    return grid


def _warnings(snapshot: LiveSnapshot, status: Status) -> Iterator[str]:
    yield from status.warnings
    if snapshot.behind:
        yield f"writing is behind by {snapshot.behind:.0f} s; nothing is lost, it catches up soon"
    yield from snapshot.warnings[-2:]


def screen(snapshot: LiveSnapshot, status: Status, view: NoteView | None) -> Layout:
    """The whole screen."""
    layout = Layout()
    top = header(snapshot, status)
    body = Layout(name="body")
    body.split_row(Layout(name="said", ratio=3), Layout(name="written", ratio=2))
    body["said"].update(Panel(Tail(transcript(snapshot)), title="Transcript (preview)", title_align="left"))
    body["written"].split_column(
        Layout(Panel(Tail(note(view, snapshot)), title="Note (preview)", title_align="left"), ratio=3),
        Layout(Panel(checks(snapshot), title="Check first", title_align="left"), ratio=2),
    )
    keys = Text()
    for key, does in KEYS:
        keys.append(f" {key} ", "reverse").append(f" {does}   ")
    layout.split_column(Layout(top, size=max(1, top.row_count)), body, Layout(keys, size=1))
    return layout


def lines(event: LiveEvent, snapshot: LiveSnapshot) -> Iterator[str]:
    """What is printed of an event where there is no screen. `snapshot` is the one after it."""
    if isinstance(event, Committed):
        for speaker, run in groupby(event.words, key=lambda word: word.speaker):
            said = list(run)
            name, _ = speaker_name(snapshot, speaker)
            yield (
                f"[{clock(said[0].start)}] {name}: {_join(said)}"
                if speaker
                else f"[{clock(said[0].start)}] {_join(said)}"
            )
    elif isinstance(event, StateChanged) and event.state in (LiveState.PAUSED, LiveState.RECORDING):
        yield f"({event.state.value})"
    elif isinstance(event, Warned):
        yield f"({event.message})"


def _join(words: list[Word]) -> str:
    return "".join(word.text for word in words).strip()
