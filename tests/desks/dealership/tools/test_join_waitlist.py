from __future__ import annotations

import pytest

from offhook.contracts.desk import Failed, Ok, Retry
from offhook.desks.dealership.tools.join_waitlist import WaitRequest, join_waitlist
from offhook.store.engine import Database
from support.dealership_book import opener, run_tool
from support.set_clock import SetClock

WHO = {"service": "oil change", "name": "Ann Lee", "phone": "+12025550177"}


async def test_a_wish_waits(sqlite_database: Database, clock: SetClock) -> None:
    request = WaitRequest(date_from="2026-11-27", date_to="2026-11-30", time_to="12:00", **WHO)
    outcome = await run_tool(sqlite_database, clock, join_waitlist, request)
    assert isinstance(outcome, Ok)
    assert (outcome.value.service, outcome.value.date_to) == ("Oil change", "2026-11-30")
    async with opener(sqlite_database, clock)() as book:
        (waiting,) = await book.waiting(now=clock.now())
    assert waiting.waitlist_id == outcome.value.waitlist_id
    assert waiting.starts_from.isoformat() == "2026-11-27T00:00:00-06:00"
    assert waiting.starts_to.isoformat() == "2026-11-30T12:00:00-06:00"


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        ({"date_from": "2026-11-24"}, Failed("refused.past")),
        ({"date_from": "2026-11-27", "service": "haircut"}, Failed("service_unknown")),
        ({"date_from": "2026-11-31"}, Retry),
        ({"date_from": "2026-11-27", "date_to": "2026-11-31"}, Retry),
        ({"date_from": "2026-11-27", "time_to": "24:30"}, Retry),
        ({"date_from": "2026-11-27", "date_to": "2026-11-26"}, Retry),
    ],
)
async def test_what_cannot_wait(
    sqlite_database: Database, clock: SetClock, wish: dict[str, str], refused: Failed | type[Retry]
) -> None:
    outcome = await run_tool(sqlite_database, clock, join_waitlist, WaitRequest(**WHO | wish))
    assert outcome == refused or (isinstance(refused, type) and isinstance(outcome, refused))
