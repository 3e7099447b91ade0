"""What is done once: answers to requests that carry a key, and answers of an identity provider that were used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "once",
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("encounter_id", sa.String(length=40), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name="fk_once_encounter_id"),
        sa.PrimaryKeyConstraint("who", "key", name="pk_once"),
    )
    op.create_index("ix_once_at", "once", ["at"], unique=False)
    op.create_index("ix_once_encounter_id", "once", ["encounter_id"], unique=False)
