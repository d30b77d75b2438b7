"""The way to Socket.IO beside the routes: its path goes to its own application, after the Origin was looked at.

Socket.IO shows its credential later, in its first packet (`auth.token`); `admission` judges it as the routes do theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from offhook.api.access import visitor
from offhook.api.bodies import known_id
from offhook.api.deps import ApiDeps
from offhook.api.errors import envelope
from offhook.channels.rates import RateLimit
from offhook.channels.socketio.deps import Entry
from offhook.contracts.errors import AppError, Unauthorized

HANDSHAKES_PER_MINUTE = 240
"""Of one address, before any token is shown: each connection that is admitted begins with one."""


class SocketDoor:
    """Everything at `path` and below goes to `sockets`, everything else on to `app`."""

    def __init__(self, app: ASGIApp, *, deps: ApiDeps, path: str, sockets: ASGIApp) -> None:
        self._app = app
        self._deps = deps
        self._path = path
        self._sockets = sockets
        self._handshakes = RateLimit(deps.clock, HANDSHAKES_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in ("http", "websocket") or not (scope["path"] + "/").startswith(self._path + "/"):
            await self._app(scope, receive, send)
            return
        try:
            self._let_in(HTTPConnection(scope))
        except AppError as error:
            refusal = envelope(error.code, error.message, error.status)
            if kind == "websocket":
                await WebSocket(scope, receive, send).send_denial_response(refusal)
            else:
                await refusal(scope, receive, send)
            return
        await self._sockets(scope, receive, send)

    def _let_in(self, connection: HTTPConnection) -> None:
        """Raises AppError."""
        who = visitor(connection, self._deps)
        who.require_own_origin()
        begins = not connection.query_params.get("sid")  # an empty one begins a connection, too
        if begins and not who.trusted and not self._handshakes.allow(who.address):
            text = "Too many connections from here; try again in a minute."
            raise AppError("rate_limited", text, status=429, retryable=True)


def admission(deps: ApiDeps) -> Callable[[Mapping[str, Any], Any], Entry]:
    """What judges a client by its handshake and its `auth`. Raises AppError; its code reaches the client."""

    def admit(scope: Mapping[str, Any], auth: Any) -> Entry:
        who = visitor(HTTPConnection(dict(scope)), deps)
        who.require_own_origin()
        given = auth if isinstance(auth, dict) else {}
        token, named = given.get("token"), given.get("session_id")
        if token is None:
            if not isinstance(named, str) or not who.trusted:
                raise Unauthorized("A session token is required: auth: { token } of POST /api/chat/init.")
            return Entry(known_id(named, "This session"), who.address, who.trusted)
        claim = deps.tokens.read(token) if isinstance(token, str) else None
        if claim is None:
            if isinstance(token, str) and deps.tokens.is_expired(token):
                raise AppError("token_expired", "This token has expired; begin a new chat.", status=401)
            raise AppError("bad_token", "This is no valid session token.", status=401)
        if named is not None and named != claim.session_id:
            raise AppError("wrong_session", "This token is of another session.", status=403)
        return Entry(claim.session_id, who.address, who.trusted, claim.generation)

    return admit
