from __future__ import annotations

from datetime import date, time

from offhook.contracts.desk import Effect
from offhook.store.business_book import BusinessBook
from offhook.store.engine import Database
from offhook.store.model import DayOpening, OpenRange
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

LAKESIDE = "biz_01KDV00000000000000000000A"
SHARMA = "biz_01KDV00000000000000000000B"


async def test_tasks_are_found_newest_first_by_state_and_session(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    async with open_unit(LAKESIDE, Effect.WRITE) as uow:
        book = BusinessBook(uow)
        first = await book.create_task(
            "callback",
            "wants a person",
            now=clock.now(),
            session_id="sess_1",
            customer_name="Ann",
            customer_phone="+12025550177",
            priority="HIGH",
            details={"topic": "complaint"},
        )
        clock.advance(minutes=1)
        second = await book.create_task("message", "parts", now=clock.now())
    async with open_unit(LAKESIDE, Effect.READ) as uow:
        book = BusinessBook(uow)
        assert await book.tasks() == [second, first]
        assert await book.tasks(limit=1) == [second]
        assert await book.tasks(session_id="sess_1") == [first]
        assert await book.tasks(status="RUNNING") == []
        assert (first.status, first.priority, first.details) == ("QUEUED", "HIGH", {"topic": "complaint"})
    async with open_unit(SHARMA, Effect.READ) as uow:
        assert await BusinessBook(uow).tasks() == []


async def test_hours_of_a_week(database: Database, clock: SetClock) -> None:
    async with unit_of_work_factory(database, clock)(LAKESIDE, Effect.READ) as uow:
        week = await BusinessBook(uow).hours_between(date(2026, 11, 23), date(2026, 11, 29))
    weekday = DayOpening((OpenRange(time(8), time(18)),))
    assert list(week.values()) == [weekday] * 5 + [DayOpening((OpenRange(time(9), time(16)),)), DayOpening(())]
    assert next(iter(week)) == date(2026, 11, 23)


async def test_faq_keeps_its_order_and_its_business(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    async with open_unit(LAKESIDE, Effect.READ) as uow:
        theirs = await BusinessBook(uow).faq()
    async with open_unit(SHARMA, Effect.READ) as uow:
        ours = await BusinessBook(uow).faq()
    assert theirs[0].question == "Where are you located?"
    assert {entry.faq_id for entry in theirs}.isdisjoint(entry.faq_id for entry in ours)
