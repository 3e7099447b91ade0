from __future__ import annotations

import importlib.util

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from scribe.config import Config
from scribe.errors import StoreError
from scribe.store import migrate
from scribe.store.store import Store
from scribe.store.tables import metadata


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    with store.transaction(read_only=True) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert migrate.current(connection) == migrate.known()[-1]


def test_the_revisions_are_one_line() -> None:
    before = None
    for file in sorted((migrate.FOLDER / "versions").glob("[0-9]*.py")):
        spec = importlib.util.spec_from_file_location(f"revision_{file.stem}", file)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert module.revision == file.name.partition("_")[0]
        assert module.down_revision == before
        before = module.revision


def test_opening_again_changes_nothing(config: Config) -> None:
    first = Store.open(config)
    name = first.id
    first.close()
    second = Store.open(config)
    assert second.id == name
    second.close()


def test_a_database_of_a_newer_version_is_refused(config: Config) -> None:
    store = Store.open(config)
    with store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="newer"):
        Store.open(config)
