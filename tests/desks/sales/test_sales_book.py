"""Leads on either database: one for a session and person, never two people in one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.errors import NotFound
from offhook.desks.sales.repository import Kept, SalesBook, Told
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PRIYA = Told(name="Priya Nair", phone="+919999900011", product="Payroll", qty=20)


class Book:
    def __init__(self, database: Database, clock: SetClock) -> None:
        self._units = unit_of_work_factory(database, clock)
        self._businesses = SqlBusinesses(database, clock)

    async def keep(self, told: Told, session: str) -> Kept:
        business = await self._businesses.default("sales")
        async with self._units(business.business_id, Effect.WRITE) as uow:
            return await SalesBook(uow).keep(
                told, session_id=session, channel="chat", language="en", currency="INR", price=None, now=NOW
            )


@pytest.fixture
def book(database: Database, clock: SetClock) -> Book:
    return Book(database, clock)


async def test_a_session_has_one_lead(book: Book) -> None:
    first = await book.keep(PRIYA, "sess_1")
    again = await book.keep(PRIYA, "sess_1")
    more = await book.keep(Told(name="Priya Nair", phone="+919999900011", product="Payroll", qty=40), "sess_1")
    assert first.created
    assert not again.created
    assert not again.changed
    assert (more.lead.lead_id, more.lead.qty, more.created) == (first.lead.lead_id, 40, False)
    assert "qty" in more.changed


async def test_the_same_person_comes_again(book: Book) -> None:
    first = await book.keep(PRIYA, "sess_1")
    later = await book.keep(Told(name="priya  nair", phone="+919999900011", budget_max=50_000_00), "sess_2")
    assert later.lead.lead_id == first.lead.lead_id
    assert (later.lead.product, later.lead.qty, later.lead.budget_max) == ("Payroll", 20, 50_000_00)


async def test_two_people_of_one_number_stay_two(book: Book) -> None:
    first = await book.keep(PRIYA, "sess_1")
    other = await book.keep(Told(name="Arjun Rao", phone="+919999900011"), "sess_2")
    nameless = await book.keep(Told(phone="+919999900011"), "sess_3")
    assert len({first.lead.lead_id, other.lead.lead_id, nameless.lead.lead_id}) == 3


async def test_a_lead_of_nobody_is_not_changed(book: Book, database: Database, clock: SetClock) -> None:
    business = await SqlBusinesses(database, clock).default("sales")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
        with pytest.raises(NotFound):
            await SalesBook(uow).change("lead_none", {"qty": 1}, actor="test", now=NOW)
