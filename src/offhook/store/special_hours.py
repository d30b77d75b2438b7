"""Days whose hours are not those of their weekday: holidays, short days. Changed with an audit."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, insert, select

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import Invalid, NotFound
from offhook.store.audit import record_change
from offhook.store.codec import closes_min, opens_min, wall_time
from offhook.store.model import DayOpening, OpenRange
from offhook.store.schema import hours_exceptions
from offhook.store.unit_of_work import sql

MOST_RANGES = 6
"""Of one day."""
_H = hours_exceptions.c


class SpecialHours:
    """Lives as long as its unit of work; exists for that one business only. The last two need a WRITE one."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._business = uow.business_id
        self._sql = sql(uow)

    async def days(self, first: date, last: date) -> dict[date, DayOpening]:
        """Those from `first` to `last`, both included; a day without a range is closed."""
        query = select(_H.day, _H.opens_min, _H.closes_min, _H.reason).where(
            _H.business_id == self._business, _H.day.between(first, last)
        )
        found: dict[date, DayOpening] = {}
        for day, opens, closes, reason in await self._sql.execute(query.order_by(_H.day, _H.opens_min)):
            ranges = found[day].ranges if day in found else ()
            if opens < closes:
                ranges = (*ranges, OpenRange(wall_time(opens), wall_time(closes)))
            found[day] = DayOpening(ranges, reason)
        return found

    async def put(self, day: date, opening: DayOpening, *, actor: str, now: datetime) -> None:
        """In place of whatever the day had. Appointments that stand are left alone. Raises Invalid."""
        ranges = _checked(opening.ranges)
        before = (await self.days(day, day)).get(day)
        await self._clear(day)
        shared = {"business_id": self._business, "day": day, "reason": opening.reason.strip()}
        rows = [{**shared, "opens_min": opens, "closes_min": closes} for opens, closes in ranges or [(0, 0)]]
        await self._sql.execute(insert(hours_exceptions), rows)
        await self._audit("special_hours.put", day, before, actor, now)

    async def take_back(self, day: date, *, actor: str, now: datetime) -> None:
        """The day has its weekday's hours again. Raises NotFound."""
        before = (await self.days(day, day)).get(day)
        if before is None:
            raise NotFound("This day's special hours")
        await self._clear(day)
        await self._audit("special_hours.take_back", day, before, actor, now)

    async def _clear(self, day: date) -> None:
        await self._sql.execute(delete(hours_exceptions).where(_H.business_id == self._business, _H.day == day))

    async def _audit(self, action: str, day: date, before: DayOpening | None, actor: str, now: datetime) -> None:
        told = None if before is None else as_data(day, before)
        await record_change(
            self._sql, self._business, action, day.isoformat(), actor=actor, now=now, details={"before": told}
        )


def as_data(day: date, opening: DayOpening) -> Mapping[str, object]:
    ranges = [{"opens": f"{one.opens:%H:%M}", "closes": f"{one.closes:%H:%M}"} for one in opening.ranges]
    return {"day": day.isoformat(), "closed": not ranges, "ranges": ranges, "reason": opening.reason}


def _checked(ranges: Sequence[OpenRange]) -> list[tuple[int, int]]:
    minutes = sorted((opens_min(one.opens), closes_min(one.closes)) for one in ranges)
    problem = ""
    if len(minutes) > MOST_RANGES:
        problem = f"at most {MOST_RANGES} of one day"
    elif any(opens >= closes for opens, closes in minutes):
        problem = "must open before it closes"
    elif any(later < closes for (_, closes), (later, _) in itertools.pairwise(minutes)):
        problem = "two ranges overlap"
    if problem:
        raise Invalid("The hours cannot be used.", {"ranges": problem})
    return minutes
