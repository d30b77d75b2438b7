"""A completed appointment goes into the history of its car; the latest of each car is what is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from offhook.contracts.desk import Caller, Failed, Ok
from offhook.desks.dealership.history import Done
from offhook.desks.dealership.tools.appointment_status import ServiceDone, StatusQuestion, appointment_status
from offhook.store.engine import Database
from support.dealership_book import FRIDAY_10, LAKESIDE, MARIA, OpenBook, booked, opener, run_tool, service_of
from support.set_clock import SetClock
from support.stored_rows import stored_rows

PRIYA = "+12025550143"
"""A customer of the demo book with two cars."""


async def done(book: OpenBook, clock: SetClock, **of: Any) -> None:
    async with book(write=True) as opened:
        made = await booked(opened, FRIDAY_10, clock.now(), **of)
        await opened.close(made.appointment_id, "completed", now=FRIDAY_10 + timedelta(days=1), actor="user:boss")


async def test_what_is_completed_is_history(sqlite_database: Database, clock: SetClock) -> None:
    await done(opener(sqlite_database, clock), clock, phone=MARIA, service="Brake inspection")
    (row,) = await stored_rows(sqlite_database, "service_history", business_id=LAKESIDE)
    assert (row["service_name"], row["price"], row["currency"]) == ("Brake inspection", 3995, "USD")
    assert str(row["done_on"]) == "2026-11-27"


async def test_no_price_is_made_up_and_no_car_guessed(sqlite_database: Database, clock: SetClock) -> None:
    book = opener(sqlite_database, clock)
    await done(book, clock, phone=MARIA)
    await done(book, clock, phone=PRIYA)
    await done(book, clock, phone="+12025550177")
    (row,) = await stored_rows(sqlite_database, "service_history", business_id=LAKESIDE)
    assert (row["service_name"], row["price"]) == ("Oil change", None)


async def test_who_did_not_come_has_no_history(sqlite_database: Database, clock: SetClock) -> None:
    async with opener(sqlite_database, clock)(write=True) as book:
        made = await booked(book, FRIDAY_10, clock.now(), phone=MARIA)
        await book.close(made.appointment_id, "no_show", now=FRIDAY_10, actor="user:boss")
    assert await stored_rows(sqlite_database, "service_history", business_id=LAKESIDE) == []


async def test_the_latest_of_each_car_is_told_to_who_has_proved_themselves(
    sqlite_database: Database, clock: SetClock
) -> None:
    book = opener(sqlite_database, clock)
    async with book(write=True) as opened:
        for service, registration, days in (("Oil change", "AZ17744", 0), ("Tire rotation", "AZ17744", 3)):
            starts = FRIDAY_10 + timedelta(days=days)
            made = await opened.book(
                await service_of(opened, service),
                starts,
                customer_name="Priya Nair",
                customer_phone=PRIYA,
                now=clock.now(),
                created_via="chat",
                registration=registration,
            )
            await opened.close(made.appointment_id, "completed", now=starts + timedelta(hours=3), actor="user:boss")
    assert made.customer_id is not None
    async with book() as opened:
        assert await opened.last_done(made.customer_id) == [Done("Honda Civic", "Tire rotation", date(2026, 11, 30))]
    clock.set(FRIDAY_10 + timedelta(days=9))
    caller = Caller("sess_p", "phone", PRIYA, made.customer_id)
    asked = StatusQuestion(past=True)
    assert await run_tool(sqlite_database, clock, appointment_status, asked, caller) == Failed("needs_second_fact")
    proved = Caller("sess_p", "phone", PRIYA, made.customer_id, verified=True)
    told = await run_tool(sqlite_database, clock, appointment_status, asked, proved)
    assert isinstance(told, Ok)
    assert told.value.last_service == [ServiceDone(car="Honda Civic", service="Tire rotation", done_on="2026-11-30")]
