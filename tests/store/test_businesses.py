from __future__ import annotations

import asyncio
from datetime import time

import msgspec
import pytest

from offhook.contracts.business import Business, OpenHours, VoiceSettings
from offhook.contracts.errors import Conflict, Invalid, NotFound
from offhook.contracts.turn import TurnPolicy
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from support.set_clock import SetClock
from support.stored_rows import stored_rows

OURS = Business(
    business_id="biz_test",
    name="Corner Garage",
    desk="dealership",
    timezone="Europe/London",
    country="GB",
    currency="GBP",
    languages=("en", "hi"),
    persona="Max",
    address="1 High Street",
    phone="+442079460100",
    announce_automated=False,
    greeting="Corner Garage, hello.",
    hours=(
        OpenHours(weekday=0, opens=time(9), closes=time(12)),
        OpenHours(weekday=0, opens=time(13), closes=time(0)),
    ),
    voice=VoiceSettings(name="en-us", rate=0.9),
    turns=TurnPolicy(endpoint_ms=600, barge_in=False),
)


async def test_a_business_is_read_as_it_was_written(database: Database, clock: SetClock) -> None:
    await SqlBusinesses(database, clock).create(OURS, numbers=["+442079460101"], settings={"booking": {"lead_min": 5}})

    fresh = SqlBusinesses(database, clock)
    assert await fresh.get("biz_test") == OURS
    assert await fresh.by_number("+442079460100") == OURS
    assert await fresh.by_number("+442079460101") == OURS
    assert await fresh.by_number("+442079460102") is None


async def test_the_demo_businesses_answer_for_their_desks(database: Database, clock: SetClock) -> None:
    businesses = SqlBusinesses(database, clock)
    assert (await businesses.default()).name == "Lakeside Motors"
    assert (await businesses.default("shop")).name == "Sharma Kirana Store"
    assert (await businesses.default("sales")).timezone == "Asia/Kolkata"
    called = await businesses.by_number("+919999900001")
    assert called is not None
    assert (called.desk, called.currency) == ("shop", "INR")
    with pytest.raises(NotFound):
        await businesses.get("biz_nowhere")
    with pytest.raises(NotFound):
        await businesses.default("bakery")


async def test_demo_businesses_are_marked(database: Database, clock: SetClock) -> None:
    businesses = SqlBusinesses(database, clock)
    await businesses.create(OURS)
    assert await businesses.demo_names() == ["Lakeside Motors", "Sharma Kirana Store", "Saral Suite"]


async def test_an_update_is_seen_at_once_here_and_later_elsewhere(database: Database, clock: SetClock) -> None:
    here, elsewhere = SqlBusinesses(database, clock), SqlBusinesses(database, clock, ttl_s=5)
    await here.create(OURS, settings={"booking": {"lead_min": 5}})
    await elsewhere.get("biz_test")
    changed = msgspec.structs.replace(OURS, name="Corner Garage & Sons", hours=OURS.hours[:1])

    await here.update(changed)

    assert await here.get("biz_test") == changed
    assert await elsewhere.get("biz_test") == OURS
    clock.advance(seconds=6)
    assert await elsewhere.get("biz_test") == changed
    (row,) = await stored_rows(database, "businesses", business_id="biz_test")
    assert msgspec.json.decode(row["settings"])["booking"] == {"lead_min": 5}, "a desk's own settings stay"


async def test_the_cache_is_asked_first(sqlite_database: Database, clock: SetClock) -> None:
    businesses = SqlBusinesses(sqlite_database, clock, ttl_s=5)
    known = await businesses.by_number("+12025550110")
    assert sqlite_database.path is not None
    sqlite_database.path.rename(sqlite_database.path.with_name("elsewhere.db"))
    assert await businesses.by_number("+12025550110") == known


async def test_when_it_is_old_one_reader_asks_anew_for_all(
    sqlite_database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    businesses = SqlBusinesses(sqlite_database, clock, ttl_s=5)
    known = await businesses.default()
    clock.advance(seconds=6)
    reads: list[str] = []
    read = businesses._read

    async def counted(by: str, key: str, now_ms: float) -> Business | None:
        reads.append(by)
        return await read(by, key, now_ms)

    monkeypatch.setattr(businesses, "_read", counted)
    found = await asyncio.gather(*(businesses.default() for _ in range(5)))
    assert reads == ["desk"]
    assert found == [known] * 5


async def test_a_number_belongs_to_one_business(database: Database, clock: SetClock) -> None:
    businesses = SqlBusinesses(database, clock)
    with pytest.raises(Conflict):
        await businesses.create(msgspec.structs.replace(OURS, phone="+12025550110"))
    with pytest.raises(NotFound):
        await businesses.get("biz_test")
    with pytest.raises(NotFound):
        await businesses.update(OURS)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": "  "}),
        ("desk", {"desk": "bakery"}),
        ("timezone", {"timezone": "Mars/Olympus"}),
        ("timezone", {"timezone": "../../etc/passwd"}),
        ("currency", {"currency": "dollars"}),
        ("hours", {"hours": (OpenHours(weekday=7, opens=time(9), closes=time(10)),)}),
        ("hours", {"hours": (OpenHours(weekday=0, opens=time(10), closes=time(9)),)}),
        (
            "hours",
            {
                "hours": (
                    OpenHours(weekday=0, opens=time(9), closes=time(12)),
                    OpenHours(weekday=0, opens=time(11), closes=time(14)),
                )
            },
        ),
    ],
)
async def test_what_cannot_be_right_is_named(
    sqlite_database: Database, clock: SetClock, field: str, changes: dict[str, object]
) -> None:
    businesses = SqlBusinesses(sqlite_database, clock)
    with pytest.raises(Invalid) as refusal:
        await businesses.create(msgspec.structs.replace(OURS, **changes))
    assert field in (refusal.value.fields or {})
    with pytest.raises(NotFound):
        await businesses.get("biz_test")
