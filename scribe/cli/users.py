"""`scribe users add | list | roles | lock | unlock | reset-password | totp`: who may sign in to the workbench."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from scribe.cli import _common as common
from scribe.errors import ConfigError, InputError, NotFoundError
from scribe.store.actor import SYSTEM, StaffRole

if TYPE_CHECKING:
    from scribe.store.people import Person
    from scribe.store.unit import Unit

app = typer.Typer(help="Accounts of the workbench: who may sign in, and as what.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="What the person types to sign in.")]
Roles = Annotated[
    list[str], typer.Option("--role", metavar="ROLE", help=f"{', '.join(StaffRole)}; repeatable.", show_default=False)
]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.callback()
def group() -> None:
    """Accounts of the workbench: who may sign in, and as what."""


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="As colleagues and documents show it.")],
    roles: Roles,
    password_stdin: FromStdin = False,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="ID", help="Who they are for the identity provider.")
    ] = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Make an account. The first one needs the role admin; from then on everybody signs in.

    Without `--password-stdin` a first password is made up and shown; it has to be changed at the first sign-in.
    """
    wanted = _roles(roles)
    first, hashed = "", ""
    if not subject or password_stdin:
        first, hashed = _password(login, password_stdin)
    with _unit(config_file, sets) as unit:
        unit.people.add(login, name, wanted, password=hashed, must_change=bool(first), subject=subject)
    common.say(common.plain(f"{login} may sign in as {' and '.join(sorted(wanted))}"))
    if first:
        common.say(common.plain(f"first password, to be changed: {first}"))


@app.command("list")
def list_users(as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Show all accounts."""
    with _unit(config_file, sets, read_only=True) as unit:
        people, troubles = unit.people.all(), unit.attempts.troubles()
    failures = {found.person_id: found.failures for found in troubles if found.person_id}
    if as_json:
        rows = [{**_row(person), "failed_sign_ins": failures.get(person.id, 0)} for person in people]
        common.emit(json.dumps(rows, indent=1) + "\n")
        return
    if not people:
        common.say("no accounts: whoever sits at this machine may do everything")
        return
    table = Table("login", "name", "roles", "state", "second factor", "signed in", "failed sign-ins", box=None)
    for person in people:
        signed = f"{person.signed_in_at:%Y-%m-%d %H:%M}" if person.signed_in_at else "never"
        factor = "yes" if person.has_totp else "no"
        failed = str(failures.get(person.id, ""))
        cells = (person.login, person.name, " ".join(sorted(person.roles)), person.state.value, factor, signed, failed)
        table.add_row(*(common.plain(cell) for cell in cells))
    Console().print(table)
    for found in troubles:
        if found.address:
            common.note_to_user(f"{found.failures} failed sign-ins lately from {found.address}")


@app.command()
def roles(
    login: Login,
    wanted: Annotated[list[str], typer.Argument(metavar="ROLE...", help="All the roles they have from now on.")],
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Give somebody other roles."""
    chosen = _roles(wanted)
    with _unit(config_file, sets) as unit:
        unit.people.set_roles(_person(unit, login).id, chosen)
    common.say(common.plain(f"{login} is {' and '.join(sorted(chosen))} now"))


@app.command()
def lock(login: Login, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Keep somebody out: sessions and tokens end now."""
    with _unit(config_file, sets) as unit:
        unit.people.lock(_person(unit, login).id)
    common.say(common.plain(f"{login} is locked"))


@app.command()
def unlock(login: Login, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Let somebody in again, at once even after too many wrong passwords."""
    with _unit(config_file, sets) as unit:
        person = unit.people.unlock(_person(unit, login).id)
        unit.attempts.forget(person.login, person.id)
    common.say(common.plain(f"{login} may sign in again"))


@app.command("reset-password")
def reset_password(
    login: Login, password_stdin: FromStdin = False, config_file: common.ConfigFile = None, sets: common.Sets = None
) -> None:
    """Give somebody a new first password; their sessions end."""
    first, hashed = _password(login, password_stdin)
    with _unit(config_file, sets) as unit:
        unit.people.set_password(_person(unit, login).id, hashed, by_themselves=False)
    common.say(common.plain(f"{login} has a new password, to be changed" + (f": {first}" if first else "")))


@app.command()
def totp(
    login: Login,
    off: Annotated[bool, typer.Option("--off", help="Ask for no second factor any more.")] = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Show whether somebody has a second factor, or take it away from whoever lost it. They set it up at /account."""
    with _unit(config_file, sets, read_only=not off) as unit:
        person = _person(unit, login)
        if off:
            person = unit.people.drop_totp(person.id)
    has = f"a second factor, {person.recovery_left} recovery codes left" if person.has_totp else "no second factor"
    common.say(common.plain(f"{login} has {has}"))


@contextmanager
def _unit(file: Any, sets: Any, *, read_only: bool = False) -> Iterator[Unit]:
    from scribe.store.store import Store

    store = Store.open(common.settings(file, sets))
    try:
        with store.begin(SYSTEM, read_only=read_only) as unit:
            yield unit
    finally:
        store.close()


def _person(unit: Unit, login: str) -> Person:
    person = unit.people.by_login(login)
    if person is None:
        raise NotFoundError(f"there is no account {login!r}: `scribe users list` shows them")
    return person


def _roles(names: list[str]) -> frozenset[StaffRole]:
    for name in names:
        if name.lower() not in set(StaffRole):
            raise ConfigError(f"there is no role {name!r}: use {', '.join(StaffRole)}")
    return frozenset(StaffRole(name.lower()) for name in names)


def _password(login: str, from_stdin: bool) -> tuple[str, str]:
    """The password if it was made up, and its hash. Raises InputError for one that will not do."""
    from scribe.store import passwords

    if not from_stdin:
        made = passwords.first()
        return made, passwords.hashed(made)
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise InputError("no password came on standard input")
    return "", passwords.accepted(given, login)


def _row(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "roles": sorted(person.roles),
        "state": person.state.value,
        "second_factor": person.has_totp,
        "must_change_password": person.must_change,
        "subject": person.subject,
        "created_at": person.created_at.isoformat(),
        "signed_in_at": person.signed_in_at.isoformat() if person.signed_in_at else None,
    }
