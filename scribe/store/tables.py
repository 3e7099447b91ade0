"""The tables. Every other file of this folder reads and writes them; nothing outside does.

What a patient or a clinician said is in the columns called `body`, sealed with the encounter's own key where there is
a main key. Revisions are append-only: triggers of the first migration refuse every change but the taking away of a
body, which is what a purge does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A time with its zone. It is kept as UTC, and comes back as UTC from either database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; a time without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; SQLite gives it back without its zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _id(name: str = "id", **options: Any) -> Column[Any]:
    return Column(name, String(40), nullable=False, **options)


def _of_encounter(**options: Any) -> Column[Any]:
    return Column("encounter_id", String(40), ForeignKey("encounter.id"), nullable=False, **options)


def _by() -> tuple[Column[Any], ...]:
    return (
        _id("author_id"),
        Column("author_name", String(200), nullable=False),
        Column("at", Moment, nullable=False),
    )


about = Table(
    "about",  # what holds for the whole database: which key it needs, which database it is
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

encounter = Table(
    "encounter",
    metadata,
    _id(primary_key=True),
    Column("mode", String(16)),  # none: to be found out
    Column("state", String(24), nullable=False),
    Column("state_since", Moment, nullable=False),
    Column("priority", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("patient", Text, nullable=False),  # name, as the clinic writes it
    Column("identifier", Text, nullable=False),  # number of the patient's record
    Column("birth_date", Text, nullable=False),
    Column("search", Text, nullable=False),  # title, name and number, made comparable; empty where they are sealed
    Column("date_of_service", String(10)),
    Column("template", String(80), nullable=False),
    Column("clinician_id", String(40)),  # who is to sign
    Column("owner_id", String(40)),  # who works on it
    Column("owner_name", String(200)),
    Column("owner_since", Moment),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String(40), nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),  # the turnaround clock starts
    Column("due_at", Moment, nullable=False),
    Column("draft_at", Moment),
    Column("returned_at", Moment),  # first awaited signature: the turnaround clock stops
    Column("signed_at", Moment),
    Column("signed_by", String(40)),
    Column("data_key", Text, nullable=False),  # wrapped with the main key; empty: nothing is sealed, or purged
    Column("purged_at", Moment),
    Column("version", Integer, nullable=False),  # counts changes of this row
    Index("ix_encounter_worklist", "state", "priority", "due_at"),
    Index("ix_encounter_created_at", "created_at"),
    Index("ix_encounter_owner_id", "owner_id"),
)

access = Table(
    "access",  # who else may see an encounter, until when and why
    metadata,
    _of_encounter(primary_key=True),
    _id("user_id", primary_key=True),
    Column("granted_by", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    Column("reason", Text, nullable=False),
    Index("ix_access_user_id", "user_id"),
)

recording = Table(
    "recording",
    metadata,
    _id(primary_key=True),
    _of_encounter(index=True),
    Column("kind", String(16), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),  # bytes
    Column("media_type", String(80), nullable=False),
    Column("name", Text, nullable=False),  # of the file as it came; may say who the patient is
    Column("seconds", Float),
    *_by(),
    Column("data_key", Text, nullable=False),  # wrapped with the encounter's; empty: not sealed
    Column("purged_at", Moment),
    Column("capture_id", String(64), unique=True, index=True),  # id in `capture.folder`; none: it was uploaded
    UniqueConstraint("encounter_id", "kind", "sha256"),
)

revision = Table(
    "revision",
    metadata,
    _of_encounter(primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("number", Integer, primary_key=True),  # 1, 2, 3 without a gap
    *_by(),
    Column("reason", Text, nullable=False),
    Column("base", Integer, nullable=False),  # the revision it was made from; 0: none
    Column("restores", Integer),  # the revision whose words it has again
    Column("body_sha256", String(64), nullable=False),
    Column("previous_sha256", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),  # over all the above
    Column("whole", Integer, nullable=False),  # the latest revision, up to this, that is stored whole
    Column("body", LargeBinary),
)

signature = Table(
    "signature",
    metadata,
    _id(primary_key=True),
    _of_encounter(index=True),
    Column("kind", String(16), nullable=False),
    Column("note", Integer, nullable=False),  # numbers of the revisions that were signed
    Column("note_sha256", String(64), nullable=False),
    Column("transcript", Integer),
    *_by(),
    Column("statement", Text, nullable=False),  # what was attested
)

code_decision = Table(
    "code_decision",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    _of_encounter(index=True),
    *_by(),
    Column("body", LargeBinary),
)

query = Table(
    "query",
    metadata,
    _id(primary_key=True),
    _of_encounter(index=True),
    *_by(),
    Column("body", LargeBinary),  # the question
    Column("asked_of", String(40)),
    Column("answered_by", String(40)),
    Column("answered_at", Moment),
    Column("answer", LargeBinary),
)

comment = Table(
    "comment",
    metadata,
    _id(primary_key=True),
    _of_encounter(index=True),
    *_by(),
    Column("body", LargeBinary),
    Column("resolved_by", String(40)),
    Column("resolved_at", Moment),
)

job = Table(
    "job",
    metadata,
    _id(primary_key=True),
    _of_encounter(),
    Column("kind", String(24), nullable=False),
    Column("audio_sha256", String(64), nullable=False),
    Column("config_hash", String(64), nullable=False),
    Column("options", Text, nullable=False),  # JSON; settings by name, never patient text
    Column("state", String(16), nullable=False),
    Column("urgent", Integer, nullable=False),  # 1: STAT
    Column("attempts", Integer, nullable=False),  # that failed, or whose worker crashed; the running one included
    Column("interruptions", Integer, nullable=False, server_default="0"),  # scribe was stopped while working on it
    Column("available_at", Moment, nullable=False),  # not before
    Column("lease", Integer, nullable=False),  # the fencing token: one more with each claim
    Column("leased_until", Moment),
    Column("worker", String(80)),
    Column("stage", String(40), nullable=False),
    Column("done", Float, nullable=False),
    Column("total", Float, nullable=False),
    Column("reason", Text, nullable=False),  # why it waits again or is parked; no patient text
    Column("created_at", Moment, nullable=False),
    Column("created_by", String(40), nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    UniqueConstraint("encounter_id", "kind", "audio_sha256", "config_hash"),
    Index("ix_job_queue", "state", "urgent", "available_at"),
)

once = Table(
    "once",  # what is done once however often it is asked for: `once.py`
    metadata,
    Column("who", String(40), primary_key=True),
    Column("key", String(64), primary_key=True),  # SHA-256 of what they gave
    Column("at", Moment, nullable=False, index=True),
    Column("encounter_id", String(40), ForeignKey("encounter.id"), index=True),
    Column("body", LargeBinary),  # the answer
)
