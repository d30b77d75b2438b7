from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from offhook.contracts.business import Business, OpenHours
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Conflict, NotFound
from offhook.desks.dealership.model import Appointment, ServiceType, SlotTaken
from offhook.desks.dealership.model import OutsideHours as Outside
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.seed import SeedService, create_dealership
from offhook.desks.dealership.tables import appointment_units
from offhook.kit.money import Money
from offhook.store.engine import Database, open_database
from offhook.store.schema import hours_exceptions
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock
from support.stored_rows import stored_rows

LAKESIDE = "biz_01KDV00000000000000000000A"
SHARMA = "biz_01KDV00000000000000000000B"
CHICAGO = ZoneInfo("America/Chicago")
FRIDAY_10 = datetime(2026, 11, 27, 10, 0, tzinfo=CHICAGO)
BAYS = 8

Opened = Callable[..., AbstractAsyncContextManager[DealershipRepository]]


@pytest.fixture
def book(database: Database, clock: SetClock) -> Opened:
    """`async with book() as repository`: a READ unit; `book(write=True)`: a WRITE one."""

    @asynccontextmanager
    async def opened(*, write: bool = False, business: str = LAKESIDE) -> AsyncIterator[DealershipRepository]:
        effect = Effect.WRITE if write else Effect.READ
        async with unit_of_work_factory(database, clock)(business, effect) as uow:
            yield DealershipRepository(uow)

    return opened


async def service(repository: DealershipRepository, name: str = "Oil change") -> ServiceType:
    found = await repository.service_by_name(name)
    assert found is not None
    return found


async def make(
    repository: DealershipRepository, starts_at: datetime, now: datetime, *, phone: str | None = "+12025550177"
) -> Appointment:
    return await repository.book(
        await service(repository),
        starts_at,
        customer_name="Ann Lee",
        customer_phone=phone,
        now=now,
        created_via="chat",
        session_id="sess_1",
    )


async def test_services_are_found_by_name_and_alias(book: Opened) -> None:
    async with book() as repository:
        services = await repository.services()
        assert services[0].name == "Oil change"
        assert services[0].price_from == Money(5995, "USD")
        for said in ("oil change", " Oil Change ", "oil and filter", "Change my oil"):
            assert (await service(repository, said)).name == "Oil change"
        assert await repository.service_by_name("haircut") is None
    async with book(business=SHARMA) as elsewhere:
        assert await elsewhere.services() == []


async def test_the_stored_row_is_the_appointment(book: Opened, database: Database, clock: SetClock) -> None:
    async with book(write=True) as repository:
        appointment = await make(repository, FRIDAY_10, clock.now())

    assert appointment.starts_at == FRIDAY_10
    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=45)
    (row,) = await stored_rows(database, "appointments", business_id=LAKESIDE, session_id="sess_1")
    assert row["appointment_id"] == appointment.appointment_id
    assert (row["service_name"], row["status"], row["kind"]) == ("Oil change", "booked", "service")
    assert row["starts_at"] == FRIDAY_10.astimezone(UTC)
    assert (row["customer_name"], row["customer_phone"]) == ("Ann Lee", "+12025550177")
    assert len(await stored_rows(database, "appointment_units", business_id=LAKESIDE)) == 4, "45 minutes and a buffer"
    async with book() as repository:
        assert await repository.appointment(appointment.appointment_id) == appointment
        assert await repository.appointments(phone="+12025550177") == [appointment]
        assert await repository.appointments(first=FRIDAY_10 + timedelta(minutes=1)) == []
        assert await repository.appointments(status="cancelled") == []
        assert len(await repository.appointments()) == 1
    async with book(business=SHARMA) as elsewhere:
        assert await elsewhere.appointment(appointment.appointment_id) is None
        assert await elsewhere.appointments() == []


async def test_customers_are_known_by_phone_and_never_renamed(book: Opened, clock: SetClock) -> None:
    async with book(write=True) as repository:
        maria = await repository.customer_by_phone("+12025550141")
        assert maria is not None
        assert maria.name == "Maria Lopez"
        assert [car.model for car in await repository.vehicles(maria.customer_id)] == ["Camry"]
        assert await repository.upsert_customer("+12025550141", "Mario Lopez", now=clock.now()) == maria
        fresh = await repository.upsert_customer("+12025550178", "Bo", now=clock.now())
    async with book() as repository:
        assert await repository.customer_by_phone("+12025550178") == fresh
    async with book(business=SHARMA) as elsewhere:
        assert await elsewhere.customer_by_phone("+12025550141") is None


