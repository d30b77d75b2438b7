"""Webhooks as jobs: at least once under one id, tried again, and switched off when nobody answers for a day."""

from __future__ import annotations

from sqlalchemy import select

from jobs.conftest import Rig
from offhook.contracts.desk import Effect
from offhook.contracts.messaging import Delivered, Delivery, Refused, TryLater, Uncertain
from offhook.contracts.webhooks import DomainEvent, WebhookCall
from offhook.jobs.delivery import Courier
from offhook.jobs.webhooks import WEBHOOK_JOBS
from offhook.kit.webhook_signature import new_secret
from offhook.store.businesses import SqlBusinesses
from offhook.store.schema import jobs, webhooks
from offhook.store.webhooks import DISABLED, Webhooks, publish


class Hooked:
    """A courier that sends webhooks to nobody, and answers as it is told."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.answers: list[Delivery] = []
        self.sent: list[WebhookCall] = []
        self.courier = self.courier_of("worker_a")

    def courier_of(self, worker_id: str) -> Courier:
        rig = self.rig
        return Courier(
            rig.queue,
            WEBHOOK_JOBS,
            SqlBusinesses(rig.database, rig.clock),
            rig.clock,
            worker_id=worker_id,
            send_webhook=self._send,
        )

    async def _send(self, call: WebhookCall) -> Delivery:
        self.sent.append(call)
        return self.answers.pop(0) if self.answers else Delivered("HTTP 200")

    async def event(self) -> str:
        """The id of the job for one new endpoint and one event."""
        async with self.rig.units(self.rig.business_id, Effect.WRITE) as uow:
            book, now = Webhooks(uow), self.rig.clock.now()
            if not await book.all():
                await book.add("https://crm.example.com/", new_secret(), (), "", actor="test", now=now)
            await publish(uow, DomainEvent("lead.created", "lead_1"), now=now)
            return (await book.deliveries())[0].job_id

    async def deliver(self, job_id: str, attempt: int = 1) -> str:
        return await self.courier.deliver(self.rig.business_id, job_id, attempt)

    async def endpoint(self) -> dict[str, object]:
        return (await self.rig.rows(select(webhooks)))[0]


async def test_a_webhook_is_delivered(rig: Rig) -> None:
    hooked = Hooked(rig)
    assert await hooked.deliver(await hooked.event()) == "sent"
    (call,) = hooked.sent
    assert call.event_id in call.body


async def test_after_a_crash_it_is_sent_again_under_the_same_id(rig: Rig) -> None:
    hooked = Hooked(rig)
    job_id = await hooked.event()
    async with rig.queue.opened(rig.business_id, job_id) as opened:
        assert opened is not None
        await rig.queue.mark(opened[0], opened[1], "sending", worker_id="worker_dead", begun=True)
    assert await hooked.deliver(job_id) == "sent"
    assert len(hooked.sent) == 1


async def test_what_fails_or_is_unsure_is_tried_again_and_a_success_forgives(rig: Rig) -> None:
    hooked = Hooked(rig)
    job_id = await hooked.event()
    hooked.answers = [TryLater("HTTP 500"), Uncertain("no answer")]
    assert await hooked.deliver(job_id) == "queued"
    assert (await hooked.endpoint())["failing_since"] is not None
    assert await hooked.deliver(job_id, 2) == "queued"
    assert await hooked.deliver(job_id, 3) == "sent"
    assert len({call.event_id for call in hooked.sent}) == 1
    assert (await hooked.endpoint())["failing_since"] is None


async def test_a_day_of_failure_switches_it_off_and_tells_the_owner(rig: Rig) -> None:
    hooked = Hooked(rig)
    job_id = await hooked.event()
    hooked.answers = [TryLater("HTTP 500")] * 3
    await hooked.deliver(job_id)
    rig.clock.advance(hours=23)
    await hooked.deliver(job_id, 2)
    assert (await hooked.endpoint())["active"]
    rig.clock.advance(hours=2)
    await hooked.deliver(job_id, 3)
    endpoint = await hooked.endpoint()
    assert (endpoint["active"], endpoint["disabled_reason"]) == (False, "HTTP 500")
    assert len(await rig.rows(select(jobs).where(jobs.c.kind == DISABLED))) == 1
    assert await hooked.deliver(job_id, 4) == "skipped"
    assert len(hooked.sent) == 3


async def test_an_endpoint_that_is_gone_is_switched_off_at_once(rig: Rig) -> None:
    hooked = Hooked(rig)
    job_id = await hooked.event()
    hooked.answers = [Refused("the endpoint answered 410: it is gone")]
    assert await hooked.deliver(job_id) == "failed"
    assert not (await hooked.endpoint())["active"]
