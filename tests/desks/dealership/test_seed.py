from __future__ import annotations

import pytest
from ulid import ULID

from offhook.contracts.desk import Effect
from offhook.contracts.errors import Conflict, Invalid, NotFound
from offhook.desks.dealership.invent import MAX_CUSTOMERS, Counts
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.seed import SeedService, demo_file, insert_services, seed
from offhook.kit.phone import parse_phone
from offhook.kit.vin import decode
from offhook.store.business_book import BusinessBook
from offhook.store.engine import Database, open_database
from offhook.store.seeding import SeedIds
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock
from support.stored_rows import stored_rows

LAKESIDE = "biz_01KDV00000000000000000000A"
DEMOS = [LAKESIDE, "biz_01KDV00000000000000000000B", "biz_01KDV00000000000000000000C"]
TABLES = ("customers", "vehicles", "appointments", "appointment_units", "service_history")


async def rows(database: Database, table: str) -> list[dict[str, object]]:
    return await stored_rows(database, table, business_id=LAKESIDE, limit=100_000)


async def test_the_demo_dealership_can_take_calls(database: Database, clock: SetClock) -> None:
    async with unit_of_work_factory(database, clock)(LAKESIDE, Effect.READ) as uow:
        book = DealershipRepository(uow)
        services, faq = await book.services(), await book.faq()
        assert len(await book.resources()) == 8
    assert len(services) >= 12
    assert len(faq) >= 25
    assert all(service.price_from is not None for service in services)
    assert all(service.price_to is None or service.price_from < service.price_to for service in services)  # type: ignore[operator]


def test_no_two_services_share_a_name() -> None:
    said = [name.casefold() for service in demo_file().services for name in (service.name, *service.aliases)]
    assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize("business_id", DEMOS)
async def test_each_demo_has_hours_faq_and_a_regular_id(
    sqlite_database: Database, clock: SetClock, business_id: str
) -> None:
    assert str(ULID.from_str(business_id.removeprefix("biz_"))) == business_id.removeprefix("biz_")
    async with unit_of_work_factory(sqlite_database, clock)(business_id, Effect.READ) as uow:
        book = BusinessBook(uow)
        assert (await book.hours(clock.now().date())).ranges
        assert await book.faq()


async def test_invented_data_is_consistent(database: Database, clock: SetClock) -> None:
    before = {table: len(await rows(database, table)) for table in TABLES}
    added = await seed(database, clock, business_id=LAKESIDE, customers=60, vehicles=90, appointments=150)

    assert added == Counts(60, 90, 150)
    after = {table: await rows(database, table) for table in TABLES}
    assert [len(after[table]) - before[table] for table in TABLES[:3]] == [60, 90, 150]
    owners = {row["customer_id"] for row in after["vehicles"]}
    assert owners == {row["customer_id"] for row in after["customers"]}, "everybody has a car"
    for row in after["customers"]:
        assert parse_phone(str(row["phone"])) == row["phone"]
    for row in after["vehicles"]:
        told = decode(str(row["vin"]), 2026) if row["vin"] else None
        assert told is None or (told.check_digit_right and row["year"] in told.years and told.maker == row["make"])
    done = {row["appointment_id"] for row in after["service_history"]}
    assert done == {row["appointment_id"] for row in after["appointments"] if row["status"] == "completed"}
    async with unit_of_work_factory(database, clock)(LAKESIDE, Effect.READ) as uow:
        book = DealershipRepository(uow)
        zone = await book.zone()
        made = await book.appointments(limit=1000)
        for appointment in made:
            opening = await book.hours(appointment.starts_at.astimezone(zone).date())
            assert any(
                part.opens <= appointment.starts_at.time() and appointment.ends_at.time() <= part.closes
                for part in opening.ranges
            )
            assert (appointment.status == "booked") == (appointment.starts_at > clock.now())
    ahead = [appointment for appointment in made if appointment.status == "booked"]
    assert 20 <= len(ahead) <= 60, "a quarter lies ahead"


