"""Sentences of visitors, with what was asked and what is known already: which command they are, and its values."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from offhook.desks.registry import understander_of
from offhook.desks.sales.desk import LANGUAGE_FOLDER
from offhook.understanding.desk import load_desk_language
from offhook.understanding.model import Command, Context, Understands, World

WORLD = World(
    now=datetime(2026, 11, 25, 20, 30, tzinfo=ZoneInfo("Asia/Kolkata")),
    tz="Asia/Kolkata",
    services={
        "Attendance": ("attendance app", "haziri", "hajri", "time tracking"),
        "Payroll": ("payroll software", "salary", "vetan"),
        "Face Terminal": ("terminal", "machine", "biometric", "device"),
        "On-site Setup": ("setup", "installation"),
        "Training Day": ("training",),
    },
)
ROWS: list[tuple[str, str, dict[str, object], dict[str, object]]] = [
    ("We're about to hire and will be 65 people soon", "qty", {}, {"qty": 65}),
    ("sirf 9 log hain abhi", "qty", {}, {"qty": 9}),
    ("hundred and twenty", "qty", {}, {"qty": 120}),
    ("dedh sau karmchari hain", "qty", {}, {"qty": 150}),
    ("twenty five employees in two cities", "qty", {}, {"qty": 25}),
    ("humari team mein 30 bande hain", "", {}, {"qty": 30}),
    ("not more than forty thousand", "budget", {}, {"budget_max": 40000}),
    ("kam se kam ek lakh toh hai", "budget", {}, {"budget_min": 100000}),
    ("20-25k", "budget", {}, {"budget_min": 20000, "budget_max": 25000}),
    ("pachees se tees hazaar ke beech", "budget", {}, {"budget_min": 25000, "budget_max": 30000}),
    ("Rs. 1.2 lakhs per year", "budget", {}, {"budget_max": 120000}),
    ("12,500", "budget", {}, {"budget_max": 12500}),
    ("company abhi budget decide nahi kar paayi", "budget", {}, {"declined": ["budget"]}),
    ("that depends on the price", "budget", {}, {"declined": ["budget"]}),
    ("from 1st January", "timing", {}, {"date_from": "2027-01-01"}),
    ("within this week", "timing", {}, {"timing_to": "2026-11-29"}),
    ("march mein", "timing", {}, {"timing_from": "2027-03-01", "timing_to": "2027-03-31"}),
    ("agle do mahine ke andar", "timing", {}, {"timing_to": "2027-01-25"}),
    ("turant", "timing", {}, {"timing_from": "2026-11-25"}),
    ("my name's Harpreet", "name", {}, {"name": "Harpreet"}),
    ("Gurpreet Singh Bedi", "name", {}, {"name": "Gurpreet Singh Bedi"}),
    ("main Zoya bol rahi hoon", "name", {}, {"name": "Zoya"}),
    ("nine nine nine nine nine double zero zero five one", "contact", {}, {"phone": "9999900051"}),
    ("z.khan@example.co.in", "contact", {}, {"email": "z.khan@example.co.in"}),
    ("whatsapp me on +91 99999 00052", "contact", {}, {"phone": "9999900052"}),
    ("looking for something to track attendance of 45 field staff", "", {}, {"product": "Attendance", "qty": 45}),
    ("kya aapke paas payroll hai 60 logon ke liye", "", {}, {"product": "Payroll", "qty": 60}),
    ("how much would payroll be for 60 people", "", {}, {"product": "Payroll", "qty": 60, "_intent": "quote.make"}),
    ("what would 5 terminals cost me", "", {}, {"product": "Face Terminal", "qty": 5, "_intent": "quote.make"}),
    ("book a demo for tomorrow 4pm", "", {}, {"date": "2026-11-26", "time": "16:00", "_intent": "demo.ask"}),
    ("kal dopahar 2 baje demo dikha do", "", {}, {"date": "2026-11-26", "time": "14:00", "_intent": "demo.ask"}),
    ("please ring me on monday morning about payroll", "", {}, {"date": "2026-11-30", "_intent": "call.ask"}),
    ("stop contacting me", "", {}, {"_intent": "lead.refuse"}),
    ("make it 40 people instead", "confirm", {"product": "Payroll", "qty": 30}, {"qty": 40}),
    ("no, 40", "confirm", {"product": "Payroll", "qty": 30}, {"qty": 40}),
    (
        "budget is 60 not 50 thousand",
        "confirm",
        {"product": "Payroll", "qty": 30, "budget_max": 50000},
        {"budget_max": 60000},
    ),
    ("yes", "confirm", {"product": "Payroll"}, {"_intent": "confirm"}),
    ("galat hai", "confirm", {"product": "Payroll"}, {"_intent": "deny"}),
    ("theek hai par pehle boss se poochhna hai", "confirm", {"product": "Payroll"}, {"_intent!": "confirm"}),
    ("can I think about it", "confirm", {"product": "Payroll"}, {"_intent!": "confirm"}),
]
"""(text, the slot that was asked for, what is known, wanted slots); _intent: what it is, _intent!: what it is not."""


@cache
def understander() -> Understands:
    return understander_of("sales")


@pytest.mark.parametrize(("text", "asked", "known", "wanted"), ROWS, ids=[row[0] for row in ROWS])
def test_a_sentence(text: str, asked: str, known: dict[str, object], wanted: dict[str, object]) -> None:
    pending = Command(intent="lead.note", slots=known) if asked else None  # type: ignore[arg-type]
    told = understander().understand(text, WORLD, Context(pending=pending, asked=asked or None))
    intents = [command.intent for command in told.commands]
    slots: dict[str, object] = {}
    for command in told.commands:
        slots |= command.slots
    for name, value in wanted.items():
        if name == "_intent":
            assert intents[:1] == [value]
        elif name == "_intent!":
            assert intents[:1] != [value]
        else:
            assert slots.get(name) == value, told.commands


def test_two_things_at_once_are_one_enquiry_each_with_its_number() -> None:
    told = understander().understand("need 10 biometric devices and payroll for 200 staff", WORLD)
    slots = told.commands[0].slots
    assert slots["parts"] == [{"product": "Face Terminal", "qty": 10}, {"product": "Payroll"}]
    assert slots["qty"] == 200


def test_every_example_of_the_desks_frames() -> None:
    own = {
        "lead.note",
        "lead.refuse",
        "quote.make",
        "demo.ask",
        "call.ask",
        "price.quote",
        "product.list",
        "product.info",
    }
    for frame in load_desk_language(LANGUAGE_FOLDER).frames.frames:
        if frame.intent not in own | {"customer.identify"}:
            continue
        for text in frame.match:
            intents = [one.intent for one in understander().understand(text, WORLD).commands]
            assert frame.intent in intents, text
        for text in frame.reject:
            intents = [one.intent for one in understander().understand(text, WORLD).commands]
            assert frame.intent not in intents, text
