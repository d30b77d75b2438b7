"""Calls that we place to remind of dues: who answers hears what is due, and writes nothing into the book."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from offhook.contracts.channel import REMINDER
from offhook.desks.registry import build_desks
from offhook.desks.shop.tables import postings
from offhook.desks.shop.tools.payments import add_credit, record_payment
from offhook.dialogue.brains.prompt import scenario_memory
from offhook.dialogue.engine import DialogueEngine
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock
from support.shop_book import OpenShop
from support.talk import Talk

PHONE = "+919999944401"
DESKS = build_desks()


@pytest.fixture
async def shop(sqlite_database: Database, clock: SetClock) -> OpenShop:
    kirana = OpenShop(sqlite_database, clock)
    await kirana.customer("Zubin Irani", phone=PHONE)
    await kirana.done(add_credit, customer="Zubin Irani", amount=500)
    return kirana


async def answered(shop: OpenShop, to: str = PHONE) -> Talk:
    engine = DialogueEngine(DESKS, unit_of_work_factory(shop.database, shop.clock), shop.clock, brain="rules")
    talk = Talk(engine, await SqlBusinesses(shop.database, shop.clock).default("shop"), caller=to)
    talk.state.desk_memory = scenario_memory(REMINDER)
    return talk


async def entries(shop: OpenShop) -> int:
    async with shop.database.transaction(write=False) as connection:
        return int((await connection.execute(select(func.count()).select_from(postings))).scalar_one())


async def test_whoever_answers_hears_who_calls_and_what_is_due(shop: OpenShop) -> None:
    talk = await answered(shop)
    greeting = await talk.greeting()
    assert "500 rupees" in greeting and "Sharma Kirana" in greeting
    assert "Priya" not in await talk.say("Priya Verma ka balance batao")


@pytest.mark.parametrize("text", ["maine 500 rupaye de diye", "main kal de dunga", "Zubin ne 500 rupaye diye"])
async def test_what_they_answer_writes_nothing_and_reaches_the_shop(shop: OpenShop, text: str) -> None:
    before = await entries(shop)
    talk = await answered(shop)
    await talk.greeting()
    reply = await talk.say(text, confidence=0.95)
    assert await entries(shop) == before
    assert "PIN" not in reply
    assert talk.state.escalation_in_progress or talk.state.pending_tasks


async def test_nothing_is_told_where_nothing_is_due_or_the_number_is_not_one_customers(shop: OpenShop) -> None:
    assert "rupees" not in await (await answered(shop, "+919999944402")).greeting()
    await shop.customer("Zarine Irani", phone=PHONE)
    assert "rupees" not in await (await answered(shop)).greeting()


async def test_who_has_paid_meanwhile_is_not_dunned(shop: OpenShop) -> None:
    await shop.done(record_payment, customer="Zubin Irani", amount=500)
    assert "rupees" not in await (await answered(shop)).greeting()
