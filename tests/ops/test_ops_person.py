"""What is kept of one person: handed out whole, erased with its traces, and nobody else touched."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import import_module

import pytest
from sqlalchemy import func, insert, select

from offhook.contracts.conversation import BookingSlots, ConversationState
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.contracts.store import CallRecord, CallTurn
from offhook.desks.sales.follow_up import lead_kept
from offhook.desks.sales.repository import SalesBook, Told
from offhook.kit.webhook_signature import new_secret
from offhook.ops.person import erase, export
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.calls import SqlCallLog
from offhook.store.engine import Database
from offhook.store.schema import audit, calls, commands, domain_events, jobs, metadata, sessions, tasks
from offhook.store.sessions import SqlSessionStore
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.store.webhooks import Webhooks
from support.set_clock import SetClock

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PRIYA, OTHER = "+919999900011", "+919999900012"


async def _filled(database: Database, clock: SetClock) -> None:
    business = await SqlBusinesses(database, clock).default("sales")
    for phone, name in ((PRIYA, "Priya Nair"), (OTHER, "Arjun Rao")):
        async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
            if not await Webhooks(uow).all():
                await Webhooks(uow).add("https://crm.example.com/", new_secret(), (), "", actor="test", now=NOW)
            kept = await SalesBook(uow).keep(
                Told(name=name, phone=phone, product="Payroll"),
                session_id=f"sess_{phone}",
                channel="chat",
                language="en",
                currency="INR",
                price=None,
                now=NOW,
            )
            await lead_kept(uow, kept, business, now=NOW)
            await uow.remember("t" + phone, "save_lead", json.dumps({"name": name, "phone": phone}).encode())
            await BusinessBook(uow).create_task(
                "callback", "request", now=NOW, customer_name=name, customer_phone=phone
            )
        state = ConversationState(
            session_id=f"sess_{phone}",
            business_id=business.business_id,
            desk="sales",
            channel="chat",
            booking_slots=BookingSlots(customer_name=name, customer_phone=phone),
        )
        await SqlSessionStore(database, clock).create(state)
        async with SqlCallLog(database, clock) as log:
            log.put(
                CallRecord(
                    call_id=f"call_{phone}",
                    business_id=business.business_id,
                    call_sid=f"CA{phone}",
                    session_id=None,
                    channel="twilio",
                    from_number=phone,
                    started_at=NOW.isoformat(),
                    ended_at=NOW.isoformat(),
                    turns=[CallTurn(n=1, turn_id="t" + phone, source="speech", heard=f"I am {name}")],
                )
            )


async def test_everything_is_handed_out_and_erased(sqlite_database: Database, clock: SetClock) -> None:
    await _filled(sqlite_database, clock)
    told = await export(sqlite_database, clock, "99999 00011", None, business_id=None, desk="sales")
    assert {name: len(rows) for name, rows in told.items() if isinstance(rows, list)} == {
        "leads": 1,
        "tasks": 1,
        "messages": 0,
        "calls": 1,
        "sessions": 1,
        "waitlist": 0,
    }
    assert OTHER not in json.dumps(told, default=str)
    done = await erase(sqlite_database, clock, "99999 00011", None, business_id=None, desk="sales")
    assert (done["leads"], done["calls"], done["sessions"], done["tasks"], done["left"]) == (1, 1, 1, 1, {})
    assert done["commands"] == 1
    again = await export(sqlite_database, clock, "99999 00011", None, business_id=None, desk="sales")
    assert not any(rows for name, rows in again.items() if name != "business_id")
    async with sqlite_database.transaction(write=False) as connection:
        for table in (audit, calls, commands, domain_events, jobs, sessions, tasks):
            rows = [dict(row) for row in (await connection.execute(select(table))).mappings()]
            text = json.dumps(rows, default=str)
            assert PRIYA not in text.replace("sess_" + PRIYA, "").replace("CA" + PRIYA, "").replace("call_" + PRIYA, "")
            assert "Priya" not in text
        assert (await connection.execute(select(func.count()).select_from(sessions))).scalar_one() == 1
    others = await export(sqlite_database, clock, None, "arjun@example.com", business_id=None, desk="sales")
    assert others["leads"] == []
    arjun = await export(sqlite_database, clock, OTHER, None, business_id=None, desk="sales")
    assert [lead["name"] for lead in arjun["leads"]] == ["Arjun Rao"]


async def test_nobody_is_named(sqlite_database: Database, clock: SetClock) -> None:
    for phone, email in ((None, None), ("12", None), (None, "nobody")):
        with pytest.raises(Invalid):
            await export(sqlite_database, clock, phone, email, business_id=None, desk="sales")


ERASED = {
    "calls",
    "sessions",
    "session_turns",
    "session_events",
    "tasks",
    "messages",
    "waitlist",
    "domain_events",
    "leads",
}
REPORTED = {"customers", "customer_phones", "appointments", "shop_customers", "invoices", "users", "blocked_numbers"}
OBEYED = {"contact_wishes"}
"""That somebody does not want to be written to."""
OF_BUSINESSES = {"businesses", "business_numbers", "catalogue", "inventory", "products", "resources", "service_types"}
OF_BUSINESSES |= {"invoice_lines", "webhooks"}


def test_every_table_that_can_name_a_person_is_thought_of() -> None:
    import_module("offhook.core")
    naming = ("phone", "email", "number", "recipient", "name", "state", "record", "turn", "event", "body")
    columns = {*naming, "customer_name", "customer_phone"}
    found = {table.name for table in metadata.sorted_tables if columns & set(table.c.keys())}
    assert found - ERASED - REPORTED - OBEYED - OF_BUSINESSES - {"jobs"} == set()


async def test_a_wish_to_wait_and_what_was_told_of_it_are_erased(sqlite_database: Database, clock: SetClock) -> None:
    business = (await SqlBusinesses(sqlite_database, clock).default("dealership")).business_id
    waitlist, services = metadata.tables["waitlist"], metadata.tables["service_types"]
    async with sqlite_database.transaction(write=True) as connection:
        service = (await connection.execute(select(services.c.service_id).limit(1))).scalar_one()
        row = {"business_id": business, "service_id": service, "starts_from": NOW, "starts_to": NOW, "created_at": NOW}
        for phone in (PRIYA, OTHER):
            named = {"waitlist_id": phone, "customer_name": "Priya", "customer_phone": phone, "status": "waiting"}
            await connection.execute(insert(waitlist), row | named)
            told = {"event_id": phone, "key": phone, "kind": "appointment.booked", "subject": "appt_1"}
            body = {"body": json.dumps({"customer_phone": phone}), "created_at": NOW, "business_id": business}
            await connection.execute(insert(domain_events), told | body)
    done = await erase(sqlite_database, clock, PRIYA, None, business_id=business, desk=None)
    assert done["waitlist"] == 1
    async with sqlite_database.transaction(write=False) as connection:
        waiting = (await connection.execute(select(waitlist.c.customer_phone, waitlist.c.status))).all()
        assert set(map(tuple, waiting)) == {(None, "closed"), (OTHER, "waiting")}
        assert (await connection.execute(select(domain_events.c.event_id))).scalars().all() == [OTHER]


async def test_a_customers_own_record_is_handed_out_and_what_waits_to_be_sent_is_not_sent(
    sqlite_database: Database, clock: SetClock
) -> None:
    business = (await SqlBusinesses(sqlite_database, clock).default("dealership")).business_id
    customers, messages = metadata.tables["customers"], metadata.tables["messages"]
    async with sqlite_database.transaction(write=True) as connection:
        one = (
            (await connection.execute(select(customers).where(customers.c.phone.is_not(None)).limit(1)))
            .mappings()
            .one()
        )
        for job in ("written", "named", "of_others"):
            row = {"business_id": business, "job_id": job, "kind": "reminder", "key": job, "subject": "appt_1"}
            payload = json.dumps({"to": one["phone"]} if job == "named" else {"to": OTHER})
            state = {"state": "queued", "attempt": 0, "reason": "", "run_at": NOW, "created_at": NOW, "updated_at": NOW}
            await connection.execute(insert(jobs), row | state | {"payload": payload})
        text = {"kind": "reminder", "channel": "sms", "provider": "", "recipient_name": "P", "language": "en"}
        text |= {"subject": "", "text": "See you", "state": "queued", "reason": "", "about": "appt_1"}
        ids = {"business_id": business, "message_id": "msg_1", "job_id": "written", "recipient": one["phone"]}
        await connection.execute(insert(messages), text | ids | {"created_at": NOW, "updated_at": NOW})
    told = await export(sqlite_database, clock, one["phone"], None, business_id=business, desk=None)
    assert [row["customer_id"] for row in told["customers"]] == [one["customer_id"]]
    done = await erase(sqlite_database, clock, one["phone"], None, business_id=business, desk=None)
    assert done["jobs"] == 2
    async with sqlite_database.transaction(write=False) as connection:
        mine = select(jobs.c.job_id, jobs.c.state, jobs.c.payload).where(jobs.c.subject == "appt_1")
        rows = {row.job_id: (row.state, row.payload) for row in await connection.execute(mine)}
    assert rows["written"][0] == rows["named"][0] == "cancelled"
    assert rows["named"][1] == "{}"
    assert rows["of_others"] == ("queued", json.dumps({"to": OTHER}))
