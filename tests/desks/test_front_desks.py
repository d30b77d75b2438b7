"""The shop's and the sales desk do what every desk does, and promise nothing more."""

from __future__ import annotations

import pytest

from offhook.contracts.desk import Effect
from offhook.desks.sales.desk import sales_desk
from offhook.desks.shop.desk import shop_desk
from offhook.dialogue.engine import DialogueEngine
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.understanding.model import Command
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock
from support.talk import Talk

READER = ScriptedReader(
    {
        "when are you open": Command(intent="faq", slots={"topic": "hours"}),
        "where are you": Command(intent="faq", slots={"topic": "location"}),
        "a human please": Command(intent="handoff", slots={"reason": "request"}),
        "bye": Command(intent="goodbye"),
        "rahul ka balance": Command(intent="balance.check", slots={"customer": "Rahul"}),
    }
)


@pytest.mark.parametrize("name", ["shop", "sales"])
async def test_what_every_desk_does(name: str, sqlite_database: Database, clock: SetClock) -> None:
    units = unit_of_work_factory(sqlite_database, clock)
    engine = DialogueEngine({"shop": shop_desk(READER), "sales": sales_desk(READER)}, units, clock, brain="rules")
    business = await SqlBusinesses(sqlite_database, clock).default(name)
    talk = Talk(engine, business, caller="+12025550187")
    assert business.name in await talk.greeting()
    assert "open" in await talk.say("when are you open")
    assert business.address in await talk.say("where are you")
    closed = {"shop": "PIN", "sales": "can't do that"}
    assert closed[name] in await talk.say("rahul ka balance")
    assert "colleague" in await talk.say("a human please")
    await talk.say("bye")
    assert talk.last.hang_up
    async with units(business.business_id, Effect.READ) as uow:
        assert len(await BusinessBook(uow).tasks()) == 1
    await engine.aclose()
