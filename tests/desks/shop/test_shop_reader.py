"""Whole talks with the shop's own understanding, judged by every row that they leave in the book."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from offhook.contracts.desk import Effect
from offhook.desks.shop.tables import postings, shop_customers
from offhook.dialogue.scenario import Ending, Scenario, Step
from offhook.kit.clock import StandingClock
from offhook.ops.rehearse import NOW, act
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import sql, unit_of_work_factory

Row = tuple[str, str, int, str]
"""Kind, customer, rupees, day (of November 2026; "" for today)."""


async def rows_after(database: Database, *said: str) -> list[Row]:
    """What a talk on Wednesday, November 25th leaves."""
    clock = StandingClock(NOW)
    scenario = Scenario(name="a talk", channel="chat", talk=tuple(Step(say=one) for one in said), end=Ending())
    await act(scenario, database, clock, desk="shop")
    business = await SqlBusinesses(database, clock).default("shop")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        found = await sql(uow).execute(
            select(postings.c.kind, shop_customers.c.name, postings.c.amount, postings.c.day)
            .join_from(postings, shop_customers, postings.c.customer_id == shop_customers.c.customer_id)
            .where(postings.c.business_id == business.business_id, postings.c.session_id.is_not(None))
            .order_by(postings.c.seq)
        )
        return [
            (kind, name, amount // 100, "" if day == NOW.date() else f"{day:%d}") for kind, name, amount, day in found
        ]


DAYS: list[tuple[tuple[str, ...], list[Row]]] = [
    (("Kavita took goods worth 1,250 on credit yesterday",), [("credit", "Kavita Joshi", 1250, "24")]),
    (("kal kavita ne 150 ka saman liya udhaar",), [("credit", "Kavita Joshi", 150, "24")]),
    (("parso kavita ka 10 rupaye udhaar likho",), []),
    (("parso kavita ka 10 rupaye udhaar likho", "haan"), [("credit", "Kavita Joshi", 10, "23")]),
    (("Kavita took 300 on credit on Monday",), [("credit", "Kavita Joshi", 300, "23")]),
    (("Kavita took 300 on credit tomorrow",), []),
    (("kal ke din priya ke naam 1 kilo cheeni", "haan"), [("invoice", "Priya Verma", 45, "24")]),
    (("Imran took 2 kg sugar yesterday", "yes"), [("invoice", "Imran Khan", 90, "24")]),
    (("kavita ko udhaar diya kal", "500"), [("credit", "Kavita Joshi", 500, "24")]),
    (("kavita ko kal ki shaadi ke liye 500 udhaar diye",), [("credit", "Kavita Joshi", 500, "")]),
    (("kavita ko kal 500 udhaar diye, parso tak dega",), []),
    (("pichle hafte kavita ne 300 udhaar liya",), []),
    (("pichle hafte kavita ne 300 udhaar liya", "somvar ko", "haan"), [("credit", "Kavita Joshi", 300, "23")]),
    (("kal kavita ko 200 wapas kiye", "haan"), [("refund", "Kavita Joshi", 200, "24")]),
    (("kavita ne 300 udhaar liya",), [("credit", "Kavita Joshi", 300, "")]),
    (("Kavita borrowed 300, due by Friday",), [("credit", "Kavita Joshi", 300, "")]),
    (("priya ko do din pehle 800 udhaar diye the",), [("credit", "Priya Verma", 800, "23")]),
    (
        ("put 250 on Lakhan's account for the day before yesterday", "yes"),
        [("credit", "Lakhan Singh", 250, "23")],
    ),
]


@pytest.mark.parametrize(("said", "left"), DAYS)
async def test_an_entry_is_of_the_day_that_was_said(
    fresh_book: Database, said: tuple[str, ...], left: list[Row]
) -> None:
    assert await rows_after(fresh_book, *said) == left


BILL = ("invoice", "Kavita Joshi", 90, "")
PAID: list[tuple[tuple[str, ...], list[Row]]] = [
    (("kavita ne 2 bread liye nakad",), [BILL, ("payment", "Kavita Joshi", 90, "")]),
    (
        ("kavita ne 2 bread liye nakad", "nahi 3 bread", "haan"),
        [
            *(BILL, ("payment", "Kavita Joshi", 90, "")),
            *(("reversal", "Kavita Joshi", 90, ""), ("reversal", "Kavita Joshi", 90, "")),
            *(("invoice", "Kavita Joshi", 135, ""), ("payment", "Kavita Joshi", 135, "")),
        ],
    ),
    (("kavita ka bill 2 bread, paise mil gaye",), []),
    (("kavita ka bill 2 bread, paise mil gaye", "haan"), [BILL, ("payment", "Kavita Joshi", 90, "")]),
    (
        ("imran ke naam bill: 3 maggi 2 bread 1 doodh, cash mil gaya", "haan"),
        [("invoice", "Imran Khan", 168, ""), ("payment", "Imran Khan", 168, "")],
    ),
    (("kavita ne 200 ka saman nakad liya",), []),
    (
        ("kavita ne 200 ka saman nakad liya", "haan"),
        [("invoice", "Kavita Joshi", 200, ""), ("payment", "Kavita Joshi", 200, "")],
    ),
    (("priya ka 500 ka bill banao upi se paise aa gaye",), []),
    (("kavita ne 2 bread udhaar liye cash mein",), []),
    (("kavita ko 2 bread diye, paise kal dega", "haan"), [BILL]),
    (("kavita ne 2 bread liye",), [BILL]),
    (("kavita ne 2 bread liye aur 50 diye",), []),
    (("kavita ne 2 bread liye aur 50 diye", "haan"), [BILL, ("payment", "Kavita Joshi", 50, "")]),
    (("Kavita took 2 bread and paid 50", "yes"), [BILL, ("payment", "Kavita Joshi", 50, "")]),
    (("kavita ka bill 2 bread, 50 mil gaye baaki udhaar", "haan"), [BILL, ("payment", "Kavita Joshi", 50, "")]),
    (("kavita ko 2 bread 50 mein diye",), [("invoice", "Kavita Joshi", 50, "")]),
    (("Ramesh ne 2 bread liye aur 50 diye", "pehla"), []),
    (
        ("Ramesh ne 2 bread liye aur 50 diye", "pehla", "haan"),
        [("invoice", "Ramesh Kumar", 90, ""), ("payment", "Ramesh Kumar", 50, "")],
    ),
    (("kavita ko 500 cash udhaar diye",), [("credit", "Kavita Joshi", 500, "")]),
]


@pytest.mark.parametrize(("said", "left"), PAID)
async def test_what_is_paid_at_once_is_never_left_owing(
    fresh_book: Database, said: tuple[str, ...], left: list[Row]
) -> None:
    assert await rows_after(fresh_book, *said) == left


OTHERWISE: list[tuple[tuple[str, ...], list[Row]]] = [
    (("rahul ka bill dikhao",), []),
    (("rahul ka bill dikhao", "bill mein 1 kilo cheeni hi thi", "rahul"), []),
    (("show me the bill of Rahul", "yes"), []),
    (("priya ne 100 ka saman wapas kiya", "haan"), []),
    (("Priya returned 2 kg sugar", "yes"), []),
    (("Geeta returned goods worth 90", "yes"), []),
    (("lakhan ne saman wapas kiya, 50 wapas de diye", "haan"), []),
    (("Priya returned 300",), [("payment", "Priya Verma", 300, "")]),
    (("ramesh yadav se 280 le liye hisab clear", "phir se 50 rupay ka doodh le gaya"), []),
    (("Lakhan gave me 60 and I gave him back 10",), []),
    (
        ("Lakhan gave me 60 and I gave him back 10", "yes"),
        [("payment", "Lakhan Singh", 60, ""), ("refund", "Lakhan Singh", 10, "")],
    ),
    (("priya ke naam 1 kilo chawal",), [("invoice", "Priya Verma", 60, "")]),
    (("priya ke naam 1 kilo basmati",), [("invoice", "Priya Verma", 110, "")]),
    (("priya ka bill banao ek litre tel", "refined nahi"), []),
    (("priya ka bill banao ek litre tel", "sarson wala"), [("invoice", "Priya Verma", 165, "")]),
    (("Ramesh ne 300 diye", "kumar nahi"), [("payment", "Ramesh Yadav", 300, "")]),
    (("kavita ka bill banao 2 bread", "5 kilo chawal bhi jod do"), [BILL]),
    (("rahul se 200 mile", "ek maggi le gaya"), [("payment", "Rahul Sharma", 200, "")]),
    (
        ("kavita ka bill banao 2 bread", "5 kilo chawal bhi jod do", "haan"),
        [BILL, ("invoice", "Kavita Joshi", 300, "")],
    ),
]


@pytest.mark.parametrize(("said", "left"), OTHERWISE)
async def test_what_is_no_entry_of_that_kind_writes_none(
    fresh_book: Database, said: tuple[str, ...], left: list[Row]
) -> None:
    assert await rows_after(fresh_book, *said) == left
