"""The transcript and its edits.

A word is named by its index in the transcript at `base_revision`. The edits of one request are made one after the
other: an index in the second means the words as the first has left them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from scribe.types import FlagKind, Role
from scribe.web.schemas.common import In, Index, IntervalOut, Line, Out, Plain, Revision, Text, example

Speaker = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w-]+$", description="As in `words`.")]


class WordOut(Out):
    """One word. `text` keeps its leading space: the text is the join of the words."""

    text: str
    start: float
    end: float
    probability: float = Field(description="Of the recogniser, 0 to 1; 1 for a typed word.")
    speaker: str | None
    author: str | None = Field(None, description="Who typed it; left out for a word of the recogniser.")


class SpeakerOut(Out):
    """A speaker."""

    speaker: str
    role: Role
    score: float = Field(description="How sure the role is, 0 to 1; 1 where a person set it.")
    name: str = ""


class FlagOut(Out):
    """A stretch of the recording that a person should check."""

    id: int = Field(description="Number of the flag in this transcript; it stays.")
    kind: FlagKind
    rank: int = Field(description="Order of checking by risk, 0 first.")
    interval: IntervalOut
    reason: str
    readings: list[str]
    first: int = Field(description="Index of its first word, or of the word before which it stands.")
    count: int = Field(description="How many words; 0 where nobody could make out words.")
    gap: str = Field("", description="What stands there: `____ [inaudible 00:12:31]`; else empty.")
    checked_by: str | None = Field(None, description="Who resolved it; null while it is open.")


class RepairOut(Out):
    """Words of the recogniser that were replaced, by sound or by a person."""

    id: int
    first: int
    count: int
    original: str
    rule: str
    score: float


class TranscriptOut(Out):
    """A transcript at one revision."""

    encounter_id: str
    revision: Revision
    latest: int
    author: str
    at: datetime
    language: str
    timed: bool
    duration: float
    words: list[WordOut]
    speakers: list[SpeakerOut]
    flags: list[FlagOut]
    repairs: list[RepairOut]
    can_undo: bool
    can_redo: bool
    can_edit: bool = Field(description="Whether this user may edit it now (permission, lock and state).")


# --- edits
class ReplaceWords(In):
    """Other text for `count` words from `first` on. `count` 0 inserts, an empty `text` removes."""

    op: Literal["replace_words"]
    first: Index
    count: Index
    text: Text


class ReplaceAll(In):
    """Find and replace. Finds whole words (as `text` would be written), never across a change of speaker."""

    op: Literal["replace_all"]
    find: Annotated[str, Field(min_length=1, max_length=300), Plain]
    text: Line
    match_case: bool = False


class AssignSpeaker(In):
    """Who said these words. `speaker` null: not known. An unknown label makes a new speaker."""

    op: Literal["assign_speaker"]
    first: Index
    count: Annotated[int, Field(ge=1)]
    speaker: Speaker | None


class Split(In):
    """A turn ends before `first`: from there to its end somebody else speaks. `speaker` null: a new speaker."""

    op: Literal["split"]
    first: Index
    speaker: Speaker | None = None


class NameSpeaker(In):
    """Name and role of a speaker; what is left out stays."""

    op: Literal["name_speaker"]
    speaker: Speaker
    name: Annotated[str, Field(max_length=100), Plain] | None = None
    role: Role | None = None


class MergeSpeakers(In):
    """Two labels are one person: all words of `speaker` become those of `into`."""

    op: Literal["merge_speakers"]
    speaker: Speaker
    into: Speaker


class ResolveFlag(In):
    """A flag was checked against the sound."""

    op: Literal["resolve_flag"]
    flag: Index


class RestoreFlag(In):
    """A resolved flag is open again."""

    op: Literal["restore_flag"]
    flag: Index


class MarkInaudible(In):
    """Nobody can make these words out: they go, and a flagged gap stands there. `count` 0: between two words."""

    op: Literal["mark_inaudible"]
    first: Index
    count: Index


class Mark(In):
    """These words should be looked at by somebody else: they stay, flagged."""

    op: Literal["mark"]
    first: Index
    count: Annotated[int, Field(ge=1)]


class UndoRepair(In):
    """Back to what the recogniser wrote."""

    op: Literal["undo_repair"]
    repair: Index


TranscriptOp = Annotated[
    ReplaceWords
    | ReplaceAll
    | AssignSpeaker
    | Split
    | NameSpeaker
    | MergeSpeakers
    | ResolveFlag
    | RestoreFlag
    | MarkInaudible
    | Mark
    | UndoRepair,
    Field(discriminator="op"),
]


class TranscriptEdits(In):
    """Edits of a transcript: all are made, or none."""

    model_config = example(
        base_revision=1,
        ops=[
            {"op": "replace_words", "first": 12, "count": 2, "text": "lisinopril 10 mg"},
            {"op": "resolve_flag", "flag": 0},
            {"op": "name_speaker", "speaker": "SPEAKER_01", "name": "Mrs. Lee", "role": "patient"},
        ],
    )

    base_revision: Revision
    ops: Annotated[list[TranscriptOp], Field(min_length=1, max_length=500)]


class Undo(In):
    """Take back the last edit (or make it again)."""

    base_revision: Revision


class WordsPatch(Out):
    """`count` words from `first` on became `words`. Patches are in order, indices those of the new transcript."""

    first: int
    count: int = Field(description="How many words of the base stood there.")
    words: list[WordOut]


class TranscriptEdited(Out):
    """What an edit changed, from `base_revision` to `revision`; `merged`: with another person's edits in between."""

    base_revision: int
    revision: int
    merged: bool
    at: datetime
    patches: list[WordsPatch]
    speakers: list[SpeakerOut]
    flags: list[FlagOut]
    repairs: list[RepairOut]
    can_undo: bool
    can_redo: bool
