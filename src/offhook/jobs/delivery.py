"""One attempt of one job: mark, deliver, note. What makes a message go out at most once.

The row is marked `sending` in the transaction that decides what is sent, and committed durably before the send. Whoever
finds a row so marked by an attempt that is no longer running cannot know whether the message went out: it becomes
`unknown` and is not sent again. One message is in flight at a time, so that a crash leaves one such row at most.
Work that may be repeated (a calendar's event under its own id) is simply done again.
"""

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

from offhook.contracts.business import BusinessDirectory
from offhook.contracts.calendar import CalendarChange
from offhook.contracts.clock import Clock
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import AppError, Unavailable
from offhook.contracts.jobs import (
    MOST_ATTEMPTS,
    Done,
    Job,
    JobContext,
    JobKind,
    JobState,
    Prepared,
    Skip,
    Wait,
    Work,
)
from offhook.contracts.messaging import (
    Delivered,
    Delivery,
    MessageState,
    Messenger,
    OutgoingMessage,
    Refused,
    TryLater,
    Uncertain,
)
from offhook.contracts.webhooks import WebhookCall
from offhook.jobs.backoff import delay_s
from offhook.store.job_queue import JobQueue

STORE_AWAY_S = 2.0
"""How long an outcome waits before it is offered to a database again that is away."""
CRASHED = "the worker stopped between marking and knowing"

T = TypeVar("T")

DeliverChange = Callable[[CalendarChange], Awaitable[Delivery]]
DeliverWebhook = Callable[[WebhookCall], Awaitable[Delivery]]


@dataclass(frozen=True, slots=True)
class Attempted:
    """How an attempt went, for logs and metrics."""

    kind: str
    state: JobState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Sending:
    job: Job
    work: Work
    ways: tuple[tuple[Messenger, str], ...] = ()
    """Who reaches the recipient, and where, in order of preference."""
    message_id: str = ""


