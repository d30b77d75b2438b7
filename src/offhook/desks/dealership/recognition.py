"""Who calls from a number: name, cars and next appointment, kept for a few minutes.

What is kept counts only while the book's version is what it was when it was read, in the same snapshot: a fact that any
process has changed meanwhile is never told. A number that nobody has is kept, too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.model import Appointment, Customer, Vehicle
from offhook.desks.dealership.repository import DealershipRepository

KEPT = timedelta(minutes=5)
MOST = 4096
"""Numbers kept, by default; the longest unused are dropped beyond it."""


@dataclass(frozen=True, slots=True)
class Known:
    customer: Customer | None = None
    """None: nobody has the number."""
    vehicles: tuple[Vehicle, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    """The next ones, first the nearest."""

    def next_appointment(self, now: datetime) -> Appointment | None:
        return next((one for one in self.appointments if one.starts_at > now), None)


class Recognition:
    def __init__(self, *, most: int = MOST, on_result: Callable[[str], None] = lambda result: None) -> None:
        """`on_result` hears "hit" or "miss"; with `most` 0 nothing is kept."""
        self._most = most
        self._on_result = on_result
        self._kept: OrderedDict[tuple[str, str], tuple[int, datetime, Known]] = OrderedDict()

    async def known(self, uow: UnitOfWork, phone: str, now: datetime) -> Known:
        """By a number in E.164; `now` aware."""
        book = DealershipRepository(uow)
        key = (uow.business_id, phone)
        version = await book.version()
        kept = self._kept.get(key)
        if kept is not None and kept[0] == version and now < kept[1] + KEPT:
            self._on_result("hit")
            self._kept.move_to_end(key)
            return kept[2]
        self._on_result("miss")
        known = await _read(book, phone, now)
        self._kept[key] = (version, now, known)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return known


async def _read(book: DealershipRepository, phone: str, now: datetime) -> Known:
    customer = await book.customer_by_phone(phone)
    if customer is None:
        return Known()
    vehicles = await book.vehicles(customer.customer_id)
    coming = await book.appointments(customer_id=customer.customer_id, first=now, status="booked", limit=3)
    return Known(customer, tuple(vehicles), tuple(coming))
