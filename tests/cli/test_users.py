"""`scribe users` and `scribe audit`: accounts and the trail from the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scribe.cli import audit, users
from scribe.errors import ConfigError, InputError, NotFoundError, StoreError


@pytest.fixture
def store(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCRIBE_STORE__FOLDER", str(in_tmp / "store"))
    return in_tmp / "store"


def run(*arguments: str, typed: str | None = None) -> Result:
    app = {"users": users.app, "audit": audit.app}[arguments[0]]
    result = CliRunner().invoke(app, arguments[1:], input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_accounts_from_the_first_to_the_last(store: Path) -> None:
    assert "may do everything" in run("users", "list").output
    with pytest.raises(InputError, match="--role admin"):
        run("users", "add", "jane", "--name", "Jane", "--role", "coder")
    made = run("users", "add", "Ada", "--name", "Ada [x]", "--role", "admin", "--role", "physician").output
    assert "first password" in made
    run(
        "users",
        "add",
        "jane",
        "--name",
        "Jane",
        "--role",
        "coder",
        "--password-stdin",
        typed="four words of a password\n",
    )
    with pytest.raises(InputError, match="guessed first"):
        run("users", "reset-password", "jane", "--password-stdin", typed="password1234\n")
    with pytest.raises(ConfigError, match="no role 'boss'"):
        run("users", "roles", "jane", "boss")
    run("users", "roles", "jane", "coder", "qa")
    run("users", "lock", "jane")
    with pytest.raises(InputError, match="last administrator"):
        run("users", "lock", "ada")
    with pytest.raises(NotFoundError, match="users list"):
        run("users", "lock", "nobody")
    assert "no second factor" in run("users", "totp", "jane", "--off").output
    listed = json.loads(run("users", "list", "--json").output)
    assert [(one["login"], one["roles"], one["state"]) for one in listed] == [
        ("ada", ["admin", "physician"], "active"),
        ("jane", ["coder", "qa"], "locked"),
    ]
    assert "Ada [x]" in run("users", "list").output


def test_the_trail_is_shown_checked_and_its_damage_named(store: Path, in_tmp: Path) -> None:
    run("users", "add", "ada", "--name", "Ada", "--role", "admin")
    assert "user.add" in run("audit", "show").output
    shown = json.loads(run("audit", "show", "--json", "--action", "user.add").output)
    assert [row["seq"] for row in shown] == [2]
    assert json.loads(run("audit", "checkpoint").output)["kind"] == "checkpoint"
    assert "is intact" in run("audit", "verify").output
    with closing(sqlite3.connect(store / "scribe.db")) as connection:
        connection.execute("DROP TRIGGER audit_keeps")
        connection.execute("UPDATE audit SET actor = 'somebody' WHERE seq = 2")
        connection.commit()
    broken = run("audit", "verify")
    assert broken.exit_code == 1
    assert "row 2 was changed" in broken.output
    report = json.loads(run("audit", "verify", "--json").output)
    assert report["findings"][0]["seq"] == 2


def test_the_first_key_is_taken_away_and_given_back(store: Path, in_tmp: Path) -> None:
    run("audit", "key", str(in_tmp / "key"), "--remove")
    with pytest.raises(StoreError, match="--key FILE"):
        run("audit", "verify")
    assert "is intact" in run("audit", "verify", "--key", str(in_tmp / "key")).output
    (in_tmp / "other").write_text("nonsense")
    with pytest.raises(InputError, match="holds no key"):
        run("audit", "verify", "--key", str(in_tmp / "other"))
    with pytest.raises(InputError, match="nothing to accept"):
        run("audit", "accept-restore", "--reason", "test")
