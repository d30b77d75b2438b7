from __future__ import annotations

import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.errors import AppError, NotFound
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.store.users import FAILURES_PER_HOUR, Users
from support.set_clock import SetClock

LAKESIDE = "biz_01KDV00000000000000000000A"
SHARMA = "biz_01KDV00000000000000000000B"
PHONE = "+919999912345"


async def test_a_person_is_found_by_number_and_by_pin_in_their_own_business(
    database: Database, clock: SetClock
) -> None:
    open_unit = unit_of_work_factory(database, clock)
    async with open_unit(SHARMA, Effect.WRITE) as uow:
        meena = await Users(uow).add("Meena", "owner", PHONE, b"hash", clock.now())
    async with open_unit(SHARMA, Effect.READ) as uow:
        users = Users(uow)
        assert await users.by_phone(PHONE) == await users.by_pin(b"hash") == await users.by_id(meena.user_id) == meena
        assert meena.has_pin and meena.role == "owner"
        assert await users.by_pin(b"other") is None
    async with open_unit(LAKESIDE, Effect.READ) as uow:
        assert await Users(uow).by_phone(PHONE) is None
        assert await Users(uow).by_pin(b"hash") is None


@pytest.mark.parametrize(("phone", "pin", "field"), [(PHONE, b"new", "phone"), ("+919999954321", b"hash", "pin")])
async def test_a_number_and_a_pin_belong_to_one_person(
    database: Database, clock: SetClock, phone: str, pin: bytes, field: str
) -> None:
    open_unit = unit_of_work_factory(database, clock)
    async with open_unit(SHARMA, Effect.WRITE) as uow:
        await Users(uow).add("Meena", "owner", PHONE, b"hash", clock.now())
    with pytest.raises(AppError) as refused:
        async with open_unit(SHARMA, Effect.WRITE) as uow:
            await Users(uow).add("Suraj", "staff", phone, pin, clock.now())
    assert refused.value.status == 409
    assert set(refused.value.fields or {}) == {field}


async def test_who_is_taken_off_the_list_is_nobody_and_leaves_the_number_free(
    database: Database, clock: SetClock
) -> None:
    open_unit = unit_of_work_factory(database, clock)
    async with open_unit(SHARMA, Effect.WRITE) as uow:
        users = Users(uow)
        gone = await users.add("Meena", "owner", PHONE, b"hash", clock.now())
        await users.deactivate(gone.user_id, clock.now())
        assert await users.by_phone(PHONE) is None
        assert await users.by_pin(b"hash") is None
        assert await users.by_id(gone.user_id) is None
        again = await users.add("Suraj", "staff", PHONE, b"hash", clock.now())
        assert again in await users.all()
        with pytest.raises(NotFound):
            await users.deactivate(gone.user_id, clock.now())


async def test_wrong_pins_of_an_hour_close_the_door_until_they_are_old(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    for n in range(FAILURES_PER_HOUR):
        async with open_unit(SHARMA, Effect.WRITE) as uow:
            assert not await Users(uow).pins_closed(clock.now())
            await Users(uow).pin_failed(f"sess_{n}", clock.now())
    async with open_unit(SHARMA, Effect.READ) as uow:
        assert await Users(uow).pins_closed(clock.now())
    async with open_unit(LAKESIDE, Effect.READ) as uow:
        assert not await Users(uow).pins_closed(clock.now())
    clock.advance(minutes=61)
    async with open_unit(SHARMA, Effect.READ) as uow:
        assert not await Users(uow).pins_closed(clock.now())
