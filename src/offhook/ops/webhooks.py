"""A business's webhooks by hand: for the command line and the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import Conflict, Invalid
from offhook.contracts.webhooks import EVENTS, TEST, DomainEvent
from offhook.kit.webhook_signature import key_of, new_secret
from offhook.providers.webhooks.addresses import BadEndpoint, checked_url
from offhook.store.webhooks import Attempt, Webhook, Webhooks, publish

MOST = 20
"""Endpoints of one business."""


async def add(
    uow: UnitOfWork,
    url: str,
    events: Sequence[str],
    *,
    secret: str | None = None,
    description: str = "",
    actor: str,
    now: datetime,
) -> Webhook:
    """Raises Invalid, Conflict."""
    book = Webhooks(uow)
    known = await book.all()
    if len(known) >= MOST:
        raise Conflict("too_many_webhooks", f"A business has {MOST} webhooks at most; change or remove one.")
    checked(url=url, events=events, secret=secret)
    if any(one.url == url and one.active for one in known):
        raise Conflict("webhook_exists", "There is a webhook to this URL; change its events instead.")
    return await book.add(url, secret or new_secret(), list(dict.fromkeys(events)), description, actor=actor, now=now)


def checked(*, url: str | None = None, events: Sequence[str] = (), secret: str | None = None) -> None:
    """Raises Invalid naming what cannot be used."""
    wrong: dict[str, str] = {}
    if url is not None:
        try:
            checked_url(url)
        except BadEndpoint as error:
            wrong["url"] = str(error)
    unknown = [kind for kind in events if kind not in EVENTS]
    if unknown:
        wrong["events"] = f"unknown: {', '.join(unknown)[:200]}; there are: {', '.join(EVENTS)}"
    if secret is not None:
        try:
            key_of(secret)
        except ValueError as error:
            wrong["secret"] = str(error)
    if wrong:
        raise Invalid("The webhook cannot be used.", wrong)


async def test(uow: UnitOfWork, webhook_id: str, *, now: datetime) -> str:
    """The id of the test event that is on its way. Raises NotFound, Conflict."""
    webhook = await Webhooks(uow).get(webhook_id)
    if not webhook.active:
        raise Conflict("webhook_off", "The webhook is switched off; switch it on first.")
    event = DomainEvent(TEST, webhook_id, {"webhook_id": webhook_id, "message": "It works."})
    event_id = await publish(uow, event, now=now, only=webhook_id)
    assert event_id is not None
    return event_id


def as_data(webhook: Webhook, *, secret: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "webhook_id": webhook.webhook_id,
        "url": webhook.url,
        "events": list(webhook.events),
        "description": webhook.description,
        "active": webhook.active,
        "failing_since": None if webhook.failing_since is None else webhook.failing_since.isoformat(),
        "disabled_reason": webhook.disabled_reason,
    }
    return {**shown, "secret": webhook.secret} if secret else shown


def attempt_data(attempt: Attempt) -> dict[str, Any]:
    return {
        "delivery_id": attempt.job_id,
        "webhook_id": attempt.webhook_id,
        "event_id": attempt.event_id,
        "type": attempt.kind,
        "state": attempt.state,
        "attempts": attempt.attempt,
        "reason": attempt.reason,
        "next_at": attempt.run_at.isoformat() if attempt.state == "queued" else None,
        "updated_at": attempt.updated_at.isoformat(),
    }


def show(found: Sequence[Webhook], console: Console) -> None:
    if not found:
        console.print("There are no webhooks. Add one with: offhook webhooks add https://…")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("id", "url", "events", "state"):
        table.add_column(heading, overflow="fold")
    for one in found:
        state = "on" if one.active else f"off {one.disabled_reason}".rstrip()
        if one.active and one.failing_since is not None:
            state = f"failing since {one.failing_since:%Y-%m-%d %H:%M} UTC"
        table.add_row(one.webhook_id, one.url, ", ".join(one.events) or "all", state)
    console.print(table)


def show_deliveries(found: Sequence[Attempt], console: Console) -> None:
    if not found:
        console.print("Nothing was delivered, and nothing waits.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("when (UTC)", "type", "state", "attempts", "event", "webhook", "reason"):
        table.add_column(heading, overflow="fold")
    for one in found:
        row = (f"{one.updated_at:%Y-%m-%d %H:%M:%S}", one.kind, one.state, str(one.attempt))
        table.add_row(*row, one.event_id, one.webhook_id, one.reason)
    console.print(table)
