"""Turns through the whole engine, on a real book; understanding is a table."""

from __future__ import annotations

import asyncio
import dataclasses
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest

from offhook.contracts.conversation import CustomerRef, Say, TurnDone, TurnInput
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Unavailable
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.repository import DealershipRepository
from offhook.dialogue.engine import DialogueEngine
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock
from support.talk import Talk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from offhook.contracts.desk import UnitOfWork
    from offhook.store.model import Task


async def booked(database: Database, clock: SetClock, talk: Talk) -> list[tuple[str, str, str]]:
    """(service, wall-clock start, name) of this session's appointments."""
    units = unit_of_work_factory(database, clock)
    async with units(talk.business.business_id, Effect.READ) as uow:
        rows = await DealershipRepository(uow).appointments()
    mine = [row for row in rows if row.session_id == talk.state.session_id]
    return [(row.service_name, f"{row.starts_at:%Y-%m-%d %H:%M}", row.customer_name) for row in mine]


async def tasks(database: Database, clock: SetClock, talk: Talk) -> list[Task]:
    units = unit_of_work_factory(database, clock)
    async with units(talk.business.business_id, Effect.READ) as uow:
        return await DealershipRepository(uow).tasks(session_id=talk.state.session_id)


ONE = [("Oil change", "2026-11-27 10:00", "Joe Smith")]


async def to_read_back(talk: Talk) -> None:
    for text in ("book an oil change", "friday at ten", "joe"):
        await talk.say(text)
    assert talk.last.expect_kind == "yes_no"


async def test_a_booking_from_greeting_to_goodbye(talk: Talk, sqlite_database: Database, clock: SetClock) -> None:
    assert "automated assistant" in await talk.greeting()
    assert "Lakeside Motors" in talk.last.reply
    assert talk.last.source == "template"
    assert talk.last.intent is None
    await talk.say("book an oil change")
    assert talk.last.expect_kind == "datetime"
    await talk.say("friday at ten")
    assert talk.last.expect_kind == "name"
    reply = await talk.say("joe")
    for part in ("oil change", "Friday, November 27th at 10 AM", "Joe Smith"):
        assert part in reply
    assert await booked(sqlite_database, clock, talk) == []
    reply = await talk.say("yes")
    assert "Friday, November 27th at 10 AM" in reply
    assert await booked(sqlite_database, clock, talk) == ONE
    assert talk.state.pending is None
    assert not talk.last.hang_up
    reply = await talk.say("no")
    assert talk.last.hang_up
    assert "Friday, November 27th at 10 AM" in reply
    assert "Goodbye" in reply


async def test_the_state_shows_clients_what_goes_on(talk: Talk) -> None:
    await to_read_back(talk)
    slots = talk.state.booking_slots
    assert (slots.service_type, slots.preferred_date, slots.preferred_time, slots.customer_name) == (
        "Oil change",
        "2026-11-27",
        "10:00",
        "Joe Smith",
    )
    assert slots.customer_phone == "+12025550199"
    assert talk.state.pending is not None
    assert talk.state.pending.asked == "confirm"
    assert talk.state.current_agent == "booking"
    assert talk.state.turn_count == 3
    assert [message.role for message in talk.state.messages] == ["user", "assistant"] * 3
    assert talk.last.commands[0].intent == "correct"


async def test_a_digression_is_answered_and_the_question_asked_again(talk: Talk) -> None:
    await talk.say("book an oil change")
    reply = await talk.say("hours")
    assert "8 AM to 6 PM" in reply
    assert reply.rstrip().endswith("?")
    assert "day and time" in reply
    assert talk.last.expect_kind == "datetime"
    assert talk.last.agent == "faq"


async def test_understanding_is_told_what_was_asked(talk: Talk, reader: ScriptedReader) -> None:
    await talk.say("book an oil change")
    await talk.say("hours")
    context = reader.contexts[-1]
    assert context.asked == "datetime"
    assert context.pending is not None
    assert context.pending.intent == "service.book"
    assert context.pending.slots == {"service": "Oil change"}


