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
from offhook.kit.ids import new_id
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

_QUIET = frozenset({"/health/live", "/health/ready", "/metrics"})
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class TooLarge(Exception):
    """The body is longer than the limit."""


class RequestContext:
    def __init__(self, app: ASGIApp, *, metrics: Metrics, max_body_bytes: int) -> None:
        self._app = app
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
            await self._app(scope, receive, _with_id(send, request_id))
            return
        await self._http(scope, receive, send, request_id)

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
            await self._app(scope, _limited(scope, receive, self._max_body_bytes), watch)
        except TooLarge:
            if not status:
                text = f"The body is larger than {self._max_body_bytes} bytes."
                await envelope("too_large", text, 413)(scope, receive, watch)
        except Exception:  # lint: broad-except: the HTTP supervisor: the client gets an answer, the log the cause
            self._metrics.errors.labels("http").inc()
            self._log.exception("request_failed", path=scope["path"])
            if not status:
                text = "Something went wrong on our side. The request id finds it in the log."
                await envelope("internal", text, 500)(scope, receive, watch)
        finally:
            if scope["path"] not in _QUIET:
                elapsed_ms = round((time.perf_counter() - began) * 1000, 1)
                self._log.info("request", method=scope["method"], path=scope["path"], status=status, ms=elapsed_ms)


def _limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Refuse a body over the limit: at once by its Content-Length, else as it comes."""
    declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
    seen = 0

    async def take() -> Message:
        nonlocal seen
        if declared.isdigit() and int(declared) > limit:
            raise TooLarge
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise TooLarge
        return message

    return take


def _with_id(send: Send, request_id: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in ("websocket.accept", "websocket.http.response.start"):
            MutableHeaders(scope=message)["X-Request-ID"] = request_id
        await send(message)

    return sending
