"""What every carrier's channel is given by the composition root, and what it tells."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from offhook.channels.busy_line import BusyWords
from offhook.channels.call_token import CallTokens, SpentTokens
from offhook.channels.carried_call import CallLimits
from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.channel import Admission, Calls, Everybody, TransferWords
from offhook.contracts.clock import Clock
from offhook.telemetry.log import Log
from offhook.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierSettings:
    """What holds for every carrier; a carrier's own settings are a subclass."""

    public_url: str | None = None
    allowed_origins: frozenset[str] = frozenset()
    max_sockets: int | None = None
    """Media sockets open at once, those of callers who hear that the lines are busy among them; None for no limit."""
    max_message_bytes: int = 65_536
    max_outbox_bytes: int = 1_048_576
    limits: CallLimits = field(default_factory=CallLimits)


PLACED = "outbound-api"
"""Carriers' direction of a call that we asked for; the leg of one that is put through has another."""


@dataclass(frozen=True, slots=True)
class CallStatusChanged:
    """A status callback that is news."""

    call_sid: str
    status: str
    """queued, initiated, ringing, in-progress, completed, busy, failed, no-answer, canceled; or a newer one."""
    duration_s: int | None
    carrier: str = ""
    placed: bool = False
    """Whether we asked the carrier for the call."""
    numbers: tuple[str | None, str | None] = (None, None)
    """`From` and `To` as the carrier has them, in E.164."""


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """A call that was put through is over, or nobody took it."""

    call_sid: str
    business_id: str
    connected: bool


async def _ignore(_: CallStatusChanged | TransferEnded) -> None:
    return None


async def _unknown(call_sid: str) -> str:
    return ""


def _no_words(business: Business) -> TransferWords:
    return TransferWords("", "", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierDeps:
    calls: Calls
    businesses: BusinessDirectory
    tokens: CallTokens
    spent: SpentTokens
    clock: Clock
    metrics: Metrics
    log: Log
    busy: BusyWords
    admission: Admission = field(default_factory=Everybody)
    on_ring: Callable[[Business], None] = lambda business: None
    """Told of the business for which a call comes in, before it is answered; must not block."""
    on_call_status: Callable[[CallStatusChanged], Awaitable[None]] = _ignore
    transfer_words: Callable[[Business], TransferWords] = _no_words
    how_ended: Callable[[str], Awaitable[str]] = _unknown
    """How the call of that sid ended, for a call whose media another server carried; "" when it is not known."""
    business_of: Callable[[str], Awaitable[str]] = _unknown
    """Whose call that is, by its id; "" when it is not known."""
    on_transfer_ended: Callable[[TransferEnded], Awaitable[None]] = _ignore

    async def called(self, to_number: str | None) -> Business:
        """The business that is reached under the number; the default one for none, or an unknown number."""
        found = await self.businesses.by_number(to_number) if to_number else None
        return found or await self.businesses.default()

    async def language_of(self, business_id: str) -> str:
        return (await self.businesses.get(business_id)).languages[0]
