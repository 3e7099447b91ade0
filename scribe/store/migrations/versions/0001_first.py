"""The first tables: encounters, recordings, revisions, decisions, jobs.

Triggers guard the revisions: a row is never changed or deleted, only its body may be taken away (a purge).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

GUARDED = (
    "encounter_id",
    "kind",
    "number",
    "author_id",
    "author_name",
    "at",
    "reason",
    "base",
    "restores",
    "body_sha256",
    "previous_sha256",
    "sha256",
    "whole",
)


def upgrade() -> None:
    """Make them."""
    _encounters()
    _documents()
    _remarks()
    _jobs()
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END"
    columns = ", ".join(GUARDED)
    op.execute(f"CREATE TRIGGER revision_keeps BEFORE UPDATE OF {columns} ON revision {refuse}")
    op.execute(f"CREATE TRIGGER revision_words BEFORE UPDATE OF body ON revision WHEN NEW.body IS NOT NULL {refuse}")
    op.execute(f"CREATE TRIGGER revision_stays BEFORE DELETE ON revision {refuse}")


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION revision_guard() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'revisions are append-only'; END $$"
    )
    columns = ", ".join(f'"{name}"' for name in GUARDED)
    does = "FOR EACH ROW EXECUTE FUNCTION revision_guard()"
    op.execute(f"CREATE TRIGGER revision_keeps BEFORE UPDATE OF {columns} ON revision {does}")
    op.execute(
        "CREATE TRIGGER revision_words BEFORE UPDATE OF body ON revision FOR EACH ROW "
        "WHEN (NEW.body IS NOT NULL) EXECUTE FUNCTION revision_guard()"
    )
    op.execute(f"CREATE TRIGGER revision_stays BEFORE DELETE ON revision {does}")


def _encounters() -> None:
    op.create_table(
        "about",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_about"),
    )
    op.create_table(
        "encounter",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("date_of_service", sa.String(length=10), nullable=True),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("clinician_id", sa.String(length=40), nullable=True),
        sa.Column("owner_id", sa.String(length=40), nullable=True),
        sa.Column("owner_name", sa.String(length=200), nullable=True),
        sa.Column("owner_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draft_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=40), nullable=True),
        sa.Column("data_key", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_encounter"),
    )
    op.create_index("ix_encounter_created_at", "encounter", ["created_at"], unique=False)
    op.create_index("ix_encounter_owner_id", "encounter", ["owner_id"], unique=False)
    op.create_index("ix_encounter_worklist", "encounter", ["state", "priority", "due_at"], unique=False)
    op.create_table(
        "access",
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_access_encounter_id"),
        sa.PrimaryKeyConstraint("encounter_id", "user_id", name="pk_access"),
    )
    op.create_index("ix_access_user_id", "access", ["user_id"], unique=False)


def _documents() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_key", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_recording_encounter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
        sa.UniqueConstraint("encounter_id", "kind", "sha256", name="uq_recording_encounter_id_kind_sha256"),
    )
    op.create_index("ix_recording_encounter_id", "recording", ["encounter_id"], unique=False)
    op.create_index("ix_recording_sha256", "recording", ["sha256"], unique=False)
    op.create_table(
        "revision",
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_revision_encounter_id"),
        sa.PrimaryKeyConstraint("encounter_id", "kind", "number", name="pk_revision"),
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Integer(), nullable=False),
        sa.Column("note_sha256", sa.String(length=64), nullable=False),
        sa.Column("transcript", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_signature_encounter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signature"),
    )
    op.create_index("ix_signature_encounter_id", "signature", ["encounter_id"], unique=False)


def _remarks() -> None:
    op.create_table(
        "code_decision",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_code_decision_encounter_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_code_decision"),
    )
    op.create_index("ix_code_decision_encounter_id", "code_decision", ["encounter_id"], unique=False)
    op.create_table(
        "query",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("asked_of", sa.String(length=40), nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_query_encounter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_query"),
    )
    op.create_index("ix_query_encounter_id", "query", ["encounter_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("resolved_by", sa.String(length=40), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_comment_encounter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
    )
    op.create_index("ix_comment_encounter_id", "comment", ["encounter_id"], unique=False)


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=False),
        sa.Column("config_hash", sa.String(length=64), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("urgent", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Float(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_job_encounter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint(
            "encounter_id",
            "kind",
            "audio_sha256",
            "config_hash",
            name="uq_job_encounter_id_kind_audio_sha256_config_hash",
        ),
    )
    op.create_index("ix_job_queue", "job", ["state", "urgent", "available_at"], unique=False)
