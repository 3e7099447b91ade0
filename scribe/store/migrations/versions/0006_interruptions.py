"""How often the work on a job was interrupted by a stop of scribe, apart from the tries that failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; jobs that are there count from 0."""
    op.add_column("job", sa.Column("interruptions", sa.Integer(), nullable=False, server_default="0"))
