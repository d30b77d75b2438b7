"""A time held for one caller: not offered to others, theirs to book, over by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from offhook.desks.dealership.holds import HOLD_S
from offhook.desks.dealership.model import OutsideHours, SlotTaken
from offhook.store.engine import Database
from support.dealership_book import FRIDAY_10, LAKESIDE, OpenBook, add_technicians, booked, keep_bays, service_of
from support.set_clock import SetClock
from support.stored_rows import stored_rows


@pytest.fixture(autouse=True)
async def one_bay(database: Database) -> None:
    await keep_bays(database, 1)


async def test_others_are_not_offered_what_is_held(lakeside: OpenBook, clock: SetClock) -> None:
    now = clock.now()
    async with lakeside(write=True) as book:
        hold = await book.hold(await service_of(book), FRIDAY_10, session_id="ann", now=now)
        assert hold.starts_at == FRIDAY_10
        assert hold.expires_at - now == timedelta(seconds=HOLD_S)
    async with lakeside(write=True) as book:
        oil = await service_of(book)
        assert await book.why_not(oil, FRIDAY_10, now=now, session_id="bob") == "taken"
        assert await book.why_not(oil, FRIDAY_10, now=now) == "taken"
        assert await book.why_not(oil, FRIDAY_10, now=now, session_id="ann") is None
        free = await book.free_slots(oil, FRIDAY_10.date(), now=now, session_id="bob")
        assert FRIDAY_10 not in [slot.starts_at for slot in free]
        with pytest.raises(SlotTaken):
            await booked(book, FRIDAY_10, now, session_id="bob")
        with pytest.raises(SlotTaken):
            await book.hold(oil, FRIDAY_10, session_id="bob", now=now)


async def test_a_hold_runs_out_by_the_clock(lakeside: OpenBook, clock: SetClock, database: Database) -> None:
    now = clock.now()
    async with lakeside(write=True) as book:
        await book.hold(await service_of(book), FRIDAY_10, session_id="ann", now=now)
    just_before, over = now + timedelta(seconds=HOLD_S - 1), now + timedelta(seconds=HOLD_S)
    async with lakeside(write=True) as book:
        oil = await service_of(book)
        assert await book.why_not(oil, FRIDAY_10, now=just_before, session_id="bob") == "taken"
        assert await book.why_not(oil, FRIDAY_10, now=over, session_id="bob") is None
        await booked(book, FRIDAY_10, over, session_id="bob")
    assert await stored_rows(database, "slot_holds", business_id=LAKESIDE) == [], "swept on the way"


async def test_the_next_hold_takes_the_place_of_the_first(
    lakeside: OpenBook, clock: SetClock, database: Database
) -> None:
    now = clock.now()
    later = FRIDAY_10 + timedelta(hours=3)
    async with lakeside(write=True) as book:
        oil = await service_of(book)
        await book.hold(oil, FRIDAY_10, session_id="ann", now=now)
        await book.hold(oil, later, session_id="ann", now=now)
        assert await book.why_not(oil, FRIDAY_10, now=now, session_id="bob") is None
        assert await book.why_not(oil, later, now=now, session_id="bob") == "taken"
        with pytest.raises(OutsideHours):
            await book.hold(oil, FRIDAY_10 - timedelta(hours=9), session_id="ann", now=now)
    (row,) = await stored_rows(database, "slot_holds", business_id=LAKESIDE)
    assert row["session_id"] == "ann", "a hold that is refused leaves the one before"


async def test_the_booking_takes_what_was_held_and_ends_the_hold(
    lakeside: OpenBook, clock: SetClock, database: Database
) -> None:
    technicians = await add_technicians(database, 3)
    now = clock.now()
    async with lakeside(write=True) as book:
        await booked(book, FRIDAY_10 + timedelta(hours=2), now, service="Tire rotation")
        held = await book.hold(await service_of(book), FRIDAY_10, session_id="ann", now=now)
        assert held.technician_id == technicians[0]
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10, now, session_id="ann")
        assert (made.resource_id, made.technician_id) == (held.resource_id, held.technician_id)
    assert await stored_rows(database, "slot_holds", business_id=LAKESIDE) == []
    units = await stored_rows(database, "appointment_units", business_id=LAKESIDE, appointment_id=made.appointment_id)
    assert len(units) == 8, "four quarters of a bay and of a technician"
