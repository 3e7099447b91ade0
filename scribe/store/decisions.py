"""What people add to an encounter beside its documents: code decisions, questions, comments and signatures."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from scribe.errors import ConflictError, NotFoundError
from scribe.store.audited import changes, reads
from scribe.store.context import Context, new_id
from scribe.store.records import (
    CodeDecision,
    Comment,
    Decision,
    SignatureKind,
    SignatureRecord,
    StoredQuery,
)
from scribe.store.tables import code_decision, comment, query, signature
from scribe.types import Quote, Span


class Codes:
    """Decisions about codes, within one unit. They are never changed: of two about one code, the later counts."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @changes("code.decide")
    def decide(
        self,
        encounter_id: str,
        decision: Decision,
        *,
        system: str,
        code: str = "",
        replacement: str = "",
        order: tuple[str, ...] = (),
        quotes: tuple[Quote, ...] = (),
        said: tuple[str, ...] = (),
        reason: str = "",
    ) -> CodeDecision:
        """Note a decision."""
        context = self._context
        context.lock(encounter_id)
        body = {
            "decision": decision,
            "system": system,
            "code": code,
            "replacement": replacement,
            "order": order,
            "quotes": [(quote.statement_id, quote.span.start, quote.span.end) for quote in quotes],
            "said": said,
            "reason": reason,
        }
        values = {"encounter_id": encounter_id, **context.by, "body": context.pack(body, encounter_id, "decision")}
        added = context.connection.execute(insert(code_decision).values(values))
        seq = added.inserted_primary_key
        assert seq is not None  # noqa: S101 - a table with a number of its own
        return self._record(_row(context, code_decision, code_decision.c.seq == seq[0], "decision"))

    @reads("code.read")
    def of(self, encounter_id: str) -> tuple[CodeDecision, ...]:
        """All decisions, the first first; none of an encounter that was purged."""
        where = (code_decision.c.encounter_id == encounter_id, code_decision.c.body.is_not(None))
        rows = self._context.connection.execute(select(code_decision).where(*where).order_by(code_decision.c.seq))
        return tuple(self._record(row) for row in rows.mappings())

    def _record(self, row: RowMapping) -> CodeDecision:
        body = self._context.unpack(row["body"], row["encounter_id"], "decision")
        values: dict[str, Any] = {key: value for key, value in row.items() if key != "body"}
        quotes = tuple(Quote(name, Span(start, end)) for name, start, end in body.get("quotes", ()))
        body |= {"decision": Decision(body["decision"]), "order": tuple(body["order"]), "quotes": quotes}
        body["said"] = tuple(body.get("said", ()))
        return CodeDecision(**values, **body)


