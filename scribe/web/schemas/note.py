"""The note and its edits. A statement is named by its id, which it keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from scribe.types import Assertion, NoteStatus, Role, SectionGroup, SectionKind
from scribe.view import Form
from scribe.web.schemas.common import In, IntervalOut, Line, Out, Plain, Revision, SpanOut, Text, example

StatementId = Annotated[str, Field(min_length=1, max_length=100), Plain]


class HeardOut(Out):
    """Where a statement was heard: words of the newest transcript, and their seconds."""

    first: int = Field(description="Index of the first word.")
    count: int
    interval: IntervalOut | None = Field(description="null where the transcript has no times.")


class StatementOut(Out):
    """One sentence of the note and what it rests on."""

    id: str
    text: str
    heard: list[HeardOut] = Field(description="Empty for what a person typed without evidence.")
    seconds: list[IntervalOut] = Field(description="The same places in the recording.")
    assertion: Assertion
    speaker: str | None
    role: Role | None
    confidence: float = Field(description="Lowest word probability that went into it, 0 to 1.")
    doubtful: list[SpanOut] = Field(description="Spans of the text whose words had low probability.")
    flags: list[int] = Field(description="Ids of the open flags of the transcript that touch it.")
    author: str | None = Field(description="Who typed or edited it; null as drafted.")
    drafted: str | None = Field(description="The sentence before the first edit of a person; null where there is none.")
    problem: str | None = Field(description="Id of the statement that names the problem it belongs to.")
    contradicts: list[str]
    concerns: list[str] = Field(
        description="Why a person should look: typed, number, dose, drug, side, denial, term (differs from what was "
        "heard), low-trust, contradiction."
    )


class SectionOut(Out):
    """A section of the note."""

    kind: SectionKind
    title: str
    group: SectionGroup
    loinc: str
    statements: list[StatementOut]


class RemovedOut(Out):
    """A statement that a person took out of the note; it can be restored."""

    statement: StatementOut
    kind: SectionKind = Field(description="The section it stood in.")
    author: str


class ExcerptOut(Out):
    """Words of a statement."""

    statement_id: str
    span: SpanOut


class RowOut(Out):
    """A paragraph, point, line or row of a table; one list of excerpts for each cell."""

    cells: list[list[ExcerptOut]]
    label: str
    depth: int


class BlockOut(Out):
    """A heading with what stands under it."""

    heading: str
    level: int
    form: Form
    rows: list[RowOut]
    columns: list[str]
    kinds: list[SectionKind]
    empty: str


class ViewOut(Out):
    """How the note's template lays it out: excerpts of the statements' own text."""

    title: str
    template: str
    blocks: list[BlockOut]


class SignatureOut(Out):
    """Somebody stands for the note."""

    author: str
    at: datetime
    attestation: str
    sha256: str


class AddendumOut(Out):
    """What was added below the signed note."""

    text: str
    signature: SignatureOut


class NoteOut(Out):
    """A note at one revision."""

    encounter_id: str
    revision: Revision
    latest: int
    author: str
    at: datetime
    reason: str = Field(description="What made this revision: draft, edit, undo, redo, redraft, answer, sign, ...")
    sha256: str = Field(description="Of the revision, as stored.")
    status: NoteStatus
    transcript_revision: int = Field(description="The revision of the transcript that it was made of.")
    transcript_latest: int = Field(description="Greater where the transcript was corrected since: redraft takes it in.")
    template: str
    sections: list[SectionOut]
    removed: list[RemovedOut]
    view: ViewOut
    signatures: list[SignatureOut]
    addenda: list[AddendumOut]
    can_undo: bool
    can_redo: bool
    can_edit: bool


# --- edits
class EditStatement(In):
    """Other words for a statement. It keeps what it was heard from, and says who typed it."""

    op: Literal["edit_statement"]
    statement: StatementId
    text: Annotated[Text, Field(min_length=1)]


class AddStatement(In):
    """A statement typed by this user: behind the statement `after`, or first in the section where that is null."""

    op: Literal["add_statement"]
    kind: SectionKind
    text: Annotated[Text, Field(min_length=1)]
    after: StatementId | None = None
    id: Annotated[str, Field(pattern=r"^[\w-]{1,60}$")] | None = Field(
        None, description="An id of the caller's own, so that later edits of one request can name it."
    )


class MoveStatement(In):
    """To another place: behind the statement `after`, or first in the section where that is null."""

    op: Literal["move_statement"]
    statement: StatementId
    kind: SectionKind
    after: StatementId | None = None


class RemoveStatement(In):
    """Out of the note. It is kept with the revision, with its evidence, and can be restored."""

    op: Literal["remove_statement"]
    statement: StatementId


class RestoreStatement(In):
    """A removed statement is back where it stood; an edited one has the drafted words again."""

    op: Literal["restore_statement"]
    statement: StatementId


class ReplaceInNote(In):
    """Find and replace in all statements: whole words."""

    op: Literal["replace_all"]
    find: Annotated[str, Field(min_length=1, max_length=300), Plain]
    text: Line
    match_case: bool = False


class SetAssertion(In):
    """What a statement claims: present, absent, possible, conditional, historical, family."""

    op: Literal["set_assertion"]
    statement: StatementId
    assertion: Assertion


class SetTemplate(In):
    """The note is shown by another template. No statement changes."""

    op: Literal["set_template"]
    template: Line


NoteOp = Annotated[
    EditStatement
    | AddStatement
    | MoveStatement
    | RemoveStatement
    | RestoreStatement
    | ReplaceInNote
    | SetAssertion
    | SetTemplate,
    Field(discriminator="op"),
]


class NoteEdits(In):
    """Edits of a note: all are made, or none."""

    model_config = example(
        base_revision=3,
        ops=[
            {"op": "edit_statement", "statement": "s4", "text": "Takes lisinopril 10 mg daily."},
            {"op": "add_statement", "kind": "plan", "text": "Return in two weeks.", "after": None, "id": "return"},
            {"op": "remove_statement", "statement": "s9"},
        ],
    )

    base_revision: Revision
    ops: Annotated[list[NoteOp], Field(min_length=1, max_length=500)]


class NoteEdited(Out):
    """What became of an edit. `note` is the whole note as it is now."""

    base_revision: int
    revision: int
    merged: bool
    note: NoteOut


class Redraft(In):
    """Make the note again from the corrected transcript. What persons typed, edited, removed or decided stays."""

    base_revision: Revision


class TemplateOut(Out):
    """A note template."""

    name: str
    title: str
    origin: str = Field(description="shipped, or the file it is from.")


class Templates(Out):
    """The note templates in force."""

    templates: list[TemplateOut]
    default: str
