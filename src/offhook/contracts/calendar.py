"""An outside calendar of a business: our appointments are written to it, and what else is in it is read.

Our own events are marked as not blocking (the book counts its bays better than a calendar can); so what the calendar
reports as busy is what people put there. A calendar that does not answer is unknown: neither free nor busy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from offhook.contracts.messaging import Delivery


class CalendarEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment as people see it in their calendar."""

    event_id: str
    """Made from the appointment's id, so that the same one is never there twice: a-v and 0-9, at most 64."""
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    """IANA zone."""
    description: str = ""
    location: str = ""


class CalendarChange(msgspec.Struct, frozen=True, kw_only=True):
    """What shall be true of one event: as `event` says, or gone."""

    business_id: str
    event_id: str
    event: CalendarEvent | None
    """None removes it."""


@dataclass(frozen=True, slots=True)
class Busy:
    starts_at: datetime
    ends_at: datetime


class CalendarUnknown(Exception):
    """The calendar cannot be read now. The text says why, without a secret."""


class Calendar(Protocol):
    """Each call has a deadline of its own."""

    @property
    def name(self) -> str: ...

    async def put(self, event: CalendarEvent) -> Delivery:
        """Make or change it. Doing it again changes nothing."""
        ...

    async def remove(self, event_id: str) -> Delivery:
        """An event that is not there counts as removed."""
        ...

    async def busy(self, first: datetime, last: datetime) -> list[Busy]:
        """What blocks time between two moments. Raises CalendarUnknown."""
        ...

    async def aclose(self) -> None: ...
