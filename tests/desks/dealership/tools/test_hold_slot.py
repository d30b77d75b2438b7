from __future__ import annotations

from offhook.contracts.desk import Caller, Failed, Ok
from offhook.desks.dealership.tools.book_appointment import BookingRequest, book_appointment
from offhook.desks.dealership.tools.find_slots import SlotWish, find_slots
from offhook.desks.dealership.tools.hold_slot import Held, HoldRequest, hold_slot
from offhook.store.engine import Database
from support.dealership_book import keep_bays, run_tool
from support.set_clock import SetClock

FRIDAY = {"date": "2026-11-27", "time": "10:00"}


async def test_a_held_time_is_the_holder_s(sqlite_database: Database, clock: SetClock) -> None:
    await keep_bays(sqlite_database, 1)
    ann, bob = Caller("sess_ann", "phone"), Caller("sess_bob", "phone")
    hold, wish = HoldRequest(service="oil change", **FRIDAY), SlotWish(service="oil change", **FRIDAY)
    request = BookingRequest(service="oil change", name="Bob", **FRIDAY)
    others = ("2026-11-27T08:00", "2026-11-27T09:00", "2026-11-27T11:00")

    held = await run_tool(sqlite_database, clock, hold_slot, hold, ann)
    assert held == Ok(Held(starts_at="2026-11-27T10:00-06:00", until="2026-11-25T09:01:30-06:00"))
    assert await run_tool(sqlite_database, clock, hold_slot, hold, bob) == Failed("refused.taken", others)
    assert await run_tool(sqlite_database, clock, book_appointment, request, bob) == Failed("refused.taken", others)
    for caller, status in ((ann, "free"), (bob, "taken")):
        answer = await run_tool(sqlite_database, clock, find_slots, wish, caller)
        assert isinstance(answer, Ok) and answer.value.status == status
    clock.advance(seconds=90)
    assert isinstance(await run_tool(sqlite_database, clock, book_appointment, request, bob), Ok)


async def test_what_cannot_be_held(sqlite_database: Database, clock: SetClock) -> None:
    haircut = HoldRequest(service="haircut", **FRIDAY)
    assert await run_tool(sqlite_database, clock, hold_slot, haircut) == Failed("service_unknown")
    sunday = HoldRequest(service="oil change", date="2026-11-29", time="10:00")
    outcome = await run_tool(sqlite_database, clock, hold_slot, sunday)
    assert isinstance(outcome, Failed) and outcome.say == "refused.closed_day"
