from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.errors import Conflict, Invalid
from offhook.desks.dealership.repository import DealershipRepository
from offhook.kit.money import Money
from offhook.ops.new_business import Wanted, ask_for, create, read_hours, read_service
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.model import DayOpening, OpenRange
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

GARAGE = Wanted(
    name="Corner Garage",
    number="(202) 555-0177",
    hours="mon-fri 8:30-17, sat 9-13",
    services=("Oil change: 45: 49.95", "Wash"),
)


async def test_a_dealership_is_made_whole(sqlite_database: Database, clock: SetClock, tmp_path: Path) -> None:
    faq = tmp_path / "faq.csv"
    faq.write_text('question,answer\nDo you tow?,"Yes, within ten miles."\n,nothing\n')
    made = await create(sqlite_database, clock, Wanted(**{**_fields(GARAGE), "faq": faq}))
    found = await SqlBusinesses(sqlite_database, clock).by_number("+12025550177")
    assert found == made.business
    assert found.hours[0].opens == time(8, 30)
    async with unit_of_work_factory(sqlite_database, clock)(found.business_id, Effect.READ) as uow:
        book = DealershipRepository(uow)
        assert [(s.name, s.duration_min, s.price_from) for s in await book.services()] == [
            ("Oil change", 45, Money(4995, "USD")),
            ("Wash", 60, None),
        ]
        assert [entry.question for entry in await book.faq()] == ["Do you tow?"]
    assert [problem.line for problem in made.faq.problems] == [3]
    assert made.as_data()["faq_entries"] == 1


async def test_bays_and_technicians_are_set_up_and_bookings_need_both(
    sqlite_database: Database, clock: SetClock
) -> None:
    made = await create(sqlite_database, clock, replace(GARAGE, bays=2, technicians=1))
    async with unit_of_work_factory(sqlite_database, clock)(made.business.business_id, Effect.WRITE) as uow:
        book = DealershipRepository(uow)
        assert [one.name for one in await book.resources()] == ["Bay 1", "Bay 2"]
        assert [one.name for one in await book.resources("technician")] == ["Technician 1"]
        wash = (await book.services())[1]
        assert wash.technician_kind == "technician"
        start = datetime(2026, 12, 1, 10, tzinfo=ZoneInfo(made.business.timezone))
        assert await book.why_not(wash, start, now=clock.now()) is None
        await book.book(wash, start, customer_name="Ann", customer_phone=None, now=clock.now(), created_via="test")
        assert await book.why_not(wash, start, now=clock.now()) is not None, "the only technician is busy"


async def test_without_numbers_it_has_four_bays_and_no_technician(sqlite_database: Database, clock: SetClock) -> None:
    made = await create(sqlite_database, clock, GARAGE)
    async with unit_of_work_factory(sqlite_database, clock)(made.business.business_id, Effect.READ) as uow:
        book = DealershipRepository(uow)
        assert len(await book.resources()) == 4
        assert await book.resources("technician") == []
        assert {service.technician_kind for service in await book.services()} == {None}


@pytest.mark.parametrize("desk", ["dealership", "shop", "sales"])
async def test_closed_days_take_the_place_of_the_weeks_hours(
    sqlite_database: Database, clock: SetClock, desk: str
) -> None:
    wanted = Wanted(name="Ours", desk=desk, closed=("2026-12-25: Christmas: and rest", "2027-01-01"))
    made = await create(sqlite_database, clock, wanted)
    async with unit_of_work_factory(sqlite_database, clock)(made.business.business_id, Effect.READ) as uow:
        book = BusinessBook(uow)
        assert await book.hours(date(2026, 12, 25)) == DayOpening((), "Christmas: and rest")
        assert await book.hours(date(2027, 1, 1)) == DayOpening(())
        assert (await book.hours(date(2026, 12, 24))).ranges == (OpenRange(time(9), time(18)),)


