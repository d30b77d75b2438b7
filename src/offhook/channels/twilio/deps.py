"""What the Twilio channel is given by the composition root, beyond what every carrier is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from offhook.channels.carrier_deps import CarrierDeps, CarrierSettings
from offhook.channels.twilio.rest import TwilioRest
from offhook.contracts.messaging import InboundMessage


async def _nobodys(message: InboundMessage, to_number: str | None) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings(CarrierSettings):
    auth_token: str | None = field(default=None, repr=False)
    """TWILIO_AUTH_TOKEN. None: only loopback trust lets webhooks and streams in."""
    apology_text: str = "We are sorry, we cannot take your call right now. Please call again a little later. Goodbye."


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioDeps(CarrierDeps):
    settings: TwilioSettings = field(default_factory=TwilioSettings)
    rest: TwilioRest | None = None
    """Hangs up where account credentials exist; None ends calls by closing the socket."""
    on_sms: Callable[[InboundMessage, str | None], Awaitable[bool]] = _nobodys
    """Takes a text message and the number that it was sent to; False when it is nobody's."""
