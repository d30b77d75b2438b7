"""The web application: routes, errors and middleware put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

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
    joining,
    lists,
    live,
    placed_calls,
    sessions,
    special_hours,
    tasks,
    voice_token,
    web_chat,
    webhooks,
)
from offhook.api.deps import ApiDeps
from offhook.api.middleware import RequestContext
from offhook.api.socket_door import SocketDoor
from offhook.channels.recorded import RecordedSpeech

_DESCRIPTION = """Answers for a business on the phone, in the browser and in chat.

Open a session with `POST /api/sessions`; its token opens `POST /api/chat` and the WebSocket `/ws/{session_id}`, which
tells what happens in the session as it happens. The business's book and its calls are open to the API key. Every error
is `{"error": {"code", "message", "request_id"}}`, with `fields` where some of them cannot be used."""


@dataclass(frozen=True, slots=True)
class Sockets:
    """Socket.IO beside the routes."""

    path: str
    app: ASGIApp
    most_bytes: int
    """Of one request of its polling transport."""


def create_app(
    deps: ApiDeps,
    more: Iterable[APIRouter] = (),
    *,
    speech: RecordedSpeech | None = None,
    sockets: Sockets | None = None,
) -> FastAPI:
    """The application with our routes and those of `more` (the channels). Without `speech` nothing is spoken, and the
    chat's own routes are not served."""
    app = FastAPI(title="offhook", version=__version__, description=_DESCRIPTION, docs_url=None, redoc_url=None)
    ours = [health.router(deps), sessions.router(deps), chat.router(deps), live.router(deps), voice_token.router(deps)]
    kinds: list[type[msgspec.Struct]] = [*sessions.KINDS, *chat.KINDS, *voice_token.KINDS, *calls.KINDS]
    if deps.listing is not None:
        ours.append(lists.router(deps, deps.listing))
        kinds += lists.KINDS
        if deps.editing is not None:
            ours.append(edits.router(deps, deps.editing, deps.listing))
            ours.append(invoice_page.router(deps, deps.editing))
            ours.append(businesses.router(deps, deps.editing, deps.listing))
            ours.append(special_hours.router(deps, deps.editing))
            ours.append(webhooks.router(deps, deps.editing))
            kinds += [*edits.kinds(deps.editing), *businesses.KINDS, *special_hours.KINDS, *webhooks.KINDS]
            if deps.outbound is not None:
                ours.append(placed_calls.router(deps, deps.editing, deps.outbound))
                kinds += placed_calls.KINDS
    if deps.staff is not None:
        ours.append(tasks.router(deps, deps.staff))
        kinds += tasks.KINDS
    if deps.joining is not None:
        ours.append(joining.router(deps, deps.joining))
        kinds += [*joining.KINDS, web_chat.ChatBegun]
    if speech is not None:
        ours.append(web_chat.router(deps, speech))
        kinds += web_chat.KINDS
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
    roomy = None
    if sockets is not None:
        # Outside of the routes' CORS: Socket.IO answers for itself, with credentials, which balancers' cookies need.
        app.add_middleware(SocketDoor, deps=deps, path=sockets.path, sockets=sockets.app)
        roomy = (sockets.path + "/", sockets.most_bytes)
    app.add_middleware(RequestContext, metrics=deps.metrics, max_body_bytes=deps.settings.max_body_bytes, roomy=roomy)
    return app
