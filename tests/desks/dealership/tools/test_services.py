from __future__ import annotations

from typing import Any

from offhook.contracts.desk import AnyTool, Caller, Effect, Failed, Ok, ToolContext
from offhook.desks.dealership.tools.services import PriceQuestion, ServicesQuestion, list_services, quote_price
from offhook.dialogue.tools.search_faq import FaqQuestion, search_faq
from offhook.kit.money import Money
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock


async def run(database: Database, clock: SetClock, tool: AnyTool, arguments: Any) -> Any:
    business = await SqlBusinesses(database, clock).default("dealership")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        return await tool.run(ToolContext(business, Caller("s", "chat"), clock.now(), "t", tool.name, uow), arguments)


async def test_what_the_workshop_does(database: Database, clock: SetClock) -> None:
    outcome = await run(database, clock, list_services, ServicesQuestion())
    assert isinstance(outcome, Ok)
    assert len(outcome.value.services) >= 12
    assert outcome.value.services[0].name == "Oil change"


async def test_a_price(database: Database, clock: SetClock) -> None:
    outcome = await run(database, clock, quote_price, PriceQuestion(service="oil service"))
    assert isinstance(outcome, Ok)
    assert (outcome.value.price_from, outcome.value.duration_min) == (Money(5995, "USD"), 45)
    unknown = await run(database, clock, quote_price, PriceQuestion(service="rocket launch"))
    assert unknown == Failed("service_unknown")


async def test_the_faq_is_searched(sqlite_database: Database, clock: SetClock) -> None:
    sure = await run(sqlite_database, clock, search_faq, FaqQuestion(question="can i get a courtesy car"))
    assert sure.value.sure
    assert "loaner" in sure.value.entries[0].question.lower()
    none = await run(sqlite_database, clock, search_faq, FaqQuestion(question="who won the football game"))
    assert (none.value.entries, none.value.sure) == ([], False)