async def test_repeat_says_the_last_reply_once_more(talk: Talk) -> None:
    first = await talk.say("book an oil change")
    assert await talk.say("what") == first
    assert talk.last.expect_kind == "datetime"
    assert await talk.say("what") == first


async def test_a_correction_at_the_read_back_is_read_back_again(
    talk: Talk, sqlite_database: Database, clock: SetClock
) -> None:
    await to_read_back(talk)
    assert "11 AM" in await talk.say("friday at eleven")
    assert talk.last.expect_kind == "yes_no"
    await talk.say("yes")
    assert await booked(sqlite_database, clock, talk) == [("Oil change", "2026-11-27 11:00", "Joe Smith")]


async def test_no_at_the_read_back_asks_what_to_change_and_no_again_drops_it(
    talk: Talk, sqlite_database: Database, clock: SetClock
) -> None:
    await to_read_back(talk)
    assert "change" in await talk.say("no")
    await talk.say("no")
    assert talk.state.pending is None
    assert await booked(sqlite_database, clock, talk) == []


async def test_yes_said_twice_books_once(talk: Talk, sqlite_database: Database, clock: SetClock) -> None:
    await to_read_back(talk)
    await talk.say("yes")
    await talk.say("yes")
    assert await booked(sqlite_database, clock, talk) == ONE


async def test_a_correction_after_the_booking_opens_no_second_one(
    talk: Talk, sqlite_database: Database, clock: SetClock
) -> None:
    await to_read_back(talk)
    await talk.say("yes")
    assert "Shall I move" in await talk.say("friday at eleven")
    assert await booked(sqlite_database, clock, talk) == ONE, "nothing without a yes"
    await talk.say("yes")
    (moved,) = await booked(sqlite_database, clock, talk)
    assert "11:00" in str(moved)


async def test_a_replayed_turn_books_once(talk: Talk, sqlite_database: Database, clock: SetClock) -> None:
    """The session's commit was lost after the write: the same turn runs again on the old state."""
    await to_read_back(talk)
    first = await talk.turn("yes", turn_id="same", keep=False)
    again = await talk.turn("yes", turn_id="same")
    assert "10 AM" in first
    assert "10 AM" in again
    assert await booked(sqlite_database, clock, talk) == ONE


async def test_a_turn_that_is_only_thought_of_writes_nothing(
    talk: Talk, sqlite_database: Database, clock: SetClock
) -> None:
    await to_read_back(talk)
    before = msgspec.json.encode(talk.state)
    yes = TurnInput(turn_id="ahead", source="speech", text="yes")
    assert await talk.engine.rehearse(talk.state, yes, talk.business) is None
    asked = await talk.engine.rehearse(talk.state, dataclasses.replace(yes, text="hours"), talk.business)
    assert asked is not None and "open" in "".join(asked[0])
    assert msgspec.json.encode(talk.state) == before
    assert await booked(sqlite_database, clock, talk) == []
    assert "10 AM" in await talk.turn("yes", turn_id="ahead")
    assert await booked(sqlite_database, clock, talk) == ONE


@pytest.mark.parametrize("next_words", ["yes", "no", "hours", "friday at eleven"])
async def test_a_write_whose_turn_was_lost_is_told_of_in_the_next(
    talk: Talk, sqlite_database: Database, clock: SetClock, next_words: str
) -> None:
    """Another process, or a crash between the book's commit and the session's: found under the read-back's key."""
    await to_read_back(talk)
    await talk.turn("yes", keep=False)
    reply = await talk.turn(next_words, turn_id="later")
    assert "booked" in reply
    assert "10 AM" in reply
    assert ("Shall I move" in reply) == (next_words == "friday at eleven") == (talk.state.pending is not None)
    assert await booked(sqlite_database, clock, talk) == ONE


