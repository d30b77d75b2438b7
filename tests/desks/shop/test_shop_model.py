"""A language model at the shop: what rules cannot read it may put into commands, and the book stays as careful."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import func, select

from offhook.contracts.conversation import MEMORY_OPERATOR
from offhook.contracts.llm import ToolCall
from offhook.desks.registry import understander_of
from offhook.desks.shop.desk import shop_desk
from offhook.desks.shop.tables import postings
from offhook.desks.shop.tools.customers import check_balance
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.guard import Refusal
from offhook.dialogue.reader import LanguageReader
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.scripted_model import ScriptedModel, call
from support.set_clock import SetClock
from support.shop_book import OpenShop
from support.talk import Talk

ODD = "arre yaar woh Rahul wala mamla, 450 ka, samjhe na"
"""Nothing that rules would act on."""
DESK = shop_desk(LanguageReader(understander_of("shop")))


@pytest.fixture
def book(sqlite_database: Database, clock: SetClock) -> OpenShop:
    return OpenShop(sqlite_database, clock)


@pytest.fixture
def refusals() -> list[Refusal]:
    return []


@pytest.fixture
def talk_with(book: OpenShop, clock: SetClock, refusals: list[Refusal]) -> Callable[..., Talk]:
    def made(*answers: list[str | ToolCall], caller: str | None = None, business: object) -> Talk:
        engine = DialogueEngine(
            {"shop": DESK},
            unit_of_work_factory(book.database, clock),
            clock,
            llm=ScriptedModel(*answers),
            brain="llm",
            on_refusal=refusals.append,
        )
        talk = Talk(engine, business, caller=caller, channel="chat")  # type: ignore[arg-type]
        memory = {} if caller else {MEMORY_OPERATOR: ""}
        talk.state = msgspec.structs.replace(talk.state, desk_memory=memory, language="en")
        return talk

    return made


async def written(book: OpenShop) -> int:
    async with book.database.transaction(write=False) as connection:
        return int((await connection.execute(select(func.count()).select_from(postings))).scalar_one())


async def test_what_the_model_wants_written_is_read_back_first(talk_with: Callable[..., Talk], book: OpenShop) -> None:
    before, owed = await written(book), (await book.done(check_balance, customer="Rahul")).balance.amount
    wish = call("record_payment", customer="Rahul Sharma", amount=450)
    talk = talk_with([wish], ["ok"], business=await book.business())
    reply = await talk.say(ODD)
    assert reply.endswith("?") and "450" in reply
    assert await written(book) == before
    await talk.say("haan")
    assert await written(book) == before + 1
    assert (await book.done(check_balance, customer="Rahul")).balance.amount == owed - 450_00
    await talk.engine.aclose()


async def test_an_amount_that_nobody_said_is_asked_for(talk_with: Callable[..., Talk], book: OpenShop) -> None:
    before = await written(book)
    wish = call("record_payment", customer="Rahul Sharma", amount=9999)
    talk = talk_with([wish], ["ok"], business=await book.business())
    reply = await talk.say("arre yaar woh Rahul wala mamla samjhe na")
    assert reply.endswith("?") and "9,999" not in reply
    assert await written(book) == before
    await talk.engine.aclose()


async def test_a_stranger_gets_nothing_of_the_book_by_way_of_the_model(
    talk_with: Callable[..., Talk], book: OpenShop, refusals: list[Refusal]
) -> None:
    before = await written(book)
    read = call("check_balance", customer="Rahul Sharma")
    write = call("record_payment", customer="Rahul Sharma", amount=450)
    talk = talk_with(
        [read, write], ["I cannot help with that."], caller="+919999955501", business=await book.business()
    )
    reply = await talk.say(ODD)
    assert "1,870" not in reply and "1870" not in reply
    assert await written(book) == before
    assert len(refusals) == 2
    await talk.engine.aclose()
