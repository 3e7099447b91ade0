"""`scribe serve`: the workbench, on this machine."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from scribe.cli import _common as common
from scribe.cli.recordings import report_unfinished

Host = Annotated[str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, metavar="N", help="Port; 0: any that is free.")]
Requests = Annotated[bool, typer.Option("--log-requests", help="Write a line for each request, without its query.")]
Open = Annotated[bool, typer.Option("--open", help="Open it in the browser.")]


def serve(
    host: Host = None,
    port: Port = None,
    open_browser: Open = False,
    log_requests: Requests = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Serve the workbench: record, correct, code, sign. On this machine only, unless TLS and accounts are set up."""
    from scribe.store.actor import SYSTEM
    from scribe.store.store import Store
    from scribe.web import serve as server
    from scribe.web.app import create_app

    config = common.settings(config_file, sets, {"web.host": host, "web.port": port})
    report_unfinished(config)
    store = Store.open(config)
    with store.begin(SYSTEM, read_only=True) as unit:
        accounts = unit.people.exist()
    server.check(config.web, accounts=accounts)

    def listening(address: str) -> None:
        common.say(f"scribe is at {common.plain(address)} (stop it with Ctrl-C)")
        if open_browser:
            webbrowser.open(address)

    try:
        server.run(create_app(config, store=store), config.web, on_listening=listening, requests=log_requests)
    finally:
        store.attest()
        store.close()
