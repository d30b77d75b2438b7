"""Twilio's HTTP side of a call: it asks the webhook, signs, and obeys the TwiML it gets. Only what a stream needs."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

import httpx


class CallFailed(Exception):
    """The server did not take the call; the text says how to see why."""


@dataclass(frozen=True, slots=True)
class Stream:
    url: str
    parameters: dict[str, str] = field(default_factory=dict)
    action: str | None = None
    status_callback: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """The TwiML spoke to the caller (or said nothing) and ended the call."""

    text: str


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
    """Requests of one call.

    Args:
        auth_token: signs requests as Twilio does; None leaves them unsigned.
    """

    def __init__(self, http: httpx.AsyncClient, auth_token: str | None, call: Mapping[str, str]) -> None:
        self._http = http
        self._auth_token = auth_token
        self._call = dict(call)

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
