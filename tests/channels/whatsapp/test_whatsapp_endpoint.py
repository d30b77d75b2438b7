"""The webhook as Meta calls it, on a real book."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select

from offhook.api import errors
from offhook.channels.inbound import InboundMessages
from offhook.channels.whatsapp.endpoint import PATH, WhatsAppDeps, whatsapp_router
from offhook.contracts.desk import Effect
from offhook.desks.jobs import reply_handlers
from offhook.store.businesses import SqlBusinesses
from offhook.store.contact_wishes import ContactWishes
from offhook.store.engine import Database
from offhook.store.message_reports import MessageFinder
from offhook.store.outbox import NewJob, enqueue
from offhook.store.schema import messages
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock

SHARMA = "biz_01KDV00000000000000000000B"
PHONE = "+919999944401"
SECRET = "test-app-secret"


@pytest.fixture
async def book(sqlite_database: Database, clock: SetClock) -> Database:
    """A message went out to PHONE, its outcome unknown."""
    async with unit_of_work_factory(sqlite_database, clock)(SHARMA, Effect.WRITE) as uow:
        job_id = await enqueue(uow, NewJob("shop.reminder", "reminder:1", {}, clock.now()), now=clock.now())
        row = {"business_id": SHARMA, "message_id": "msg_1", "job_id": job_id, "kind": "shop.reminder"}
        row |= {"channel": "whatsapp", "provider": "whatsapp", "recipient": PHONE, "recipient_name": "Zubin"}
        row |= {"language": "hi", "subject": "", "text": "…", "state": "unknown", "reason": "", "about": ""}
        await sql(uow).execute(insert(messages), {**row, "created_at": clock.now(), "updated_at": clock.now()})
    return sqlite_database


@pytest.fixture
async def meta(book: Database, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    deps = WhatsAppDeps(
        units=(units := unit_of_work_factory(book, clock)),
        finder=(finder := MessageFinder(book)),
        inbound=InboundMessages(SqlBusinesses(book, clock), units, finder, reply_handlers(), clock),
        clock=clock,
        verify_token="T",
        app_secret=SECRET,
    )
    app = FastAPI()
    app.include_router(whatsapp_router(deps))
    errors.install(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://shop.example") as client:
        yield client


async def post(meta: httpx.AsyncClient, value: object, secret: str = SECRET) -> int:
    body = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return (await meta.post(PATH, content=body, headers={"X-Hub-Signature-256": signature})).status_code


async def state(book: Database) -> str:
    async with book.transaction(write=False) as connection:
        return str((await connection.execute(select(messages.c.state))).scalar_one())


async def test_a_report_settles_what_was_unknown(meta: httpx.AsyncClient, book: Database) -> None:
    report = {"id": "wamid.1", "status": "delivered", "biz_opaque_callback_data": "msg_1"}
    assert await post(meta, {"statuses": [report]}) == 200
    assert await state(book) == "delivered"
    assert await post(meta, {"statuses": [{"id": "wamid.1", "status": "read"}]}) == 200
    assert await state(book) == "read"
    assert await post(meta, {"statuses": [{**report, "status": "sent"}]}) == 200
    assert await state(book) == "read"


async def test_a_report_of_a_message_that_is_not_ours_is_taken_and_changes_nothing(
    meta: httpx.AsyncClient, book: Database
) -> None:
    report = {"id": "wamid.9", "status": "delivered", "biz_opaque_callback_data": "msg_9"}
    assert await post(meta, {"statuses": [report]}) == 200
    assert await state(book) == "unknown"


async def test_a_button_is_pressed_as_words_are_written(
    meta: httpx.AsyncClient, book: Database, clock: SetClock
) -> None:
    sender = PHONE.removeprefix("+")
    pressed = {"from": sender, "id": "wamid.4", "type": "button", "button": {"payload": "x", "text": "Stop"}}
    assert await post(meta, {"messages": [pressed]}) == 200
    async with unit_of_work_factory(book, clock)(SHARMA, Effect.READ) as uow:
        assert await ContactWishes(uow).opted_out([PHONE]) == {PHONE}


async def test_who_answers_stop_gets_no_more_reminders(
    meta: httpx.AsyncClient, book: Database, clock: SetClock
) -> None:
    message = {"from": PHONE.removeprefix("+"), "id": "wamid.2", "text": {"body": "Stop"}}
    assert await post(meta, {"messages": [message]}) == 200
    async with unit_of_work_factory(book, clock)(SHARMA, Effect.READ) as uow:
        assert await ContactWishes(uow).opted_out([PHONE]) == {PHONE}


async def test_a_stranger_who_writes_is_nobodys(meta: httpx.AsyncClient) -> None:
    message = {"from": "919999900099", "id": "wamid.3", "text": {"body": "hello"}}
    assert await post(meta, {"messages": [message]}) == 200


async def test_nobody_else_is_believed(meta: httpx.AsyncClient, book: Database) -> None:
    report = {"id": "wamid.1", "status": "read", "biz_opaque_callback_data": "msg_1"}
    assert await post(meta, {"statuses": [report]}, secret="another") == 403
    assert (await meta.post(PATH, json={})).status_code == 403
    assert await state(book) == "unknown"


async def test_the_webhook_is_verified_when_it_is_set_up(meta: httpx.AsyncClient) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "T", "hub.challenge": "77"}
    answer = await meta.get(PATH, params=query)
    assert (answer.status_code, answer.text) == (200, "77")
    assert (await meta.get(PATH, params={**query, "hub.verify_token": "x"})).status_code == 403
