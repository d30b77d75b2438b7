"""The Twilio channel's HTTP and WebSocket face: thin shells around `verify`, `webhooks`, `gate` and `media_call`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response, WebSocket
from fastapi.responses import JSONResponse

from offhook.channels.arrivals import Arrivals
from offhook.channels.asgi_lane import serve_media
from offhook.channels.busy_line import BusyLine
from offhook.channels.gate import Admitted, Credential, CredentialCheck, GateRules, UpgradeRequest, request_id_of
from offhook.channels.media_call import MediaCall, MediaSocket
from offhook.channels.media_door import MediaDoor, bound_request_id
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

_MAX_WEBHOOK_BYTES = 65_536


def twilio_gate_rules(deps: TwilioDeps) -> GateRules:
    """The gate of `/media/twilio`, for whichever lane opens the socket."""
    settings = deps.settings
    return GateRules(
        path=MEDIA_PATH,
        credential=_signature_check(settings.auth_token) if settings.auth_token else None,
        public_url=settings.public_url,
        allowed_origins=settings.allowed_origins,
        max_sockets=settings.max_sockets,
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


@dataclass(frozen=True, slots=True)
class TwilioChannel:
    """Routes `/twilio/{voice, after-stream, whisper, dial-done, status, stream-status, sms}` and `WS /media/twilio`;
    the door of the last one is for the fast lane."""

    router: APIRouter
    door: MediaDoor


def twilio_channel(deps: TwilioDeps) -> TwilioChannel:
    router = APIRouter(include_in_schema=False)
    webhooks = TwilioWebhooks(deps)
    door = _door(deps, webhooks)
    answers = {
        "/twilio/voice": webhooks.voice,
        "/twilio/after-stream": webhooks.after_stream,
        "/twilio/whisper": webhooks.whisper,
        "/twilio/dial-done": webhooks.dial_done,
        "/twilio/status": webhooks.status,
        "/twilio/stream-status": webhooks.stream_status,
    }

    def heard(answer: Callable[[Verified], Awaitable[str]]) -> Callable[[Verified], Awaitable[str]]:
        return lambda request: webhooks.guarded(answer, request)

    for path, answer in answers.items():
        router.add_api_route(path, _webhook(deps, heard(answer)), methods=["GET", "POST"], response_model=None)

    router.add_api_route("/twilio/sms", _webhook(deps, webhooks.sms), methods=["GET", "POST"], response_model=None)

    async def media(websocket: WebSocket) -> None:
        await serve_media(websocket, door)

    router.add_api_websocket_route(MEDIA_PATH, media)
    return TwilioChannel(router, door)


def _door(deps: TwilioDeps, webhooks: TwilioWebhooks) -> MediaDoor:
    settings = deps.settings
    arrivals = twilio_arrivals(deps)
    busy = BusyLine(deps.busy, _language_of(deps))

    def call(socket: MediaSocket, admitted: Admitted) -> MediaCall:
        return MediaCall(
            TwilioWire(max_message_bytes=settings.max_message_bytes),
            socket,
            audio=MULAW_8K,
            arrivals=arrivals,
            calls=deps.calls,
            admission=deps.admission,
            busy=busy,
            clock=deps.clock,
            metrics=deps.metrics,
            log=deps.log,
            trusted=admitted.trusted,
            limits=settings.limits,
            hang_up_at_carrier=None if deps.rest is None or admitted.trusted else _hang_up(deps.rest),
            on_ended=webhooks.endings.note,
        )

    return MediaDoor(twilio_gate_rules(deps), call, deps.metrics, settings.max_outbox_bytes)


def _webhook(
    deps: TwilioDeps, answer: Callable[[Verified], Awaitable[str]]
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
            text = await answer(verdict)
        except Invalid as error:
            return _error(error.status, error.code, error.message, request_id)
        return Response(text, media_type=CONTENT_TYPE, headers={"X-Request-ID": request_id})

    return webhook


def _signature_check(auth_token: str) -> CredentialCheck:
    def check(request: UpgradeRequest, urls: Sequence[str]) -> Credential:
        signature = header(request.headers, SIGNATURE_HEADER)
        if not signature:
            return "absent"
        return "genuine" if upgrade_is_genuine(urls, signature, auth_token) else "wrong"

    return check


def _language_of(deps: TwilioDeps) -> Callable[[str], Awaitable[str]]:
    async def language(business_id: str) -> str:
        return (await deps.businesses.get(business_id)).languages[0]

    return language


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
    return request_id_of(request.headers.items(), bound_request_id())


def _error(status: int, code: str, message: str, request_id: str) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "request_id": request_id}}
    return JSONResponse(body, status, headers={"X-Request-ID": request_id})
