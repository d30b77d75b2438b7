"""Twilio's HTTP side of a call: it asks the webhook, signs, and obeys the TwiML it gets. Only what a stream needs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

import httpx

from offhook.callers.carrier_side import Afterwards, CallFailed, MediaAddress, Spoken
from offhook.callers.frames import StreamFrames


@dataclass(frozen=True, slots=True)
class Stream:
    url: str
    parameters: dict[str, str] = field(default_factory=dict)
    action: str | None = None
    status_callback: str | None = None


@dataclass(frozen=True, slots=True)
class Dialled:
    """The TwiML put the call through to a telephone."""

    number: str
    action: str
    whisper: str = ""
    """Asked when somebody picks up, before the two are joined."""


@dataclass(frozen=True, slots=True)
class AsksForKey:
    """The TwiML speaks to somebody and waits for a key."""

    text: str
    action: str


Twiml = Stream | Spoken | Dialled | AsksForKey


def parse_twiml(text: str) -> Twiml:
    """The first stream of a document, the number that it dials, the key that it asks for, or what it said before it
    ended. Raises CallFailed."""
    try:
        root = ET.fromstring(text)  # noqa: S314  # the server under test is ours, and expat expands no external entity
    except ET.ParseError as error:
        raise CallFailed(f"The webhook's answer is not TwiML: {error}") from None
    dial, line = root.find("./Dial"), root.find("./Dial/Number")
    if dial is not None and line is not None:
        return Dialled((line.text or "").strip(), dial.get("action", ""), line.get("url", ""))
    gather = root.find("./Gather")
    if gather is not None:
        return AsksForKey(_said(gather), gather.get("action", ""))
    stream = root.find("./Connect/Stream")
    if stream is None:
        return Spoken(_said(root))
    connect = root.find("./Connect")
    return Stream(
        url=stream.get("url", ""),
        parameters={p.get("name", ""): p.get("value", "") for p in stream.iter("Parameter")},
        action=None if connect is None else connect.get("action"),
        status_callback=stream.get("statusCallback"),
    )


def _said(root: ET.Element) -> str:
    return " ".join((say.text or "").strip() for say in root.iter("Say"))


class TwilioSide:
    """Requests of one call (port `CarrierSide`).

    Args:
        auth_token: signs requests as Twilio does; None leaves them unsigned.
        call: the fields of every webhook of the call; `CallSid` and `AccountSid` are among them.
        url: the server's base URL. next_url: of the server that is asked what comes after the stream.
        staff_answers: whether somebody picks up, and presses a key, when the call is put through; else it rings out.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        auth_token: str | None,
        call: Mapping[str, str],
        *,
        url: str = "",
        next_url: str | None = None,
        staff_answers: bool = False,
    ) -> None:
        self._http = http
        self._auth_token = auth_token
        self._call = dict(call)
        self._url = url.rstrip("/")
        self._next_url = next_url
        self._staff_answers = staff_answers
        self._stream = Stream("")
        self._stream_sid = "MZ" + secrets.token_hex(16)

    @property
    def call_sid(self) -> str:
        return self._call["CallSid"]

    async def ring(self) -> MediaAddress | Spoken:
        answer = await self.ask(f"{self._url}/twilio/voice")
        if not isinstance(answer, Stream):
            return answer if isinstance(answer, Spoken) else Spoken("")
        self._stream = answer
        return MediaAddress(answer.url, self.socket_signature(answer.url), answer.parameters)

    def frames(self) -> StreamFrames:
        return StreamFrames(self._stream_sid, self.call_sid, self._call["AccountSid"])

    async def stream_closed(self) -> Afterwards:
        after = Afterwards()
        if not self._stream.action:
            return after
        answer = await self.ask(self._next(self._stream.action), CallStatus="in-progress")
        if isinstance(answer, Dialled):
            await self._put_through(answer, after)
        elif isinstance(answer, Spoken):
            after.broke_off = answer.text
        return after

    async def over(self) -> None:
        await self.tell(self._stream.status_callback, StreamSid=self._stream_sid, StreamEvent="stream-stopped")

    async def _put_through(self, dialled: Dialled, after: Afterwards) -> None:
        after.put_through = dialled.number
        ended = {"DialCallStatus": "no-answer", "DialBridged": "false"}
        if self._staff_answers:
            leg = {"CallSid": "CA" + secrets.token_hex(16), "From": self._call["To"], "To": dialled.number}
            asked = await self.ask(self._next(dialled.whisper), **leg)
            if isinstance(asked, AsksForKey):
                after.whispered = asked.text
                await self.ask(self._next(asked.action), **leg, Digits="1")
                after.joined = True
                ended = {"DialCallStatus": "completed", "DialBridged": "true"}
        answer = await self.ask(self._next(dialled.action), **ended)
        after.told_then = answer.text if isinstance(answer, Spoken) else ""

    def _next(self, url: str) -> str:
        """The same webhook, at the server that comes next."""
        base = self._next_url
        return url if base is None else base.rstrip("/") + url[url.index("/", url.find("://") + 3) :]

    async def ask(self, url: str, **more: str) -> Twiml:
        """POST a webhook and read its TwiML. Raises CallFailed."""
        form = self._call | more
        headers = self.signature(url, form)
        try:
            response = await self._http.post(url, data=form, headers=headers, timeout=15.0)
        except httpx.HTTPError as error:
            raise CallFailed(f"{url} cannot be reached ({type(error).__name__}); is the server running?") from None
        if response.status_code != 200:
            raise CallFailed(f"{url} answered {response.status_code}: {response.text[:300]}")
        return parse_twiml(response.text)

    async def tell(self, url: str | None, **more: str) -> None:
        """POST a callback whose answer does not matter."""
        if not url:
            return
        form = self._call | more
        try:
            await self._http.post(url, data=form, headers=self.signature(url, form), timeout=5.0)
        except httpx.HTTPError:
            return

    def socket_signature(self, url: str) -> dict[str, str]:
        """The header of a media socket's upgrade: signed over its URL alone, as wss even where a local server has
        ws.
        """
        return self.signature("wss" + url[url.find("://") :], {})

    def signature(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        """The header that proves a request with these form fields."""
        if not self._auth_token:
            return {}
        text = url + "".join(name + form[name] for name in sorted(form))
        mac = hmac.new(self._auth_token.encode(), text.encode(), hashlib.sha1)
        return {"X-Twilio-Signature": base64.b64encode(mac.digest()).decode("ascii")}
