"""What makes a carrier a channel: its own rules in, routes and a media door out.

A carrier's folder gives its webhooks' handlers (`Handler`), a check of who asks (`Check`), the gate of its media path,
a wire, and how its audio leaves (`outflow`); HTTP, body limits, errors, lanes, admission and calls are the same for
all and stand here. docs/architecture.md lists what a folder holds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response, WebSocket
from fastapi.responses import JSONResponse

from offhook.channels.arrivals import TOKEN_PARAMETER, Arrivals, token_in
from offhook.channels.asgi_lane import serve_media
from offhook.channels.busy_line import BusyLine
from offhook.channels.carrier_deps import CarrierDeps, CarrierSettings
from offhook.channels.gate import Admitted, GateRules, request_id_of
from offhook.channels.media_call import CarrierWire, MediaCall, MediaSocket
from offhook.channels.media_door import MediaDoor, bound_request_id
from offhook.channels.outflow import Outflow
from offhook.channels.webhook import MAX_WEBHOOK_BYTES, Answer, Denied, Verified, WebhookRequest
from offhook.contracts.audio import AudioFormat
from offhook.contracts.errors import Invalid

Handler = Callable[[Verified], Awaitable[Answer]]
Check = Callable[[WebhookRequest], Verified | Denied]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One carrier's rules.

    Attributes:
        handlers: path -> what answers it, by GET and by POST.
        failed: path and request -> the answer where a handler broke: a caller is on the line, so it is one with which
            the call goes on or ends in words, never a 5xx. None: nobody is on the line, and the error is the API's.
        token_in_url: whether the call token may stand in the media socket's URL, for streams whose start lacks it.
        outflow: how audio of a format leaves; None: at once, in pieces of any length.
        hang_up: ends a call by the carrier's API; None: by closing the socket.
        on_ended: told (carrier's call id, reason) when an answered call is over.
    """

    name: str
    settings: CarrierSettings
    gate: GateRules
    check: Check
    handlers: Mapping[str, Handler]
    failed: Callable[[str, Verified], Answer | None]
    wire: Callable[[], CarrierWire]
    token_in_url: bool = False
    outflow: Callable[[AudioFormat], Outflow] | None = None
    hang_up: Callable[[str], Awaitable[None]] | None = None
    on_ended: Callable[[str, str], None] | None = None


@dataclass(frozen=True, slots=True)
class CarrierChannel:
    """The routes of a carrier's webhooks and of its media path; the door of the latter is for the fast lane."""

    name: str
    router: APIRouter
    door: MediaDoor


def carrier_channel(carrier: Carrier, deps: CarrierDeps) -> CarrierChannel:
    router = APIRouter(include_in_schema=False)
    door = _door(carrier, deps)
    for path, handler in carrier.handlers.items():
        router.add_api_route(path, _webhook(carrier, deps, handler), methods=["GET", "POST"], response_model=None)

    async def media(websocket: WebSocket) -> None:
        await serve_media(websocket, door)

    router.add_api_websocket_route(carrier.gate.path, media)
    return CarrierChannel(carrier.name, router, door)


def _door(carrier: Carrier, deps: CarrierDeps) -> MediaDoor:
    arrivals = Arrivals(
        channel=carrier.name, tokens=deps.tokens, spent=deps.spent, businesses=deps.businesses, clock=deps.clock
    )
    busy = BusyLine(deps.busy, deps.language_of)

    def call(socket: MediaSocket, admitted: Admitted) -> MediaCall:
        token = token_in(admitted.query) if carrier.token_in_url else ""
        return MediaCall(
            carrier.wire(),
            socket,
            arrivals=arrivals,
            calls=deps.calls,
            admission=deps.admission,
            busy=busy,
            clock=deps.clock,
            metrics=deps.metrics,
            log=deps.log,
            trusted=admitted.trusted,
            offered={TOKEN_PARAMETER: token} if token else {},
            limits=carrier.settings.limits,
            outflow=carrier.outflow,
            hang_up_at_carrier=None if admitted.trusted else carrier.hang_up,
            on_ended=carrier.on_ended,
        )

    return MediaDoor(carrier.gate, call, deps.metrics, carrier.settings.max_outbox_bytes)


def _webhook(carrier: Carrier, deps: CarrierDeps, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def webhook(request: Request) -> Response:
        request_id = request_id_of(request.headers.items(), bound_request_id())
        body = await _body(request)
        if body is None:
            return _error(413, "too_large", f"A webhook has at most {MAX_WEBHOOK_BYTES} bytes.", request_id)
        asked = WebhookRequest(
            method=request.method,
            scheme=request.url.scheme,
            path=request.url.path,
            query=request.url.query,
            headers=request.headers.items(),
            peer=request.client.host if request.client else None,
            body=body,
        )
        verdict = carrier.check(asked)
        if isinstance(verdict, Denied):
            deps.metrics.errors.labels(kind=verdict.code).inc()
            return _error(verdict.status, verdict.code, verdict.message, request_id, verdict.headers)
        try:
            answer = await handler(verdict)
        except Invalid as error:
            return _error(error.status, error.code, error.message, request_id)
        except Exception as error:  # lint: broad-except: HTTP handler of a live call: it must be heard
            spoken = carrier.failed(asked.path, verdict)
            if spoken is None:
                raise
            deps.metrics.errors.labels(kind="webhook_failed").inc()
            deps.log.error("webhook_failed", exc_info=error)
            answer = spoken
        headers = {"X-Request-ID": request_id, **answer.headers}
        return Response(answer.body, answer.status, media_type=answer.content_type, headers=headers)

    return webhook


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is over the limit (what is over is not read)."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_WEBHOOK_BYTES:
            return None
    return bytes(body)


def _error(
    status: int, code: str, message: str, request_id: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "request_id": request_id}}
    return JSONResponse(body, status, headers={"X-Request-ID": request_id, **(headers or {})})
