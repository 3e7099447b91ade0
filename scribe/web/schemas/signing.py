"""Checks before signing, signatures, revisions, differences, statistics, comments and own words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from scribe.clinical.lexicon import TermKind
from scribe.review.checks import CheckKind, Severity
from scribe.types import FlagKind
from scribe.web.schemas.common import In, IntervalOut, Line, Out, Person, Plain, Revision, Text, example
from scribe.web.schemas.note import StatementId


class FindingOut(Out):
    """One thing to settle before signing."""

    kind: CheckKind
    severity: Severity
    title: str = Field(description="In words, without words of the patient.")
    detail: list[str] = Field([], description="Which facts differ: number, dose, drug, side, denial, term.")
    flag: int | None = None
    flag_kind: FlagKind | None = None
    statement_id: str | None = None
    query_id: str | None = None
    comment_id: str | None = None
    interval: IntervalOut | None = None


class ChecksOut(Out):
    """The checks before signing."""

    encounter_id: str
    note_revision: int
    transcript_revision: int
    ready: bool = Field(description="Nothing blocks.")
    attestation: str = Field(description="The sentence to be agreed to by who signs the note.")
    addendum_attestation: str = Field(description="The one for an addendum.")
    findings: list[FindingOut]


class Sign(In):
    """Sign the note as it is at `base_revision`. `override` says why the findings that block do not matter."""

    model_config = example(
        base_revision=7,
        attestation="I have read this note. It is a true and complete record of the encounter.",
        override="The dose was checked with the pharmacy.",
    )

    base_revision: Revision
    attestation: Annotated[str, Field(min_length=1, max_length=1000), Plain] = Field(
        description="The sentence of `checks`, sent back: the signer has read it."
    )
    override: Annotated[str, Field(max_length=1000), Plain] = ""


class AddendumIn(In):
    """Words added below a signed note."""

    base_revision: Revision
    text: Annotated[Text, Field(min_length=1)]
    attestation: Annotated[str, Field(min_length=1, max_length=1000), Plain]


class Amend(In):
    """Open a signed note for correction. The signed revision stays as it is."""

    base_revision: Revision
    reason: Annotated[str, Field(min_length=1, max_length=300), Plain]


class RevisionOut(Out):
    """One revision of a transcript or note."""

    kind: Literal["transcript", "note"]
    number: int
    sha256: str
    author: str
    at: datetime
    reason: str
    signed: bool


class RevisionList(Out):
    """Revisions, the newest first."""

    revisions: list[RevisionOut]


class PieceOut(Out):
    """Words that stayed, went or came."""

    change: Literal["same", "removed", "added"]
    text: str


class LineOut(Out):
    """A turn or a statement in two revisions."""

    change: Literal["same", "changed", "removed", "added", "moved"]
    heading: str = Field(description="Section or speaker.")
    statement_id: str | None = None
    interval: IntervalOut | None = None
    pieces: list[PieceOut]


class DiffOut(Out):
    """What differs between two revisions."""

    kind: Literal["transcript", "note"]
    old: int
    new: int
    lines: list[LineOut]
    added: int = Field(description="Words.")
    removed: int = Field(description="Words.")


class ErrorOut(Out):
    """One error of the draft, found by comparing it with what was signed."""

    critical: bool
    kind: str = Field(description="drug, dose, number, negation, side, term, omission, insertion, wording")
    statement_id: str | None
    drafted: str
    signed: str


class ScoreOut(Out):
    """Draft against signed: 100 - 3 x critical - 1 x other errors; 98 and above passes, unless one is critical."""

    encounter_id: str | None = None
    notes: int = 1
    engine: str
    author: str
    critical: int
    noncritical: int
    score: float = Field(description="Mean over the notes.")
    passed: int = Field(description="How many of the notes passed.")
    words: int = Field(description="Words signed.")
    edits: int = Field(description="Words inserted, removed or replaced.")
    word_edit_rate: float = Field(description="edits / words.")
    transcript_words: int
    transcript_edits: int
    transcript_edit_rate: float


class EncounterStatistics(ScoreOut):
    """The score of one signed note, with its errors."""

    errors: list[ErrorOut]


class Statistics(Out):
    """Scores of signed notes, together and by who dictated and which engine drafted."""

    total: ScoreOut | None
    groups: list[ScoreOut]


class CommentOut(Out):
    """A remark of one person to the others about a place in the encounter."""

    id: str
    author: Person
    at: datetime
    text: str
    statement_id: str | None
    at_second: float | None
    resolved_by: str | None
    resolved_at: datetime | None


class CommentIn(In):
    """A new comment: about a statement, a second of the recording, or the whole."""

    text: Annotated[str, Field(min_length=1, max_length=4000), Plain]
    statement_id: StatementId | None = None
    at_second: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class CommentPatch(In):
    """Resolve a comment, or open it again."""

    resolved: bool


class CommentList(Out):
    """Comments, the oldest first."""

    comments: list[CommentOut]


class OwnWordOut(Out):
    """A word of the user's own list, which the recogniser listens for."""

    text: str
    kind: TermKind
    sounds_like: list[str]
    even_common: bool


class OwnWordIn(In):
    """A word to add. It is heard from the next recording on."""

    text: Line
    kind: TermKind = TermKind.OTHER
    sounds_like: Annotated[list[Line], Field(max_length=10)] = Field([])
    even_common: bool = Field(False, description="Take an everyday English word, too; ordinary speech may change.")


class OwnWords(Out):
    """The list of own words."""

    words: list[OwnWordOut]


class WordName(In):
    """A word of the list."""

    text: Line


class DocumentOut(Out):
    """A format in which the note can be had."""

    format: str
    media_type: str
    suffix: str
