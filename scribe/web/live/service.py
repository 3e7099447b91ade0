"""Keeps the registry of live recordings while the server runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from anyio import to_thread
from fastapi import FastAPI

from scribe.batch.captured import TakingIn
from scribe.config import Config
from scribe.live import machine
from scribe.live.driver import LiveDriver
from scribe.store.store import Store
from scribe.web.live.keeping import StoreKeeper
from scribe.web.live.registry import Registry


@asynccontextmanager
async def service(app: FastAPI) -> AsyncIterator[None]:
    """The registry is in `app.state.live`; recordings that are going on when the server ends can be taken up again."""
    config: Config = app.state.config
    store: Store | None = app.state.store
    keeper = StoreKeeper(store, config) if store is not None else None
    taking_in = TakingIn(store, config) if store is not None else nullcontext()
    registry: Registry = app.state.live or Registry(
        config,
        follow=lambda recording: LiveDriver(recording, config),
        keeper=keeper,
        prepare=lambda: machine.prepare(config),
    )
    app.state.live = registry
    with taking_in:
        try:
            yield
        finally:
            await to_thread.run_sync(registry.close)
            if keeper is not None:
                await to_thread.run_sync(keeper.close)
