"""Puts the workbench together: the guard, the errors, the static files and the routers of `routers.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

import scribe
from scribe.config import Config
from scribe.store.store import Store
from scribe.web import problems, routers
from scribe.web.accounts import Accounts
from scribe.web.guard import Guard, Pace
from scribe.web.oidc import Provider
from scribe.web.standing import Standings
from scribe.web.templating import STATIC
from scribe.web.uploads import Uploads


class Assets(StaticFiles):
    """Static files of the package; the browser asks each time whether they are still the same."""

    async def get_response(self, path: str, scope: Scope) -> Any:
        """The file, to be revalidated."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def create_app(config: Config, *, store: Store | None = None, live: Any = None) -> FastAPI:
    """The workbench as an ASGI app. Routes find `config`, `store`, `live`, `standings` and `secure` in `app.state`.

    Raises ConfigError where the identity provider is set up by half.
    """
    app = FastAPI(
        title="scribe",
        version=scribe.__version__,
        summary="Recordings, transcripts, notes, codes and their history.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # their page loads scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
    )
    secure = bool(config.web.tls_certificate) or config.web.public_url.startswith("https://")
    app.state.config, app.state.store, app.state.live, app.state.secure = config, store, live, secure
    app.state.accounts = Accounts(store, config.web) if store is not None else None
    app.state.standings = Standings(store, config.web.idle_minutes)
    app.state.provider = Provider.of(config.web)
    app.state.uploads = Uploads(each=config.web.uploads_each)
    problems.install(app)
    for router in routers.routers():
        app.router.routes.extend(router.routes)  # `include_router` would make every schema anew at the first request
    app.mount("/static", Assets(directory=STATIC), name="static")
    public = urlsplit(config.web.public_url).hostname
    app.add_middleware(
        Guard,
        hosts=[name for name in (public, config.web.host) if name],
        secure=secure,
        uploads=routers.UPLOADS,
        max_upload=config.web.max_upload_mb * 1_000_000,
        pace=Pace(longest=60 * config.web.upload_minutes),
    )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as services:
        for name in routers.SERVICES:
            service: Any = routers.load(name)
            await services.enter_async_context(service(app))
        yield
