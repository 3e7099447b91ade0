"""After a crash: what is there is found, shown and made whole. Nothing that can be read is thrown away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scribe.capture import folder as folders
from scribe.capture import frames, lock
from scribe.capture.disk import Disk, failure
from scribe.capture.erasing import erase
from scribe.capture.folder import LOCK, SAMPLE_RATE, Card
from scribe.capture.frames import Place
from scribe.capture.history import History, Stretch, merged
from scribe.capture.journal import Entry, EntryKind, JournalReader, JournalWriter
from scribe.capture.recording import Recording, State
from scribe.errors import CaptureError
from scribe.types import Interval, Mode
from scribe.vault import Key


@dataclass(frozen=True, slots=True)
class Summary:
    """A recording as a list shows it; no key is needed for that."""

    id: str
    folder: Path
    mode: Mode
    source: str
    created: datetime
    seconds: float
    state: State
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What making a recording whole has found and done."""

    samples: int  # in the recording now
    next_segment: int
    adopted: int  # segments that no line of the journal told of
    cut_bytes: int  # of a frame that was being written when it ended
    damaged: tuple[int, ...]  # numbers of segments that are not as they were written; what checks of them is kept
    missing: tuple[Interval, ...]  # reads as silence


@dataclass(frozen=True, slots=True)
class Recovered:
    """A recording that was broken off, finished."""

    recording: Recording
    report: Report


def summaries(root: Path) -> tuple[Summary, ...]:
    """All recordings of a folder, the oldest first. Those whose card cannot be read are left out: `unreadable`."""
    found = []
    for folder in folders.folders(root):
        with suppress(CaptureError):
            found.append(summary(folder))
    return tuple(sorted(found, key=lambda item: item.created))


def unreadable(root: Path) -> tuple[Path, ...]:
    """Folders of recordings whose card cannot be read."""
    bad = []
    for folder in folders.folders(root):
        try:
            folders.read_card(folder)
        except CaptureError:
            bad.append(folder)
    return tuple(bad)


def unfinished(root: Path) -> tuple[Summary, ...]:
    """Recordings that nobody writes and nobody stopped, the oldest first: show them, `recover` finishes each."""
    return tuple(item for item in summaries(root) if item.state is State.INTERRUPTED)


def summary(folder: Path) -> Summary:
    """One recording, measured without opening its sound. Raises CaptureError where there is none."""
    card = folders.read_card(folder)
    history = History()
    history.add(JournalReader(folder, card.id, None, verify=False).read(), None)
    held = lock.is_held(folder / LOCK)
    state = State.FINISHED if history.stopped else State.RECORDING if held else State.INTERRUPTED
    samples = max((known.stretch.end for known in history.segments.values()), default=0)
    for path in (*folder.glob("*.pcm"), *folder.glob("*.part")):
        if int(path.stem) not in history.segments:
            with suppress(FileNotFoundError):  # it got its final name just now
                ends = (frame.first + frame.samples for frame in _scan(path, card))
                samples = max(samples, max(ends, default=0))
    seconds = samples / SAMPLE_RATE
    return Summary(
        card.id, folder, card.mode, card.source, card.created, seconds, state, encrypted=card.wrapped is not None
    )


def recover(folder: Path, key: Key | None, *, disk: Disk | None = None) -> Recovered:
    """Finish a recording that was broken off; harmless for one that is finished.

    Raises CaptureError where it is being written, VaultError where `key` does not open it.
    """
    disk = disk or Disk()
    card = folders.read_card(folder)
    own = folders.own_key(card, key)
    held = lock.take(folder / LOCK, f"recording {card.id} is being recorded now: stop it first")
    try:
        journal, entries = JournalWriter.open(folder, card.id, own, disk)
        try:
            history = History()
            history.add(entries, own)
            report = make_whole(folder, card, own, disk, journal, history)
            if not history.stopped:
                journal.add(Entry(EntryKind.STOP, report.samples, {}))
        finally:
            journal.close()
    except OSError as error:
        raise failure(error, folder) from error
    finally:
        held.release()
    return Recovered(Recording.open(folder, key=key), report)


def make_whole(
    folder: Path, card: Card, key: Key | None, disk: Disk, journal: JournalWriter, history: History
) -> Report:
    """Check the segments the journal knows, adopt the others, finish what was to be erased. The caller has the lock.

    `key` is the recording's own. Raises OSError; it may then be called again.
    """
    for left in folder.glob("*.new"):
        disk.remove(left)
    adopted = cut = 0
    for seq in _orphans(folder, history):
        entry, lost = _adopt(folder, seq, card, key, disk)
        cut += lost
        if entry is not None:
            adopted += 1
            history.add([entry], key)
            journal.add(entry)
    erase(folder, card.id, key, disk, journal, history)
    damaged = [seq for seq, known in history.segments.items() if not _is_intact(folder, seq, known.sha256)]
    stretches = merged(
        known.stretch for seq, known in history.segments.items() if folders.segment(folder, seq).exists()
    )
    samples = max((known.stretch.end for known in history.segments.values()), default=0)
    missing = [hole.interval for hole in (*_between(stretches, samples), *history.lost)]
    following = max(history.segments, default=-1) + 1
    return Report(samples, following, adopted, cut, tuple(sorted(damaged)), tuple(sorted(missing)))


def _orphans(folder: Path, history: History) -> list[int]:
    found = {int(path.stem) for path in (*folder.glob("*.pcm"), *folder.glob("*.part"))}
    return sorted(found - history.segments.keys())


def _adopt(folder: Path, seq: int, card: Card, key: Key | None, disk: Disk) -> tuple[Entry | None, int]:
    """Give a segment that the journal does not know its final name: its line, and how many bytes were no frames."""
    part, final = folders.part(folder, seq), folders.segment(folder, seq)
    path = final if final.exists() else part
    data = path.read_bytes()
    place = Place(card.id, seq, key)
    good = [frame for frame in frames.scan(data, sealed=key is not None) if frames.opens(frame, place)]
    kept = b"".join(data[frame.start : frame.end] for frame in good)
    if not good:
        disk.remove(path)
        return None, len(data)
    if len(kept) != len(data):
        disk.write_whole(final, kept)
        disk.remove(part)
    elif path == part:
        disk.flush(part)
        disk.rename(part, final)
    disk.flush_folder(folder)
    first, last = good[0].first, max(frame.first + frame.samples for frame in good)
    line = {"seq": seq, "first": first, "samples": last - first, "sha256": hashlib.sha256(kept).hexdigest()}
    return Entry(EntryKind.SEALED, last, line), len(data) - len(kept)


def _scan(path: Path, card: Card) -> Iterable[frames.Frame]:
    return frames.scan(path.read_bytes(), sealed=card.wrapped is not None)


def _is_intact(folder: Path, seq: int, sha256: str) -> bool:
    try:
        with folders.segment(folder, seq).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _between(stretches: Iterable[Stretch], samples: int) -> list[Stretch]:
    """What of `samples` none of the stretches, merged and in order, covers."""
    holes, at = [], 0
    for stretch in (*stretches, Stretch(samples, 0)):
        if stretch.first > at:
            holes.append(Stretch(at, stretch.first - at))
        at = max(at, stretch.end)
    return holes