async def test_barge_in_lets_the_write_finish_and_the_next_turn_tells_of_it(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader, talk: Talk
) -> None:
    gate, entered = asyncio.Event(), asyncio.Event()
    plain = unit_of_work_factory(sqlite_database, clock)

    @asynccontextmanager
    async def slow(business_id: str, effect: Effect) -> AsyncIterator[UnitOfWork]:
        if effect is Effect.WRITE:
            entered.set()
            await gate.wait()
        async with plain(business_id, effect) as uow:
            yield uow

    engine = DialogueEngine({"dealership": dealership_desk(reader)}, slow, clock, brain="rules")
    await to_read_back(talk)
    talk.engine = engine
    turn = asyncio.ensure_future(talk.turn("yes"))
    await entered.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    gate.set()
    reply = await talk.turn("hours", turn_id="after")
    assert "booked" in reply
    assert "8 AM to 6 PM" in reply
    assert await booked(sqlite_database, clock, talk) == ONE
    assert talk.state.pending is None
    await engine.aclose()


async def test_a_database_that_fails_is_spoken_of_and_leaves_the_form(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader, talk: Talk
) -> None:
    broken = False
    plain = unit_of_work_factory(sqlite_database, clock)

    @asynccontextmanager
    async def units(business_id: str, effect: Effect) -> AsyncIterator[UnitOfWork]:
        if broken:
            raise Unavailable("database_busy", "The database is busy.")
        async with plain(business_id, effect) as uow:
            yield uow

    talk.engine = DialogueEngine({"dealership": dealership_desk(reader)}, units, clock, brain="rules")
    await to_read_back(talk)
    broken = True
    assert "Nothing has been changed" in await talk.say("yes")
    assert talk.last.expect_kind == "yes_no"
    assert talk.state.pending is not None
    assert "sorry" in (await talk.say("human")).lower()
    broken = False
    assert await booked(sqlite_database, clock, talk) == []
    assert await tasks(sqlite_database, clock, talk) == []
    await talk.say("yes")
    assert await booked(sqlite_database, clock, talk) == ONE


async def test_without_any_book_something_is_said(clock: SetClock, reader: ScriptedReader, talk: Talk) -> None:
    @asynccontextmanager
    async def gone(business_id: str, effect: Effect) -> AsyncIterator[UnitOfWork]:
        raise Unavailable("database_gone", "The database is gone.")
        yield

    talk.engine = DialogueEngine({"dealership": dealership_desk(reader)}, gone, clock, brain="rules")
    assert "Lakeside Motors" in await talk.greeting()
    assert "sorry" in (await talk.say("book an oil change")).lower()
    assert "sorry" in (await talk.say("hours")).lower()


async def test_a_broken_part_becomes_an_apology(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader, talk: Talk
) -> None:
    errors: list[str] = []
    desk = dealership_desk(reader)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    desk = dataclasses.replace(desk, agents={**desk.agents, "faq": broken})
    talk.engine = DialogueEngine(
        {"dealership": desk}, unit_of_work_factory(sqlite_database, clock), clock, brain="rules", on_error=errors.append
    )
    await talk.say("book an oil change")
    reply = await talk.say("hours")
    assert "sorry" in reply.lower()
    assert errors == ["dialogue_ZeroDivisionError"]
    assert talk.state.pending is not None
    assert talk.last.expect_kind == "datetime"
    await talk.say("friday at ten")
    assert talk.last.expect_kind == "name"


# -- silence, noise, keys, endings ------------------------------------------------------------------------------------


async def test_silence_asks_again_by_what_is_open(talk: Talk) -> None:
    await talk.say("book an oil change")
    reply = await talk.turn("", source="no_input", attempt=1)
    assert "day and time" in reply
    assert talk.last.expect_kind == "datetime"
    await talk.turn("", source="no_input", attempt=2)
    reply = await talk.turn("no_input", source="goodbye", attempt=3)
    assert talk.last.hang_up
    assert "Nothing has been booked" in reply


