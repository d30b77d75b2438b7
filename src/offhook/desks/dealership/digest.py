"""The owner's daily digest: who comes today, who waits for a call, whose call was missed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.repository import DealershipRepository
from offhook.dialogue.spoken import spoken_date, spoken_time
from offhook.dialogue.templates import Templates
from offhook.store.message_rules import MessageRules, at_wall_clock
from offhook.store.schema import calls, tasks
from offhook.store.unit_of_work import sql

SHOWN = 12
_MISSED = ("failed", "busy", "no-answer", "canceled")
_ALL = 500


def next_digest(now: datetime, rules: MessageRules) -> datetime:
    """When the next one is due; `now` in the business's zone."""
    zone = now.tzinfo
    assert zone is not None
    today = at_wall_clock(now.date(), rules.digest_at, zone)
    return today if today > now else at_wall_clock(now.date() + timedelta(days=1), rules.digest_at, zone)


async def digest(
    uow: UnitOfWork, business: Business, templates: Templates, language: str, now: datetime
) -> tuple[str, str]:
    """Subject and text."""
    words = templates.words(language)
    date = spoken_date(now.date(), words)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = await DealershipRepository(uow).appointments(
        first=midnight, last=midnight + timedelta(days=1, microseconds=-1), status="booked", limit=_ALL
    )

    def say(key: str, **values: str) -> str:
        return templates.render(language, key, values, 0)

    lines = [say("digest", business=business.name, date=date), say("digest_bookings", count=str(len(today)))]
    lines += [
        say(
            "digest_booking",
            time=spoken_time(appointment.starts_at.time(), words),
            name=appointment.customer_name,
            service=appointment.service_name,
        )
        for appointment in today[:SHOWN]
    ]
    if len(today) > SHOWN:
        lines.append(say("digest_more", count=str(len(today) - SHOWN)))
    lines.append(say("digest_callbacks", count=str(await _waiting(uow))))
    lines.append(say("digest_missed", count=str(await _missed(uow, now - timedelta(days=1)))))
    return say("digest_subject", business=business.name, date=date), "\n".join(lines)


async def _waiting(uow: UnitOfWork) -> int:
    query = (
        select(func.count())
        .select_from(tasks)
        .where(tasks.c.business_id == uow.business_id, tasks.c.status == "QUEUED")
    )
    return int((await sql(uow).execute(query)).scalar_one())


async def _missed(uow: UnitOfWork, since: datetime) -> int:
    query = (
        select(func.count())
        .select_from(calls)
        .where(calls.c.business_id == uow.business_id, calls.c.updated_at >= since, calls.c.status.in_(_MISSED))
    )
    return int((await sql(uow).execute(query)).scalar_one())
