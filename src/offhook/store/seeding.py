"""First businesses from files: what every desk's demo has (business, hours, FAQ), and ids that repeat with the seed."""

from __future__ import annotations

import random
from datetime import date, time
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from ulid import ULID

from offhook.contracts.business import Business, OpenHours
from offhook.contracts.clock import Clock
from offhook.store.business_book import insert_closed_days, insert_faq
from offhook.store.businesses import insert_business
from offhook.store.model import FaqEntry

_EPOCH_MS = 1_767_225_600_000
"""2026-01-01 UTC: the time part of seeded ids, the same on every machine."""
_HOLIDAY_YEARS = 3


class SeedIds:
    """`prefix_ULID` ids that are the same for the same seed and order of asking."""

    def __init__(self, seed: int | str) -> None:
        self._dice = random.Random(f"ids-{seed}")  # noqa: S311  # repeatable on purpose; ids are no credentials
        self._count = 0

    def new(self, prefix: str) -> str:
        self._count += 1
        stamp = (_EPOCH_MS + self._count).to_bytes(6, "big")
        return f"{prefix}_{ULID(stamp + self._dice.getrandbits(80).to_bytes(10, 'big'))}"


class SeedHours(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    days: list[int]
    """Weekdays, 0 = Monday."""
    opens: str
    closes: str
    """HH:MM, wall-clock."""


class SeedClosed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A day of each year on which the business is closed."""

    day: str
    """MM-DD."""
    reason: str


class SeedFaq(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    category: str
    question: str
    answer: str
    keywords: list[str] = []


class SeedBusiness(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The part of a desk's demo file that every desk has."""

    business_id: str
    name: str
    desk: str
    timezone: str
    country: str
    currency: str
    number: str
    address: str
    languages: list[str]
    persona: str
    hours: list[SeedHours]
    closed: list[SeedClosed] = []
    settings: dict[str, Any] = {}

    def business(self) -> Business:
        return Business(
            business_id=self.business_id,
            name=self.name,
            desk=self.desk,
            timezone=self.timezone,
            country=self.country,
            currency=self.currency,
            languages=tuple(self.languages),
            persona=self.persona,
            address=self.address,
            phone=self.number,
            hours=tuple(
                OpenHours(weekday=day, opens=time.fromisoformat(part.opens), closes=time.fromisoformat(part.closes))
                for part in self.hours
                for day in part.days
            ),
        )


async def insert_demo_business(
    connection: AsyncConnection, seed: SeedBusiness, faq: list[SeedFaq], *, clock: Clock
) -> None:
    """Inside an open transaction. Raises Conflict when the business is there already."""
    await insert_business(connection, seed.business(), clock=clock, settings=seed.settings, demo=True)
    this_year = clock.now().year
    closed = {
        date.fromisoformat(f"{year}-{closed.day}"): closed.reason
        for closed in seed.closed
        for year in range(this_year, this_year + _HOLIDAY_YEARS)
    }
    await insert_closed_days(connection, seed.business_id, closed)
    ids = SeedIds(f"{seed.business_id}-faq")
    entries = [
        FaqEntry(ids.new("faq"), entry.category, entry.question, entry.answer, tuple(entry.keywords)) for entry in faq
    ]
    await insert_faq(connection, seed.business_id, entries)
