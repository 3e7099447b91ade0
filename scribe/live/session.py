"""One live session: reads a recording as it grows and tells, event by event, what is said, by whom, and the note.

A session has no thread and never waits: each `step` does the most urgent piece of work that is due and returns. A
driver thread, a test and the bench thus run the same code, by whatever clock. What is most urgent:

1. words that can be committed; 2. a tentative reading, unless recognition is behind; 3. work whose result nobody waits
for, where it fits in before the next words: speakers, note, and the record's own recognition.

Nothing here ever skips sound: where the machine is too slow, 2 and 3 are left out, and done after the stop.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import log10

import numpy as np

from scribe import pipeline
from scribe.asr import transcribe as recognition
from scribe.asr.live_windows import Window
from scribe.asr.record import Record
from scribe.asr.streaming import Heard, Streaming
from scribe.config import Config
from scribe.errors import InputError, ScribeError
from scribe.events import (
    Behind,
    Committed,
    Finished,
    LevelChanged,
    LiveEvent,
    LiveSnapshot,
    LiveState,
    NoteUpdated,
    PolicyChosen,
    Progressed,
    SpeakersRevised,
    StateChanged,
    Tentative,
    Warned,
    WordsReplaced,
    applied,
)
from scribe.live import kept, machine
from scribe.live.pace import Pace
from scribe.live.sound import RATE, Recorded, so_far
from scribe.live.speakers import Speakers, changes, clear
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, Flag, Interval, MarkKind, Mode, Note, Transcript, Word

TOLD_BEHIND = 20.0  # seconds behind from which it is told
READ_AT_ONCE = 30 * RATE  # samples
LEVEL_SECONDS = 0.25
FIRST_DRAFT = 0.8  # seconds of speech before the first tentative reading of a window
LEAST_WINDOW = 5.0  # seconds from the first word of a window to its end, mostly
PATIENCE = 15.0  # seconds that work waits for a good moment
SILENCE = 0.5  # seconds put behind the last word
FLOOR = -120.0  # dB


@dataclass(frozen=True, slots=True)
class Result:
    """The record."""

    transcript: Transcript = field(repr=False)
    note: Note = field(repr=False)


class LiveSession:
    """See the module. `clock` is what time it is, `timer` what work costs; both in seconds."""

    def __init__(
        self,
        recording: Recorded,
        config: Config,
        *,
        mode: Mode | None = None,
        record: bool = True,
        clock: Callable[[], float] = time.monotonic,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Load the engines, where `machine.prepare` has not; raises what they raise (ScribeError).

        `record` False: none will be asked for, so nothing is done for it beforehand.
        """
        self._wanted = record
        self._recording, self._config, self._clock, self._timer = recording, config, clock, timer
        self._mode = mode or recording.mode or Mode.VISIT
        engine = pipeline.engine("asr", config.asr.engine, config)
        terms = recognition.terms_of(config)
        chosen = machine.policy(engine, config, timer)
        self._streaming = Streaming(engine, config, terms, chosen.policy)
        self._record = Record(engine, config, terms)
        self._speakers = Speakers(config, self._mode)
        self._snapshot = LiveSnapshot(0, LiveState.RECORDING, 0.0)
        self._pending: list[LiveEvent] = []
        self._read = 0  # samples
        self._raw: list[Word] = []  # committed words as recognised
        self._edits: list[kept.Edit] = []
        self._dropped: tuple[Interval, ...] = ()
        self._flags: list[Flag] = []
        self._level: tuple[float, float] = (0.0, 0.0)  # loudest sample and energy since the last event
        self._level_samples = 0
        self._pace = {
            "commit": Pace(1.0),
            "draft": Pace(0.3, rest=1.0),
            "speakers": Pace(0.1, rest=4.0),
            "note": Pace(0.07, rest=6.0),
            "record": Pace(1.0, expected=2.0),
            "voices": Pace(1.0),
            "pieces": Pace(1.0),
        }
        self._stale_speakers = self._stale_note = self._unembedded = False
        self._waiting_since: float | None = None
        self.costs: defaultdict[str, float] = defaultdict(float)  # seconds of work so far, by kind
        self._ended = False
        self._tell(StateChanged, state=LiveState.RECORDING)
        self._tell(PolicyChosen, policy=chosen.policy, reason=chosen.reason)

    # --- what others see and do
    @property
    def snapshot(self) -> LiveSnapshot:
        """Everything so far."""
        return self._snapshot if self._snapshot.finished else replace(self._snapshot, seconds=self.seconds)

    @property
    def seconds(self) -> float:
        """How much of the recording was taken in."""
        return self._read / RATE

    @property
    def behind(self) -> float:
        """Seconds of sound that wait for recognition."""
        unread = self._recording.samples - self._read
        return self._streaming.behind + unread / RATE

    @property
    def caught_up(self) -> bool:
        """Whether the recording has ended and all of it is committed."""
        return self._has_ended and not self._streaming.due(ended=True)

    def replace_words(self, first: int, count: int, text: str) -> None:
        """Put `text` in place of committed words, by a person. Raises ValueError where there are none such."""
        if not (first >= 0 and count > 0 and first + count <= len(self._raw)):
            raise ValueError("there are no such words")
        self._edits.append(kept.Edit(first, count, text))
        self._tell(WordsReplaced, first=first, count=count, text=f" {text.strip()}" if text.strip() else "")
        self._stale_note = True

    def step(self) -> Sequence[LiveEvent]:
        """Do the most urgent piece of work; the events since the last step, empty where nothing is due."""
        self._listen()
        work = self._most_urgent()
        if work is not None:
            work()
        self._tell_behind()
        events, self._pending = self._pending, []
        return events

    # --- hearing
    @property
    def _unread(self) -> int:
        return self._recording.samples - self._read

    def _listen(self) -> None:
        """Take in what was recorded since, and what the recorder did."""
        self._recording.refresh()
        self._follow_state()
        self._follow_drops()
        new = min(self._unread, READ_AT_ONCE)
        if new <= 0:
            return
        samples = self._recording.read(self._read, new)
        self._read += len(samples)
        self._measure(samples)
        self._streaming.hear(samples)

    def _follow_state(self) -> None:
        state = LiveState.RECORDING
        self._ended = self._recording.state != "recording"
        if self._ended:
            self._recording.refresh()  # what was written between the last look and the end
            state = LiveState.STOPPED
        elif self._recording.paused:
            state = LiveState.PAUSED
        now = self._snapshot.state
        if state is not now and now not in (LiveState.FINISHING, LiveState.READY):
            self._tell(StateChanged, state=state)

    def _follow_drops(self) -> None:
        """Forget what was said in stretches that somebody dropped."""
        for interval in self._recording.dropped:
            if interval in self._dropped:
                continue
            heard = Interval(interval.start, min(interval.end, self._read / RATE))
            self._streaming.erase(heard)
            self._record.forget(heard)
            self._speakers.forget(heard)
            self._flags = [flag for flag in self._flags if not _overlap(flag.interval, heard)]
            for at, word in enumerate(self._snapshot.words):
                if word.text and word.start < heard.end and word.end > heard.start:
                    self._tell(WordsReplaced, first=at, count=1, text="")
                    self._raw[at] = replace(self._raw[at], text="")
            self._tell(Tentative, words=())
            self._stale_note = True
        self._dropped = tuple(self._recording.dropped)

    def _measure(self, samples: np.ndarray) -> None:
        peak, energy = self._level
        self._level = max(peak, float(np.abs(samples).max())), energy + float(np.square(samples).sum())
        self._level_samples += len(samples)
        if self._level_samples >= LEVEL_SECONDS * RATE:
            loudest, mean = self._level[0], (self._level[1] / self._level_samples) ** 0.5
            self._tell(LevelChanged, peak=_decibels(loudest), rms=_decibels(mean))
            self._level, self._level_samples = (0.0, 0.0), 0

    # --- choosing
    def _most_urgent(self) -> Callable[[], None] | None:
        ended = self._has_ended
        if ended:
            self._streaming.end()
        window = self._streaming.due(ended=ended)
        if window is not None:
            return partial(self._timed, "commit", lambda: self._commit(window))
        if self._unread > RATE:
            return None  # more has been recorded than one step takes in: hear that first
        if not ended and self._pace["draft"].due(self._clock()) and self._streaming.draft_due(FIRST_DRAFT):
            return partial(self._timed, "draft", self._draft)
        work = self._background()
        if work is None or self._waits_for_room(work[0]):
            return None
        return partial(self._timed, *work)

    def _background(self) -> tuple[str, Callable[[], None]] | None:
        """The most useful work that nobody waits for."""
        now, sound = self._clock(), self._sound
        if self._stale_speakers and self._pace["speakers"].due(now):
            return "speakers", self._find_speakers
        if self._stale_note and self._snapshot.roles and self._pace["note"].due(now):
            return "note", self._write_note
        self._record.hear(sound, self._streaming.growing)
        if self._wanted and self._record.blocks_due:
            return "record", self._decode_block
        if self._speakers.stretches_due(sound):
            return "voices", lambda: self._speakers.hear(sound)
        if self._unembedded:
            return "pieces", self._embed_ahead
        return None

    def _waits_for_room(self, name: str) -> bool:
        """Whether work that nobody waits for would keep the next words waiting; not for ever."""
        now = self._clock()
        opened = self._streaming.opened
        room = LEAST_WINDOW - (opened or 0.0)
        if self._has_ended or room >= self._pace[name].expected:
            self._waiting_since = None
            return False
        self._waiting_since = now if self._waiting_since is None else self._waiting_since
        if now - self._waiting_since > PATIENCE:
            self._waiting_since = None
            return False
        return True

    @property
    def _has_ended(self) -> bool:
        return self._ended and not self._unread

    @property
    def _sound(self) -> Audio:
        return so_far(self._recording, self._read, silence=SILENCE if self._has_ended else 0.0)

    # --- doing
    def _timed(self, name: str, work: Callable[[], object]) -> None:
        began, before = self._clock(), self._timer()
        work()
        cost = self._timer() - before
        self._pace[name].done(began, cost)
        self.costs[name] += cost

    def _commit(self, window: Window) -> None:
        self._tell_heard(self._streaming.commit(self._sound, window))

    def _decode_block(self) -> None:
        self._record.step(self._sound, self._streaming.growing)
        self._unembedded = True

    def _embed_ahead(self) -> None:
        self._unembedded = False
        self._speakers.embed_ahead(self._record.words, self._sound)

    def _draft(self) -> None:
        self._tell_heard(self._streaming.draft(self._sound))

    def _tell_heard(self, heard: Heard) -> None:
        self._flags += heard.flags
        if heard.committed:
            self._raw += heard.committed
            self._tell(Committed, first=len(self._snapshot.words), words=heard.committed)
            self._stale_speakers = self._stale_note = True
        if heard.tentative != self._snapshot.tentative:
            self._tell(Tentative, words=heard.tentative)

    def _find_speakers(self) -> None:
        self._stale_speakers = False
        indices = [at for at, word in enumerate(self._snapshot.words) if word.text]
        words = [self._snapshot.words[at] for at in indices]
        if not words:
            return
        found = self._speakers.find(words, self._sound)
        assignments = changes([word.speaker for word in words], [word.speaker for word in found.words], indices)
        roles = clear(found)
        if assignments or roles != self._snapshot.roles:
            self._tell(SpeakersRevised, assignments=tuple(assignments), roles=roles)
            self._stale_note = True

    def _write_note(self) -> None:
        self._stale_note = False
        transcript = replace(self._snapshot.transcript, flags=tuple(self._flags))
        try:
            draft = pipeline.draft(transcript, self._config, mode=self._mode)
            note = pipeline.code(draft.note, self._config)
        except ScribeError as error:
            if str(error) not in self._snapshot.warnings:
                self._tell(Warned, message=str(error))
            return
        self._tell(NoteUpdated, note=note, flags=draft.transcript.flags)

    # --- the end
    def finish(self, on_progress: OnProgress = no_progress) -> Result:
        """Make the record, once the recording has stopped; what was done during the visit is not done again.

        Raises InputError while it is still recorded, and what `pipeline.transcribe`, `draft` and `code` raise; it may
        then be called again. Events wait for the next `step` or `drain`.
        """
        self._listen()
        while not self.caught_up:
            if not self._ended:
                raise InputError("the recording goes on: stop it before the record is made")
            told = list(self.step())
            self._pending = [*told, *self._pending]
        self._tell(StateChanged, state=LiveState.FINISHING)
        tell = self._telling(on_progress)
        prepared = pipeline.Prepared(self._record.engine, self._speakers.diarizer, self._streaming.growing.finish())
        audio = self._recording.audio()
        heard = pipeline.transcribe(audio, self._config, mode=self._mode, prepared=prepared, on_progress=tell)
        heard = kept.with_edits(heard, self._raw, self._edits)
        marks = [mark.at for mark in self._recording.marks if mark.kind is not MarkKind.CONSENT]
        heard = kept.with_marks(heard, marks)
        draft = pipeline.draft(heard, self._config, mode=self._mode, on_progress=tell)
        record = Result(draft.transcript, pipeline.code(draft.note, self._config, on_progress=tell))
        self._tell(Finished, transcript=record.transcript, note=record.note)
        self._tell(StateChanged, state=LiveState.READY)
        return record

    def drain(self) -> Sequence[LiveEvent]:
        """The events that were not handed out yet."""
        events, self._pending = self._pending, []
        return events

    def _telling(self, on_progress: OnProgress) -> OnProgress:
        """Progress as events, one for each percent."""
        told: dict[str, int] = {}

        def tell(stage: str, done: float, total: float) -> None:
            percent = int(100 * done / total) if total else 0
            if told.get(stage) != percent:
                told[stage] = percent
                self._tell(Progressed, stage=stage, done=done, total=total)
                on_progress(stage, done, total)

        return tell

    # --- telling
    def _tell(self, kind: Callable[..., LiveEvent], **what: object) -> None:
        event = kind(self._snapshot.seq + 1, **what)
        self._snapshot = applied(self._snapshot, event)
        self._pending.append(event)

    def _tell_behind(self) -> None:
        seconds, told = self.behind, self._snapshot.behind
        now = round(seconds, 1) if seconds > TOLD_BEHIND else 0.0
        if (now == 0.0) != (told == 0.0) or abs(now - told) >= 5.0:
            self._tell(Behind, seconds=now)


def _decibels(amplitude: float) -> float:
    return round(max(20 * log10(amplitude), FLOOR), 1) if amplitude > 0 else FLOOR


def _overlap(one: Interval, other: Interval) -> bool:
    return one.start < other.end and other.start < one.end
