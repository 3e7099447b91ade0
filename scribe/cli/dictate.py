"""`scribe dictate`: what is said stands written within seconds, where the clinician wants it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from scribe.cli import _clipboard as clipboard
from scribe.cli import _common as common
from scribe.cli import live as lives
from scribe.cli._dictated import Dictated
from scribe.cli._keys import Keys
from scribe.cli._live_screen import Status, Tail, header
from scribe.cli._take import Take, record_of, source_of, tell_unfinished
from scribe.dictation.write import check_files
from scribe.errors import ConfigError
from scribe.events import Committed, LiveSnapshot, LiveState, Warned, applied
from scribe.types import Mode, Word

TAKEN_BACK = "a command reached back to text that was handed on already: it follows anew from the word that changed"

To = Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Keep the text in a file, as it grows.")]
Clipboard = Annotated[bool, typer.Option("--clipboard", help="Keep the text on the clipboard, as it grows.")]
Stdout = Annotated[
    bool, typer.Option("--stdout", help="Print each piece of text on a line of its own, and nothing else.")
]
Push = Annotated[
    bool, typer.Option("--push-to-talk", help="Listen only after the space bar, until it is pressed again.")
]


def dictate(
    to: To = None,
    to_clipboard: Clipboard = False,
    to_stdout: Stdout = False,
    push_to_talk: Push = False,
    simulate: lives.Simulate = None,
    device: lives.Device = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Dictate: commands and formatting are applied as you speak. Space pauses and goes on, s stops, Ctrl-C as well."""
    config = common.settings(config_file, sets)
    check_files(config)
    if push_to_talk and not (sys.stdin and sys.stdin.isatty()):
        raise ConfigError("--push-to-talk needs a keyboard: run it at a terminal, or leave it out")
    outputs: list[Callable[[str], None]] = []
    if to is not None:
        common.ensure_folder(to.absolute().parent)
        outputs.append(lambda text: common.write_files(to.absolute().parent, {to.name: f"{text}\n".encode()}))
    if to_clipboard:
        program = clipboard.program()
        outputs.append(lambda text: clipboard.copy(text, program))
    tell_unfinished(config)
    take = Take(source_of(simulate, device, config), Mode.DICTATION, config, record=not to_stdout)
    page = Page(Dictated(config), outputs, pieces=to_stdout)
    try:
        snapshot = _listen(take, page, push_to_talk=push_to_talk)
        take.check(anything=False)
        common.note_to_user(f"recorded {take.seconds / 60:.1f} min, writing the last words")
        _finish(take, page, snapshot)
    finally:
        take.close()
    take.check(anything=True)


class Page:
    """The text so far, brought to every place where it is wanted."""

    def __init__(self, dictated: Dictated, outputs: list[Callable[[str], None]], *, pieces: bool) -> None:
        self._dictated, self._outputs, self._pieces = dictated, outputs, pieces
        self._told = False
        self.text = ""
        self.pieces = pieces

    def show(self, words: tuple[Word, ...], *, last: bool = False) -> None:
        """Bring the text up to date. Raises OutputError."""
        text = self._dictated.written(words)
        if self._pieces and (piece := self._dictated.piece(words, last=last)):
            common.emit(piece.replace("\n", "\\n") + "\n")
        if self._dictated.taken_back and not self._told:
            self._told = True
            common.note_to_user(TAKEN_BACK)
        if text != self.text:
            self.text = text
            for output in self._outputs:
                output(text)


def _listen(take: Take, page: Page, *, push_to_talk: bool) -> LiveSnapshot:
    """Until somebody stops it, or no more sound comes."""
    console = Console(stderr=page.pieces)
    with Keys() as keys, take.stopped_by_signals():
        if push_to_talk:
            take.recorder.pause()
        take.start()
        if console.is_terminal and keys.present and not page.pieces:
            snapshot = _on_screen(take, page, keys, console)
        else:
            snapshot = _in_lines(take, page, keys)
        take.stop()
    return snapshot


def _on_screen(take: Take, page: Page, keys: Keys, console: Console) -> LiveSnapshot:
    status = Status()
    hands = lives.Hands(take, status)
    snapshot = take.events.snapshot
    with Live(console=console, screen=True, auto_refresh=False) as display:
        while not take.over:
            snapshot = _taken_in(take, page, snapshot)
            hands.look()
            tail = Text("".join(word.text for word in snapshot.tentative), "dim italic")
            text = Text(page.text).append_text(tail)
            help_line = Text(" space ", "reverse").append(" listen / pause   ", "").append(" s ", "reverse")
            shown = Group(header(snapshot, status), Text(), Tail(text), Text(), help_line.append(" stop"))
            display.update(shown, refresh=True)
            hands.press(keys.read(lives.LOOK))
    return snapshot


def _in_lines(take: Take, page: Page, keys: Keys) -> LiveSnapshot:
    hands = lives.Hands(take, Status())
    snapshot = take.events.snapshot
    while not take.over:
        snapshot = _taken_in(take, page, snapshot)
        hands.press(keys.read(lives.LOOK))
    return snapshot


def _taken_in(take: Take, page: Page, snapshot: LiveSnapshot) -> LiveSnapshot:
    while (event := take.events.get(timeout=0)) is not None:
        snapshot = applied(snapshot, event)
        if isinstance(event, Committed):
            page.show(snapshot.words)
        elif isinstance(event, Warned):
            common.note_to_user(event.message)
    return snapshot


def _finish(take: Take, page: Page, snapshot: LiveSnapshot) -> None:
    """The last words; and where the text can still be changed, the record in place of the preview."""
    while snapshot.state is not LiveState.FINISHING and (event := take.events.get()) is not None:
        snapshot = applied(snapshot, event)
    page.show(snapshot.words, last=True)
    if page.pieces:
        take.driver.join()
        return
    result = record_of(take.driver, take.id)
    page.show(result.transcript.words, last=True)
    common.emit(page.text + "\n")