@pytest.mark.parametrize("desk", ["shop", "sales"])
async def test_other_desks_are_made_too(sqlite_database: Database, clock: SetClock, desk: str) -> None:
    made = await create(sqlite_database, clock, Wanted(name="Ours", desk=desk, country="IN", zone="Asia/Kolkata"))
    assert (await SqlBusinesses(sqlite_database, clock).get(made.business.business_id)).currency == "INR"


async def test_a_number_in_use_is_a_conflict_and_nothing_is_made(sqlite_database: Database, clock: SetClock) -> None:
    await create(sqlite_database, clock, GARAGE)
    with pytest.raises(Conflict):
        await create(sqlite_database, clock, GARAGE)
    assert len(await SqlBusinesses(sqlite_database, clock).all()) == 4


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": " "}, "name"),
        ({"desk": "bakery"}, "desk"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"country": "USA"}, "country"),
        ({"number": "12"}, "number"),
        ({"hours": "sometimes"}, "hours"),
        ({"hours": "mon 18-9"}, "hours"),
        ({"hours": "mon-fri 25-99"}, "hours"),
        ({"hours": "mon 9-24:30"}, "hours"),
        ({"services": ("Oil: many",)}, "service"),
        ({"services": ("Oil: 30: 1.999",)}, "service"),
        ({"desk": "shop"}, "service"),
        ({"faq": Path("/nowhere.csv")}, "faq"),
        ({"currency": "dollars"}, "currency"),
        ({"bays": 0}, "bays"),
        ({"bays": 201}, "bays"),
        ({"technicians": -1}, "technicians"),
        ({"desk": "shop", "services": (), "bays": 2}, "bays"),
        ({"desk": "sales", "services": (), "technicians": 2}, "technicians"),
        ({"closed": ("Christmas",)}, "closed"),
        ({"closed": ("20261225:Christmas",)}, "closed"),
        ({"closed": ("2026-02-30:Nothing",)}, "closed"),
        ({"closed": ("2026-12-25:Christmas", "2026-12-25:Xmas")}, "closed"),
    ],
    ids=str,
)
async def test_what_cannot_be_used_is_named(
    sqlite_database: Database, clock: SetClock, changes: dict[str, object], named: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await create(sqlite_database, clock, Wanted(**{**_fields(GARAGE), **changes}))
    assert refused.value.fields is not None
    assert named in refused.value.fields
    assert len(await SqlBusinesses(sqlite_database, clock).all()) == 3


def _fields(wanted: Wanted) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", []),
        ("mon 9-17", [(0, time(9), time(17))]),
        ("Sat-Mon 9:30-24", [(5, time(9, 30), time(0)), (6, time(9, 30), time(0)), (0, time(9, 30), time(0))]),
        ("tue 9-12, tue 13-17", [(1, time(9), time(12)), (1, time(13), time(17))]),
    ],
)
def test_hours_are_read(text: str, hours: list[tuple[int, time, time]]) -> None:
    assert [(part.weekday, part.opens, part.closes) for part in read_hours(text)] == hours


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("Oil: 30: 5.5", "USD", 550), ("Oil: 30: 5", "JPY", 5), ("Oil: 30 min: 1.250", "KWD", 1250), ("Oil", "USD", None)],
)
def test_prices_are_whole_minor_units(text: str, currency: str, minor: int | None) -> None:
    assert read_service(text, currency).price_from == minor


def test_each_question_is_asked_until_it_is_answered() -> None:
    answers: Iterator[str] = iter(
        [
            "",
            "Corner Garage",
            "dealership",
            "Nowhere",
            "Europe/London",
            "gb",
            "12",
            "",
            "mon-fri 9-17",
            "Oil: 30; Wash",
            "",
        ]
    )
    asked: list[str] = []

    def ask(question: str, default: str) -> str:
        asked.append(question)
        return next(answers)

    wanted = ask_for(ask, Wanted(name=""))
    assert wanted.name == "Corner Garage"
    assert wanted.zone == "Europe/London"
    assert wanted.country == "GB"
    assert wanted.number == ""
    assert wanted.services == ("Oil: 30", "Wash")
    assert next(answers, None) is None