class Queries:
    """Questions to a physician, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @changes("query.ask")
    def ask(
        self,
        encounter_id: str,
        question: str,
        *,
        options: tuple[str, ...] = (),
        statement_id: str = "",
        asked_of: str | None = None,
    ) -> StoredQuery:
        """Ask; `options` are the answers offered."""
        context, new = self._context, new_id()
        context.lock(encounter_id)
        body = {"question": question, "options": options, "statement_id": statement_id}
        values = {
            "id": new,
            "encounter_id": encounter_id,
            **context.by,
            "asked_of": asked_of,
            "body": context.pack(body, encounter_id, f"query|{new}"),
        }
        context.connection.execute(insert(query).values(values))
        return self.get(new)

    @changes("query.answer")
    def answer(self, query_id: str, text: str) -> StoredQuery:
        """Answer. Raises ConflictError where it was answered before: an answer is never changed."""
        context = self._context
        row = _row(context, query, query.c.id == query_id, "question")
        context.lock(row["encounter_id"])
        if row["answered_at"] is not None:
            raise ConflictError("this question was answered already: ask a new one")
        sealed = context.pack({"text": text}, row["encounter_id"], f"answer|{query_id}")
        values = {"answer": sealed, "answered_by": context.actor.name, "answered_at": context.now}
        unanswered = (query.c.id == query_id, query.c.answered_at.is_(None))
        if not context.connection.execute(update(query).where(*unanswered).values(values)).rowcount:
            raise ConflictError("this question was answered already: ask a new one")
        return self.get(query_id)

    @reads("query.read")
    def get(self, query_id: str) -> StoredQuery:
        """Raises NotFoundError where there is none."""
        return self._record(_row(self._context, query, query.c.id == query_id, "question"))

    @reads("query.read")
    def of(self, encounter_id: str, *, unanswered: bool = False) -> tuple[StoredQuery, ...]:
        """The questions of an encounter, the first first."""
        where = [query.c.encounter_id == encounter_id, query.c.body.is_not(None)]
        if unanswered:
            where.append(query.c.answered_at.is_(None))
        rows = self._context.connection.execute(select(query).where(*where).order_by(query.c.at, query.c.id))
        return tuple(self._record(row) for row in rows.mappings())

    def _record(self, row: RowMapping) -> StoredQuery:
        unpack, name = self._context.unpack, row["id"]
        body = unpack(row["body"], row["encounter_id"], f"query|{name}")
        answer = unpack(row["answer"], row["encounter_id"], f"answer|{name}")
        return StoredQuery(
            **{key: value for key, value in row.items() if key not in ("body", "answer")},
            question=body.get("question", ""),
            options=tuple(body.get("options", ())),
            statement_id=body.get("statement_id", ""),
            answer=answer.get("text", ""),
        )


class Comments:
    """Remarks of one person to another, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @changes("comment.write")
    def add(self, encounter_id: str, text: str, *, place: str = "") -> Comment:
        """Remark on the encounter, or on a `place` in it such as "statement:s3"."""
        context, new = self._context, new_id()
        context.lock(encounter_id)
        body = context.pack({"text": text, "place": place}, encounter_id, f"comment|{new}")
        values = {"id": new, "encounter_id": encounter_id, **context.by, "body": body}
        context.connection.execute(insert(comment).values(values))
        return self.get(new)

    @changes("comment.resolve")
    def resolve(self, comment_id: str, *, resolved: bool = True) -> Comment:
        """Settle it, or take that back."""
        row = _row(self._context, comment, comment.c.id == comment_id, "comment")
        self._context.lock(row["encounter_id"])
        who = self._context.actor.name if resolved else None
        values = {"resolved_by": who, "resolved_at": self._context.now if resolved else None}
        self._context.connection.execute(update(comment).where(comment.c.id == row["id"]).values(values))
        return self.get(comment_id)

    @reads("comment.read")
    def get(self, comment_id: str) -> Comment:
        """Raises NotFoundError where there is none."""
        return self._record(_row(self._context, comment, comment.c.id == comment_id, "comment"))

    @reads("comment.read")
    def of(self, encounter_id: str) -> tuple[Comment, ...]:
        """The comments of an encounter, the first first."""
        where = (comment.c.encounter_id == encounter_id, comment.c.body.is_not(None))
        rows = self._context.connection.execute(select(comment).where(*where).order_by(comment.c.at, comment.c.id))
        return tuple(self._record(row) for row in rows.mappings())

    def _record(self, row: RowMapping) -> Comment:
        body = self._context.unpack(row["body"], row["encounter_id"], f"comment|{row['id']}")
        values = {key: value for key, value in row.items() if key != "body"}
        return Comment(**values, text=body.get("text", ""), place=body.get("place", ""))


class Signatures:
    """Who signed which revision of the note, within one unit. A signature is never changed."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @changes("note.sign")
    def add(
        self,
        encounter_id: str,
        *,
        note: int,
        note_sha256: str,
        statement: str,
        transcript: int | None = None,
        kind: SignatureKind = SignatureKind.NOTE,
    ) -> SignatureRecord:
        """Sign revision `note` of the note, whose revision hash is `note_sha256`, with what is attested."""
        context, new = self._context, new_id()
        context.lock(encounter_id)
        values = {
            "id": new,
            "encounter_id": encounter_id,
            "kind": kind,
            "note": note,
            "note_sha256": note_sha256,
            "transcript": transcript,
            **context.by,
            "statement": statement,
        }
        context.connection.execute(insert(signature).values(values))
        return SignatureRecord(**{**values, "kind": kind})

    def of(self, encounter_id: str) -> tuple[SignatureRecord, ...]:
        """The signatures of an encounter, the first first."""
        where = signature.c.encounter_id == encounter_id
        rows = self._context.connection.execute(select(signature).where(where).order_by(signature.c.at, signature.c.id))
        return tuple(SignatureRecord(**{**row, "kind": SignatureKind(row["kind"])}) for row in rows.mappings())


def _row(context: Context, table: Any, where: Any, what: str) -> RowMapping:
    row = context.connection.execute(select(table).where(where)).mappings().first()
    if row is None:
        raise NotFoundError(f"there is no such {what}, or it is not yours to see")
    found: RowMapping = row
    return found
