"""The media socket of browsers: who may open it, and the call of its session behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import APIRouter, WebSocket

from offhook.channels.arrivals import Unwelcome
from offhook.channels.asgi_lane import serve_media
from offhook.channels.browser.deps import BrowserDeps
from offhook.channels.browser.talk import AWAY_S, Talks
from offhook.channels.browser.wire import BrowserWire
from offhook.channels.busy_line import BusyLine
from offhook.channels.events import StreamStarted
from offhook.channels.gate import BELOW, Credential, CredentialCheck, GateRules, UpgradeRequest
from offhook.channels.media_call import MediaCall, MediaSocket
from offhook.channels.media_door import MediaDoor
from offhook.channels.urls import header
from offhook.contracts.channel import CallInfo
from offhook.contracts.errors import NotFound

MEDIA_PATH = "/media/browser"
CHANNEL = "browser"


@dataclass(frozen=True, slots=True)
class BrowserChannel:
    """`WS /media/browser/{session_id}`: `talks` carries the calls while it is open, the door is for the fast lane."""

    router: APIRouter
    door: MediaDoor
    talks: Talks


def browser_channel(deps: BrowserDeps, *, away_s: float = AWAY_S) -> BrowserChannel:
    arrivals, busy, settings = SessionArrivals(deps), BusyLine(deps.busy, _language_of(deps)), deps.settings

    def call(wire: BrowserWire, socket: MediaSocket, trusted: bool) -> MediaCall:
        return MediaCall(
            wire,
            socket,
            arrivals=arrivals,
            calls=deps.calls,
            admission=deps.admission,
            busy=busy,
            clock=deps.clock,
            metrics=deps.metrics,
            log=deps.log,
            trusted=trusted,
            limits=settings.limits,
        )

    talks = Talks(call, deps.standing, away_s=away_s)
    door = MediaDoor(browser_gate_rules(deps), talks.connection, deps.metrics, settings.max_outbox_bytes)
    router = APIRouter(include_in_schema=False)

    @router.websocket(MEDIA_PATH + "/{session_id}")
    async def media(websocket: WebSocket) -> None:
        await serve_media(websocket, door)

    return BrowserChannel(router, door, talks)


def browser_gate_rules(deps: BrowserDeps) -> GateRules:
    return GateRules(
        path=MEDIA_PATH + BELOW,
        credential=_session_check(deps),
        refusal_status=401,
        refusal_code="unauthorized",
        refusal="A valid token of this session is required: ?token=<token of POST /api/sessions>.",
        public_url=deps.settings.public_url,
        allowed_origins=deps.settings.allowed_origins,
        max_sockets=deps.settings.max_sockets,
    )


class SessionArrivals:
    """Calls of sessions that are there already: business, language and caller are the session's."""

    def __init__(self, deps: BrowserDeps) -> None:
        self._deps = deps

    async def resolve(self, started: StreamStarted, *, trusted: bool) -> CallInfo | Unwelcome:
        try:
            state = await self._deps.conversations.get(started.params["session_id"])
        except NotFound:
            return Unwelcome("session_unknown")
        if state.status not in ("ACTIVE", "IDLE"):
            return Unwelcome("session_over")
        self._deps.on_ring(await self._deps.businesses.get(state.business_id))
        return CallInfo(
            call_id=started.call_sid,
            carrier_call_sid=started.call_sid,
            stream_sid=started.stream_sid,
            channel=CHANNEL,
            audio=started.audio,
            from_number=state.caller_phone,
            to_number=None,
            business_id=state.business_id,
            session_id=state.session_id,
            language=state.language,
        )


def _session_check(deps: BrowserDeps) -> CredentialCheck:
    def check(request: UpgradeRequest, urls: Sequence[str]) -> Credential:
        key = header(request.headers, "x-api-key")
        if key:
            return "genuine" if deps.is_staff(key) else "wrong"
        token = parse_qs(request.query).get("token", [""])[0]
        if not token:
            return "absent"
        return "genuine" if deps.opens(token, request.path.rstrip("/").rpartition("/")[2]) else "wrong"

    return check


def _language_of(deps: BrowserDeps) -> Callable[[str], Awaitable[str]]:
    async def language(business_id: str) -> str:
        return (await deps.businesses.get(business_id)).languages[0]

    return language
