"""What the chat over Socket.IO is given by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from offhook.channels.recorded import RecordedSpeech
from offhook.contracts.business import BusinessDirectory
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import Conversations, ConversationState
from offhook.contracts.store import SessionStore
from offhook.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Entry:
    """Who may come in, and to what."""

    session_id: str
    address: str
    """The client's, behind proxies that are trusted."""
    trusted: bool
    """Loopback trust: not limited by address."""
    held: int | None = None
    """The generation of the token; None where none was needed."""


@dataclass(frozen=True, slots=True)
class SocketIoSettings:
    path: str = "/socket"
    max_bytes: int = 1_048_576
    """Of one event's parts: a recording, a text in its JSON."""
    ping_interval_s: float = 20.0
    ping_timeout_s: float = 10.0
    max_message_chars: int = 4_000
    messages_per_minute: int = 60
    """Of one session, however many sockets it has; as many may come at once after a pause."""
    connections_per_minute: int = 120
    """Of one address."""
    redis_url: str | None = field(default=None, repr=False)
    """Where several servers meet; None: there is one."""


@dataclass(frozen=True, slots=True)
class SocketIoDeps:
    conversations: Conversations
    store: SessionStore
    businesses: BusinessDirectory
    speech: RecordedSpeech
    clock: Clock
    metrics: Metrics
    admit: Callable[[Mapping[str, Any], Any], Entry]
    """(the handshake's ASGI scope, the client's `auth`) -> who it is. Raises AppError."""
    judge: Callable[[ConversationState, int | None], None] = lambda state, held: None
    """(the session, the generation of the token) -> Raises AppError when the token opens it no more."""
    settings: SocketIoSettings = field(default_factory=SocketIoSettings)
