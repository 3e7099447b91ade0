"""Bring the database to the tables of this version: Alembic's revisions in `migrations/versions`, one transaction.

The names of the files are the revisions, `0001_first.py` before `0002_...py`, in one line without branches.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from scribe.errors import StoreError

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7_305_800_917  # an advisory lock of PostgreSQL, ours by agreement with ourselves


def known() -> tuple[str, ...]:
    """The revisions of this version, the first first."""
    return tuple(sorted(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py")))


def current(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(connection: Connection, *, to: str | None = None) -> None:
    """Migrate to the newest revision, or only `to` one, in the transaction of `connection`.

    Raises StoreError where the database was made by a newer version.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    at, revisions = current(connection), known()
    if at == (to or revisions[-1]):
        return
    if at is not None and at not in revisions:
        raise StoreError(f"the database is at revision {at}, newer than this version knows: install the newer scribe")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to or "head")
