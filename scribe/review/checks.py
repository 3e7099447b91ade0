"""What has to be settled before a note is signed, the gravest first.

A finding that blocks can be overridden by the signer with a reason; a notice is signed with. Blocking are: open flags
of the kinds that can harm, where the note rests on them; blanks; statements that a person changed to another number,
drug, dose, side or denial than was said; contradictions; unanswered questions; a transcript corrected after the note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scribe.review.chain import Followed
from scribe.types import Flag, FlagKind, Interval, Note, Statement, Transcript

Differs = Callable[[str, Sequence[tuple[str | None, str]]], tuple[str, ...]]
"""`differs(text, pieces)`: the kinds of facts in which a text differs from what was said, (speaker, text) in turn."""

BLANK = re.compile(r"_{2,}|\[(?:inaudible|left blank|\?)[^\]]*\]", re.IGNORECASE)
GRAVE = frozenset(
    {
        FlagKind.DRUG,
        FlagKind.DOSE,
        FlagKind.NUMBER,
        FlagKind.NEGATION,
        FlagKind.SIDE,
        FlagKind.MISSING,
        FlagKind.INAUDIBLE,
        FlagKind.UNREAD,
        FlagKind.BLANK,
        FlagKind.MARKED,
    }
)
WITHOUT_STATEMENT = frozenset({FlagKind.MISSING, FlagKind.INAUDIBLE, FlagKind.UNREAD, FlagKind.BLANK, FlagKind.MARKED})
LOW = 0.5  # confidence below which a statement's words should be listened to


class CheckKind(StrEnum):
    """What a finding is about, the gravest first."""

    FLAG = "flag"
    BLANK = "blank"
    CHANGED = "changed"
    CONTRADICTION = "contradiction"
    QUERY = "query"
    OUTDATED = "outdated"
    TYPED = "typed"
    CODES = "codes"
    COMMENT = "comment"


TITLES = {
    CheckKind.FLAG: "not checked against the sound",
    CheckKind.BLANK: "a blank that nobody has filled",
    CheckKind.CHANGED: "says otherwise than what was heard",
    CheckKind.CONTRADICTION: "contradicts another statement",
    CheckKind.QUERY: "a question without an answer",
    CheckKind.OUTDATED: "the transcript was corrected after the note was made: make the note again, or override",
    CheckKind.TYPED: "typed, without evidence in the recording",
    CheckKind.CODES: "the note was changed after it was coded",
    CheckKind.COMMENT: "a comment that nobody has resolved",
}


class Severity(StrEnum):
    """What a finding means for signing."""

    BLOCK = "block"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to settle. `title` has no words of the patient."""

    kind: CheckKind
    severity: Severity
    title: str
    detail: tuple[str, ...] = ()  # kinds of facts that differ
    flag: int | None = None  # place in `Transcript.flags`
    statement_id: str | None = None
    query_id: str | None = None
    comment_id: str | None = None
    interval: Interval | None = None


def findings(note: Note, followed: Followed, differs: Differs) -> tuple[Finding, ...]:
    """What note and transcript show. `followed` leads from the transcript that the note was made of to the newest."""
    found = (
        *_flags(note, followed.new),
        *_statements(note, followed, differs),
        *_queries(note),
        *_outdated(note, followed),
    )
    order = list(CheckKind)
    return tuple(sorted(found, key=lambda item: (item.severity is Severity.NOTICE, order.index(item.kind))))


def touched(flag: Flag, statement: Statement) -> bool:
    """Whether a statement was heard in the time of a flag."""
    span = flag.interval
    return any(
        min(span.end, other.end) - max(span.start, other.start) > (0 if span.duration and other.duration else -1e-9)
        for other in statement.seconds
    )


def concerns(statement: Statement, followed: Followed, differs: Differs) -> tuple[str, ...]:
    """Why a person should look at a statement: typed, low-trust, contradiction, or the facts in which it differs."""
    found = []
    if not statement.heard:
        found.append("typed")
    elif statement.author is not None:
        found += changed(statement, followed, differs)
    if statement.heard and statement.confidence < LOW and statement.author is None:
        found.append("low-trust")
    if statement.contradicts:
        found.append("contradiction")
    return tuple(found)


def changed(statement: Statement, followed: Followed, differs: Differs) -> tuple[str, ...]:
    """The kinds of facts that a statement which a person edited has, and what was said has not, or has otherwise."""
    if statement.author is None or not statement.heard:
        return ()
    return differs(statement.text, followed.said(statement))


def _flags(note: Note, transcript: Transcript) -> Iterator[Finding]:
    ranked = sorted(enumerate(transcript.flags), key=lambda pair: (pair[1].kind.rank, pair[1].interval))
    for number, flag in ranked:
        if flag.checked_by is None:
            meets = next((item.id for item in note.statements if touched(flag, item)), None)
            rests = meets is not None or flag.kind in WITHOUT_STATEMENT
            severity = Severity.BLOCK if flag.kind in GRAVE and rests else Severity.NOTICE
            kind = CheckKind.BLANK if flag.kind in (FlagKind.INAUDIBLE, FlagKind.BLANK) else CheckKind.FLAG
            title = f"{flag.kind.value}: {TITLES[kind]}"
            yield Finding(kind, severity, title, flag=number, statement_id=meets, interval=flag.interval)
    known = {(flag.kind, flag.interval) for flag in transcript.flags}
    for flag in note.unread:  # of a note that was made again
        if (flag.kind, flag.interval) not in known:
            title = f"{flag.kind.value}: {TITLES[CheckKind.FLAG]}"
            yield Finding(CheckKind.FLAG, Severity.BLOCK, title, interval=flag.interval)


def _statements(note: Note, followed: Followed, differs: Differs) -> Iterator[Finding]:
    for item in note.statements:
        if BLANK.search(item.text):
            yield _about(item, CheckKind.BLANK, Severity.BLOCK)
        if kinds := changed(item, followed, differs):
            yield _about(item, CheckKind.CHANGED, Severity.BLOCK, kinds)
        if item.contradicts:
            yield _about(item, CheckKind.CONTRADICTION, Severity.BLOCK)
        if not item.heard:
            yield _about(item, CheckKind.TYPED, Severity.NOTICE)


def _about(item: Statement, kind: CheckKind, severity: Severity, detail: Iterable[str] = ()) -> Finding:
    interval = item.seconds[0] if item.seconds else None
    return Finding(kind, severity, TITLES[kind], tuple(detail), statement_id=item.id, interval=interval)


def _queries(note: Note) -> Iterator[Finding]:
    for query in note.queries:
        if query.answer is None:
            title = TITLES[CheckKind.QUERY]
            yield Finding(CheckKind.QUERY, Severity.BLOCK, title, statement_id=query.statement_id, query_id=query.id)


def _outdated(note: Note, followed: Followed) -> Iterator[Finding]:
    if followed.old is not followed.new and followed.old.text != followed.new.text:
        yield Finding(CheckKind.OUTDATED, Severity.BLOCK, TITLES[CheckKind.OUTDATED])
