"""A business's endpoints for domain events, and the events themselves.

`publish` is called in the transaction of what the event tells of: it writes the event and a job for each endpoint that
wants it. Where no endpoint does, nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, bindparam, insert, select, update

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import NotFound
from offhook.contracts.webhooks import TEST, VERSION, DomainEvent
from offhook.kit.ids import new_id
from offhook.store.audit import record_change
from offhook.store.codec import texts, to_text
from offhook.store.outbox import NewJob, enqueue, enqueue_in
from offhook.store.prepared import Prepared, Rows, adding, in_one_visit
from offhook.store.schema import domain_events, jobs, webhooks
from offhook.store.unit_of_work import sql

DELIVER = "webhook.deliver"
DISABLED = "webhook.disabled"
"""Kinds of jobs: an event for an endpoint; the owner is told that an endpoint was switched off."""
_W = webhooks.c
_ACTIVE = Prepared(select(webhooks).where(_W.business_id == bindparam("business"), _W.active))
_TOLD = Prepared(
    select(domain_events.c.event_id).where(
        domain_events.c.business_id == bindparam("business"), domain_events.c.key == bindparam("event_key")
    )
)
_TELL = adding(domain_events)


@dataclass(frozen=True, slots=True)
class Webhook:
    webhook_id: str
    url: str
    secret: str
    events: tuple[str, ...]
    """Kinds that it wants; empty for all."""
    description: str
    active: bool
    failing_since: datetime | None
    disabled_reason: str

    def wants(self, kind: str) -> bool:
        return kind == TEST or not self.events or kind in self.events


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one event's delivery to one endpoint stands."""

    job_id: str
    webhook_id: str
    event_id: str
    kind: str
    state: str
    attempt: int
    reason: str
    run_at: datetime
    updated_at: datetime


class Webhooks:
    """Lives as long as its unit of work; exists for that one business only."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._business = uow.business_id
        self._uow = uow
        self._sql = sql(uow)

    async def all(self) -> list[Webhook]:
        query = select(webhooks).where(_W.business_id == self._business).order_by(_W.created_at, _W.webhook_id)
        return [_webhook(row) for row in (await self._sql.execute(query)).mappings()]

    async def get(self, webhook_id: str) -> Webhook:
        """Raises NotFound."""
        query = select(webhooks).where(_W.business_id == self._business, _W.webhook_id == webhook_id)
        row = (await self._sql.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFound("This webhook")
        return _webhook(row)

    async def add(
        self, url: str, secret: str, events: Sequence[str], description: str, *, actor: str, now: datetime
    ) -> Webhook:
        webhook_id = new_id("hook")
        row = {
            "business_id": self._business,
            "webhook_id": webhook_id,
            "url": url,
            "secret": secret,
            "events": to_text(list(events)),
            "description": description,
            "active": True,
            "failing_since": None,
            "disabled_reason": "",
            "created_at": now.astimezone(UTC),
            "updated_at": now.astimezone(UTC),
        }
        await self._sql.execute(insert(webhooks), row)
        await self._audited("webhook.create", webhook_id, actor, now)
        return await self.get(webhook_id)

    async def change(self, webhook_id: str, *, actor: str, now: datetime, **values: object) -> Webhook:
        """Set columns; one that is switched on again begins anew. Raises NotFound."""
        await self.get(webhook_id)
        if values.get("active"):
            values |= {"failing_since": None, "disabled_reason": ""}
        await self._set(webhook_id, updated_at=now.astimezone(UTC), **values)
        await self._audited("webhook.change", webhook_id, actor, now)
        return await self.get(webhook_id)

    async def event(self, event_id: str) -> str | None:
        """The body of an event."""
        query = select(domain_events.c.body).where(
            domain_events.c.business_id == self._business, domain_events.c.event_id == event_id
        )
        return (await self._sql.execute(query)).scalar_one_or_none()

    async def went_well(self, webhook_id: str) -> None:
        await self._set(webhook_id, failing_since=None)

    async def went_wrong(self, webhook: Webhook, now: datetime) -> datetime:
        """Since when it has failed."""
        if webhook.failing_since is None:
            await self._set(webhook.webhook_id, failing_since=now.astimezone(UTC))
        return webhook.failing_since or now

    async def switch_off(self, webhook_id: str, reason: str, now: datetime) -> None:
        """And tell the owner, once for each time that it is switched off."""
        await self._set(webhook_id, active=False, disabled_reason=reason[:300], updated_at=now.astimezone(UTC))
        await self._audited("webhook.disable", webhook_id, "worker", now)
        key = f"{DISABLED}:{webhook_id}:{now.astimezone(UTC).isoformat(timespec='seconds')}"
        await enqueue(self._uow, NewJob(DISABLED, key, {"webhook_id": webhook_id}, now, subject=webhook_id), now=now)

    async def deliveries(self, webhook_id: str | None = None, limit: int = 50) -> list[Attempt]:
        """The newest first."""
        only = [jobs.c.subject == webhook_id] if webhook_id else []
        query = (
            select(jobs)
            .where(jobs.c.business_id == self._business, jobs.c.kind == DELIVER, *only)
            .order_by(jobs.c.created_at.desc(), jobs.c.job_id.desc())
            .limit(limit)
        )
        return [_attempt(row) for row in (await self._sql.execute(query)).mappings()]

    async def _set(self, webhook_id: str, **values: object) -> None:
        mine = (_W.business_id == self._business) & (_W.webhook_id == webhook_id)
        await self._sql.execute(update(webhooks).where(mine).values(**values))

    async def _audited(self, action: str, webhook_id: str, actor: str, now: datetime) -> None:
        await record_change(self._sql, self._business, action, webhook_id, actor=actor, now=now, details={})


async def publish(uow: UnitOfWork, event: DomainEvent, *, now: datetime, only: str | None = None) -> str | None:
    """Write the event for whoever wants it; needs a WRITE unit of work. Its id; None where nobody wants it, or it was
    told before. `only`: one endpoint's id."""
    return await in_one_visit(sql(uow), lambda rows: publish_in(rows, uow.business_id, event, now=now, only=only))


