"""When a business writes to people: its quiet hours and whom it tells; and wall-clock moments in its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

import msgspec

from offhook.contracts.desk import UnitOfWork
from offhook.store.business_book import settings_in
from offhook.store.prepared import Rows, in_one_visit
from offhook.store.unit_of_work import sql


class MessageRules(msgspec.Struct, frozen=True, kw_only=True):
    """The part "messages" of a business's settings. Times are HH:MM of its wall clock."""

    reminder_at: str = "17:00"
    """On the day before an appointment."""
    reminder_by: Literal["message", "call"] = "message"
    """`call`: by telephone where a carrier places calls, else in writing."""
    quiet_from: str = "21:00"
    quiet_until: str = "08:00"
    """In between nothing is sent whose moment we chose; a confirmation answers the customer and is sent at once."""
    digest_at: str = "08:00"
    owner_name: str = ""
    owner_phone: str | None = None
    owner_email: str | None = None


class _Settings(msgspec.Struct):
    messages: MessageRules = MessageRules()


async def message_rules(uow: UnitOfWork) -> MessageRules:
    return await in_one_visit(sql(uow), lambda rows: message_rules_in(rows, uow.business_id))


def message_rules_in(rows: Rows, business_id: str) -> MessageRules:
    """The same, in the database's thread (store/prepared.py)."""
    return msgspec.json.decode(settings_in(rows, business_id), type=_Settings).messages


def after_quiet(moment: datetime, rules: MessageRules, zone: tzinfo) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    local = moment.astimezone(zone)
    begins, ends = time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_until)
    clock = local.time()
    if begins == ends:
        return moment
    over_night = begins > ends
    quiet = (clock >= begins or clock < ends) if over_night else begins <= clock < ends
    if not quiet:
        return moment
    day = local.date() + timedelta(days=1) if over_night and clock >= begins else local.date()
    return at_wall_clock(day, rules.quiet_until, zone)


def at_wall_clock(day: date, hhmm: str, zone: tzinfo) -> datetime:
    """That time on that day; an hour later where the clock change skips it."""
    return datetime.combine(day, time.fromisoformat(hhmm), zone).astimezone(UTC).astimezone(zone)


def stamp(moment: datetime) -> str:
    """As a part of a job's key: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
