"""Answers to Exotel's verified webhooks. No HTTP here.

A flow is: Voicebot applet (asks `voice` where its stream is to go) -> Passthru (asks `passthru` whether to put the call
through) -> Connect applet (asks `connect` whom to dial) -> Passthru again (tells how that went). Of a Passthru's two
branches the first (200) goes on with the caller, the second (302) ends the call. An answer of Connect that names nobody
takes the flow's own branch for "nobody", which has words: so does every call of which nobody knows how it ended.
"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlencode

from offhook.channels.arrivals import TOKEN_PARAMETER
from offhook.channels.busy_line import UNHEARD
from offhook.channels.carrier_deps import PLACED, CallStatusChanged, TransferEnded
from offhook.channels.exotel.deps import ExotelDeps
from offhook.channels.exotel.numbers import exotel_number
from offhook.channels.ledger import CallbackLedger, StreamEndings
from offhook.channels.ringing import Rings, admitted, call_token
from offhook.channels.urls import as_websocket
from offhook.channels.webhook import Answer, Verified
from offhook.contracts.business import Business
from offhook.contracts.channel import TRANSFER
from offhook.contracts.errors import Invalid

MEDIA_PATH = "/media/exotel"
VOICE, PASSTHRU, CONNECT, STATUS = "/exotel/voice", "/exotel/passthru", "/exotel/connect", "/exotel/status"
MAX_PARAMETER_CHARS = 256
MAX_URL_CHARS = 599
_MAX_SID_CHARS = 40
_RING_S = 25
_LONGEST_S = 3600
_DIALLED = "dialled"
"""Noted of a call once we named whom to dial."""
_UNEXPLAINED = frozenset({UNHEARD, "failure", "call_not_placed"})
"""Endings on our side after which the caller has heard nothing that explains them."""
_JSON = "application/json"
_STATUS_OF_EVENT = {"answered": "in-progress", "ringing": "ringing", "terminal": "completed"}


class ExotelWebhooks:
    """One per router: holds what the webhooks of a call share."""

    def __init__(self, deps: ExotelDeps) -> None:
        self._deps = deps
        self._callbacks = CallbackLedger()
        self.endings = StreamEndings()

    async def voice(self, request: Verified) -> Answer:
        """A call is at the Voicebot applet: where its stream goes. Callers for whom there is no line hear so there."""
        rings = self._rings(request)
        business = await self._deps.called(rings.to_number)
        await admitted(self._deps, business, rings)
        return self._stream(request, business.business_id, rings)

    async def passthru(self, request: Verified) -> Answer:
        """The applet before is over: is the caller to go on to the next one, or is the call at its end?"""
        params, call_sid = request.params, request.required("CallSid")
        self._note_stream(request)
        reason = self.endings.known(call_sid)
        dialled = params.get("DialCallStatus", "")
        if reason == _DIALLED or (dialled and not reason and not _has_stream(params)):
            connected = dialled in ("completed", "answered")
            await self._transfer_ended(call_sid, await self._called(request), connected=connected)
            return _branch(first=not connected)
        reason = reason or await self._deps.how_ended(call_sid)
        lost = not reason and params.get("Stream[Status]") == "failed"
        return _branch(first=lost or reason == TRANSFER or reason in _UNEXPLAINED)

    async def connect(self, request: Verified) -> Answer:
        """Whom the Connect applet dials; nobody where the call is not to be put through."""
        call_sid = request.required("CallSid")
        business = await self._called(request)
        reason = self.endings.known(call_sid) or await self._deps.how_ended(call_sid)
        if reason not in (TRANSFER, _DIALLED):
            return _dial(None, request)
        if business.transfer_number is None:
            await self._transfer_ended(call_sid, business, connected=False)
            return _dial(None, request)
        self.endings.note(call_sid, _DIALLED)
        return _dial(business.transfer_number, request)

    async def status(self, request: Verified) -> Answer:
        """A call's status changed; repeats and late ones change nothing."""
        params, call_sid = request.params, request.required("CallSid")
        event = params.get("EventType", "").lower()
        status = params.get("Status", "").lower() or _STATUS_OF_EVENT.get(event, event)
        if not status:
            raise Invalid("The webhook needs Status or EventType.", {"Status": "missing"})
        if event == "answered":
            status = "in-progress"
        if self._callbacks.is_news(call_sid, status, ""):
            duration = params.get("ConversationDuration", "")
            seconds = int(duration) if duration.isascii() and duration.isdigit() and len(duration) < 8 else None
            await self._deps.on_call_status(
                CallStatusChanged(
                    call_sid,
                    status,
                    seconds,
                    carrier="exotel",
                    placed=params.get("Direction") == PLACED,
                    numbers=(exotel_number(params.get("From")), exotel_number(params.get("To"))),
                )
            )
        return Answer("{}", _JSON)

    def failed(self, path: str, request: Verified) -> Answer:
        """What the flow can go on with where we broke: the caller hears an apology, from us or from the flow."""
        if path == VOICE:
            try:
                return self._stream(request, "", self._rings(request))
            except (Invalid, ValueError):
                return _json({"url": as_websocket(request.base_url + MEDIA_PATH, insecure=request.trusted)})
        return _dial(None, request) if path == CONNECT else _branch(first=True)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _rings(self, request: Verified) -> Rings:
        params, call_sid = request.params, request.required("CallSid")
        if len(call_sid) > _MAX_SID_CHARS:
            raise Invalid("The webhook's CallSid is too long.", {"CallSid": f"at most {_MAX_SID_CHARS} characters"})
        return Rings(
            call_sid,
            exotel_number(params.get("CallFrom") or params.get("From")),
            exotel_number(params.get("CallTo") or params.get("To")),
            placed_by_us=params.get("Direction", "").startswith("outbound"),
        )

    def _stream(self, request: Verified, business_id: str, rings: Rings) -> Answer:
        """Long ids leave no room for the numbers in what a stream's URL may carry; the call then goes on without."""
        for one in (rings, replace(rings, from_number=None, to_number=None)):
            token = call_token(self._deps, business_id, one)
            url = stream_url(
                as_websocket(request.base_url + MEDIA_PATH, insecure=request.trusted),
                token,
                self._deps.settings.sample_rate_hz,
            )
            if url is not None:
                return _json({"url": url})
        raise ValueError("the call's ids are too long for a stream URL")

    async def _called(self, request: Verified) -> Business:
        params = request.params
        return await self._deps.called(exotel_number(params.get("CallTo") or params.get("To")))

    async def _transfer_ended(self, call_sid: str, business: Business, *, connected: bool) -> None:
        await self._deps.on_transfer_ended(TransferEnded(call_sid, business.business_id, connected))

    def _note_stream(self, request: Verified) -> None:
        """The first Passthru behind a Voicebot tells how the stream fared; an error is worth a line."""
        if request.params.get("Stream[Status]") == "failed":
            self._deps.metrics.errors.labels(kind="stream_error").inc()
            self._deps.log.warning("stream_error", detail=request.params.get("Stream[Error]", "")[:200])


def stream_url(media_url: str, token: str, sample_rate_hz: int) -> str | None:
    """The URL of a stream; None where it is longer than Exotel takes."""
    query = urlencode({"sample-rate": sample_rate_hz, TOKEN_PARAMETER: token})
    url = f"{media_url}?{query}"
    return url if len(query) <= MAX_PARAMETER_CHARS and len(url) <= MAX_URL_CHARS else None


def _has_stream(params: dict[str, str]) -> bool:
    return any(name.startswith("Stream[") for name in params)


def _branch(*, first: bool) -> Answer:
    return Answer("{}", _JSON, 200 if first else 302)


def _dial(number: str | None, request: Verified) -> Answer:
    body: dict[str, object] = {
        "fetch_after_attempt": False,
        "destination": {"numbers": [] if number is None else [number]},
        "record": False,
        "max_ringing_duration": _RING_S,
        "max_conversation_duration": _LONGEST_S,
        "music_on_hold": {"type": "operator_tone"},
    }
    shown = request.params.get("CallTo") or request.params.get("To")
    if shown:
        body["outgoing_phone_number"] = shown[:24]
    return _json(body)


def _json(body: object) -> Answer:
    return Answer(json.dumps(body), _JSON)
