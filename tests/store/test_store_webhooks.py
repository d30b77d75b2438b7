"""Domain events on either database: written with what they tell of, once, and only for whoever wants them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.errors import NotFound
from offhook.contracts.webhooks import DomainEvent
from offhook.kit.money import Money
from offhook.kit.webhook_signature import new_secret
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.store.webhooks import Attempt, Webhook, Webhooks, publish
from support.set_clock import SetClock

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
EVENT = DomainEvent("lead.created", "lead_1", {"lead_id": "lead_1", "quote_total": Money(100, "INR")})


class Hooks:
    def __init__(self, database: Database, clock: SetClock) -> None:
        self._units = unit_of_work_factory(database, clock)
        self._businesses = SqlBusinesses(database, clock)

    async def add(self, *events: str, desk: str = "sales") -> Webhook:
        async with self._units(await self._business(desk), Effect.WRITE) as uow:
            return await Webhooks(uow).add("https://crm.example.com/", new_secret(), events, "", actor="test", now=NOW)

    async def publish(self, event: DomainEvent, desk: str = "sales") -> str | None:
        async with self._units(await self._business(desk), Effect.WRITE) as uow:
            return await publish(uow, event, now=NOW)

    async def body(self, event_id: str) -> dict[str, object]:
        async with self._units(await self._business("sales"), Effect.READ) as uow:
            return msgspec.json.decode(await Webhooks(uow).event(event_id) or "{}", type=dict[str, object])

    async def deliveries(self, webhook_id: str | None = None, desk: str = "sales") -> list[Attempt]:
        async with self._units(await self._business(desk), Effect.READ) as uow:
            return await Webhooks(uow).deliveries(webhook_id)

    async def change(self, webhook_id: str, **values: object) -> Webhook:
        async with self._units(await self._business("sales"), Effect.WRITE) as uow:
            return await Webhooks(uow).change(webhook_id, actor="test", now=NOW, **values)

    async def went_wrong(self, webhook: Webhook, now: datetime) -> datetime:
        async with self._units(await self._business("sales"), Effect.WRITE) as uow:
            return await Webhooks(uow).went_wrong(webhook, now)

    async def _business(self, desk: str) -> str:
        return (await self._businesses.default(desk)).business_id


@pytest.fixture
def hooks(database: Database, clock: SetClock) -> Hooks:
    return Hooks(database, clock)


async def test_each_endpoint_that_wants_it_gets_it(hooks: Hooks) -> None:
    assert await hooks.publish(EVENT) is None
    every, leads, calls = await hooks.add(), await hooks.add("lead.created"), await hooks.add("call.ended")
    event_id = await hooks.publish(EVENT)
    assert event_id is not None
    told = await hooks.deliveries()
    assert {one.webhook_id for one in told} == {every.webhook_id, leads.webhook_id}
    assert {(one.event_id, one.kind, one.state) for one in told} == {(event_id, "lead.created", "queued")}
    assert await hooks.deliveries(calls.webhook_id) == []
    body = await hooks.body(event_id)
    assert (body["id"], body["type"], body["version"]) == (event_id, "lead.created", 1)
    assert body["data"] == {"lead_id": "lead_1", "quote_total": {"amount": 100, "currency": "INR"}}


async def test_an_occurrence_is_told_once(hooks: Hooks) -> None:
    await hooks.add()
    ended = DomainEvent("call.ended", "call_1", {}, key="call.ended:call_1")
    assert await hooks.publish(ended) is not None
    assert await hooks.publish(ended) is None
    assert len(await hooks.deliveries()) == 1


async def test_no_business_hears_of_another(hooks: Hooks) -> None:
    await hooks.add(desk="dealership")
    assert await hooks.publish(EVENT) is None
    assert await hooks.deliveries(desk="dealership") == []


async def test_what_is_off_gets_nothing_and_begins_anew_when_switched_on(hooks: Hooks) -> None:
    made = await hooks.add()
    assert await hooks.went_wrong(made, NOW) == NOW
    failing = await hooks.change(made.webhook_id, description="x")
    assert failing.failing_since == NOW
    assert await hooks.went_wrong(failing, NOW + timedelta(hours=1)) == NOW
    await hooks.change(made.webhook_id, active=False)
    assert await hooks.publish(EVENT) is None
    again = await hooks.change(made.webhook_id, active=True)
    assert (again.failing_since, again.disabled_reason) == (None, "")
    with pytest.raises(NotFound):
        await hooks.change("hook_none", active=True)
