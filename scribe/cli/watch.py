"""`scribe watch FOLDER`: recordings that are dropped into a folder become notes."""

from __future__ import annotations

import time
import traceback
from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline
from scribe.capture import lock
from scribe.capture.watch import Handled, Ledger, Outcome, Watch, sha256_of
from scribe.cli import _common as common
from scribe.cli.note import write
from scribe.config import Config
from scribe.dictation.write import check_files
from scribe.errors import AudioError, CaptureError, EngineError, InputError
from scribe.sections import note_templates
from scribe.types import Mode

_LOOK = 1.0  # seconds between two looks
_LOCK = ".watch.lock"


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where recordings are dropped.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the notes go, a folder for each.")],
    once: Annotated[bool, typer.Option("--once", help="Take what is there, and end.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try what was parked before again.")] = False,
    settle: Annotated[
        float, typer.Option("--settle", metavar="SECONDS", min=0, help="A file has arrived when it rests so long.")
    ] = 3.0,
    mode: common.ModeChoice = common.ModeOption.AUTO,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Make a note of each recording that appears in FOLDER, once. What cannot be used is parked with the reason."""
    config = common.settings(config_file, sets)
    check_files(config)
    note_templates.chosen(config)
    pipeline.engine("asr", config.asr.engine, config)  # what is missing for all of them is told before the first
    watched = Watch(folder, settle=settle)
    common.ensure_folder(out)
    if out.resolve() == folder.resolve():
        raise CaptureError("the notes cannot go where the recordings are dropped: choose another folder with --out")
    held = lock.take(out / _LOCK, f"another scribe writes to {out}: stop that one first")
    try:
        work = _Work(out, config, mode.mode, retry=retry)
        if not once:
            common.note_to_user(f"watching {folder}; stop with Ctrl-C")
        while True:
            for path in watched.arrived():
                work.take(path)
            if once and not watched.pending:
                break
            time.sleep(min(_LOOK, settle or _LOOK))
        if work.parked:
            raise CaptureError(f"{work.parked} recordings were parked: see {out / 'watched.jsonl'}")
    finally:
        held.release()


class _Work:
    """Makes the notes, one after another."""

    def __init__(self, out: Path, config: Config, mode: Mode | None, *, retry: bool) -> None:
        self._out, self._config, self._mode = out, config, mode
        self._ledger = Ledger(out)
        self._again = {item.sha256 for item in self._ledger.parked} if retry else set()
        self.parked = 0

    def take(self, path: Path) -> None:
        """Make a note of a recording, unless that was done. Raises what would fail for every recording."""
        try:
            sha256 = sha256_of(path)
        except CaptureError as error:  # taken away again, or not ours to read; it is given again when it changes
            common.note_to_user(str(error))
            return
        earlier = self._ledger.get(sha256)
        if earlier is not None and sha256 not in self._again:
            if earlier.outcome is Outcome.PARKED:
                common.note_to_user(f"{path.name} was parked before ({earlier.reason}): --retry tries it again")
            elif not self._ledger.lists(sha256, path.name):
                reason = f"it holds the same bytes as {earlier.name}"
                self._ledger.add(Handled(sha256, path.name, Outcome.SAME, reason=reason, folder=earlier.folder))
                common.note_to_user(
                    f"{path.name} gets no note of its own: {reason}, whose draft is in {self._out / earlier.folder}"
                )
            return
        self._again.discard(sha256)
        try:
            folder = self._make(path, sha256)
        except (AudioError, InputError, EngineError) as error:
            self._park(path, sha256, str(error))
        except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
            # a fault of ours: its message may quote what was said, so only its kind and place are kept
            place = traceback.extract_tb(error.__traceback__)[-1]
            name = f"internal error ({type(error).__name__} at {Path(place.filename).name}:{place.lineno})"
            self._park(path, sha256, f"{name}: please report this line")
        else:
            self._ledger.add(Handled(sha256, path.name, Outcome.DONE, folder=folder.name))
            common.say(common.plain(f"{path.name}: draft written to {folder}"))

    def _make(self, path: Path, sha256: str) -> Path:
        with common.progress() as on_progress:
            sound = common.loaded(path, self._config)
            draft = pipeline.run(
                sound, self._config, mode=self._mode, on_progress=on_progress, on_warning=common.note_to_user
            )
        folder = self._out / f"{path.stem}-note"
        if folder.exists():  # of another recording with the same name
            folder = self._out / f"{path.stem}-{sha256[:8]}-note"
        write(draft.note, draft.transcript, folder, pipeline.lay_out(draft.note, self._config))
        return folder

    def _park(self, path: Path, sha256: str, reason: str) -> None:
        self._ledger.add(Handled(sha256, path.name, Outcome.PARKED, reason=reason))
        self.parked += 1
        common.note_to_user(f"{path.name} is parked: {reason}")
