"""What the API's routes are given by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from offhook.channels.outbound import OutboundCalls
from offhook.contracts.business import BusinessDirectory
from offhook.contracts.channel import VoiceRooms
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import Conversations
from offhook.contracts.desk import UnitOfWorkFactory
from offhook.contracts.store import CallLog, SessionStore
from offhook.ops.health import Health
from offhook.ops.tokens import SessionTokens
from offhook.session.joining import Joining
from offhook.store.businesses import SqlBusinesses
from offhook.store.editing import Editable
from offhook.store.listing import Listing
from offhook.store.staff_board import StaffBoard
from offhook.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class ApiSettings:
    public_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    """INTERNAL_API_KEY; None: no API key opens anything."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the API and open sockets."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose X-Forwarded-For is believed."""
    sessions_per_minute: int = 30
    """New sessions that one address may open (loopback trust is exempt)."""
    max_body_bytes: int = 1_048_576
    max_message_chars: int = 4_000
    heartbeat_s: float = 20.0


@dataclass(frozen=True, slots=True)
class BookEditing:
    """What people may change of the book by hand."""

    units: UnitOfWorkFactory
    editables: Mapping[str, Editable]
    """By the list's name in the path."""
    businesses: SqlBusinesses
    changed: Callable[[str], None]
    """Told the business's id after each change: what talks remember of its book is to be read again."""


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
    listing: Listing | None = None
    """Reads the rows of the lists; without it the lists are not served."""
    editing: BookEditing | None = None
    """Changes the rows of the lists; without it they are read only."""
    joining: Joining | None = None
    """Gives out and takes codes for sessions; without it there are none."""
    staff: StaffBoard | None = None
    """Where staff answer tasks; without it they cannot."""
    rooms: VoiceRooms | None = None
    """LiveKit's; None: not set up."""
    outbound: OutboundCalls | None = None
    """Places calls; without it none are placed."""
    job_counts: Callable[[], Awaitable[list[tuple[str, str, int]]]] | None = None
    """(kind, state, how many) of the outbox, for metrics."""
    settings: ApiSettings = field(default_factory=ApiSettings)
