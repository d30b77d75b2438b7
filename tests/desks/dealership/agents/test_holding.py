"""A time that was read back is kept for its caller, and for nobody longer than it should be."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from offhook.contracts.conversation import TurnInput
from offhook.desks.dealership.desk import dealership_desk
from offhook.dialogue.engine import DialogueEngine
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.dealership_book import add_car, keep_bays, opener, service_of
from support.set_clock import SetClock
from support.talk import Talk

TO_READ_BACK = ("i need an oil change on friday at ten", "joe smith")


@pytest.fixture
async def engine(sqlite_database: Database, clock: SetClock) -> AsyncIterator[DialogueEngine]:
    await keep_bays(sqlite_database, 1)
    engine = DialogueEngine(
        {"dealership": dealership_desk()}, unit_of_work_factory(sqlite_database, clock), clock, brain="rules"
    )
    yield engine
    await engine.aclose()


async def caller(engine: DialogueEngine, database: Database, clock: SetClock, name: str, number: str) -> Talk:
    business = await SqlBusinesses(database, clock).default("dealership")
    return Talk(engine, business, caller=number, session_id=f"sess_{name}")


@pytest.fixture
async def ann(engine: DialogueEngine, sqlite_database: Database, clock: SetClock) -> Talk:
    return await caller(engine, sqlite_database, clock, "ann", "+12025550171")


@pytest.fixture
async def bob(engine: DialogueEngine, sqlite_database: Database, clock: SetClock) -> Talk:
    return await caller(engine, sqlite_database, clock, "bob", "+12025550172")


async def test_what_was_read_back_is_not_offered_to_another_caller(ann: Talk, bob: Talk) -> None:
    for words in TO_READ_BACK:
        await ann.say(words)
    reply = await bob.say(TO_READ_BACK[0])
    assert "already taken" in reply and "9 AM" in reply and "11 AM" in reply
    assert "your oil change for Friday, November 27th at 10 AM" in await ann.say("yes")


async def test_of_two_who_were_told_of_a_time_the_first_to_hear_it_read_back_has_it(ann: Talk, bob: Talk) -> None:
    await ann.say(TO_READ_BACK[0])
    await bob.say(TO_READ_BACK[0])
    await ann.say("ann lee")
    reply = await bob.say("bob stone")
    assert "already taken" in reply and "11 AM" in reply
    assert "your oil change for Friday, November 27th at 10 AM" in await ann.say("yes")


async def test_the_holder_may_go_back_and_forth(ann: Talk, bob: Talk) -> None:
    for words in (*TO_READ_BACK, "make it eleven", "no wait ten is better"):
        reply = await ann.say(words)
    assert "10 AM" in reply
    assert "already taken" in await bob.say(TO_READ_BACK[0])
    assert "11 AM" in await bob.say("then eleven")
    assert "booked" in await ann.say("yes")


async def test_a_hold_runs_out_and_is_let_go_by_a_no(ann: Talk, bob: Talk, clock: SetClock) -> None:
    for words in TO_READ_BACK:
        await ann.say(words)
    assert "already taken" in await bob.say(TO_READ_BACK[0])
    await ann.say("no never mind forget it")
    assert "already taken" not in await bob.say("friday at ten please")
    await bob.say("bob stone")
    clock.advance(seconds=91)
    for words in TO_READ_BACK:
        reply = await ann.say(words)
    assert "Friday, November 27th at 10 AM" in reply


async def test_an_open_question_keeps_the_hold_up(ann: Talk, bob: Talk, clock: SetClock) -> None:
    for words in TO_READ_BACK:
        await ann.say(words)
    clock.advance(seconds=60)
    assert "59 dollars" in await ann.say("how much is it")
    clock.advance(seconds=60)
    assert "already taken" in await bob.say(TO_READ_BACK[0])


async def test_what_is_only_thought_of_holds_nothing(
    ann: Talk, bob: Talk, engine: DialogueEngine, sqlite_database: Database, clock: SetClock
) -> None:
    await ann.say(TO_READ_BACK[0])
    thought = await engine.rehearse(ann.state, TurnInput("ahead", "speech", "ann lee"), ann.business)
    assert thought is not None and "10 AM" in "".join(thought[0])
    await engine.rehearse(bob.state, TurnInput("ahead", "speech", TO_READ_BACK[0]), bob.business)
    async with opener(sqlite_database, clock)() as book:
        service = await service_of(book)
        free = await book.free_between(service, clock.now().date(), clock.now().date(), now=clock.now())
    assert free
    assert "already taken" not in await bob.say(TO_READ_BACK[0])


async def test_a_car_is_kept_for_its_test_drive(ann: Talk, bob: Talk, sqlite_database: Database) -> None:
    await add_car(sqlite_database, "A1", model="Aurora")
    for words in ("i want to test drive the aurora on friday at ten", "ann lee"):
        reply = await ann.say(words)
    assert "test drive of the Aurora" in reply
    assert "already taken" in await bob.say("i want to test drive the aurora on friday at ten")
    assert "booked" in await ann.say("yes")
