from __future__ import annotations

import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.errors import AppError, Invalid
from offhook.kit.pin import pin_hash
from offhook.ops import users
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.store.users import Users
from support.set_clock import SetClock

SHARMA = "biz_01KDV00000000000000000000B"


async def test_the_owner_of_the_first_shop_is_added_with_a_number_as_people_write_it(
    database: Database, clock: SetClock
) -> None:
    added = await users.add(database, clock, None, name=" Meena ", role="owner", phone="99999 12345", pin="4071")
    assert (added.name, added.role, added.phone, added.has_pin) == ("Meena", "owner", "+919999912345", True)
    async with unit_of_work_factory(database, clock)(SHARMA, Effect.READ) as uow:
        assert await Users(uow).by_pin(pin_hash("4071", SHARMA)) == added
    assert added in await users.everyone(database, clock, SHARMA)
    await users.remove(database, clock, None, added.user_id)
    assert added not in await users.everyone(database, clock, SHARMA)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"role": "king"}, "role"),
        ({"phone": "12"}, "phone"),
        ({"pin": "1234"}, "pin"),
        ({"phone": None, "pin": None}, "phone"),
    ],
)
async def test_what_cannot_be_used_is_named(
    database: Database, clock: SetClock, given: dict[str, str | None], field: str
) -> None:
    wanted: dict[str, str | None] = {"name": "Meena", "role": "owner", "phone": "9999912345", "pin": "4071", **given}
    with pytest.raises(Invalid) as refused:
        await users.add(database, clock, None, **wanted)  # type: ignore[arg-type]  # None only where it may be
    assert set(refused.value.fields or {}) == {field}


async def test_two_people_cannot_share_a_pin(database: Database, clock: SetClock) -> None:
    await users.add(database, clock, None, name="Meena", role="owner", phone=None, pin="4071")
    with pytest.raises(AppError, match="already"):
        await users.add(database, clock, None, name="Suraj", role="staff", phone=None, pin="4071")