async def test_a_withheld_number_books_without_a_customer(book: Opened, clock: SetClock) -> None:
    async with book(write=True) as repository:
        appointment = await make(repository, FRIDAY_10, clock.now(), phone=None)
    assert (appointment.customer_id, appointment.customer_phone) == (None, None)


async def test_all_bays_are_used_then_the_time_is_taken(book: Opened, clock: SetClock) -> None:
    now = clock.now()
    for _ in range(BAYS):
        async with book(write=True) as repository:
            assert await repository.why_not(await service(repository), FRIDAY_10, now=now) is None
            await make(repository, FRIDAY_10, now)

    async with book(write=True) as repository:
        with pytest.raises(SlotTaken):
            await make(repository, FRIDAY_10 + timedelta(minutes=30), now, phone="+12025550179")
        assert await repository.customer_by_phone("+12025550179") is None, "nothing is left of a refused booking"
    async with book() as repository:
        oil = await service(repository)
        assert await repository.why_not(oil, FRIDAY_10, now=now) == "taken"
        assert len(await repository.appointments()) == BAYS
        assert len({appointment.resource_id for appointment in await repository.appointments()}) == BAYS
        free = [slot.starts_at for slot in await repository.free_slots(oil, FRIDAY_10.date(), now=now)]
        assert FRIDAY_10 not in free
        assert FRIDAY_10 + timedelta(hours=1) in free
        nearest = [f"{slot.starts_at:%H:%M}" for slot in await repository.nearest_free(oil, FRIDAY_10, 3, now=now)]
        assert nearest == ["08:00", "09:00", "11:00"]


@pytest.mark.parametrize(
    ("starts_at", "reason"),
    [
        (datetime(2026, 11, 29, 10, tzinfo=CHICAGO), "closed_day"),
        (datetime(2026, 12, 25, 10, tzinfo=CHICAGO), "closed_day"),
        (datetime(2026, 11, 27, 17, 30, tzinfo=CHICAGO), "outside_hours"),
        (datetime(2026, 11, 24, 10, tzinfo=CHICAGO), "past"),
        (datetime(2026, 11, 25, 9, 30, tzinfo=CHICAGO), "too_soon"),
        (datetime(2027, 6, 1, 10, tzinfo=CHICAGO), "too_far"),
        (datetime(2026, 11, 27, 10, 5, tzinfo=CHICAGO), "off_grid"),
    ],
)
async def test_a_time_that_cannot_be_had_is_refused_with_its_reason(
    book: Opened, clock: SetClock, starts_at: datetime, reason: str
) -> None:
    async with book(write=True) as repository:
        assert await repository.why_not(await service(repository), starts_at, now=clock.now()) == reason
        with pytest.raises(Outside) as refusal:
            await make(repository, starts_at, clock.now())
        assert refusal.value.reason == reason
    async with book() as repository:
        assert await repository.appointments() == []


async def test_exceptions_replace_the_weekday(book: Opened, clock: SetClock, database: Database) -> None:
    half_day = {"business_id": LAKESIDE, "day": FRIDAY_10.date(), "reason": "Inventory"}
    async with database.transaction(write=True) as connection:
        await connection.execute(insert(hours_exceptions), {**half_day, "opens_min": 720, "closes_min": 900})
    async with book() as repository:
        opening = await repository.hours(FRIDAY_10.date())
        assert opening.reason == "Inventory"
        assert [(part.opens.hour, part.closes.hour) for part in opening.ranges] == [(12, 15)]
        free = await repository.free_slots(await service(repository), FRIDAY_10.date(), now=clock.now())
        assert [free[0].starts_at.hour, free[-1].starts_at.hour] == [12, 14]
        christmas = await repository.hours(date(2026, 12, 25))
        assert (christmas.ranges, christmas.reason) == ((), "Christmas Day")
        assert (await repository.hours(date(2026, 12, 24))).ranges
        assert (await repository.hours(date(2026, 11, 29))).ranges == ()