async def test_the_third_unreadable_utterance_offers_keypad_and_human(talk: Talk) -> None:
    await talk.greeting()
    for _ in range(2):
        assert "press 0" not in await talk.turn("", source="not_heard")
    assert "press 0" in await talk.turn("", source="not_heard")
    await talk.say("hours")
    assert "press 0" not in await talk.turn("", source="not_heard")


async def test_time_up_and_failure_are_said(talk: Talk) -> None:
    await talk.say("book an oil change")
    reply = await talk.turn("stt", source="failure")
    assert "something went wrong" in reply
    assert "day and time" in reply
    await talk.turn("time_up", source="goodbye")
    assert talk.last.hang_up


async def test_a_call_that_ends_asks_nothing_more(talk: Talk) -> None:
    await to_read_back(talk)
    reply = await talk.turn("drain", source="goodbye")
    assert talk.last.hang_up
    assert "nothing has been booked" in reply


async def test_key_0_fetches_a_human(talk: Talk, sqlite_database: Database, clock: SetClock) -> None:
    await talk.greeting()
    assert "colleague" in await talk.turn("0", source="dtmf")
    (task,) = await tasks(sqlite_database, clock, talk)
    assert (task.status, task.customer_phone) == ("QUEUED", "+12025550199")
    assert talk.state.escalation_in_progress
    assert talk.state.pending_tasks[0]["task_id"] == task.task_id


async def test_keys_nobody_asked_for(talk: Talk) -> None:
    await talk.say("book an oil change")
    reply = await talk.turn("42", source="dtmf")
    assert "4 2" in reply
    assert "day and time" in reply


# -- human ------------------------------------------------------------------------------------------------------------


async def test_a_human_in_the_middle_of_a_booking(talk: Talk, sqlite_database: Database, clock: SetClock) -> None:
    await talk.say("book an oil change")
    reply = await talk.say("human")
    assert "call you back" in reply
    assert "day and time" in reply
    assert "already" in await talk.say("human")
    assert len(await tasks(sqlite_database, clock, talk)) == 1


async def test_out_of_hours_the_promise_names_the_next_opening(
    talk: Talk, sqlite_database: Database, clock: SetClock
) -> None:
    clock.advance(hours=12)  # Wednesday 21:00 in Chicago
    reply = await talk.say("human")
    assert "Thursday, November 26th at 8 AM" in reply


async def test_without_a_number_one_is_asked_for_and_the_form_goes_on(
    talk: Talk, sqlite_database: Database, clock: SetClock
) -> None:
    talk.state.caller_phone = None
    await talk.say("book an oil change")
    await talk.say("human")
    assert talk.last.expect_kind == "phone"
    assert "complete phone number" in await talk.say("five")
    reply = await talk.say("five five five")
    assert "2 0 2, 5 5 5, 0 1 8 7" in reply
    assert "day and time" in reply
    (task,) = await tasks(sqlite_database, clock, talk)
    assert task.customer_phone == "+12025550187"
    assert talk.state.pending is not None
    assert talk.state.pending.intent == "service.book"


async def test_who_will_not_give_a_number_is_still_heard(
    talk: Talk, sqlite_database: Database, clock: SetClock
) -> None:
    talk.state.caller_phone = None
    await talk.say("human")
    await talk.say("no")
    (task,) = await tasks(sqlite_database, clock, talk)
    assert task.customer_phone is None


# -- who calls --------------------------------------------------------------------------------------------------------


async def test_a_known_caller_is_greeted_by_first_name_only(talk: Talk) -> None:
    talk.state.caller_phone = "+12025550143"
    reply = await talk.greeting()
    assert "Hello Priya" in reply
    assert "Nair" not in reply
    assert talk.state.customer.customer_id is not None
    await talk.say("book an oil change")
    assert "under Priya" in await talk.say("friday at ten")
    reply = await talk.say("yes")
    assert "for Priya" in reply
    assert "Nair" not in reply
    assert talk.last.expect_kind == "yes_no"
    assert talk.state.pending is not None
    assert talk.state.pending.asked == "confirm"


