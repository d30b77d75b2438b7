"""The Twilio channel's HTTP and WebSocket face: thin shells around `verify`, `webhooks`, `gate` and `media_call`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import structlog
from fastapi import APIRouter, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from offhook.channels.arrivals import Arrivals
from offhook.channels.gate import (
    Credential,
    CredentialCheck,
    GateRules,
    Refused,
    UpgradeRequest,
    admit_media,
    request_id_of,
)
from offhook.channels.media_call import MediaCall
from offhook.channels.outbox import Outbox
from offhook.channels.twilio.deps import TwilioDeps
from offhook.channels.twilio.rest import TwilioRest
from offhook.channels.twilio.signature import upgrade_is_genuine
from offhook.channels.twilio.twiml import CONTENT_TYPE
from offhook.channels.twilio.verify import SIGNATURE_HEADER, Denied, Verified, WebhookRequest, verify_webhook
from offhook.channels.twilio.webhooks import MEDIA_PATH, TwilioWebhooks
from offhook.channels.twilio.wire import TwilioWire
from offhook.channels.urls import header
from offhook.contracts.audio import MULAW_8K
from offhook.contracts.errors import Invalid
from offhook.kit.ids import new_id

_MAX_WEBHOOK_BYTES = 65_536
_LAST_WORDS_S = 2.0
"""How long a closing socket may take to write what is queued."""


def twilio_gate_rules(deps: TwilioDeps) -> GateRules:
    """The gate of `/media/twilio`, for whichever lane opens the socket."""
    settings = deps.settings
    return GateRules(
        path=MEDIA_PATH,
        credential=_signature_check(settings.auth_token) if settings.auth_token else None,
        public_url=settings.public_url,
        allowed_origins=settings.allowed_origins,
        max_sockets=settings.max_calls,
    )


def twilio_arrivals(deps: TwilioDeps) -> Arrivals:
    return Arrivals(
        channel="twilio",
        audio=MULAW_8K,
        tokens=deps.tokens,
        spent=deps.spent,
        businesses=deps.businesses,
        clock=deps.clock,
    )


def twilio_router(deps: TwilioDeps) -> APIRouter:
    """Routes `/twilio/voice`, `/twilio/after-stream`, `/twilio/status`, `/twilio/stream-status`, `WS /media/twilio`."""
    router = APIRouter(include_in_schema=False)
    lines = TwilioLines(deps)
    webhooks = lines.webhooks
    answers = {
        "/twilio/voice": webhooks.voice,
        "/twilio/after-stream": webhooks.after_stream,
        "/twilio/status": webhooks.status,
        "/twilio/stream-status": webhooks.stream_status,
    }

    for path, answer in answers.items():
        router.add_api_route(path, _webhook(deps, webhooks, answer), methods=["GET", "POST"], response_model=None)
    router.add_api_websocket_route(MEDIA_PATH, lines.media)
    return router


def _webhook(
    deps: TwilioDeps, webhooks: TwilioWebhooks, answer: Callable[[Verified], Awaitable[str]]
) -> Callable[[Request], Awaitable[Response]]:
    settings = deps.settings

    async def webhook(request: Request) -> Response:
        request_id = _request_id(request)
        body = await _body(request)
        if body is None:
            return _error(413, "too_large", f"A webhook has at most {_MAX_WEBHOOK_BYTES} bytes.", request_id)
        asked = WebhookRequest(
            method=request.method,
            scheme=request.url.scheme,
            path=request.url.path,
            query=request.url.query,
            headers=request.headers.items(),
            peer=request.client.host if request.client else None,
            body=body,
        )
        verdict = verify_webhook(asked, auth_token=settings.auth_token, public_url=settings.public_url)
        if isinstance(verdict, Denied):
            deps.metrics.errors.labels(kind=verdict.code).inc()
            return _error(verdict.status, verdict.code, verdict.message, request_id)
        try:
            text = await webhooks.guarded(answer, verdict)
        except Invalid as error:
            return _error(error.status, error.code, error.message, request_id)
        return Response(text, media_type=CONTENT_TYPE, headers={"X-Request-ID": request_id})

    return webhook


class TwilioLines:
    """The open media sockets of one router, ASGI lane."""

    def __init__(self, deps: TwilioDeps) -> None:
        self.deps = deps
        self.open = 0
        self.webhooks = TwilioWebhooks(deps, lambda: self.open)
        self._rules = twilio_gate_rules(deps)
        self._arrivals = twilio_arrivals(deps)

    async def media(self, websocket: WebSocket) -> None:
        asked = UpgradeRequest(
            path=websocket.url.path,
            query=websocket.url.query,
            scheme=websocket.url.scheme,
            headers=websocket.headers.items(),
            peer=websocket.client.host if websocket.client else None,
        )
        verdict = admit_media(asked, self._rules, open_sockets=self.open, new_request_id=_bound_request_id())
        if isinstance(verdict, Refused):
            self.deps.metrics.errors.labels(kind=verdict.code).inc()
            refusal = _error(verdict.status, verdict.code, verdict.message, verdict.request_id)
            await websocket.send_denial_response(refusal)
            return
        self.open += 1
        try:
            await websocket.accept(headers=[(b"x-request-id", verdict.request_id.encode())])
            with structlog.contextvars.bound_contextvars(request_id=verdict.request_id):
                await self._serve(websocket, trusted=verdict.trusted)
        finally:
            self.open -= 1

    async def _serve(self, websocket: WebSocket, *, trusted: bool) -> None:
        deps, settings = self.deps, self.deps.settings
        socket = AsgiMediaSocket(websocket, Outbox(settings.max_outbox_bytes))
        call = MediaCall(
            TwilioWire(max_message_bytes=settings.max_message_bytes),
            socket,
            audio=MULAW_8K,
            arrivals=self._arrivals,
            calls=deps.calls,
            clock=deps.clock,
            metrics=deps.metrics,
            log=deps.log,
            trusted=trusted,
            limits=settings.limits,
            hang_up_at_carrier=None if deps.rest is None or trusted else _hang_up(deps.rest),
            on_ended=self.webhooks.endings.note,
        )
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(socket.read_into(call), name="twilio-media-reader")
            writer = tasks.create_task(socket.write_out(), name="twilio-media-writer")
            await call.run()
            socket.close(1000, "")
            # A peer that reads gets our last words and the close; one that does not is left to the server.
            await asyncio.wait([writer], timeout=_LAST_WORDS_S)
            writer.cancel()
            reader.cancel()


class AsgiMediaSocket:
    """A media socket over ASGI: one task reads, one writes, an outbox between the call and the writer."""

    def __init__(self, websocket: WebSocket, outbox: Outbox) -> None:
        self._websocket = websocket
        self._outbox = outbox
        self._closing: tuple[int, str] | None = None
        self._gone = False

    def send(self, message: str, *, audio: bool) -> bool:
        return self._outbox.put(message, audio=audio)

    def drop_audio(self) -> None:
        self._outbox.drop_audio()

    def close(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = (code, reason)
            self._outbox.close()

    async def read_into(self, call: MediaCall) -> None:
        """Feed the call until the peer is gone."""
        receive = self._websocket.receive
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                self._gone = True
                call.disconnected()
                self.close(1000, "")
                return
            text = message.get("text")
            call.received(text if text is not None else message.get("bytes") or b"")

    async def write_out(self) -> None:
        """Write what is queued until closed, then close. A peer that vanished meanwhile is the reader's business."""
        with contextlib.suppress(WebSocketDisconnect, OSError, RuntimeError):
            while (message := await self._outbox.take()) is not None:
                await self._websocket.send({"type": "websocket.send", "text": message})
            if not self._gone:
                code, reason = self._closing or (1000, "")
                await self._websocket.close(code, reason)


def _signature_check(auth_token: str) -> CredentialCheck:
    def check(request: UpgradeRequest, urls: Sequence[str]) -> Credential:
        signature = header(request.headers, SIGNATURE_HEADER)
        if not signature:
            return "absent"
        return "genuine" if upgrade_is_genuine(urls, signature, auth_token) else "wrong"

    return check


def _hang_up(rest: TwilioRest) -> Callable[[str], Awaitable[None]]:
    async def hang_up(call_sid: str) -> None:
        await rest.hang_up(call_sid)

    return hang_up


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is over the limit (what is over is not read)."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_WEBHOOK_BYTES:
            return None
    return bytes(body)


def _request_id(request: Request) -> str:
    return request_id_of(request.headers.items(), _bound_request_id())


def _bound_request_id() -> str:
    """The id that the server gave this request, or one of our own where it gave none."""
    bound = structlog.contextvars.get_contextvars().get("request_id")
    return bound if isinstance(bound, str) and bound else new_id("req")


def _error(status: int, code: str, message: str, request_id: str) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "request_id": request_id}}
    return JSONResponse(body, status, headers={"X-Request-ID": request_id})
