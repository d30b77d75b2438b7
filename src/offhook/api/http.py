"""The web application: routes, errors and middleware put together."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware

from offhook import __version__
from offhook.api import calls, chat, errors, health, sessions
from offhook.api.deps import ApiDeps
from offhook.api.middleware import RequestContext

_DESCRIPTION = "Answers for a business on the phone, in the browser and in chat."


def create_app(deps: ApiDeps, more: Iterable[APIRouter] = ()) -> FastAPI:
    """The application with our routes and those of `more` (the channels)."""
    app = FastAPI(title="offhook", version=__version__, description=_DESCRIPTION)
    for routes in (health.router(deps), sessions.router(deps), chat.router(deps), calls.router(deps), *more):
        app.include_router(routes)
    errors.install(app)
    if deps.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(deps.settings.cors_origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key", "X-Request-ID"],
            expose_headers=["X-Request-ID"],
        )
    app.add_middleware(RequestContext, metrics=deps.metrics, max_body_bytes=deps.settings.max_body_bytes)
    return app
