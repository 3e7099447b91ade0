"""The worker pool that runs beside the pages: what is uploaded becomes a draft without another command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from scribe.batch.pool import Pool


@asynccontextmanager
async def service(app: FastAPI) -> AsyncIterator[None]:
    """Workers for as long as pages are served. None where there is no store, or `store.workers` is 0."""
    store, config = app.state.store, app.state.config
    if store is None or config.store.workers == 0:
        yield
        return
    pool = Pool(store, config)
    await run_in_threadpool(pool.start)
    try:
        yield
    finally:
        await run_in_threadpool(pool.stop)
