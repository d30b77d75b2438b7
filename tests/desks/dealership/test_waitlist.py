"""Whoever waits is rung when something suits them: the first in line, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from offhook.desks.dealership.model import Waiting
from offhook.desks.dealership.repository import DealershipRepository
from offhook.store.engine import Database
from support.dealership_book import FRIDAY_10, LAKESIDE, OpenBook, booked, keep_bays, service_of
from support.set_clock import SetClock
from support.stored_rows import stored_rows

MORNING = (FRIDAY_10 - timedelta(hours=2), FRIDAY_10 + timedelta(hours=2))


@pytest.fixture(autouse=True)
async def one_bay(database: Database) -> None:
    await keep_bays(database, 1)


async def wait(
    book: DealershipRepository, clock: SetClock, name: str, *, service: str = "Oil change", days: int = 0
) -> Waiting:
    begins, ends = (moment + timedelta(days=days) for moment in MORNING)
    return await book.wait_for(
        await service_of(book, service),
        begins,
        ends,
        customer_name=name,
        customer_phone="+12025550188",
        now=clock.now(),
        session_id=f"sess_{name}",
    )


async def test_a_cancellation_is_a_call_back_to_the_first_whom_it_suits(
    lakeside: OpenBook, clock: SetClock, database: Database
) -> None:
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10, clock.now())
        await wait(book, clock, "Too", days=3)
        await wait(book, clock, "Long", service="Brake pad replacement")
        ann = await wait(book, clock, "Ann")
        await wait(book, clock, "Bob")
        await booked(book, FRIDAY_10 + timedelta(hours=1), clock.now())
        await booked(book, FRIDAY_10 - timedelta(hours=1), clock.now())
    async with lakeside(write=True) as book:
        _, task = await book.cancel(made.appointment_id, now=clock.now(), actor="caller:s")
    assert task is not None
    assert (task.kind, task.customer_name, task.customer_phone) == ("callback", "Ann", "+12025550188")
    assert task.details["waitlist_id"] == ann.waitlist_id
    assert task.details["starts_at"] == FRIDAY_10.isoformat(timespec="minutes")
    assert task.due_at == clock.now(), "somebody is there"
    assert len(await stored_rows(database, "tasks", business_id=LAKESIDE)) == 1
    async with lakeside() as book:
        assert [one.customer_name for one in await book.waiting(now=clock.now())] == ["Too", "Long", "Bob"]


async def test_a_move_frees_its_old_time_for_who_waits(lakeside: OpenBook, clock: SetClock) -> None:
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10, clock.now())
        await wait(book, clock, "Ann")
        await book.reschedule(made.appointment_id, FRIDAY_10 + timedelta(hours=5), now=clock.now(), actor="staff")
        (task,) = await book.tasks()
        assert task.customer_name == "Ann"
        await book.reschedule(made.appointment_id, FRIDAY_10, now=clock.now(), actor="staff")
        assert len(await book.tasks()) == 1, "nobody is rung twice"


async def test_nobody_is_rung_for_what_does_not_suit(lakeside: OpenBook, clock: SetClock) -> None:
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10 + timedelta(hours=5), clock.now())
        await wait(book, clock, "Ann")
        _, task = await book.cancel(made.appointment_id, now=clock.now(), actor="caller:s")
        assert task is None
        assert len(await book.waiting(now=clock.now())) == 1
        assert await book.waiting(now=FRIDAY_10 + timedelta(days=1)) == [], "that is over"


async def test_who_waits_again_waits_once(lakeside: OpenBook, clock: SetClock) -> None:
    async with lakeside(write=True) as book:
        await wait(book, clock, "Ann")
        again = await wait(book, clock, "Ann", days=3)
        assert await book.waiting(now=clock.now()) == [again]
