"""What the server does beside the requests to keep nothing that should be gone.

When it starts, purges that were cut short are finished and files of uploads that broke off are removed; while it runs,
what another process purges (`scribe purge`) is dropped from its memory within `LOOK` seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio import to_thread
from fastapi import FastAPI

from scribe.batch import retention
from scribe.errors import ScribeError
from scribe.store.purged import News

LOOK = 1.0  # seconds between two looks at the list of what was purged
BROKEN_OFF = 3600.0  # seconds without a byte after which an upload that another process took in goes on no more

log = logging.getLogger("scribe.web")


@asynccontextmanager
async def service(app: FastAPI) -> AsyncIterator[None]:
    """For as long as pages are served; nothing where there is no store."""
    if app.state.store is None:
        yield
        return
    news = News(app.state.store.place.folder)
    async with anyio.create_task_group() as group:
        group.start_soon(to_thread.run_sync, _tidy, app)
        group.start_soon(_watch, app, news)
        yield
        group.cancel_scope.cancel()


def _tidy(app: FastAPI) -> None:
    store = app.state.store
    store.blobs.remove_incoming(before=time.time() - BROKEN_OFF)
    try:
        retention.settle(store, app.state.config)
    except ScribeError as error:
        log.warning("%s", error)


async def _watch(app: FastAPI, news: News) -> None:
    while True:
        await anyio.sleep(LOOK)
        await to_thread.run_sync(_drop, app, news)


def _drop(app: FastAPI, news: News) -> None:
    app.state.store.let_go_of_purged()
    registry: Any = app.state.live
    for item in news.fresh():
        for capture in item.captures:
            registry.forget(capture)
