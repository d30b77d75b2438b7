"""The carriers that the conformance suite checks: one row each. A third carrier is a folder in `channels/`, its side in
`callers/`, and a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from offhook.callers.carrier_side import CarrierSide
from offhook.callers.phone import CARRIERS, PhoneSettings
from offhook.channels.carrier import CarrierChannel
from offhook.channels.exotel.deps import ExotelDeps, ExotelSettings
from offhook.channels.exotel.endpoint import exotel_channel
from offhook.channels.twilio.deps import TwilioDeps, TwilioSettings
from offhook.channels.twilio.endpoint import twilio_channel
from offhook.contracts.audio import MULAW_8K, AudioFormat

SECRET = "0123456789abcdef"
Parts = Mapping[str, Any]
"""What `CarrierDeps` takes."""


@dataclass(frozen=True, slots=True)
class CarrierRow:
    name: str
    channel: Callable[[Parts], CarrierChannel]
    """With credentials configured, and the format asked for."""
    audio: AudioFormat
    credentials: Mapping[str, Any]
    """For `PhoneSettings`: what proves the carrier to the server."""
    webhooks: tuple[str, ...]
    start: str
    """A start message of `{call_sid}` that carries `{token}` and markup in everything else that it says."""
    pads: bool = False
    """Whether the last piece of an utterance may end in silence that was not said."""

    def side(self, http: httpx.AsyncClient, url: str, **settings: Any) -> CarrierSide:
        phone = PhoneSettings(url=url, carrier=self.name, **(dict(self.credentials) | settings))
        return CARRIERS[self.name](http, phone, phone.from_number)


def _twilio(parts: Parts) -> CarrierChannel:
    return twilio_channel(TwilioDeps(settings=TwilioSettings(auth_token=SECRET), **parts))


def _exotel(rate_hz: int) -> Callable[[Parts], CarrierChannel]:
    def channel(parts: Parts) -> CarrierChannel:
        settings = ExotelSettings(webhook_user="flow", webhook_password=SECRET, sample_rate_hz=rate_hz)
        return exotel_channel(ExotelDeps(settings=settings, **parts))

    return channel


_TWILIO_START = (
    '{{"event":"start","sequenceNumber":"1","streamSid":"<b>","start":{{"streamSid":"<b>","callSid":"{call_sid}",'
    '"customParameters":{{"call_token":"{token}","To":"<script>","x":"{{{{7*7}}}}"}}}}}}'
)
_EXOTEL_START = (
    '{{"event":"start","sequence_number":"1","stream_sid":"<b>","start":{{"stream_sid":"<b>","call_sid":"{call_sid}",'
    '"from":"<script>","to":"\\u0000","custom_parameters":{{"call_token":"{token}","x":"{{{{7*7}}}}"}}}}}}'
)

ROWS = (
    CarrierRow(
        "twilio",
        _twilio,
        MULAW_8K,
        {"auth_token": SECRET},
        tuple(
            f"/twilio/{name}" for name in ("voice", "after-stream", "whisper", "dial-done", "status", "stream-status")
        ),
        _TWILIO_START,
    ),
    *(
        CarrierRow(
            "exotel",
            _exotel(rate_hz),
            AudioFormat("pcm16", rate_hz),
            {"webhook_auth": ("flow", SECRET), "exotel_frame_ms": frame_ms},
            tuple(f"/exotel/{name}" for name in ("voice", "passthru", "connect", "status")),
            _EXOTEL_START,
            pads=True,
        )
        for rate_hz, frame_ms in ((8000, 100), (16_000, 20), (24_000, 100))
    ),
)
