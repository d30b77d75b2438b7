"""Businesses: found by id, by called number or by default; made and changed.

The directory answers on every call and every request, so it keeps what it read for a short while; a change made through
it is seen at once in this process and after `ttl_s` in others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.business import Business, OpenHours, VoiceSettings
from offhook.contracts.clock import Clock
from offhook.contracts.errors import Conflict, Invalid, NotFound
from offhook.contracts.turn import TurnPolicy
from offhook.store.codec import closes_min, opens_min, texts, to_text, wall_time
from offhook.store.engine import Database
from offhook.store.schema import business_numbers, businesses, opening_hours

_DESKS = ("dealership", "shop", "sales")
_CACHED = 512


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """What `businesses.settings` holds for every desk; a desk's own keys beside these are kept as they are."""

    voice: VoiceSettings = VoiceSettings()
    turns: TurnPolicy = TurnPolicy()
    transfer_number: str | None = None


class SqlBusinesses:
    """BusinessDirectory on the database. Raises Unavailable like the store does."""

    def __init__(self, database: Database, clock: Clock, *, ttl_s: float = 5.0) -> None:
        self._database = database
        self._clock = clock
        self._ttl_ms = ttl_s * 1000
        self._cache: OrderedDict[tuple[str, str], tuple[float, Business | None]] = OrderedDict()

    async def get(self, business_id: str) -> Business:
        business = await self._find("id", business_id)
        if business is None:
            raise NotFound("This business")
        return business

    async def by_number(self, e164: str) -> Business | None:
        return await self._find("number", e164)

    async def default(self, desk: str | None = None) -> Business:
        """The first business of the desk; without a desk the first dealership, else the first of any desk.

        Raises NotFound when there is none.
        """
        business = await self._find("desk", desk or "")
        if business is None:
            raise NotFound(f"A business of the desk {desk}" if desk else "A business (make one with `offhook init`)")
        return business

    async def all(self) -> list[Business]:
        async with self._database.transaction(write=False) as connection:
            rows = await connection.execute(select(businesses).order_by(*_FIRST))
            return [await _business(connection, row) for row in rows.all()]

    async def demo_names(self) -> list[str]:
        """Names of the demo businesses; a production server refuses to start with any."""
        async with self._database.transaction(write=False, snapshot=False) as connection:
            rows = await connection.execute(select(businesses.c.name).where(businesses.c.demo).order_by(*_FIRST))
            return list(rows.scalars())

    async def demo_ids(self) -> frozenset[str]:
        """Ids of the demo businesses."""
        async with self._database.transaction(write=False, snapshot=False) as connection:
            rows = await connection.execute(select(businesses.c.business_id).where(businesses.c.demo))
            return frozenset(rows.scalars())

    async def create(
        self, business: Business, *, numbers: Sequence[str] = (), settings: dict[str, Any] | None = None
    ) -> None:
        """Store a new business reached under `numbers` (E.164; `business.phone` besides). Raises Conflict, Invalid."""
        async with self._database.transaction(write=True) as connection:
            await insert_business(connection, business, clock=self._clock, numbers=numbers, settings=settings)
        self._cache.clear()

    async def update(self, business: Business) -> None:
        """Store all fields and the hours of a known business; numbers stay. Raises NotFound, Invalid."""
        _validate(business)
        async with self._database.transaction(write=True) as connection:
            query = select(businesses.c.settings).where(businesses.c.business_id == business.business_id)
            stored = (await connection.execute(query)).scalar_one_or_none()
            if stored is None:
                raise NotFound("This business")
            values = _values(business, msgspec.json.decode(stored, type=dict[str, Any]))
            await connection.execute(
                update(businesses)
                .where(businesses.c.business_id == business.business_id)
                .values(**values, updated_at=self._clock.now())
            )
            await connection.execute(delete(opening_hours).where(opening_hours.c.business_id == business.business_id))
            await _insert_hours(connection, business)
        self._cache.clear()

    async def _find(self, by: str, key: str) -> Business | None:
        now_ms = self._clock.mono_ms()
        known = self._cache.get((by, key))
        if known is not None and now_ms - known[0] < self._ttl_ms:
            return known[1]
        if known is None:
            return await self._read(by, key, now_ms)
        self._cache[by, key] = (now_ms, known[1])  # one reader asks anew; meanwhile the others take what is known
        try:
            return await self._read(by, key, now_ms)
        except BaseException:
            if (by, key) in self._cache:
                self._cache[by, key] = known
            raise

    async def _read(self, by: str, key: str, now_ms: float) -> Business | None:
        query = select(businesses)
        if by == "id":
            query = query.where(businesses.c.business_id == key)
        elif by == "number":
            query = query.join(business_numbers).where(business_numbers.c.number == key)
        elif key:
            query = query.where(businesses.c.desk == key)
        async with self._database.transaction(write=False) as connection:
            row = (await connection.execute(query.order_by(*_FIRST).limit(1))).one_or_none()
            business = None if row is None else await _business(connection, row)
        self._cache[by, key] = (now_ms, business)
        self._cache.move_to_end((by, key))
        if len(self._cache) > _CACHED:
            self._cache.popitem(last=False)
        return business


