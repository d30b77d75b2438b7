"""What understanding gives and takes (CONTRACT §4 `understand`, §5 intents and values)."""

from __future__ import annotations

from datetime import datetime, time
from typing import Literal

import msgspec

from offhook.contracts.conversation import SlotValue

Decision = Literal["execute", "confirm", "ask", "offer_slots", "answer", "refuse", "handoff", "fallback"]


class Command(msgspec.Struct, kw_only=True):
    """One thing the speaker wants. `slots` hold only what was said or follows from it; names as in CONTRACT §5.

    Dates are ISO dates, times HH:MM, money and numbers plain numbers, phones national digits as spoken.
    """

    intent: str
    slots: dict[str, SlotValue] = {}


class AppointmentRef(msgspec.Struct, kw_only=True):
    date: str
    time: str


class Context(msgspec.Struct, kw_only=True):
    """What was said before that this sentence may lean on."""

    pending: Command | None = None
    last_customer: str | None = None
    last_intent: str | None = None
    asked: str | None = None
    """The slot our last question asked for (or "datetime", "confirm")."""
    appointment: AppointmentRef | None = None


class DayHours(msgspec.Struct, kw_only=True):
    weekday: int
    opens: time
    closes: time


class World(msgspec.Struct, kw_only=True):
    """What the tenant's database holds, as far as understanding needs it."""

    now: datetime
    """Aware, in the business's zone."""
    tz: str = "UTC"
    customers: tuple[str, ...] = ()
    products: dict[str, tuple[str, ...]] = {}
    services: dict[str, tuple[str, ...]] = {}
    """Name as in the tenant's data -> other ways to say it."""
    models: tuple[str, ...] = ()
    hours: tuple[DayHours, ...] = ()
    limit: int = 25_000


class Understanding(msgspec.Struct, kw_only=True):
    commands: list[Command]
    decision: Decision
    ask: str | None = None
    language: str = "en"
    confidence: float = 0.0
    elapsed_ms: float = 0.0
    explain: list[str] = []
    """Why: which frame won, what was rejected. Filled only when asked for."""
