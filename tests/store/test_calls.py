from __future__ import annotations

import sqlite3

import msgspec
import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.errors import Unavailable
from offhook.contracts.store import CallRecord, CallTurn
from offhook.kit.webhook_signature import new_secret
from offhook.store import calls
from offhook.store.calls import SqlCallLog
from offhook.store.engine import Database, open_database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.store.webhooks import Webhooks
from support.set_clock import SetClock
from support.stored_rows import stored_rows

BUSINESS = "biz_01KDV00000000000000000000A"


def record(n: int = 1, **changes: object) -> CallRecord:
    fresh = CallRecord(
        call_id=f"call_{n}",
        business_id=BUSINESS,
        call_sid=f"CA{n}",
        session_id=None,
        channel="twilio",
        from_number="+12025550199",
        started_at="2026-11-25T15:00:00+00:00",
    )
    return msgspec.structs.replace(fresh, **changes)


def ended(call: CallRecord) -> CallRecord:
    return msgspec.structs.replace(call, status="completed", ended_at="2026-11-25T15:01:00+00:00", end_reason="goodbye")


async def test_a_call_is_found_by_either_id_while_live_and_after(database: Database, clock: SetClock) -> None:
    call = record(turns=[CallTurn(n=1, turn_id="t", source="speech", heard="hello", total_ms=812.5)])
    async with SqlCallLog(database, clock) as log:
        log.put(call)
        assert log.live("call_1") is log.live("CA1") is call
        log.put(ended(call))
        assert log.live("call_1") is None
        assert await log.get("CA1") == ended(call)
        await log.flush()
        assert await log.get("call_1") == await log.get("CA1") == ended(call)
        assert await log.get("call_2") is None


async def test_a_new_log_reads_what_an_old_one_wrote(database: Database, clock: SetClock) -> None:
    async with SqlCallLog(database, clock) as log:
        for n in range(250):
            log.put(record(n))
            log.put(ended(record(n)))

    assert await SqlCallLog(database, clock).get("CA249") == ended(record(249))
    rows = await stored_rows(database, "calls", business_id=BUSINESS, limit=1000)
    assert len(rows) == 250
    assert {row["status"] for row in rows} == {"completed"}


async def test_put_never_waits_for_the_database_and_the_newest_state_wins(
    sqlite_database: Database, clock: SetClock
) -> None:
    busy = open_database(f"sqlite:///{sqlite_database.path}", busy_timeout_ms=20)
    other = sqlite3.connect(str(sqlite_database.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    log = SqlCallLog(busy, clock)
    for n in range(20):
        log.put(record(counters={"frames": n}))
    log.put(ended(record(counters={"frames": 99})))
    with pytest.raises(Unavailable):
        await log.flush()
    assert await log.get("call_1") == ended(record(counters={"frames": 99})), "known while it waits"

    other.execute("ROLLBACK")
    other.close()
    await log.aclose()
    rows = await stored_rows(busy, "calls", business_id=BUSINESS)
    assert [msgspec.json.decode(row["record"])["counters"] for row in rows] == [{"frames": 99}]
    assert log.dropped == 0
    await busy.aclose()


async def test_a_record_of_no_business_does_not_hold_up_the_others(database: Database, clock: SetClock) -> None:
    log = SqlCallLog(database, clock)
    log.put(record(1))
    log.put(record(2, business_id="biz_unknown"))
    log.put(record(3))
    await log.flush()
    assert [row["call_id"] for row in await stored_rows(database, "calls", business_id=BUSINESS)] == [
        "call_1",
        "call_3",
    ]
    assert log.dropped == 1


async def test_waiting_records_are_bounded_and_live_ones_kept(
    sqlite_database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "MAX_WAITING", 3)
    log = SqlCallLog(sqlite_database, clock)
    log.put(record(1))
    for n in (2, 3, 4):
        log.put(ended(record(n)))
    assert log.dropped == 1
    await log.flush()
    rows = await stored_rows(sqlite_database, "calls", business_id=BUSINESS)
    assert [row["call_id"] for row in rows] == ["call_1", "call_3", "call_4"]


async def test_the_end_of_a_call_is_told_to_webhooks_once(database: Database, clock: SetClock) -> None:
    async with unit_of_work_factory(database, clock)(BUSINESS, Effect.WRITE) as uow:
        await Webhooks(uow).add("https://crm.example.com/", new_secret(), (), "", actor="test", now=clock.now())
    async with SqlCallLog(database, clock) as log:
        log.put(record())
        await log.flush()
        for _ in range(2):
            log.put(ended(record()))
            await log.flush()
    (row,) = await stored_rows(database, "domain_events", business_id=BUSINESS, limit=10)
    told = msgspec.json.decode(row["body"])
    assert (told["type"], told["data"]["call_id"], told["data"]["end_reason"]) == ("call.ended", "call_1", "goodbye")
    assert "turns" not in told["data"]
