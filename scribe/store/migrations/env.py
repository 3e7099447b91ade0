"""What Alembic runs: the revisions, on the connection that `scribe.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from scribe.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
