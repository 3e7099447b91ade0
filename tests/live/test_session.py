"""A session by virtual time: what is committed, in which order, and what the record is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from scribe import pipeline
from scribe.config import Config
from scribe.errors import InputError
from scribe.events import (
    Behind,
    Committed,
    Finished,
    LiveEvent,
    LiveSnapshot,
    LiveState,
    NoteUpdated,
    SpeakersRevised,
    StateChanged,
    Tentative,
    WordsReplaced,
    applied,
)
from scribe.live.clock import Played, VirtualClock
from scribe.live.session import LiveSession, Result
from scribe.types import FlagKind, Interval, Mark, Mode, Role
from tests.live.conftest import Utterance, script, sound

VISIT: tuple[tuple[Utterance, str], ...] = (
    ((0.5, 3.5, "A"), "What brings you in to see me today?"),
    ((4.4, 8.6, "B"), "I have had a cough for three weeks and some chest pain."),
    ((9.5, 12.0, "A"), "Any fever or night sweats?"),
    ((12.9, 15.0, "B"), "No, no fever at all."),
    ((16.0, 20.0, "A"), "I will listen to your chest and then order a chest x-ray."),
)
UTTERANCES, TEXTS = [item[0] for item in VISIT], [item[1] for item in VISIT]
SECONDS = 21.0


MARK = Mark(13.0)


def play(
    config: Config, *, cost: Callable[[], float] = lambda: 0.0, seconds: float = SECONDS, hook: object = None
) -> tuple[LiveSession, list[LiveEvent], Played]:
    """Play the visit to its end; every step costs `cost()` seconds."""
    clock = VirtualClock()
    played = Played(sound(UTTERANCES, seconds), clock, mode=Mode.VISIT)
    session = LiveSession(played, config, clock=clock, timer=clock)
    events: list[LiveEvent] = []
    while not session.caught_up:
        found = session.step()
        events += found
        clock.wait(cost() if found else 0.05)
        if callable(hook):
            hook(session, played, clock())
    return session, events, played


def committed(events: Sequence[LiveEvent]) -> list[str]:
    return [word.text for event in events if isinstance(event, Committed) for word in event.words]


def test_every_word_is_committed_once_in_order(scripted: Callable[..., Config]) -> None:
    _, events, _ = play(scripted(UTTERANCES, TEXTS))
    assert committed(events) == [word.text for word in script(UTTERANCES, TEXTS).words]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    firsts = [(event.first, len(event.words)) for event in events if isinstance(event, Committed)]
    assert firsts == [(sum(count for _, count in firsts[:at]), count) for at, (_, count) in enumerate(firsts)]


def test_words_are_shown_before_they_are_committed(scripted: Callable[..., Config]) -> None:
    _, events, _ = play(scripted(UTTERANCES, TEXTS))
    kinds = [type(event) for event in events if isinstance(event, (Tentative, Committed))]
    assert kinds[0] is Tentative
    assert kinds.index(Committed) > 0


def test_speakers_and_a_note_come_while_the_visit_goes_on(scripted: Callable[..., Config]) -> None:
    session, events, _ = play(scripted(UTTERANCES, TEXTS))
    assert any(isinstance(event, SpeakersRevised) for event in events)
    spoken = {word.speaker for word in session.snapshot.words if word.end < 14.0}  # of the last ones the record tells
    assert len(spoken) == 2
    assert None not in spoken


def test_whoever_folds_the_events_has_the_snapshot(scripted: Callable[..., Config]) -> None:
    session, events, _ = play(scripted(UTTERANCES, TEXTS))
    session.finish()
    events += session.drain()
    shown = LiveSnapshot(0, LiveState.RECORDING, 0.0)
    for event in events:
        shown = applied(shown, event)
    assert shown == session.snapshot
    assert shown.finished


def test_the_record_is_what_the_offline_pass_gives(scripted: Callable[..., Config]) -> None:
    config = scripted(UTTERANCES, TEXTS)
    session, _, played = play(config)
    result = session.finish()
    offline = pipeline.run(played.audio(), config, mode=Mode.VISIT)
    assert result == Result(offline.transcript, offline.note)
    events = session.drain()
    assert isinstance(events[-2], Finished)
    assert events[-1] == StateChanged(events[-1].seq, LiveState.READY)


def test_the_words_of_the_record_are_formatted_once(scripted: Callable[..., Config], pages: list[str]) -> None:
    session, _, _ = play(scripted(UTTERANCES, TEXTS))
    pages.clear()
    text = session.finish().transcript.text
    assert pages == [text]


def test_a_recording_that_goes_on_has_no_record_yet(scripted: Callable[..., Config]) -> None:
    clock = VirtualClock()
    session = LiveSession(Played(sound(UTTERANCES, SECONDS), clock, mode=Mode.VISIT), scripted(UTTERANCES, TEXTS))
    clock.wait(10.0)
    session.step()
    with pytest.raises(InputError, match="stop it"):
        session.finish()


def test_finishing_commits_what_is_left_first(scripted: Callable[..., Config]) -> None:
    clock = VirtualClock()
    played = Played(sound(UTTERANCES, SECONDS), clock, mode=Mode.VISIT)
    session = LiveSession(played, scripted(UTTERANCES, TEXTS), clock=clock, timer=clock)
    clock.wait(SECONDS)
    session.finish()
    events = list(session.drain())
    assert committed(events) == [word.text for word in script(UTTERANCES, TEXTS).words]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


def test_without_a_record_nothing_is_done_for_one(scripted: Callable[..., Config]) -> None:
    clock = VirtualClock()
    played = Played(sound(UTTERANCES, SECONDS), clock, mode=Mode.VISIT)
    session = LiveSession(played, scripted(UTTERANCES, TEXTS), record=False, clock=clock, timer=clock)
    while not session.caught_up:
        clock.wait(0.0 if session.step() else 0.05)
    assert "record" not in session.costs
    assert "commit" in session.costs


def test_edits_and_marks_are_in_the_record(scripted: Callable[..., Config]) -> None:
    done: list[int] = []

    def edit(session: LiveSession, played: Played, now: float) -> None:
        if not done and len(session.snapshot.words) > 12:
            session.replace_words(5, 2, "the clinic")
            done.append(1)

    session, events, played = play(scripted(UTTERANCES, TEXTS), hook=edit)
    played.marks = (MARK,)
    assert [event.text for event in events if isinstance(event, WordsReplaced)] == [" the clinic"]
    record = session.finish().transcript
    assert record.text.startswith(" What brings you in to the clinic today?")
    marked = [flag.interval for flag in record.flags if flag.kind is FlagKind.MARKED]
    assert len(marked) == 1
    assert marked[0].start < MARK.at < marked[0].end


def test_what_is_dropped_is_gone_everywhere(scripted: Callable[..., Config]) -> None:
    gone = Interval(4.0, 9.0)

    def drop(session: LiveSession, played: Played, now: float) -> None:
        if now > 14.0:
            played.dropped = (gone,)

    session, _, _ = play(scripted(UTTERANCES, TEXTS), hook=drop)
    assert "cough" not in session.snapshot.transcript.text
    result = session.finish()
    assert "cough" not in result.transcript.text
    assert "fever" in result.transcript.text


def test_a_machine_that_is_too_slow_says_so_and_loses_nothing(scripted: Callable[..., Config]) -> None:
    long = [(at * 10.0 + 0.5, at * 10.0 + 9.0, "AB"[at % 2]) for at in range(12)]
    config = scripted(long)
    clock = VirtualClock()
    session = LiveSession(Played(sound(long, 121.0), clock, mode=Mode.VISIT), config, clock=clock, timer=clock)
    events: list[LiveEvent] = []
    stalled = False
    while not session.caught_up:
        found = session.step()
        if not stalled and clock() > 20.0:
            clock.wait(60.0)  # the machine was busy with something else
            stalled = True
        elif any(isinstance(event, Committed) for event in found):
            clock.wait(1.5)
        else:
            clock.wait(0.05)
        events += found
    told = [event.seconds for event in events if isinstance(event, Behind)]
    assert told[0] > 20.0
    assert told[-1] == 0.0
    assert committed(events) == [word.text for word in script(long).words]


def test_a_recording_without_speech_has_no_words(scripted: Callable[..., Config]) -> None:
    config = scripted(UTTERANCES, TEXTS)
    clock = VirtualClock()
    session = LiveSession(Played(sound([], 8.0), clock, mode=Mode.VISIT), config, clock=clock, timer=clock)
    events: list[LiveEvent] = []
    while not session.caught_up:
        events += session.step()
        clock.wait(0.1)
    assert not [event for event in events if isinstance(event, (Committed, Tentative, NoteUpdated))]
    assert session.finish().transcript.words == ()


def test_pausing_is_told(scripted: Callable[..., Config]) -> None:
    def pause(session: LiveSession, played: Played, now: float) -> None:
        played.paused = 5.0 < now < 6.0

    _, events, _ = play(scripted(UTTERANCES, TEXTS), hook=pause)
    states = [event.state for event in events if isinstance(event, StateChanged)]
    assert states == [LiveState.RECORDING, LiveState.PAUSED, LiveState.RECORDING, LiveState.STOPPED]


def test_roles_are_clear_in_a_longer_visit(scripted: Callable[..., Config], pages: list[str]) -> None:
    again = [(start + 21 * n, end + 21 * n, who) for n in range(3) for start, end, who in UTTERANCES]
    config = scripted(again, TEXTS * 3)
    clock = VirtualClock()
    session = LiveSession(Played(sound(again, 63.0), clock, mode=Mode.VISIT), config, clock=clock, timer=clock)
    events: list[LiveEvent] = []
    while not session.caught_up:
        events += session.step()
        clock.wait(0.05)
    first = session.snapshot.words[0]
    assert session.snapshot.role_of(first.speaker) is Role.CLINICIAN
    notes = [event for event in events if isinstance(event, NoteUpdated)]
    assert notes
    assert len(pages) == len(notes)  # the words are formatted once for each