async def test_a_known_number_may_be_somebody_elses(talk: Talk) -> None:
    talk.state.caller_phone = "+12025550143"
    await talk.greeting()
    await talk.say("book an oil change")
    await talk.say("friday at ten")
    assert "Priya" not in await talk.say("no")
    assert talk.last.expect_kind == "name"
    assert "for Joe Smith" in await talk.say("joe")


async def test_the_business_may_word_its_own_greeting(talk: Talk) -> None:
    talk.business = msgspec.structs.replace(talk.business, greeting="Lakeside, what can we fix?")
    assert await talk.greeting() == "Lakeside, what can we fix? I'm Sophie, the automated assistant."
    talk.business = msgspec.structs.replace(talk.business, announce_automated=False)
    assert await talk.greeting() == "Lakeside, what can we fix?"


async def test_a_withheld_number_is_asked_for_and_read_back_in_groups(
    talk: Talk, sqlite_database: Database, clock: SetClock
) -> None:
    talk.state.caller_phone = None
    talk.state.customer = CustomerRef()
    for text in ("book an oil change", "friday at ten", "joe"):
        await talk.say(text)
    assert talk.last.expect_kind == "phone"
    await talk.say("five")
    assert talk.last.expect_kind == "phone"
    reply = await talk.turn("2025550187", source="dtmf")
    assert "2 0 2, 5 5 5, 0 1 8 7" in reply
    assert talk.last.expect_kind == "yes_no"
    await talk.say("yes")
    assert await booked(sqlite_database, clock, talk) == ONE


# -- what is not ours -------------------------------------------------------------------------------------------------


async def test_unrelated_twice_in_a_row_offers_a_human(talk: Talk, sqlite_database: Database, clock: SetClock) -> None:
    await talk.greeting()
    await talk.say("sing me a song")
    assert "colleague" in await talk.say("sing me another")
    assert talk.last.expect_kind == "yes_no"
    await talk.say("yes")
    assert len(await tasks(sqlite_database, clock, talk)) == 1


async def test_work_that_is_not_done_here_is_said_to_be_so(talk: Talk) -> None:
    reply = await talk.say("value it")
    assert "can't value a car" in reply
    assert talk.last.expect_kind == "yes_no"


async def test_sessions_do_not_see_each_other(engine: DialogueEngine, talk: Talk) -> None:
    other = Talk(engine, talk.business, session_id="sess_other")
    await to_read_back(talk)
    await other.say("book an oil change")
    await asyncio.gather(talk.say("yes"), other.say("friday at ten"))
    assert talk.state.pending is None
    assert other.state.pending is not None
    assert other.state.booking_slots.preferred_time == "10:00"


async def test_closing_the_turn_half_way_leaves_no_task_behind(talk: Talk) -> None:
    before = asyncio.all_tasks()
    turn = TurnInput(turn_id="x", source="speech", text="hours")
    run = talk.engine.run(talk.state, turn, talk.business)
    async for output in run:
        assert isinstance(output, Say | TurnDone)
        break
    await run.aclose()
    assert asyncio.all_tasks() == before


async def test_a_colleague_is_told_what_was_wanted_not_the_yes_to_our_offer(
    talk: Talk, tasks_said: Callable[[], Awaitable[list[str]]]
) -> None:
    await talk.greeting()
    await talk.say("value it")
    assert "colleague" in await talk.say("yes")
    assert await tasks_said() == ["value it"]


async def test_who_comes_back_to_a_talk_is_not_introduced_anew_and_hears_the_open_question(talk: Talk) -> None:
    await talk.greeting()
    asked = await talk.say("I need an oil change")
    again = await talk.greeting()
    assert again.startswith("Hello again")
    assert "automated assistant" not in again
    assert asked.rpartition("?")[0].split(". ")[-1] in again
