"""The worker process, `offhook worker`: delivers the jobs that the desks left in the outbox.

A second composition root, because it shares nothing with the server but the database: no dialogue, no speech, no
network of its own beyond those who carry its messages.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import httpx
from pydantic import SecretStr

from offhook import carriers
from offhook.channels.call_messenger import CallMessenger
from offhook.channels.call_token import CallTokens
from offhook.channels.outbound import OutboundCalls
from offhook.contracts.calendar import Calendar
from offhook.contracts.channel import Everybody
from offhook.contracts.errors import AppError, NotFound
from offhook.contracts.jobs import JobKind
from offhook.desks.jobs import job_kinds, planners
from offhook.desks.session_link import session_link
from offhook.desks.tables import metadata
from offhook.dialogue.tools.send_link import LINK_JOB
from offhook.jobs.calendar_watch import CalendarWatch
from offhook.jobs.delivery import Attempted, Courier
from offhook.jobs.durable import Durable
from offhook.jobs.planning import Planning
from offhook.jobs.webhooks import WEBHOOK_JOBS
from offhook.jobs.worker import Worker
from offhook.kit.clock import SystemClock
from offhook.kit.ids import new_id
from offhook.ops.settings import Settings, signing_secret
from offhook.providers.calendar.registry import CalendarOptions, build_calendar
from offhook.providers.messaging.registry import MessagingOptions, build_messengers
from offhook.providers.webhooks.sender import WebhookSender
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database, open_database
from offhook.store.job_queue import JobQueue
from offhook.store.join_codes import JoinCodes
from offhook.store.migrate import check
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.telemetry import log as logging
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

NICE = 10
"""Deliveries wait for calls, never the other way round."""
STOP_S = 12.0
"""For the message in flight, when the worker is told to stop."""
MADE_WITHIN_S = 30.0
"""How long a worker waits for a server that makes the database."""


async def work(settings: Settings, *, as_json: bool = False, with_parent: bool = False) -> None:
    """Deliver until told to stop (SIGTERM, Ctrl-C; `with_parent`: the end of standard input). Raises AppError."""
    logging.configure(json=not sys.stderr.isatty(), level=settings.offhook_log_level)
    with suppress(OSError):
        os.nice(NICE)
    async with open_worker(settings) as (worker, watch), asyncio.TaskGroup() as group:
        stopped = asyncio.Event()
        _stop_on_signals(stopped)
        if with_parent:
            await _stop_with_parent(stopped)
        running = [
            group.create_task(worker.run(), name="worker"),
            group.create_task(watch.run(), name="calendars"),
        ]
        if as_json:
            sys.stdout.write(json.dumps({"event": "ready"}) + "\n")
            sys.stdout.flush()
        await stopped.wait()
        for task in running:
            task.cancel()


@asynccontextmanager
async def open_worker(settings: Settings) -> AsyncIterator[tuple[Worker, CalendarWatch]]:
    """A worker on the settings' database, started; takes leave when the block ends."""
    clock, wall, log = SystemClock(settings.offhook_now), SystemClock(), get_logger("worker")
    worker_id = new_id("worker")

    def attempted(what: Attempted) -> None:
        tell = log.warning if what.state in ("failed", "unknown") else log.info
        tell("job", kind=what.kind, state=what.state, reason=what.reason)

    async with AsyncExitStack() as stack:
        database = open_database(settings.database_url())
        stack.push_async_callback(database.aclose)
        await _made(database)
        queue = JobQueue(database, clock, wall)
        messengers = await stack.enter_async_context(build_messengers(_messaging(settings)))
        http = await stack.enter_async_context(httpx.AsyncClient())
        diallers = carriers.diallers(settings, http, CallTokens(signing_secret(settings)), clock)
        if diallers:
            # the media come to a server, which lets calls in that bring a token of ours
            outbound = OutboundCalls(diallers, Everybody(), Metrics(), get_logger("outbound"))
            messengers = (*messengers, CallMessenger(outbound))
        businesses = SqlBusinesses(database, clock)
        units = unit_of_work_factory(database, clock)
        calendars = await _calendars(settings, businesses)
        for calendar in calendars.values():
            stack.push_async_callback(calendar.aclose)
        watch = CalendarWatch(
            calendars, units, clock, on_unknown=lambda reason: log.warning("calendar_unknown", reason=reason)
        )
        sender = WebhookSender(wall, private=settings.offhook_webhook_private, loopback=not settings.production)
        stack.push_async_callback(sender.aclose)
        links = session_link(JoinCodes(database, clock, signing_secret(settings)), settings.offhook_public_url)
        courier = Courier(
            queue,
            {**job_kinds(), **WEBHOOK_JOBS, LINK_JOB: JobKind(links)},
            businesses,
            clock,
            worker_id=worker_id,
            messengers=messengers,
            change_calendar=watch.change,
            with_calendar=calendars,
            send_webhook=sender.send,
            on_attempt=attempted,
        )
        durable = Durable(settings.jobs_url(), worker_id, courier.deliver)
        stack.push_async_callback(durable.aclose)
        durable.launch()
        worker = Worker(
            queue,
            durable,
            wall,
            worker_id=worker_id,
            plan=Planning(businesses, units, clock, planners()).plan,
            lost_after_s=settings.offhook_worker_lost_s,
            on_error=lambda code: log.warning("worker_round", code=code),
        )
        stack.push_async_callback(worker.aclose)
        stack.push_async_callback(_stop, courier)
        yield worker, watch


def _messaging(settings: Settings) -> MessagingOptions:
    def shown(secret: SecretStr | None) -> str | None:
        return None if secret is None else secret.get_secret_value()

    return MessagingOptions(
        whatsapp_token=shown(settings.whatsapp_token),
        whatsapp_phone_number_id=settings.whatsapp_phone_number_id,
        whatsapp_api=settings.whatsapp_api_url,
        twilio_account_sid=settings.twilio_account_sid,
        twilio_auth_token=shown(settings.twilio_auth_token),
        twilio_number=settings.twilio_phone_number,
        smtp_url=shown(settings.smtp_url),
    )


async def _calendars(settings: Settings, businesses: SqlBusinesses) -> dict[str, Calendar]:
    """Business id -> its calendar: the settings name one, which is the first dealership's. Raises AppError."""
    caldav_url = settings.caldav_url
    options = CalendarOptions(
        google_credentials=settings.google_credentials(),
        google_calendar_id=settings.google_calendar_id,
        caldav_url=None if caldav_url is None else caldav_url.get_secret_value(),
    )
    try:
        business = await businesses.default("dealership")
    except NotFound:
        return {}
    calendar = build_calendar(options, business.timezone)
    return {} if calendar is None else {business.business_id: calendar}


async def _stop(courier: Courier) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_S):
            await courier.stop()


async def _made(database: Database) -> None:
    """Wait for the server to make the database, if it is about to. Raises AppError."""
    give_up = asyncio.get_running_loop().time() + MADE_WITHIN_S
    while True:
        try:
            missing = await check(database, metadata)
        except AppError as error:
            missing = [error.message]
        if not missing:
            return
        if asyncio.get_running_loop().time() > give_up:
            raise AppError("database_outdated", f"The database {database.label} is not ready: {'; '.join(missing)}.")
        await asyncio.sleep(0.5)


def _stop_on_signals(stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)


async def _stop_with_parent(stopped: asyncio.Event) -> None:
    """Standard input ends with the process at its other end, however that one ends."""

    class Ends(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:
            stopped.set()

    await asyncio.get_running_loop().connect_read_pipe(Ends, sys.stdin)