async def test_the_next_free_times_skip_closed_days(book: Opened, clock: SetClock) -> None:
    saturday_evening = datetime(2026, 11, 28, 15, 20, tzinfo=CHICAGO)
    async with book() as repository:
        oil = await service(repository)
        found = await repository.next_free(oil, saturday_evening, 2, now=clock.now())
        assert [f"{slot.starts_at:%a %H:%M}" for slot in found] == ["Mon 08:00", "Mon 09:00"]
        sunday = datetime(2026, 11, 29, 10, tzinfo=CHICAGO)
        offered = await repository.nearest_free(oil, sunday, 2, now=clock.now())
        assert [f"{slot.starts_at:%a %H:%M}" for slot in offered] == ["Mon 08:00", "Mon 09:00"]
        soon = await repository.next_free(oil, datetime(2020, 1, 1, tzinfo=UTC), 1, now=clock.now())
        assert [f"{slot.starts_at:%a %H:%M}" for slot in soon] == ["Wed 10:00"]
        far = clock.now() + timedelta(days=90)
        assert await repository.next_free(oil, far, 1, now=clock.now()) == []


async def test_concurrent_bookers_never_overlap(seeded_url: str, clock: SetClock) -> None:
    """As several servers would: each with its own connections."""
    servers = [open_database(seeded_url, busy_timeout_ms=20_000) for _ in range(3)]
    now = clock.now()
    starts = [FRIDAY_10 + timedelta(minutes=15 * (n % 2)) for n in range(30)]

    async def attempt(n: int) -> bool:
        open_unit = unit_of_work_factory(servers[n % 3], clock)
        try:
            async with open_unit(LAKESIDE, Effect.WRITE) as uow:
                await make(DealershipRepository(uow), starts[n], now, phone=f"+120255501{n:02d}")
        except SlotTaken:
            return False
        return True

    outcomes = await asyncio.gather(*(attempt(n) for n in range(30)))

    assert outcomes.count(True) == BAYS
    appointments = await stored_rows(servers[0], "appointments", business_id=LAKESIDE, limit=100)
    assert len(appointments) == BAYS
    assert len({row["resource_id"] for row in appointments}) == BAYS
    units = await stored_rows(servers[0], "appointment_units", business_id=LAKESIDE, limit=1000)
    assert {row["appointment_id"] for row in units} == {row["appointment_id"] for row in appointments}
    for server in servers:
        await server.aclose()


async def test_the_key_alone_refuses_an_overlap(book: Opened, clock: SetClock, database: Database) -> None:
    async with book(write=True) as repository:
        appointment = await make(repository, FRIDAY_10, clock.now())
    row = (await stored_rows(database, "appointment_units", business_id=LAKESIDE))[0]
    with pytest.raises(Conflict):
        async with unit_of_work_factory(database, clock)(LAKESIDE, Effect.WRITE) as uow:
            await sql(uow).execute(insert(appointment_units), {**row, "appointment_id": appointment.appointment_id})


async def test_a_business_of_ones_own(database: Database, clock: SetClock, book: Opened) -> None:
    garage = Business(
        business_id="biz_garage",
        name="Corner Garage",
        desk="dealership",
        timezone="Europe/London",
        country="GB",
        currency="GBP",
        phone="+442079460100",
        hours=(OpenHours(weekday=4, opens=datetime(2026, 1, 1, 9).time(), closes=datetime(2026, 1, 1, 12).time()),),
    )
    services = [SeedService(name="MOT test", aliases=["MOT"], duration_min=60, buffer_min=0, price_from=5485)]
    await create_dealership(database, clock, garage, services=services, bays=1)
    async with book(business="biz_garage") as repository:
        mot = await service(repository, "mot")
        assert mot.price_from == Money(5485, "GBP")
        free = await repository.free_slots(mot, date(2026, 11, 27), now=clock.now(), step_min=60)
        assert [slot.starts_at.isoformat() for slot in free] == [
            "2026-11-27T09:00:00+00:00",
            "2026-11-27T10:00:00+00:00",
            "2026-11-27T11:00:00+00:00",
        ]
    with pytest.raises(Conflict):
        await create_dealership(database, clock, garage)


async def test_an_unknown_business_has_no_book(book: Opened) -> None:
    async with book(business="biz_nowhere") as repository:
        with pytest.raises(NotFound):
            await repository.zone()
        assert await repository.services() == []
