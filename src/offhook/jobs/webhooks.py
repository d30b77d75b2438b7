"""Delivering domain events to a business's endpoints: what is sent, and what an endpoint's answers make of it.

An event may be delivered twice: the worker may die between the answer and its note of it. It carries the same id then,
by which the receiver drops it. An endpoint that has failed for `GIVES_UP_AFTER` and never answered in between, or says
that it is gone, is switched off and the owner told; its events that wait are skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import NotFound
from offhook.contracts.jobs import Job, JobContext, JobKind, Prepared, Skip
from offhook.contracts.messaging import Delivered, Delivery, Refused, TryLater, Uncertain
from offhook.contracts.webhooks import WebhookCall
from offhook.store.webhooks import DELIVER, Webhooks

GIVES_UP_AFTER = timedelta(hours=24)
MOST_ATTEMPTS = 30
"""Of one event: over about a day."""


async def prepare(ctx: JobContext) -> Prepared:
    book = Webhooks(ctx.uow)
    try:
        webhook = await book.get(ctx.job.payload["webhook_id"])
    except NotFound:
        return Skip("the endpoint is gone")
    if not webhook.active:
        return Skip("the endpoint is switched off")
    event_id = ctx.job.payload["event_id"]
    body = await book.event(event_id)
    if body is None:
        return Skip("the event was erased")
    return WebhookCall(
        business_id=ctx.job.business_id,
        webhook_id=webhook.webhook_id,
        url=webhook.url,
        secret=webhook.secret,
        event_id=event_id,
        body=body,
    )


async def settled(uow: UnitOfWork, job: Job, delivery: Delivery, now: datetime) -> None:
    book = Webhooks(uow)
    try:
        webhook = await book.get(job.payload["webhook_id"])
    except NotFound:
        return
    match delivery:
        case Delivered():
            if webhook.failing_since is not None:
                await book.went_well(webhook.webhook_id)
        case Refused(reason):
            if webhook.active:
                await book.switch_off(webhook.webhook_id, reason, now)
        case TryLater(reason) | Uncertain(reason):
            since = await book.went_wrong(webhook, now)
            if webhook.active and now - since >= GIVES_UP_AFTER:
                await book.switch_off(webhook.webhook_id, reason, now)
        case _:
            assert_never(delivery)


WEBHOOK_JOBS: Mapping[str, JobKind] = {
    DELIVER: JobKind(prepare, repeatable=True, most_attempts=MOST_ATTEMPTS, settled=settled)
}
