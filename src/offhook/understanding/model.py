"""What understanding gives and takes (CONTRACT §4 `understand`, §5 intents and values)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Literal, Protocol

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
    date: str = ""
    """ISO date; "" when not known."""
    time: str = ""
    """HH:MM; "" when not known."""


FAR_OFF_DAYS = 7
"""From more than so many days ahead on, a weekday alone may be that of the day spoken of and not the next."""


class Context(msgspec.Struct, kw_only=True):
    """What was said before that this sentence may lean on."""

    pending: Command | None = None
    last_customer: str | None = None
    last_intent: str | None = None
    asked: str | None = None
    """The slot our last question asked for (or "datetime", "confirm")."""
    appointment: AppointmentRef | None = None
    near: bool = False
    """Whether days said without more are those nearest to the day spoken of, where that is far off (`FAR_OFF_DAYS`)."""
    rejected: tuple[tuple[str, str], ...] = ()
    """(slots, values), joined by "|", that the speaker said not to be meant: other alternatives are likelier."""


def is_rejected(entry: tuple[str, str], slots: Mapping[str, SlotValue]) -> bool:
    """Whether all values of an entry of `Context.rejected` are given once more."""
    names, values = entry
    return all(slots.get(name) == value for name, value in zip(names.split("|"), values.split("|"), strict=False))


class DayHours(msgspec.Struct, kw_only=True):
    weekday: int
    opens: time
    closes: time


ProblemKind = Literal["impossible", "past", "ambiguous", "conflict", "gap", "unsure", "invalid", "unknown"]


class Problem(msgspec.Struct, kw_only=True, frozen=True):
    """Why a value cannot be used as it was said. The slot it belongs to is asked for again.

    impossible: no such day or time ("31st of June"). past: it is over. ambiguous: several values fit (`candidates`).
    conflict: two parts disagree ("Friday the 3rd" where the 3rd is a Thursday). gap: the clocks skip that time.
    unsure: the recogniser's alternatives disagree (`candidates`). invalid: malformed (a VIN with an O).
    unknown: not in the tenant's data.
    """

    slot: str
    kind: ProblemKind
    said: str = ""
    candidates: tuple[str, ...] = ()


class World(msgspec.Struct, kw_only=True):
    """What the tenant's database holds, as far as understanding needs it."""

    now: datetime
    """Aware, in the business's zone."""
    tz: str = "UTC"
    country: str = ""
    """ISO 3166; "" where it is not known, and every telephone number is taken for one of its own."""
    customers: tuple[str, ...] = ()
    customer_aliases: dict[str, tuple[str, ...]] = {}
    """Name -> what else the customer is called."""
    products: dict[str, tuple[str, ...]] = {}
    services: dict[str, tuple[str, ...]] = {}
    """Name as in the tenant's data -> other ways to say it."""
    models: tuple[str, ...] = ()
    hours: tuple[DayHours, ...] = ()
    limit: int = 25_000
    date_order: Literal["auto", "mdy", "dmy"] = "auto"
    """How "3/12" is read; auto: month first in American zones and in UTC, day first elsewhere."""


class Understanding(msgspec.Struct, kw_only=True):
    commands: list[Command]
    decision: Decision
    ask: str | None = None
    language: str = "en"
    confidence: float = 0.0
    elapsed_ms: float = 0.0
    problems: list[Problem] = []
    """What stands against values of the first command; empty when nothing does."""
    beside: list[dict[str, SlotValue]] = []
    """By command: what was said of an entry that the command has no slot for, by the names of the desk's tools: `date`,
    the ISO day that it is of; `paid_by`, how a bill was paid at once."""
    guessed: bool = False
    """Whether no frame knows what is wanted, and the words speak for it hardly more than for the rest."""
    unclear: bool = False
    """Whether it is to be read back whatever else is asked about it first."""
    explain: list[str] = []
    """Why: which frame won, what was rejected. Filled only when asked for."""


class Understands(Protocol):
    """Reads one line of a desk's caller. Never raises for any text; `world.now` must be aware."""

    def understand(
        self, text: str, world: World, context: Context | None = None, explain: bool = False
    ) -> Understanding: ...
