"""What the API's routes are given by the composition root."""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.contracts.business import BusinessDirectory
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import Conversations
from offhook.contracts.store import CallLog, SessionStore
from offhook.ops.health import Health
from offhook.ops.tokens import SessionTokens
from offhook.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class ApiSettings:
    public_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    """INTERNAL_API_KEY; None: no API key opens anything."""
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    sessions_per_minute: int = 30
    """New sessions that one address may open (loopback trust is exempt)."""
    max_body_bytes: int = 1_048_576
    max_message_chars: int = 4_000


@dataclass(frozen=True, slots=True)
class ApiDeps:
    conversations: Conversations
    store: SessionStore
    businesses: BusinessDirectory
    call_log: CallLog
    tokens: SessionTokens
    health: Health
    metrics: Metrics
    clock: Clock
    settings: ApiSettings = field(default_factory=ApiSettings)
