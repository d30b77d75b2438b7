"""Appointments moved, cancelled and closed: whole or not at all, with a row for whoever asks later."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy import update

from offhook.desks.dealership.model import BookingRefused, ChangeRefused, OutsideHours, SlotTaken
from offhook.store.engine import Database
from offhook.store.schema import businesses
from support.dealership_book import (
    CHICAGO,
    FRIDAY_10,
    LAKESIDE,
    MARIA,
    OpenBook,
    add_technicians,
    add_vehicle,
    booked,
    keep_bays,
    service_of,
)
from support.set_clock import SetClock
from support.stored_rows import stored_rows

FRIDAY_14 = FRIDAY_10 + timedelta(hours=4)


async def whole_book(database: Database) -> list[object]:
    return [
        await stored_rows(database, table, business_id=LAKESIDE, limit=1000)
        for table in ("appointments", "appointment_units", "slot_holds", "audit", "tasks", "waitlist")
    ]


async def test_a_moved_appointment_keeps_its_id_and_frees_its_time(
    lakeside: OpenBook, clock: SetClock, database: Database
) -> None:
    await add_technicians(database, 1)
    now = clock.now()
    async with lakeside(write=True) as book:
        before = await booked(book, FRIDAY_10, now)
    async with lakeside(write=True) as book:
        after = await book.reschedule(before.appointment_id, FRIDAY_14, now=now, actor="caller:s")
    assert after.appointment_id == before.appointment_id
    assert (after.starts_at, after.resource_id) == (FRIDAY_14, before.resource_id)
    assert after.ends_at - after.starts_at == timedelta(minutes=45)
    async with lakeside() as book:
        assert await book.appointment(before.appointment_id) == after
        oil = await service_of(book)
        assert await book.why_not(oil, FRIDAY_10, now=now) is None
        assert await book.why_not(oil, FRIDAY_14, now=now) == "taken", "the only technician is there"
    (row,) = await stored_rows(database, "audit", business_id=LAKESIDE)
    assert (row["action"], row["subject"], row["actor"]) == (
        "appointment.reschedule",
        before.appointment_id,
        "caller:s",
    )
    details = msgspec.json.decode(row["details"])
    assert (details["starts_at"], details["to"]) == (FRIDAY_10.isoformat(), FRIDAY_14.isoformat())


async def test_it_may_move_into_its_own_time(lakeside: OpenBook, clock: SetClock, database: Database) -> None:
    await keep_bays(database, 1)
    async with lakeside(write=True) as book:
        before = await booked(book, FRIDAY_10, clock.now())
        after = await book.reschedule(
            before.appointment_id, FRIDAY_10 + timedelta(minutes=15), now=clock.now(), actor="staff"
        )
        assert after.starts_at - before.starts_at == timedelta(minutes=15)
    units = await stored_rows(database, "appointment_units", business_id=LAKESIDE)
    assert len(units) == 4


@pytest.mark.parametrize(
    ("to", "error", "reason"),
    [
        (FRIDAY_14, SlotTaken, "taken"),
        (FRIDAY_10 - timedelta(hours=4), OutsideHours, "outside_hours"),
        (datetime(2026, 11, 29, 10, tzinfo=CHICAGO), OutsideHours, "closed_day"),
        (datetime(2027, 11, 29, 10, tzinfo=CHICAGO), OutsideHours, "too_far"),
        (FRIDAY_10, ChangeRefused, "same_time"),
    ],
)
async def test_a_refused_move_changes_nothing(
    lakeside: OpenBook,
    clock: SetClock,
    database: Database,
    to: datetime,
    error: type[BookingRefused | ChangeRefused],
    reason: str,
) -> None:
    await keep_bays(database, 1)
    now = clock.now()
    async with lakeside(write=True) as book:
        mine = await booked(book, FRIDAY_10, now)
        await booked(book, FRIDAY_14, now, name="Bo")
    stored = await whole_book(database)
    async with lakeside(write=True) as book:
        with pytest.raises(error) as refusal:
            await book.reschedule(mine.appointment_id, to, now=now, actor="caller:s")
        assert refusal.value.reason == reason  # type: ignore[attr-defined]
    assert await whole_book(database) == stored, "though the transaction was committed"


async def test_a_move_takes_another_bay_where_its_own_is_taken(
    lakeside: OpenBook, clock: SetClock, database: Database
) -> None:
    await keep_bays(database, 2)
    now = clock.now()
    async with lakeside(write=True) as book:
        first = await booked(book, FRIDAY_10, now)
        second = await booked(book, FRIDAY_14, now)
        assert first.resource_id == second.resource_id
        moved = await book.reschedule(first.appointment_id, FRIDAY_14, now=now, actor="staff")
        assert moved.resource_id != second.resource_id
        assert moved.resource_name == "Bay 2"


async def test_cancelling_frees_the_time_and_says_so(lakeside: OpenBook, clock: SetClock, database: Database) -> None:
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10, clock.now())
        gone, call_back = await book.cancel(made.appointment_id, now=clock.now(), actor="caller:s")
        assert (gone.status, call_back) == ("cancelled", None)
        with pytest.raises(ChangeRefused) as refusal:
            await book.cancel(made.appointment_id, now=clock.now(), actor="caller:s")
        assert refusal.value.reason == "not_active"
        with pytest.raises(ChangeRefused):
            await book.reschedule(made.appointment_id, FRIDAY_14, now=clock.now(), actor="caller:s")
    assert await stored_rows(database, "appointment_units", business_id=LAKESIDE) == []
    (row,) = await stored_rows(database, "audit", business_id=LAKESIDE)
    assert row["action"] == "appointment.cancel"


async def test_the_cut_off_is_the_business_s(lakeside: OpenBook, clock: SetClock, database: Database) -> None:
    settings = '{"booking": {"cancel_cutoff_min": 180}}'
    async with database.transaction(write=True) as connection:
        await connection.execute(
            update(businesses).where(businesses.c.business_id == LAKESIDE).values(settings=settings)
        )
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10, clock.now())
    for before_min, allowed in ((179, False), (180, True)):
        async with lakeside(write=True) as book:
            now = FRIDAY_10 - timedelta(minutes=before_min)
            if allowed:
                await book.cancel(made.appointment_id, now=now, actor="caller:s")
            else:
                with pytest.raises(ChangeRefused) as refusal:
                    await book.cancel(made.appointment_id, now=now, actor="caller:s")
                assert refusal.value.reason == "cut_off"


async def test_staff_may_cancel_to_the_last_and_after(lakeside: OpenBook, clock: SetClock) -> None:
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10, clock.now())
        with pytest.raises(ChangeRefused) as refusal:
            await book.cancel(made.appointment_id, now=FRIDAY_10, actor="caller:s")
        assert refusal.value.reason == "started"
        with pytest.raises(ChangeRefused):
            await book.reschedule(made.appointment_id, FRIDAY_14, now=FRIDAY_10, actor="caller:s")
        await book.cancel(made.appointment_id, now=FRIDAY_10, actor="user:boss", by_staff=True)


async def test_what_is_done_gives_its_time_back(lakeside: OpenBook, clock: SetClock, database: Database) -> None:
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10, clock.now())
        done = await book.close(made.appointment_id, "completed", now=FRIDAY_14, actor="user:boss")
        assert done.status == "completed"
        with pytest.raises(ChangeRefused):
            await book.close(made.appointment_id, "no_show", now=FRIDAY_14, actor="user:boss")
        with pytest.raises(ChangeRefused) as refusal:
            await book.close("appt_nowhere", "no_show", now=FRIDAY_14, actor="user:boss")
        assert refusal.value.reason == "unknown"
    assert await stored_rows(database, "appointment_units", business_id=LAKESIDE) == []


async def test_the_customer_s_own_car_is_noted(lakeside: OpenBook, clock: SetClock, database: Database) -> None:
    async with lakeside() as book:
        maria = await book.customer_by_phone(MARIA)
        assert maria is not None
        (camry,) = await book.vehicles(maria.customer_id)
        bo = (await book.customer_by_phone("+12025550142")) or maria
    others = await add_vehicle(database, bo.customer_id, "ZZ11111")
    wanted = {camry.registration: camry.vehicle_id, "NOBODYS": None}
    if bo is not maria:
        wanted["ZZ11111"] = None
    assert others
    async with lakeside(write=True) as book:
        for n, (registration, vehicle_id) in enumerate(wanted.items()):
            made = await book.book(
                await service_of(book),
                FRIDAY_10 + timedelta(hours=n),
                customer_name="Maria Lopez",
                customer_phone=MARIA,
                now=clock.now(),
                created_via="chat",
                registration=registration,
            )
            assert made.vehicle_id == vehicle_id


async def test_a_car_that_was_only_named_is_noted_where_it_is_the_customer_s_only_one_like_it(
    lakeside: OpenBook, clock: SetClock
) -> None:
    priya = "+12025550143"
    async with lakeside() as book:
        customer = await book.customer_by_phone(priya)
        assert customer is not None
        cars = {one.model: one.vehicle_id for one in await book.vehicles(customer.customer_id)}
    wanted = {"civic": cars["Civic"], "Honda CR-V": cars["CR-V"], "Honda": None, "Camry": None}
    async with lakeside(write=True) as book:
        for n, (car, vehicle_id) in enumerate(wanted.items()):
            made = await book.book(
                await service_of(book),
                FRIDAY_10 + timedelta(hours=n),
                customer_name="Priya Nair",
                customer_phone=priya,
                now=clock.now(),
                created_via="chat",
                car=car,
            )
            assert made.vehicle_id == vehicle_id


async def test_who_books_first_is_kept_with_language_and_email_and_keeps_them(
    lakeside: OpenBook, clock: SetClock
) -> None:
    async with lakeside(write=True) as repository:
        service = await service_of(repository)
        for at, language, email in (
            (FRIDAY_10, "hi", "ann@example.com"),
            (FRIDAY_10 + timedelta(days=3), "en", "x@example.org"),
        ):
            made = await repository.book(
                service,
                at,
                customer_name="Ann Lee",
                customer_phone="+12025550177",
                now=clock.now(),
                created_via="phone",
                language=language,
                email=email,
            )
            kept = await repository.customer_by_phone("+12025550177")
            assert kept is not None and (kept.language, kept.email) == ("hi", "ann@example.com")
            assert made.notes == ("" if email == kept.email else "email: x@example.org")
