"""Which recording of `capture.folder` a sound was taken from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; recordings that are there get it when they are purged or found again."""
    op.add_column("recording", sa.Column("capture_id", sa.String(length=64), nullable=True))
    op.create_index("ix_recording_capture_id", "recording", ["capture_id"], unique=True)