def publish_in(
    rows: Rows, business_id: str, event: DomainEvent, *, now: datetime, only: str | None = None
) -> str | None:
    """`publish`, in the database's thread (store/prepared.py)."""
    active = [_webhook(row._asdict()) for row in rows.all(_ACTIVE, business=business_id)]
    wanting = [one for one in active if one.wants(event.kind) and only in (None, one.webhook_id)]
    if not wanting:
        return None
    key = event.key or new_id("once")
    if rows.first(_TOLD, business=business_id, event_key=key) is not None:
        return None
    event_id, moment = new_id("evt"), now.astimezone(UTC)
    body = {
        "id": event_id,
        "type": event.kind,
        "version": VERSION,
        "timestamp": moment.isoformat(timespec="milliseconds"),
        "business_id": business_id,
        "data": event.data,
    }
    rows.run(
        _TELL,
        business_id=business_id,
        event_id=event_id,
        key=key,
        kind=event.kind,
        subject=event.subject,
        body=msgspec.json.encode(body).decode(),
        created_at=moment,
    )
    for one in wanting:
        payload = {"event_id": event_id, "webhook_id": one.webhook_id, "type": event.kind}
        job_key = f"{DELIVER}:{event_id}:{one.webhook_id}"
        enqueue_in(rows, business_id, NewJob(DELIVER, job_key, payload, now, subject=one.webhook_id), now=now)
    return event_id


def _webhook(row: Mapping[str, Any] | RowMapping) -> Webhook:
    return Webhook(
        webhook_id=row["webhook_id"],
        url=row["url"],
        secret=row["secret"],
        events=texts(row["events"]),
        description=row["description"],
        active=row["active"],
        failing_since=row["failing_since"],
        disabled_reason=row["disabled_reason"],
    )


def _attempt(row: RowMapping) -> Attempt:
    payload = msgspec.json.decode(row["payload"], type=dict[str, str])
    return Attempt(
        job_id=row["job_id"],
        webhook_id=row["subject"],
        event_id=payload["event_id"],
        kind=payload["type"],
        state=row["state"],
        attempt=row["attempt"],
        reason=row["reason"],
        run_at=row["run_at"],
        updated_at=row["updated_at"],
    )
