"""`offhook hours` and `offhook resources`: opening hours and what appointments occupy, changed with an audit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, or_, select

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWork
from offhook.contracts.errors import Invalid, NotFound
from offhook.desks.dealership import tables
from offhook.desks.dealership.edits import EDITS, ResourceFields
from offhook.ops.new_business import DAYS, read_hours
from offhook.store.audit import record_change
from offhook.store.businesses import SqlBusinesses
from offhook.store.editing import Editing
from offhook.store.engine import Database
from offhook.store.model import DayOpening, OpenRange
from offhook.store.special_hours import SpecialHours, as_data
from offhook.store.unit_of_work import sql, unit_of_work_factory

_ACTOR = "cli"
_AHEAD = timedelta(days=400)
_RANGE = re.compile(r"\d{1,2}(:\d\d)?\s*-\s*\d{1,2}(:\d\d)?")


@dataclass(frozen=True, slots=True)
class Hours:
    business: Business
    special: dict[date, DayOpening]

    def as_data(self) -> dict[str, object]:
        week = [
            {"weekday": DAYS[one.weekday], "opens": f"{one.opens:%H:%M}", "closes": f"{one.closes:%H:%M}"}
            for one in self.business.hours
        ]
        return {"week": week, "special": [as_data(day, opening) for day, opening in self.special.items()]}

    def lines(self) -> list[str]:
        week = [f"{DAYS[one.weekday]}         {one.opens:%H:%M}-{one.closes:%H:%M}" for one in self.business.hours]
        special = [
            f"{day}  {', '.join(f'{one.opens:%H:%M}-{one.closes:%H:%M}' for one in opening.ranges) or 'closed'}"
            f"{f'  ({opening.reason})' if opening.reason else ''}"
            for day, opening in self.special.items()
        ]
        return [*week, *special]


async def hours(database: Database, clock: Clock, business_id: str | None) -> Hours:
    """Raises NotFound."""
    found = await _business(database, clock, business_id)
    today = clock.now().astimezone(ZoneInfo(found.timezone)).date()
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.READ) as uow:
        return Hours(found, await SpecialHours(uow).days(today, today + _AHEAD))


async def set_week(database: Database, clock: Clock, business_id: str | None, text: str) -> None:
    """Raises NotFound, Invalid."""
    found = await _business(database, clock, business_id)
    changed = msgspec.structs.replace(found, hours=read_hours(text))
    if not changed.hours:
        raise Invalid("The hours cannot be read.", {"hours": "write mon-fri 9:00-18:00"})
    await SqlBusinesses(database, clock).update(changed)
    before = msgspec.to_builtins(found)["hours"]
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        await record_change(
            sql(uow),
            found.business_id,
            "business.change",
            found.business_id,
            actor=_ACTOR,
            now=clock.now(),
            details={"before": {"hours": before}},
        )


async def set_day(database: Database, clock: Clock, business_id: str | None, day: str, ranges: str, reason: str) -> int:
    """`ranges` "": closed. Returns how many appointments stand on that day. Raises NotFound, Invalid."""
    found = await _business(database, clock, business_id)
    which = _day(day)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        opening = DayOpening(_ranges(ranges), reason)
        await SpecialHours(uow).put(which, opening, actor=_ACTOR, now=clock.now())
        begins = datetime.combine(which, datetime.min.time(), ZoneInfo(found.timezone))
        starts_at = tables.appointments.c.starts_at
        return await _standing(uow, starts_at >= begins, starts_at < begins + timedelta(days=1))


async def usual_day(database: Database, clock: Clock, business_id: str | None, day: str) -> None:
    """Raises NotFound, Invalid."""
    found = await _business(database, clock, business_id)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        await SpecialHours(uow).take_back(_day(day), actor=_ACTOR, now=clock.now())


async def resources(database: Database, clock: Clock, business_id: str | None) -> list[dict[str, Any]]:
    """Raises NotFound."""
    found = await _business(database, clock, business_id)
    table = tables.resources
    query = select(table.c.resource_id, table.c.name, table.c.kind, table.c.active)
    query = query.where(table.c.business_id == found.business_id).order_by(table.c.kind, table.c.sort, table.c.name)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.READ) as uow:
        return [dict(row) for row in (await sql(uow).execute(query)).mappings()]


async def add_resource(database: Database, clock: Clock, business_id: str | None, name: str, kind: str) -> str:
    """Its id. Raises NotFound, Invalid, AppError resource_exists."""
    found = await _business(database, clock, business_id)
    try:
        given = msgspec.convert({"name": name.strip(), "kind": kind}, ResourceFields)
    except msgspec.ValidationError as error:
        field = "kind" if "kind" in str(error) else "name"
        raise Invalid("The resource cannot be added.", {field: str(error).partition(" - at")[0]}) from None
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        fields = {"name": given.name, "kind": given.kind}
        return await EDITS["resources"].create(Editing(uow, found, clock.now(), _ACTOR), fields)


async def switch(database: Database, clock: Clock, business_id: str | None, resource: str, *, on: bool) -> int:
    """By id or name; returns how many appointments that are to come stand on it. Raises NotFound."""
    found = await _business(database, clock, business_id)
    table, booked = tables.resources, tables.appointments
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        mine = table.c.business_id == found.business_id
        named = select(table.c.resource_id).where(mine, or_(table.c.resource_id == resource, table.c.name == resource))
        key = (await sql(uow).execute(named)).scalar_one_or_none()
        if key is None:
            raise NotFound("This resource")
        await EDITS["resources"].change(Editing(uow, found, clock.now(), _ACTOR), key, {"active": on})
        occupies = or_(booked.c.resource_id == key, booked.c.technician_id == key)
        return await _standing(uow, occupies, booked.c.starts_at >= clock.now())


async def _standing(uow: UnitOfWork, *where: Any) -> int:
    booked = tables.appointments
    query = select(func.count()).where(booked.c.business_id == uow.business_id, booked.c.status == "booked", *where)
    return int((await sql(uow).execute(query)).scalar_one())


def _ranges(text: str) -> tuple[OpenRange, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(_RANGE.fullmatch(part) for part in parts):
        raise Invalid("The hours cannot be read.", {"ranges": f"{text!r}; write 9:00-12:00"})
    return tuple(OpenRange(one.opens, one.closes) for part in parts for one in read_hours(f"mon {part}"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("The day cannot be read.", {"day": f"{text!r}; write YYYY-MM-DD"}) from None


async def _business(database: Database, clock: Clock, business_id: str | None) -> Business:
    businesses = SqlBusinesses(database, clock)
    return await (businesses.get(business_id) if business_id else businesses.default())