async def test_cars_for_sale(sqlite_database: Database, clock: SetClock) -> None:
    before = len(await rows(sqlite_database, "inventory"))
    assert (await seed(sqlite_database, clock, business_id=LAKESIDE, cars=30)).cars == 30
    cars = await rows(sqlite_database, "inventory")
    assert len(cars) == before + 30
    assert all(row["odometer_km"] is None for row in cars if row["condition"] == "new")


async def test_the_same_seed_gives_the_same_rows(clock: SetClock, seeded_url: str) -> None:

    database = open_database(seeded_url)
    await seed(database, clock, business_id=LAKESIDE, seed=7, customers=20, vehicles=25, appointments=30)
    first = {table: await rows(database, table) for table in TABLES}
    async with database.transaction(write=True) as connection:
        for table in reversed(TABLES):
            await connection.exec_driver_sql(f"DELETE FROM {table}")
    await seed(database, clock, business_id=LAKESIDE, seed=7, customers=20, vehicles=25, appointments=30)
    second = {table: await rows(database, table) for table in TABLES}
    added = {row["customer_id"] for row in second["customers"]}
    assert [row for row in first["customers"] if row["customer_id"] in added] == second["customers"]
    assert second["appointments"] == first["appointments"]
    assert second["appointment_units"] == first["appointment_units"]
    await database.aclose()


async def test_a_seed_is_used_once_and_another_adds(database: Database, clock: SetClock) -> None:
    await seed(database, clock, business_id=LAKESIDE, customers=10, vehicles=10, appointments=10)
    with pytest.raises(Conflict, match="another --seed"):
        await seed(database, clock, business_id=LAKESIDE, customers=10, vehicles=10, appointments=10)
    assert len(await rows(database, "appointments")) == 10


async def test_a_full_book_takes_what_it_can(sqlite_database: Database, clock: SetClock) -> None:
    async with sqlite_database.transaction(write=True) as connection:
        await connection.exec_driver_sql("DELETE FROM opening_hours WHERE weekday <> 3")
        await connection.exec_driver_sql("DELETE FROM resources WHERE name <> 'Bay 1'")
    added = await seed(sqlite_database, clock, business_id=LAKESIDE, customers=5, vehicles=0, appointments=500)
    assert 0 < added.appointments < 500


@pytest.mark.parametrize(
    "counts",
    [
        {"customers": -1},
        {"customers": MAX_CUSTOMERS + 1},
        {"customers": 0, "vehicles": 1, "appointments": 0},
        {"customers": 0, "vehicles": 0, "appointments": 1},
    ],
)
async def test_counts_that_cannot_be_had(sqlite_database: Database, clock: SetClock, counts: dict[str, int]) -> None:
    before = await rows(sqlite_database, "customers")
    with pytest.raises(Invalid):
        await seed(sqlite_database, clock, business_id=LAKESIDE, **counts)
    assert await rows(sqlite_database, "customers") == before


async def test_only_a_known_business_is_seeded(sqlite_database: Database, clock: SetClock) -> None:
    with pytest.raises(NotFound):
        await seed(sqlite_database, clock, business_id="biz_nowhere")


@pytest.mark.parametrize(
    "service",
    [SeedService(name=" "), SeedService(name="Wash", duration_min=0), SeedService(name="Wash", buffer_min=-1)],
)
async def test_a_service_that_cannot_be_booked_is_refused(sqlite_database: Database, service: SeedService) -> None:
    with pytest.raises(Invalid):
        async with sqlite_database.transaction(write=True) as connection:
            await insert_services(connection, LAKESIDE, [service], "USD", SeedIds("x"))


def test_seeded_ids_repeat_and_differ() -> None:
    first, again, other = SeedIds(1), SeedIds(1), SeedIds(2)
    ids = [first.new("cust") for _ in range(100)]
    assert ids == [again.new("cust") for _ in range(100)]
    assert ids == sorted(set(ids))
    assert other.new("cust") not in ids
    assert str(ULID.from_str(ids[0].removeprefix("cust_"))) in ids[0]
