"""The web application: routes, errors and middleware put together."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware

from offhook import __version__
from offhook.api import (
    businesses,
    calls,
    chat,
    docs,
    edits,
    errors,
    health,
    invoice_page,
    lists,
    live,
    sessions,
    special_hours,
    tasks,
)
from offhook.api.deps import ApiDeps
from offhook.api.middleware import RequestContext

_DESCRIPTION = """Answers for a business on the phone, in the browser and in chat.

Open a session with `POST /api/sessions`; its token opens `POST /api/chat` and the WebSocket `/ws/{session_id}`, which
tells what happens in the session as it happens. The business's book and its calls are open to the API key. Every error
is `{"error": {"code", "message", "request_id"}}`, with `fields` where some of them cannot be used."""


def create_app(deps: ApiDeps, more: Iterable[APIRouter] = ()) -> FastAPI:
    """The application with our routes and those of `more` (the channels)."""
    app = FastAPI(title="offhook", version=__version__, description=_DESCRIPTION, docs_url=None, redoc_url=None)
    ours = [health.router(deps), sessions.router(deps), chat.router(deps), live.router(deps)]
    kinds: list[type[msgspec.Struct]] = [*sessions.KINDS, *chat.KINDS, *calls.KINDS]
    if deps.listing is not None:
        ours.append(lists.router(deps, deps.listing))
        kinds += lists.KINDS
        if deps.editing is not None:
            ours.append(edits.router(deps, deps.editing, deps.listing))
            ours.append(invoice_page.router(deps, deps.editing))
            ours.append(businesses.router(deps, deps.editing, deps.listing))
            ours.append(special_hours.router(deps, deps.editing))
            kinds += [*edits.kinds(deps.editing), *businesses.KINDS, *special_hours.KINDS]
    if deps.staff is not None:
        ours.append(tasks.router(deps, deps.staff))
        kinds += tasks.KINDS
    for routes in (*ours, calls.router(deps), *more):
        app.include_router(routes)
    errors.install(app)
    docs.install(app, kinds)
    docs.add_page(app)
    if deps.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(deps.settings.cors_origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key", "X-Request-ID", "Idempotency-Key"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    app.add_middleware(RequestContext, metrics=deps.metrics, max_body_bytes=deps.settings.max_body_bytes)
    return app