class Courier:
    def __init__(
        self,
        queue: JobQueue,
        kinds: Mapping[str, JobKind],
        businesses: BusinessDirectory,
        clock: Clock,
        *,
        worker_id: str,
        messengers: Sequence[Messenger] = (),
        change_calendar: DeliverChange | None = None,
        with_calendar: Collection[str] = (),
        send_webhook: DeliverWebhook | None = None,
        on_attempt: Callable[[Attempted], None] = lambda attempted: None,
    ) -> None:
        """`messengers` in order of preference: the first that reaches the recipient carries the message.
        `with_calendar`: businesses whose calendar `change_calendar` keeps."""
        self._queue = queue
        self._kinds = kinds
        self._businesses = businesses
        self._clock = clock
        self._worker_id = worker_id
        self._messengers = tuple(messengers)
        self._change_calendar = change_calendar
        self._with_calendar = frozenset(with_calendar)
        self._send_webhook = send_webhook
        self._on_attempt = on_attempt
        self._one_message = asyncio.Lock()
        self._dice = random.Random()  # noqa: S311  # spreads retries; nothing secret

    async def stop(self) -> None:
        """Let the message in flight end, and begin no other."""
        await self._one_message.acquire()

    async def deliver(self, business_id: str, job_id: str, attempt: int) -> str:
        """Carry out the attempt; returns the row's state after it. Waits for a database that is away."""
        async with self._one_message:
            claimed = await self._when_there(lambda: self._claim(business_id, job_id, attempt))
            if isinstance(claimed, str):
                return claimed
            if isinstance(claimed.work, OutgoingMessage):
                return await self._noted(claimed, await self._send(claimed))
        return await self._noted(claimed, await self._carry_out(claimed.work))

    # -- mark -----------------------------------------------------------------------------------------------------

    async def _claim(self, business_id: str, job_id: str, attempt: int) -> _Sending | JobState:
        """Ask the handler and mark the row, in one transaction; a handler that fails is asked again later."""
        try:
            business = await self._businesses.get(business_id)
            async with self._queue.opened(business_id, job_id) as opened:
                if opened is None:
                    return "cancelled"
                uow, job, state = opened
                kind = self._kinds.get(job.kind)
                crashed = state == "sending" and job.attempt == attempt
                fresh = state == "queued" and job.attempt + 1 == attempt
                if crashed and (kind is None or not kind.repeatable):
                    return await self._ended(uow, job, "unknown", "unknown", CRASHED)
                if not (crashed or fresh):
                    return state
                if kind is None:
                    return await self._over(uow, job, "failed", "no desk knows this kind of job", begun=fresh)
                now = self._clock.now().astimezone(ZoneInfo(business.timezone))
                prepared = await kind.handle(JobContext(job, business, now, uow))
                return await self._marked(uow, job, prepared, kind, begun=fresh)
        except Unavailable:
            raise
        except Exception as error:  # lint: broad-except: the job runner; one job's defect must not stop the others
            reason = error.code if isinstance(error, AppError) else type(error).__name__
            return await self._put_off(business_id, job_id, attempt, f"could not be prepared: {reason}")

    async def _marked(
        self, uow: UnitOfWork, job: Job, prepared: Prepared, kind: JobKind, *, begun: bool
    ) -> _Sending | JobState:
        match prepared:
            case Skip(reason):
                return await self._over(uow, job, "skipped", reason, begun=begun)
            case Done():
                return await self._over(uow, job, "sent", begun=begun)
            case Wait(until):
                await self._queue.mark(uow, job, "queued", run_at=until, begun=begun)
                return "queued"
            case OutgoingMessage():
                if kind.repeatable:
                    raise TypeError(f"{job.kind} is registered as repeatable, so it must not prepare messages")
                fit = (m for m in self._messengers if m.channel != "call" or prepared.call is not None)
                wished = sorted(fit, key=lambda m: m.channel != prepared.prefer)
                ways = tuple((m, to) for m in wished if (to := m.address(prepared.recipient)))
                if not ways:
                    return await self._over(uow, job, "skipped", "no way to reach the recipient", begun=begun)
                messenger, address = ways[0]
                message_id = await self._queue.message_begun(
                    uow, job, prepared, channel=messenger.channel, provider=messenger.name, address=address
                )
                await self._queue.mark(uow, job, "sending", worker_id=self._worker_id, begun=begun)
                return _Sending(job, prepared, ways, message_id)
            case CalendarChange():
                if job.business_id not in self._with_calendar:
                    return await self._over(uow, job, "skipped", "no calendar is configured", begun=begun)
                await self._queue.mark(uow, job, "sending", worker_id=self._worker_id, begun=begun)
                return _Sending(job, prepared)
            case WebhookCall():
                await self._queue.mark(uow, job, "sending", worker_id=self._worker_id, begun=begun)
                return _Sending(job, prepared)
        assert_never(prepared)

    # -- deliver --------------------------------------------------------------------------------------------------

    async def _send(self, sending: _Sending) -> Delivery:
        """By the first way that does not refuse; only after a refusal is it certain that another may be tried."""
        assert isinstance(sending.work, OutgoingMessage)
        delivery: Delivery = Refused("no way to reach the recipient")
        for n, (messenger, address) in enumerate(sending.ways):
            if n:
                await self._when_there(functools.partial(self._rerouted, sending.job, messenger, address))
            try:
                delivery = await messenger.send(sending.work, sending.message_id)
            except Exception as error:  # lint: broad-except: the job runner; its defect leaves the outcome open
                delivery = Uncertain(f"{messenger.name} broke: {type(error).__name__}")
            if not isinstance(delivery, Refused):
                break
        return delivery

    async def _rerouted(self, job: Job, messenger: Messenger, address: str) -> None:
        async with self._queue.opened(job.business_id, job.job_id) as opened:
            if opened is not None:
                await self._queue.message_rerouted(
                    opened[0], job, channel=messenger.channel, provider=messenger.name, address=address
                )

    async def _carry_out(self, work: Work) -> Delivery:
        """Work that is no message, and may be repeated."""
        try:
            if isinstance(work, WebhookCall):
                if self._send_webhook is None:
                    return TryLater("this worker sends no webhooks")
                return await self._send_webhook(work)
            assert isinstance(work, CalendarChange)
            assert self._change_calendar is not None
            return await self._change_calendar(work)
        except Exception as error:  # lint: broad-except: the job runner; the work may be repeated
            what = "sending" if isinstance(work, WebhookCall) else "the calendar"
            return TryLater(f"{what} broke: {type(error).__name__}")

    # -- note -----------------------------------------------------------------------------------------------------

    async def _noted(self, sending: _Sending, delivery: Delivery) -> JobState:
        return await self._when_there(lambda: self._note(sending.job, delivery))

    async def _note(self, job: Job, delivery: Delivery) -> JobState:
        async with self._queue.opened(job.business_id, job.job_id) as opened:
            if opened is None:
                return "cancelled"
            uow, now_row, state = opened
            if state not in ("sending", "unknown"):
                return state
            kind = self._kinds.get(job.kind)
            if kind is not None and kind.settled is not None:
                await kind.settled(uow, now_row, delivery, self._clock.now())
            match delivery:
                case Delivered(reference):
                    return await self._ended(uow, now_row, "sent", "sent", reference=reference)
                case Refused(reason):
                    return await self._ended(uow, now_row, "failed", "failed", reason)
                case Uncertain(reason):
                    if kind is not None and kind.repeatable:
                        return await self._again(uow, now_row, reason, None)
                    return await self._ended(uow, now_row, "unknown", "unknown", reason)
                case TryLater(reason, after_s):
                    return await self._again(uow, now_row, reason, after_s)
            assert_never(delivery)

    async def _ended(
        self, uow: UnitOfWork, job: Job, state: JobState, message: MessageState, reason: str = "", reference: str = ""
    ) -> JobState:
        await self._queue.message_ended(uow, job, message, reason=reason, reference=reference)
        return await self._over(uow, job, state, reason)

    async def _again(
        self, uow: UnitOfWork, job: Job, reason: str, after_s: float | None, *, attempt: int = 0
    ) -> JobState:
        kind = self._kinds.get(job.kind)
        most = MOST_ATTEMPTS if kind is None else kind.most_attempts
        wait_s = delay_s(attempt or job.attempt, self._dice, after_s, most=most)
        if wait_s is None:
            return await self._ended(uow, job, "failed", "failed", f"given up: {reason}")
        await self._queue.message_ended(uow, job, "queued", reason=reason)
        run_at = self._clock.now() + timedelta(seconds=wait_s)
        await self._queue.mark(uow, job, "queued", reason=reason, run_at=run_at)
        self._on_attempt(Attempted(job.kind, "queued", reason))
        return "queued"

    async def _put_off(self, business_id: str, job_id: str, attempt: int, reason: str) -> JobState:
        """For an attempt whose transaction was rolled back: nothing of it stands, nothing went out."""
        async with self._queue.opened(business_id, job_id) as opened:
            if opened is None:
                return "cancelled"
            uow, job, state = opened
            if state not in ("queued", "sending"):
                return state
            if job.attempt < attempt:
                await self._queue.mark(uow, job, state, begun=True)
            return await self._again(uow, job, reason, None, attempt=attempt)

    async def _over(
        self, uow: UnitOfWork, job: Job, state: JobState, reason: str = "", *, begun: bool = False
    ) -> JobState:
        await self._queue.mark(uow, job, state, reason=reason, worker_id=self._worker_id, begun=begun)
        self._on_attempt(Attempted(job.kind, state, reason))
        return state

    async def _when_there(self, work: Callable[[], Awaitable[T]]) -> T:
        """What is known must be written down: as often as it takes."""
        while True:
            try:
                return await work()
            except Unavailable:
                await asyncio.sleep(STORE_AWAY_S)
