"""What the browser's channel is given by the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from offhook.channels.busy_line import BusyWords
from offhook.channels.carried_call import CallLimits
from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.channel import Admission, Calls, Everybody
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import Conversations
from offhook.telemetry.log import Log
from offhook.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class BrowserSettings:
    public_url: str | None = None
    allowed_origins: frozenset[str] = frozenset()
    """Origins beyond our own whose pages may embed the widget."""
    max_sockets: int | None = None
    max_outbox_bytes: int = 1_048_576
    limits: CallLimits = field(default_factory=CallLimits)


async def for_ever(token: str, session_id: str) -> AsyncIterator[None]:
    """A token that nothing takes back."""
    yield
    await asyncio.Event().wait()


@dataclass(frozen=True, slots=True)
class BrowserDeps:
    calls: Calls
    conversations: Conversations
    businesses: BusinessDirectory
    opens: Callable[[str, str], bool]
    """(token, session id) -> whether the token is a valid one of this session."""
    is_staff: Callable[[str], bool]
    """Whether an API key is right."""
    settings: BrowserSettings
    clock: Clock
    metrics: Metrics
    log: Log
    busy: BusyWords
    admission: Admission = field(default_factory=Everybody)
    standing: Callable[[str, str], AsyncIterator[None]] = for_ever
    """(token, session id) -> yields once when the token opens the session now, ends when it opens it no more."""
    on_ring: Callable[[Business], None] = lambda business: None
    """Told of the business whose call begins; must not block."""
