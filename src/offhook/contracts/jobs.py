"""Durable work: what a desk says about a kind of job, and what the engine that delivers it needs to know.

A job is a row, written in the transaction of what it follows from (store/outbox.py). When it is due, the worker asks
the desk's `JobHandler` what is to be done now: in one transaction with marking the row `sending`, so what it decides on
and what is sent belong together. Then it is delivered, outside of any transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from offhook.contracts.business import Business
from offhook.contracts.calendar import CalendarChange
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.messaging import Delivery, InboundMessage, OutgoingMessage
from offhook.contracts.webhooks import WebhookCall

JobState = Literal["queued", "sending", "sent", "skipped", "cancelled", "failed", "unknown"]
"""`unknown`: the worker died, or the answer was lost, between marking and knowing; never delivered again unasked."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    business_id: str
    job_id: str
    kind: str
    key: str
    subject: str
    payload: dict[str, str]
    run_at: datetime
    attempt: int
    """1 for the first."""


@dataclass(frozen=True, slots=True)
class JobContext:
    job: Job
    business: Business
    now: datetime
    """Aware, in the business's zone."""
    uow: UnitOfWork
    """A WRITE transaction: what the handler writes is committed with the mark."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing is to be done, or its time has passed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: quiet hours, say."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """All of it happened in the transaction."""


Work = OutgoingMessage | CalendarChange | WebhookCall
Prepared = Work | Skip | Wait | Done
JobHandler = Callable[[JobContext], Awaitable[Prepared]]


MOST_ATTEMPTS = 9
"""Of one job, over about four hours; each further one comes an hour later."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """How a desk registers a kind of job.

    `repeatable`: what it prepares may be delivered twice without harm (and is no message); after a crash it is.
    """

    handle: JobHandler
    repeatable: bool = False
    most_attempts: int = MOST_ATTEMPTS
    settled: Callable[[UnitOfWork, Job, Delivery, datetime], Awaitable[None]] | None = None
    """Told how each delivery went, in the transaction that notes it."""


ReplyMeaning = Literal["cancelled", "kept", "too_late", "stopped", "started", "not_understood"]
"""What a reply to a message of ours came to. `too_late`: a person has been asked to see to it. `stopped`, `started`: no
messages any more, or again; that holds for every business that writes from the number."""
ReplyHandler = Callable[[UnitOfWork, Business, InboundMessage, datetime], Awaitable[ReplyMeaning]]
"""Takes a person's reply, in a WRITE transaction; the moment is aware. Whatever receives messages calls the desk's."""

Planner = Callable[[UnitOfWork, Business, datetime], Awaitable[None]]
"""Enqueues what a business of the desk needs regularly, under keys that name the occurrence. Asked every few minutes;
the moment is aware, in the business's zone."""