_FIRST = ((businesses.c.desk != "dealership"), businesses.c.created_at, businesses.c.business_id)


async def insert_business(
    connection: AsyncConnection,
    business: Business,
    *,
    clock: Clock,
    numbers: Sequence[str] = (),
    settings: dict[str, Any] | None = None,
    demo: bool = False,
) -> None:
    """Inside an open transaction. `settings`: a desk's own keys, kept beside voice and turns.

    Raises Conflict when the id or a number is in use, Invalid when a field cannot be right.
    """
    _validate(business)
    now = clock.now().astimezone(UTC)
    try:
        await connection.execute(
            insert(businesses),
            {
                "business_id": business.business_id,
                **_values(business, settings or {}),
                "demo": demo,
                "created_at": now,
                "updated_at": now,
            },
        )
        reached = list(dict.fromkeys([*([business.phone] if business.phone else []), *numbers]))
        if reached:
            await connection.execute(
                insert(business_numbers),
                [{"number": number, "business_id": business.business_id} for number in reached],
            )
    except IntegrityError:
        raise Conflict(
            "business_exists", "A business with this id or one of these phone numbers exists already."
        ) from None
    await _insert_hours(connection, business)


async def _insert_hours(connection: AsyncConnection, business: Business) -> None:
    if business.hours:
        await connection.execute(
            insert(opening_hours),
            [
                {
                    "business_id": business.business_id,
                    "weekday": hours.weekday,
                    "opens_min": opens_min(hours.opens),
                    "closes_min": closes_min(hours.closes),
                }
                for hours in business.hours
            ],
        )


def _validate(business: Business) -> None:
    wrong: dict[str, str] = {}
    if not business.name.strip():
        wrong["name"] = "must not be empty"
    if business.desk not in _DESKS:
        wrong["desk"] = f"must be one of {', '.join(_DESKS)}"
    try:
        ZoneInfo(business.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        wrong["timezone"] = "must be an IANA zone such as America/Chicago"
    if len(business.currency) != 3 or not business.currency.isupper():
        wrong["currency"] = "must be an ISO 4217 code such as USD"
    last_by_day: dict[int, int] = {}
    for hours in sorted(business.hours, key=lambda hours: (hours.weekday, hours.opens)):
        if not 0 <= hours.weekday <= 6:
            wrong["hours"] = "weekday must be 0 (Monday) to 6"
        elif opens_min(hours.opens) >= closes_min(hours.closes):
            wrong["hours"] = "must open before it closes"
        elif opens_min(hours.opens) < last_by_day.get(hours.weekday, 0):
            wrong["hours"] = "two ranges of one day overlap"
        last_by_day[hours.weekday] = closes_min(hours.closes)
    if wrong:
        raise Invalid("The business cannot be stored as given.", wrong)


def _values(business: Business, settings: dict[str, Any]) -> dict[str, Any]:
    ours = msgspec.to_builtins(
        Settings(voice=business.voice, turns=business.turns, transfer_number=business.transfer_number)
    )
    return {
        "name": business.name,
        "desk": business.desk,
        "timezone": business.timezone,
        "country": business.country,
        "currency": business.currency,
        "languages": to_text(business.languages),
        "persona": business.persona,
        "address": business.address,
        "phone": business.phone,
        "announce_automated": business.announce_automated,
        "greeting": business.greeting,
        "settings": to_text({**settings, **ours}),
    }


async def _business(connection: AsyncConnection, row: Row[Any]) -> Business:
    week = await connection.execute(
        select(opening_hours.c.weekday, opening_hours.c.opens_min, opening_hours.c.closes_min)
        .where(opening_hours.c.business_id == row.business_id)
        .order_by(opening_hours.c.weekday, opening_hours.c.opens_min)
    )
    settings = msgspec.json.decode(row.settings, type=Settings)
    return Business(
        business_id=row.business_id,
        name=row.name,
        desk=row.desk,
        timezone=row.timezone,
        country=row.country,
        currency=row.currency,
        languages=texts(row.languages),
        persona=row.persona,
        address=row.address,
        phone=row.phone,
        announce_automated=row.announce_automated,
        greeting=row.greeting,
        hours=tuple(_open_hours(weekday, opens, closes) for weekday, opens, closes in week),
        voice=settings.voice,
        turns=settings.turns,
        transfer_number=settings.transfer_number,
    )


def _open_hours(weekday: int, opens: int, closes: int) -> OpenHours:
    """A closing time of 24:00 is 00:00 here, as in `time`."""
    closing: time = wall_time(closes)
    return OpenHours(weekday=weekday, opens=wall_time(opens), closes=closing)
