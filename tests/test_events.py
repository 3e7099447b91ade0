"""Events of a live session: what a screen keeps of them, and their wire form."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe import events, serial
from scribe.errors import InputError
from scribe.events import (
    Assignment,
    Behind,
    Committed,
    LevelChanged,
    LiveEvent,
    LivePolicy,
    LiveSnapshot,
    LiveState,
    PolicyChosen,
    Progressed,
    SpeakersRevised,
    StateChanged,
    Tentative,
    Warned,
    WordsReplaced,
)
from scribe.types import Role, SpeakerRole, Word

WORDS = tuple(Word(float(at), at + 0.5, text) for at, text in enumerate((" Good", " morning.", " Hello.")))
EXAMPLES: tuple[LiveEvent, ...] = (
    StateChanged(1, LiveState.RECORDING),
    PolicyChosen(2, LivePolicy.WINDOWS, "this machine is slow"),
    LevelChanged(3, -3.0, -20.0),
    Tentative(4, WORDS[:1]),
    Committed(5, 0, WORDS[:2]),
    Tentative(6, WORDS[2:]),
    Committed(7, 2, WORDS[2:]),
    SpeakersRevised(8, (Assignment(0, 2, "A"), Assignment(2, 1, "B")), (SpeakerRole("A", Role.CLINICIAN, 0.9),)),
    WordsReplaced(9, 0, 2, " Good evening."),
    Behind(10, 21.5),
    Warned(11, "the microphone is silent"),
    Progressed(12, "asr", 1.0, 2.0),
)


def fold(items: tuple[LiveEvent, ...]) -> LiveSnapshot:
    snapshot = LiveSnapshot(0, LiveState.STOPPED, 0.0)
    for event in items:
        snapshot = events.applied(snapshot, event)
    return snapshot


def test_a_screen_that_keeps_up_with_the_events_shows_everything() -> None:
    shown = fold(EXAMPLES)
    assert shown.transcript.text == " Good evening. Hello."
    assert [word.speaker for word in shown.words] == ["A", "A", "B"]
    assert shown.role_of("A") is Role.CLINICIAN
    assert shown.role_of("B") is None
    assert (shown.behind, shown.warnings, shown.tentative) == (21.5, ("the microphone is silent",), ())
    assert (shown.state, shown.policy, shown.seq) == (LiveState.RECORDING, LivePolicy.WINDOWS, 12)


@given(st.integers(0, len(EXAMPLES)))
def test_whoever_joins_late_with_a_snapshot_sees_the_same(at: int) -> None:
    early = fold(EXAMPLES[:at])
    late = serial.loads(serial.dumps(early), LiveSnapshot)
    for event in EXAMPLES:  # those that the snapshot holds come again
        late = events.applied(late, event)
    assert late == fold(EXAMPLES)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_is_read_back_from_its_wire_form(event: LiveEvent) -> None:
    assert serial.event_from_wire(json.loads(serial.dumps(event))) == event


def test_every_event_has_a_wire_form() -> None:
    assert set(serial.EVENTS.values()) == set(get_args(LiveEvent))


@pytest.mark.parametrize("tree", [None, [], {}, {"schema": "scribe/note/1"}, {"schema": 3}])
def test_what_is_no_event_is_refused(tree: object) -> None:
    with pytest.raises(InputError):
        serial.event_from_wire(tree)


def test_no_event_shows_what_was_said() -> None:
    assert "morning" not in repr(EXAMPLES)
    assert "morning" not in repr(fold(EXAMPLES[:7]))
