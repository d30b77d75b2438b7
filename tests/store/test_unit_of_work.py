from __future__ import annotations

import asyncio

import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.errors import CommandReused, Conflict
from offhook.store.business_book import BusinessBook
from offhook.store.engine import Database
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock
from support.stored_rows import stored_rows

BUSINESS = "biz_01KDV00000000000000000000A"
OTHER = "biz_01KDV00000000000000000000B"


async def test_what_is_remembered_is_recalled_by_the_same_business_only(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    async with open_unit(BUSINESS, Effect.WRITE) as uow:
        assert await uow.recall("turn_1", "book") is None
        await uow.remember("turn_1", "book", b"outcome")

    async with open_unit(BUSINESS, Effect.READ) as uow:
        assert await uow.recall("turn_1", "book") == b"outcome"
        assert await uow.recall("turn_1", "cancel") is None
    async with open_unit(OTHER, Effect.READ) as uow:
        assert await uow.recall("turn_1", "book") is None


async def test_a_command_that_was_carried_out_writes_nothing_more(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)

    async def carry_out(reason: str) -> None:
        async with open_unit(BUSINESS, Effect.WRITE) as uow:
            await BusinessBook(uow).create_task("callback", reason, now=clock.now())
            await uow.remember("turn_1", "call_me", b"done")

    await carry_out("first")
    with pytest.raises(Conflict):
        await carry_out("again")

    assert [row["reason"] for row in await stored_rows(database, "tasks", business_id=BUSINESS)] == ["first"]


async def test_of_concurrent_twins_one_writes(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)

    async def carry_out(n: int) -> bool:
        try:
            async with open_unit(BUSINESS, Effect.WRITE) as uow:
                if await uow.recall("turn_1", "call_me") is not None:
                    return False
                await BusinessBook(uow).create_task("callback", str(n), now=clock.now())
                await asyncio.sleep(0)
                await uow.remember("turn_1", "call_me", b"done")
        except Conflict:
            return False
        return True

    outcomes = await asyncio.gather(*(carry_out(n) for n in range(6)))

    assert outcomes.count(True) == 1
    assert len(await stored_rows(database, "tasks", business_id=BUSINESS)) == 1


async def test_an_exception_rolls_back(database: Database, clock: SetClock) -> None:
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work_factory(database, clock)(BUSINESS, Effect.WRITE) as uow:
            await BusinessBook(uow).create_task("callback", "please", now=clock.now())
            raise ZeroDivisionError

    assert await stored_rows(database, "tasks", business_id=BUSINESS) == []


async def test_a_cancelled_unit_rolls_back_and_leaves_the_lock(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    inside = asyncio.Event()

    async def write_and_hang() -> None:
        async with open_unit(BUSINESS, Effect.WRITE) as uow:
            await BusinessBook(uow).create_task("callback", "cancelled", now=clock.now())
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_hang())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with open_unit(BUSINESS, Effect.WRITE) as uow:
        await BusinessBook(uow).create_task("callback", "next", now=clock.now())
    assert [row["reason"] for row in await stored_rows(database, "tasks", business_id=BUSINESS)] == ["next"]


async def test_a_row_of_an_unknown_business_is_refused(database: Database, clock: SetClock) -> None:
    with pytest.raises(Conflict):
        async with unit_of_work_factory(database, clock)("biz_unknown", Effect.WRITE) as uow:
            await BusinessBook(uow).create_task("callback", "please", now=clock.now())


def test_repositories_refuse_a_foreign_unit_of_work() -> None:
    class Foreign:
        business_id = BUSINESS

        async def recall(self, turn_id: str, command: str) -> bytes | None: ...

        async def remember(self, turn_id: str, command: str, outcome: bytes) -> None: ...

    with pytest.raises(TypeError):
        sql(Foreign())


async def test_a_key_with_another_payload_is_an_error(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    async with open_unit(BUSINESS, Effect.WRITE) as uow:
        await uow.remember("turn_1", "pay", b"done", "digest of 500")
    async with open_unit(BUSINESS, Effect.READ) as uow:
        assert await uow.recall("turn_1", "pay", "digest of 500") == b"done"
        assert await uow.recall("turn_1", "pay") == b"done"
        with pytest.raises(CommandReused):
            await uow.recall("turn_1", "pay", "digest of 600")


async def test_units_that_queue_share_a_commit_and_fail_alone(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)

    async def carry_out(n: int) -> None:
        async with open_unit(BUSINESS, Effect.WRITE) as uow:
            await BusinessBook(uow).create_task("callback", str(n), now=clock.now())
            await asyncio.sleep(0)
            if n % 3 == 0:
                raise ValueError(n)

    outcomes = await asyncio.gather(*(carry_out(n) for n in range(30)), return_exceptions=True)

    assert [outcome is None for outcome in outcomes] == [n % 3 != 0 for n in range(30)]
    stored = await stored_rows(database, "tasks", business_id=BUSINESS, limit=100)
    assert sorted(int(row["reason"]) for row in stored) == [n for n in range(30) if n % 3]


async def test_a_unit_is_over_only_when_others_can_read_it(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    missing: list[int] = []

    async def carry_out(n: int) -> None:
        async with open_unit(BUSINESS, Effect.WRITE) as uow:
            await BusinessBook(uow).create_task("callback", str(n), now=clock.now())
        rows = await stored_rows(database, "tasks", business_id=BUSINESS, limit=100, reason=str(n))
        if not rows:
            missing.append(n)

    await asyncio.gather(*(carry_out(n) for n in range(30)))

    assert not missing


async def test_cancelled_units_leave_the_others_of_their_commit_alone(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    begun = asyncio.Event()

    async def carry_out(n: int) -> None:
        async with open_unit(BUSINESS, Effect.WRITE) as uow:
            await BusinessBook(uow).create_task("callback", str(n), now=clock.now())
            if n == 1:
                begun.set()
                await asyncio.sleep(10)

    tasks = [asyncio.create_task(carry_out(n)) for n in range(4)]
    await begun.wait()
    tasks[1].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(outcome).__name__ for outcome in outcomes] == ["NoneType", "CancelledError", "NoneType", "NoneType"]
    stored = await stored_rows(database, "tasks", business_id=BUSINESS, limit=100)
    assert sorted(row["reason"] for row in stored) == ["0", "2", "3"]
