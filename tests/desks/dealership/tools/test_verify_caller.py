from __future__ import annotations

import pytest

from offhook.contracts.desk import Caller, Ok, Retry
from offhook.desks.dealership.second_fact import FAILURES_PER_DAY
from offhook.desks.dealership.tools.verify_caller import ProofChecked, ProofOffered, verify_caller
from offhook.store.engine import Database
from support.dealership_book import FRIDAY_10, MARIA, booked, opener, run_tool
from support.set_clock import SetClock

WRONG = Ok(ProofChecked(who=None))


@pytest.fixture
async def tail(sqlite_database: Database, clock: SetClock) -> str:
    """The last four of Maria's registration."""
    async with opener(sqlite_database, clock)() as book:
        maria = await book.customer_by_phone(MARIA)
        assert maria is not None
        (car,) = await book.vehicles(maria.customer_id)
        assert car.registration is not None
        return car.registration[-4:]


async def test_the_registration_proves_who_calls(sqlite_database: Database, clock: SetClock, tail: str) -> None:
    async def ask(caller: Caller, **offered: str) -> object:
        return await run_tool(sqlite_database, clock, verify_caller, ProofOffered(**offered), caller)

    by_number = Caller("s", "phone", MARIA)
    withheld = Caller("s", "phone")
    answer = await ask(by_number, reg_no=tail.lower())
    assert isinstance(answer, Ok) and isinstance(answer.value, ProofChecked) and answer.value.who is not None
    assert answer.value.who.name == "Maria Lopez"
    greeted = Caller("s", "phone", MARIA, answer.value.who.customer_id)
    assert await ask(greeted, reg_no=tail) == answer
    assert await ask(withheld, phone=MARIA, reg_no=tail) == answer
    assert await ask(greeted, phone=MARIA) == WRONG, "the number that calls proves nothing when said"
    assert await ask(withheld, phone=MARIA) == WRONG, "nor does the one that found them"
    assert await ask(by_number, reg_no="0000") == WRONG
    assert await ask(withheld, reg_no=tail) == WRONG, "whose would it be?"
    assert await ask(Caller("s", "phone", "+12025550199"), reg_no=tail) == WRONG
    assert isinstance(await ask(greeted, date="2026-02-30", name="Maria Lopez"), Retry)


async def test_a_booking_s_day_and_name_prove_it_too(sqlite_database: Database, clock: SetClock) -> None:
    async with opener(sqlite_database, clock)(write=True) as book:
        await booked(book, FRIDAY_10, clock.now(), name="Maria Lopez", phone=MARIA)
    caller = Caller("s", "phone", MARIA)
    for day, name, proved in (("2026-11-27", "maria lopez", True), ("2026-11-27", "Maria", False)):
        offered = ProofOffered(date=day, name=name)
        outcome = await run_tool(sqlite_database, clock, verify_caller, offered, caller)
        assert isinstance(outcome, Ok) and (outcome.value.who is not None) is proved


async def test_many_wrong_facts_about_one_customer_close_the_way_for_all_callers_and_a_day(
    sqlite_database: Database, clock: SetClock, tail: str
) -> None:
    async def proved(session: str, reg_no: str) -> bool:
        caller = Caller(session, "phone", MARIA)
        outcome = await run_tool(sqlite_database, clock, verify_caller, ProofOffered(reg_no=reg_no), caller)
        assert isinstance(outcome, Ok)
        return outcome.value.who is not None

    for attempt in range(FAILURES_PER_DAY):
        assert await proved(f"s{attempt}", tail), "not yet"
        assert not await proved(f"s{attempt}", "0000")
    assert not await proved("another", tail), "the right one is not taken any more, in the same words"
    clock.advance(days=1, seconds=1)
    assert await proved("another", tail)
