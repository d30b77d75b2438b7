"""What the Twilio channel is given by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from offhook.channels.busy_line import BusyWords
from offhook.channels.call_token import CallTokens, SpentTokens
from offhook.channels.carried_call import CallLimits
from offhook.channels.twilio.rest import TwilioRest
from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.channel import Admission, Calls, Everybody, TransferWords
from offhook.contracts.clock import Clock
from offhook.contracts.messaging import InboundMessage
from offhook.telemetry.log import Log
from offhook.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    public_url: str | None = None
    auth_token: str | None = field(default=None, repr=False)
    """TWILIO_AUTH_TOKEN. None: only loopback trust lets webhooks and streams in."""
    allowed_origins: frozenset[str] = frozenset()
    max_sockets: int | None = None
    """Media sockets open at once, those of callers who hear that the lines are busy among them; None for no limit."""
    max_message_bytes: int = 65_536
    max_outbox_bytes: int = 1_048_576
    limits: CallLimits = field(default_factory=CallLimits)
    apology_text: str = "We are sorry, we cannot take your call right now. Please call again a little later. Goodbye."


@dataclass(frozen=True, slots=True)
class CallStatusChanged:
    """A status callback that is news."""

    call_sid: str
    status: str
    """queued, initiated, ringing, in-progress, completed, busy, failed, no-answer, canceled; or a newer one."""
    duration_s: int | None
    sip_code: str | None


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """A call that was put through is over, or nobody took it."""

    call_sid: str
    business_id: str
    connected: bool


async def _ignore(_: CallStatusChanged | TransferEnded) -> None:
    return None


async def _nobodys(message: InboundMessage, to_number: str | None) -> bool:
    return False


async def _unknown(call_sid: str) -> str:
    return ""


def _no_words(business: Business) -> TransferWords:
    return TransferWords("", "", "en")


@dataclass(frozen=True, slots=True)
class TwilioDeps:
    calls: Calls
    businesses: BusinessDirectory
    tokens: CallTokens
    spent: SpentTokens
    settings: TwilioSettings
    clock: Clock
    metrics: Metrics
    log: Log
    busy: BusyWords
    admission: Admission = field(default_factory=Everybody)
    rest: TwilioRest | None = None
    """Hangs up where account credentials exist; None ends calls by closing the socket."""
    on_ring: Callable[[Business], None] = lambda business: None
    """Told of the business for which a call comes in, before it is answered; must not block."""
    on_call_status: Callable[[CallStatusChanged], Awaitable[None]] = _ignore
    transfer_words: Callable[[Business], TransferWords] = _no_words
    how_ended: Callable[[str], Awaitable[str]] = _unknown
    """How the call of that sid ended, for a call whose media another server carried; "" when it is not known."""
    on_transfer_ended: Callable[[TransferEnded], Awaitable[None]] = _ignore
    on_sms: Callable[[InboundMessage, str | None], Awaitable[bool]] = _nobodys
    """Takes a text message and the number that it was sent to; False when it is nobody's."""
