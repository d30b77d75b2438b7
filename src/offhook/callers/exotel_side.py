"""Exotel's HTTP side of a call: a flow of a Voicebot applet, a Passthru, a Connect applet and a Passthru again.

The flow is the one of docs/guide/exotel.md. Nobody is at the other end of its Connect applet unless the staff are said
to answer; for "nobody" and after our failures it has words of its own (`NOBODY`).
"""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import httpx

from offhook.callers.carrier_side import Afterwards, CallFailed, MediaAddress, Spoken
from offhook.callers.exotel_frames import ExotelFrames

NOBODY = "Nobody can take your call just now. We will call you back."
ACCOUNT = "acme1"
_MOST_PARAMETERS, _MOST_PARAMETER_CHARS, _MOST_URL_CHARS = 3, 256, 599
_GO_ON, _END = 200, 302
_HEADERS = {"Exotel-Version": "1.0"}


class ExotelSide:
    """Port `CarrierSide`.

    Args:
        url: the server's base URL. next_url: of the server that is asked what comes after the stream.
        from_number, to_number: E.164 or ""; told with a trunk zero where they are Indian, as Exotel tells them.
        auth: user and password of the webhooks, where the server has them.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        url: str,
        *,
        from_number: str,
        to_number: str,
        auth: tuple[str, str] | None = None,
        next_url: str | None = None,
        staff_answers: bool = False,
        frame_ms: int = 100,
    ) -> None:
        self.call_sid = secrets.token_hex(16)
        self._http = http
        self._url = url.rstrip("/")
        self._next_url = (next_url or url).rstrip("/")
        self._auth = auth
        self._staff_answers = staff_answers
        self._frame_ms = frame_ms
        self._numbers = {"from": _as_told(from_number), "to": _as_told(to_number)}
        self._rate_hz = 8000
        self._stream_sid = secrets.token_hex(8)

    async def ring(self) -> MediaAddress | Spoken:
        answer = await self._get(self._url, "voice", CallType="call-attempt", digits='""')
        try:
            url = str(answer.json()["url"])
        except (ValueError, KeyError, TypeError):
            raise CallFailed(f"The answer of /exotel/voice is no stream URL: {answer.text[:200]}") from None
        return self._address(url)

    def frames(self) -> ExotelFrames:
        call = {"call_sid": self.call_sid, "account_sid": ACCOUNT, **self._numbers}
        return ExotelFrames(self._stream_sid, call, rate_hz=self._rate_hz, frame_ms=self._frame_ms)

    async def stream_closed(self) -> Afterwards:
        after = Afterwards()
        stream = {"Stream[StreamSID]": self._stream_sid, "Stream[Status]": "completed"}
        told = stream | {"Stream[DisconnectedBy]": "bot"}
        if (await self._passthru(**told)) == _END:
            return after
        dial = await self._get(self._next_url, "connect")
        numbers = _numbers_of(dial)
        if not numbers:
            after.broke_off = NOBODY
            return after
        after.put_through = numbers[0]
        after.joined = self._staff_answers
        ended = (
            {"CallType": "completed", "DialCallStatus": "completed", "Legs[0][OnCallDuration]": "11"}
            if self._staff_answers
            else {"CallType": "incomplete", "DialCallStatus": "no-answer"}
        )
        if (await self._passthru(**ended)) == _GO_ON:
            after.told_then = NOBODY
        return after

    async def over(self) -> None:
        """An incoming call of a flow has no status callback."""

    # -- inside ----------------------------------------------------------------------------------------------------

    def _address(self, url: str) -> MediaAddress:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        if len(url) > _MOST_URL_CHARS or len(query) > _MOST_PARAMETERS or len(parts.query) > _MOST_PARAMETER_CHARS:
            raise CallFailed(f"The stream's URL is longer than Exotel takes: {len(url)} characters")
        parameters = dict(query)
        for name in ("sample-rate", "sample_rate"):
            self._rate_hz = int(parameters.pop(name, self._rate_hz))
        headers: dict[str, str] = {}
        if parts.username is not None:
            user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode("ascii")
        bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        return MediaAddress(bare, headers, parameters)

    async def _passthru(self, **more: str) -> int:
        answer = await self._get(self._next_url, "passthru", **more)
        return answer.status_code

    async def _get(self, base: str, path: str, **more: str) -> httpx.Response:
        called = {"CallFrom": self._numbers["from"], "CallTo": self._numbers["to"]}
        params = {
            "CallSid": self.call_sid,
            **called,
            "From": called["CallFrom"],
            "To": called["CallTo"],
            "Direction": "incoming",
            "EndTime": "1970-01-01 05:30:00",
            "flow_id": "1",
            "tenant_id": "1",
            **more,
        }
        url = f"{base}/exotel/{path}"
        # a parameter of None would be httpx's own way of saying "as the client has it"
        auth: dict[str, Any] = {} if self._auth is None else {"auth": self._auth}
        try:
            answer = await self._http.get(url, params=params, headers=_HEADERS, timeout=15.0, **auth)
        except httpx.HTTPError as error:
            raise CallFailed(f"{url} cannot be reached ({type(error).__name__}); is the server running?") from None
        if answer.status_code not in (_GO_ON, _END):
            raise CallFailed(f"{url} answered {answer.status_code}: {answer.text[:300]}")
        return answer


def _as_told(number: str) -> str:
    return "0" + number[3:] if number.startswith("+91") else number


def _numbers_of(answer: httpx.Response) -> list[str]:
    try:
        found = answer.json()["destination"]["numbers"]
    except (ValueError, KeyError, TypeError):
        raise CallFailed(f"The answer of /exotel/connect names no destination: {answer.text[:200]}") from None
    return [str(number) for number in found]
