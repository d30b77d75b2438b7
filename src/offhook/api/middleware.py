"""What every request and handshake passes: its id, a limit to its body, one line in the log, an answer for defects.

Pure ASGI: it adds microseconds, streams pass through, and WebSockets are covered too.
"""

from __future__ import annotations

import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from offhook.api.errors import envelope
from offhook.channels.gate import request_id_of
from offhook.contracts.errors import AppError
from offhook.kit.ids import new_id
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

_QUIET = frozenset({"/health/live", "/health/ready", "/metrics"})
_LONGEST_PATH = 200
_DENIAL = "websocket.http.response"
"""The server's extension that lets a handshake be refused with an answer of ours."""
_OUR_FAULT = "Something went wrong on our side. The request id finds it in the log."
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class TooLarge(AppError):
    """The body is longer than the limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__("too_large", f"The body is larger than {limit_bytes} bytes.", status=413)


class RequestContext:
    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, max_body_bytes: int, roomy: tuple[str, int] | None = None
    ) -> None:
        """`roomy`: a path below which another limit holds, and that limit."""
        self._app = app
        self._roomy = roomy
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes
        self._log = get_logger("http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
        request_id = request_id_of(headers, new_id("req"))
        scope["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, request_id)
        else:
            await self._http(scope, receive, send, request_id)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        stage = "asked"

        async def watch(message: Message) -> None:
            nonlocal stage
            if message["type"] in ("websocket.accept", "websocket.http.response.start"):
                stage = "open" if message["type"] == "websocket.accept" else "over"
                if stage == "over":
                    self._log.info("websocket_refused", path=_shown(scope["path"]), status=message["status"])
                message.setdefault("headers", [])  # they may be left out
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            elif message["type"] == "websocket.close":
                if stage == "asked" and _DENIAL in scope.get("extensions", {}):
                    # The router's word for "no such path", which the client would see as a bare 403.
                    await envelope("not_found", "There is no WebSocket under this path.", 404)(scope, receive, watch)
                    return
                stage = "over"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:  # lint: broad-except: the WebSocket supervisor: the client gets a close, the log the cause
            self._metrics.errors.labels("websocket").inc()
            self._log.exception("websocket_failed", path=_shown(scope["path"]))
            if stage == "asked" and _DENIAL in scope.get("extensions", {}):
                await envelope("internal", _OUR_FAULT, 500)(scope, receive, watch)
            elif stage != "over":
                await watch({"type": "websocket.close", "code": 1011, "reason": "internal error"})

    async def _http(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        began = time.perf_counter()
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, _limited(scope, receive, self._limit(scope["path"])), watch)
        except Exception:  # lint: broad-except: the HTTP supervisor: the client gets an answer, the log the cause
            self._metrics.errors.labels("http").inc()
            self._log.exception("request_failed", path=_shown(scope["path"]))
            if not status:
                await envelope("internal", _OUR_FAULT, 500)(scope, receive, watch)
        finally:
            if scope["path"] not in _QUIET:
                elapsed_ms = round((time.perf_counter() - began) * 1000, 1)
                path = _shown(scope["path"])
                self._log.info("request", method=scope["method"], path=path, status=status, ms=elapsed_ms)

    def _limit(self, path: str) -> int:
        if self._roomy is not None and path.startswith(self._roomy[0]):
            return self._roomy[1]
        return self._max_body_bytes


def _limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Refuse a body over the limit: at once by its Content-Length, else as it comes."""
    declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
    seen = 0

    async def take() -> Message:
        nonlocal seen
        if declared.isdigit() and int(declared) > limit:
            raise TooLarge(limit)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise TooLarge(limit)
        return message

    return take


def _shown(path: str) -> str:
    """A path for the log: what a client may put there must not move a terminal's cursor or fill a disk."""
    return path[:_LONGEST_PATH] if path.isprintable() else ascii(path[:_LONGEST_PATH])
