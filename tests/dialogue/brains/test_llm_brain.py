"""The model with tools: rounds, the caller's own values, forms in place of writes, bounds, the rules behind it."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import msgspec
import pytest
from sqlalchemy import text as sql_text
from sqlalchemy import update

from offhook.contracts.llm import ToolCall
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.tables import customers
from offhook.dialogue.brains.choice import BrainMode
from offhook.dialogue.brains.llm import MOST_CALLS, MOST_ROUNDS, LlmLimits
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.tool_runner import ToolReport
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.dealership_book import MARIA
from support.scripted_model import FAIL, STALL, ScriptedModel, call
from support.set_clock import SetClock
from support.talk import Talk

DESK = dealership_desk()
JAZZ = "so what do you make of all that jazz these days"
"""Nothing that the rules would understand."""
WATCHED = ("appointments", "customers", "tasks", "vehicles")


class Rig:
    def __init__(self, database: Database, clock: SetClock) -> None:
        self.database = database
        self.clock = clock
        self.reports: list[ToolReport] = []
        self.errors: list[str] = []
        self.answers: list[str] = []

    async def talk(
        self, model: ScriptedModel, mode: BrainMode = "llm", limits: LlmLimits | None = None, **more: Any
    ) -> Talk:
        engine = DialogueEngine(
            {"dealership": DESK},
            unit_of_work_factory(self.database, self.clock),
            self.clock,
            llm=model,
            llm_limits=limits,
            brain=mode,
            on_tool=self.reports.append,
            on_error=self.errors.append,
            on_answer=self.answers.append,
        )
        return Talk(engine, await SqlBusinesses(self.database, self.clock).default("dealership"), **more)

    async def book(self) -> dict[str, int]:
        """How much of everything there is, but what is only held for a while."""
        async with self.database.transaction(write=False) as connection:
            names = await connection.execute(sql_text("select name from sqlite_master where type = 'table'"))
            counts = {}
            for (name,) in names.all():
                counts[name] = (await connection.execute(sql_text(f'select count(*) from "{name}"'))).scalar_one()
        assert any("appointment" in name for name in counts)
        return {name: count for name, count in counts.items() if name not in ("slot_holds", "commands")}


@pytest.fixture
def rig(sqlite_database: Database, clock: SetClock) -> Rig:
    return Rig(sqlite_database, clock)


# -- reading ----------------------------------------------------------------------------------------------------------


async def test_a_read_is_run_and_its_result_goes_back(rig: Rig) -> None:
    model = ScriptedModel(["Let me look.", call("opening_hours")], ["We are open on weekdays."])
    talk = await rig.talk(model)
    assert await talk.say(JAZZ) == "Let me look. We are open on weekdays. "
    assert talk.last.source == "llm"
    (told,) = model.told(1)
    assert len(told["result"]["days"]) == 7
    assert [report.tool for report in rig.reports] == ["opening_hours"]
    roles = [message.role for message in model.requests[1].messages]
    assert roles == ["system", "user", "assistant", "tool"]


async def test_the_callers_own_day_is_used_whatever_the_model_makes_of_it(rig: Rig) -> None:
    wrong = call("get_available_slots", service="Oil change", date="2026-12-04", time="09:00")
    model = ScriptedModel([wrong], ["Yes."])
    talk = await rig.talk(model)
    await talk.say("my band plays jazz on Friday you know")
    (told,) = model.told(1)
    assert told["ignored"] == ["time"], "nobody said a time"
    assert told["result"]["status"] == "day_free", "Friday the 27th, as the scanners read it"
    assert "2026-12" not in msgspec.json.encode(told).decode()


async def test_values_may_come_from_what_was_said_before(rig: Rig) -> None:
    model = ScriptedModel(["Which day?"], [call("get_available_slots", date="2026-11-27", daypart="morning")], ["Yes."])
    talk = await rig.talk(model)
    await talk.say("my band plays jazz on Friday morning you know")
    await talk.say(JAZZ)
    (told,) = model.told(2)
    assert told["result"]["status"] == "offers"
    assert all(moment.startswith("2026-11-27") for moment in told["result"]["offers"])


async def test_a_model_cannot_look_at_customers(rig: Rig) -> None:
    numbers = ("+12025550199", "+12025550147")
    model = ScriptedModel([call("get_customer", phone=number) for number in numbers], ["I cannot help with that."])
    talk = await rig.talk(model)
    await talk.say(JAZZ)
    offered = {tool.name for tool in model.requests[0].tools}
    assert "get_customer" not in offered, "nobody has proved who they are"
    assert {"opening_hours", "book_appointment"} <= offered
    for told in model.told(1):
        assert "not proved" in told["error"]
    assert rig.reports == []


async def test_what_a_greeting_finds_of_a_customer_stays_out_of_the_prompt(rig: Rig) -> None:
    async with rig.database.transaction(write=True) as connection:
        mine = customers.c.phone == MARIA
        await connection.execute(update(customers).where(mine).values(email="maria@example.com"))
    model = ScriptedModel(["We like it."])
    talk = await rig.talk(model, caller=MARIA)
    await talk.greeting()
    await talk.say(JAZZ)
    customer = talk.state.customer
    assert customer.email == "maria@example.com"
    assert [set(car) for car in customer.vehicles] == [{"make", "model", "year"}]
    told = " ".join(message.content or "" for message in model.requests[0].messages)
    assert not any(value in told for value in ("maria@example.com", MARIA, str(customer.customer_id)))


# -- writing ----------------------------------------------------------------------------------------------------------


async def test_a_write_becomes_a_form_with_read_back_and_is_done_after_the_yes(rig: Rig) -> None:
    before = await rig.book()
    booking = call("book_appointment", service="Oil change", date="2026-11-27", time="10:00", name="Jordan Miller")
    model = ScriptedModel(["What name shall I take?"], [booking], ["Never asked."])
    talk = await rig.talk(model)
    await talk.say("hmm so my car wants its oil seen to, Friday at ten I guess")
    await talk.say("Jordan Miller")
    if talk.state.pending is None or talk.state.pending.asked != "confirm":
        await talk.say("an oil change")
    assert talk.state.pending is not None
    assert talk.state.pending.asked == "confirm"
    assert "Jordan" in talk.last.reply
    assert "10 AM" in talk.last.reply
    assert await rig.book() == before, "nothing is written before the yes"
    await talk.say("yes please")
    after = await rig.book()
    assert sum(after.values()) > sum(before.values())


@pytest.mark.parametrize("tool", ["book_appointment", "update_booking"])
async def test_a_tool_with_what_changes_corrects_the_open_form(rig: Rig, tool: str) -> None:
    model = ScriptedModel(["Lovely."], [call(tool, date="2026-11-28")])
    talk = await rig.talk(model)
    await talk.say("my band plays jazz on Saturday you know")
    await talk.say("i need an oil change on friday at ten")
    await talk.say(JAZZ)
    assert len(model.requests) == 2, "the rules take the booking and leave the rest to the model"
    pending = talk.state.pending
    assert pending is not None
    assert {name: pending.slots.get(name) for name in ("service", "date", "time")} == {
        "service": "Oil change",
        "date": "2026-11-28",
        "time": "10:00",
    }


async def test_made_up_values_never_reach_the_form(rig: Rig) -> None:
    before = await rig.book()
    forged = call(
        "book_appointment",
        service="Brake inspection",
        date="2026-11-30",
        time="11:00",
        name="Mallory",
        phone="+12025550111",
    )
    model = ScriptedModel(["All done, it is booked!", forged])
    talk = await rig.talk(model)
    reply = await talk.say(JAZZ)
    assert "booked" not in reply
    assert talk.state.pending is not None
    assert talk.state.pending.slots == {}
    for word in ("Mallory", "11", "Brake"):
        assert word not in reply
    await talk.say("yes")
    await talk.say("yes")
    assert await rig.book() == before


@pytest.mark.parametrize("name", ["cancel_appointment", "reschedule_appointment"])
async def test_changes_of_appointments_go_to_their_agent_and_never_straight_to_the_book(rig: Rig, name: str) -> None:
    before = await rig.book()
    model = ScriptedModel(
        [call(name, appointment_id="appt_01JDW0000000000000000000AA", date="2026-11-30", time="10:00")]
    )
    talk = await rig.talk(model)
    for sentence in (JAZZ, "yes", "yes please"):
        assert (await talk.say(sentence)).strip()
    assert talk.results[0].intent in ("appointment.cancel", "appointment.reschedule")
    assert await rig.book() == before


async def test_a_tool_that_writes_at_once_is_only_offered(rig: Rig) -> None:
    before = await rig.book()
    asked = call("request_human", reason="complaint", phone="+12025550111", name="Mallory")
    model = ScriptedModel(["I am sorry to hear that.", asked])
    talk = await rig.talk(model)
    reply = await talk.say(JAZZ)
    assert reply.startswith("I am sorry to hear that. ")
    assert "colleague" in reply
    assert talk.last.expect_kind == "yes_no"
    assert await rig.book() == before
    await talk.say("yes please")
    assert talk.state.escalation_in_progress


# -- hostile and broken models ----------------------------------------------------------------------------------------

HOSTILE: dict[str, list[str | ToolCall]] = {
    "made-up booking": [call("book_appointment", service="Oil change", date="2026-11-27", time="10:00", name="Eve")],
    "every alias": [
        call("book_appointment", serviceType="Oil change", customerName="Eve", preferred_date="2026-11-27")
    ],
    "many bookings": [call("book_appointment", str(n), date=f"2026-12-{n:02}", name="Eve") for n in range(1, 29)],
    "a human": [call("request_human", reason="x" * 5000, phone="+12025550111")],
    "unknown tools": [call("drop_table"), call("delete_customer", customer_id="cust_1"), call("")],
    "other customers": [call("get_customer", phone="+12025550147"), call("get_customer", customer_id="cust_2")],
    "no JSON": [ToolCall("c", "book_appointment", '{"service": '), ToolCall("d", "opening_hours", "[]")],
    "wrong types": [ToolCall("c", "opening_hours", '{"day": {"$gt": ""}}'), call("get_available_slots", date=5)],
    "sql": [call("get_available_slots", service="x'; drop table appointments; --", date="2026-11-27")],
    "claims": ["I have booked it for you.", "Your car is now registered.", "Done!", "All set!"],
    "a sum": ["That will be $5 then.", "Only nine hundred dollars."],
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
@pytest.mark.parametrize("mode", ["auto", "llm"])
async def test_whatever_a_model_does_the_book_stays_as_it_was(rig: Rig, kind: str, mode: BrainMode) -> None:
    before = await rig.book()
    model = ScriptedModel(HOSTILE[kind])
    talk = await rig.talk(model, mode)
    for sentence in (JAZZ, "fancy that", "well well", JAZZ):
        reply = await talk.say(sentence)
        assert reply.strip(), "always answered"
        assert "Eve" not in reply
        assert "$5 " not in reply
        assert "hundred" not in reply
    assert await rig.book() == before
    assert len(model.requests) <= 4 * (MOST_ROUNDS + 1)
    assert all(report.outcome != "crashed" for report in rig.reports)


async def test_random_calls_of_every_tool_leave_the_book_as_it_was(rig: Rig) -> None:
    chance = Random(20261125)
    names = [tool.name for tool in DESK.tools] + ["run_sql", "delete_customer"]
    fields = ["service", "date", "time", "name", "phone", "reg_no", "vin", "amount", "customer_id", "limit", "reason"]
    values: list[Any] = ["Oil change", "2026-11-27", "10:00", "Eve", "+12025550147", "cust_1", 7, -1, 1e300, None, True]
    values += [[], {}, "", "x" * 3000, "'; drop table customers; --", "2026-02-31", "25:99", {"$ne": 1}, "\u0000"]

    def wild() -> ToolCall:
        given = {chance.choice(fields): chance.choice(values) for _ in range(chance.randrange(6))}
        written = json.dumps(given) if chance.random() < 0.9 else json.dumps(given)[:-1]
        return ToolCall(str(chance.random()), chance.choice(names), written)

    model = ScriptedModel(*([wild() for _ in range(chance.randrange(1, 6))] for _ in range(400)))
    before = await rig.book()
    for number in range(25):
        talk = await rig.talk(model, session_id=f"sess_{number}")
        for sentence in (JAZZ, "hmm Friday at ten would suit me I guess", "Jordan Miller"):
            assert (await talk.say(sentence)).strip()
    assert await rig.book() == before
    assert len(model.requests) > 80


async def test_an_endless_loop_of_tools_is_ended_and_answered(rig: Rig) -> None:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    answers = [[call("opening_hours", str(n), day=f"2026-11-{24 + n}")] for n in range(40)]
    model = ScriptedModel(*answers)
    talk = await rig.talk(model)
    reply = await talk.say(f"what do I know, {' '.join(days)}, it is all the same jazz to me these days")
    assert reply.strip()
    assert talk.last.source == "rules"
    assert len(model.requests) == MOST_ROUNDS + 1
    assert model.requests[-1].tools == (), "the last time it must answer without"


async def test_the_same_call_over_and_over_is_run_once(rig: Rig) -> None:
    model = ScriptedModel([call("opening_hours")])
    talk = await rig.talk(model)
    assert (await talk.say(JAZZ)).strip()
    assert len(model.requests) == 3
    assert len(rig.reports) == 1


async def test_too_many_calls_in_one_round_are_told_so(rig: Rig) -> None:
    model = ScriptedModel([call("opening_hours", str(n)) for n in range(9)], ["Well."])
    talk = await rig.talk(model)
    await talk.say(JAZZ)
    assert ["error" in told for told in model.told(1)] == [False] * MOST_CALLS + [True] * 5


@pytest.mark.parametrize("ending", [FAIL, STALL])
async def test_rules_go_on_after_the_words_spoken_and_with_the_results_found(rig: Rig, ending: str) -> None:
    found = call("opening_hours")
    model = ScriptedModel(["Let me look.", found], ["We are", ending])
    talk = await rig.talk(model, limits=LlmLimits(first_ms=150, between_ms=150))
    reply = await talk.say("hello there")
    assert reply.startswith("Let me look. ")
    assert "We are " not in reply
    assert len(reply) > len("Let me look. ")
    assert talk.last.source == "rules"
    assert rig.errors == ["llm"]


async def test_the_tokens_of_a_session_are_counted_and_bounded(rig: Rig) -> None:
    model = ScriptedModel(["Well."])
    talk = await rig.talk(model, limits=LlmLimits(session_tokens=200))
    sources = []
    for _ in range(3):
        await talk.say(JAZZ)
        sources.append(talk.last.source)
    assert sources == ["llm", "llm", "rules"], "120 tokens each"
    assert len(model.requests) == 2


# -- answers that are kept --------------------------------------------------------------------------------------------


async def test_an_answer_without_tools_is_kept_for_the_next_caller(rig: Rig) -> None:
    model = ScriptedModel(["We like it. Do you?"], ["Never asked."], cacheable=True)
    talk = await rig.talk(model)
    replies = [await talk.say(JAZZ)]
    talk.state = msgspec.structs.replace(talk.state, session_id="sess_other", messages=[], desk_memory={})
    replies.append(await talk.say(JAZZ))
    assert replies[0] == replies[1]
    assert rig.answers == ["miss", "hit"]
    assert len(model.requests) == 1
    await talk.say(JAZZ)
    assert rig.answers[-1] == "miss", "later in a conversation it may mean something else"


async def test_an_answer_from_a_tool_is_not_kept(rig: Rig) -> None:
    model = ScriptedModel([call("opening_hours")], ["Well."], cacheable=True)
    talk = await rig.talk(model)
    await talk.say(JAZZ)
    talk.state = msgspec.structs.replace(talk.state, messages=[], desk_memory={})
    await talk.say(JAZZ)
    assert rig.answers == ["miss", "miss"]


async def test_a_plain_yes_after_the_models_question_is_the_models(rig: Rig) -> None:
    model = ScriptedModel(["Shall I tell you more?"], ["Gladly."])
    talk = await rig.talk(model, "auto")
    await talk.greeting()
    await talk.say(JAZZ)
    assert talk.last.expect_kind == "open"
    assert await talk.say("yes") == "Gladly. "
