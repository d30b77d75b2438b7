"""What a buyer is shown from the demo dealership's twenty cars."""

from __future__ import annotations

import pytest

from offhook.contracts.desk import Effect
from offhook.desks.dealership.stock import CarsFound, CarWish, StockBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock


async def find(database: Database, clock: SetClock, wish: CarWish) -> CarsFound:
    business = await SqlBusinesses(database, clock).default("dealership")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        return await StockBook(uow).find(wish)


@pytest.mark.parametrize(
    ("wish", "total", "first", "given_up"),
    [
        (CarWish(model="civic", color="red"), 1, "L1007", ()),
        (CarWish(condition="used"), 7, "L1019", ()),
        (CarWish(condition="used", max_price=899_499), 7, "L1019", ("max_price",)),
        (CarWish(condition="new", max_price=900_000), 1, "L1019", ("condition",)),
        (CarWish(model="Civic", color="yellow"), 3, "L1016", ("color",)),
        (CarWish(model="Civic", fuel="electric", color="blue"), 1, "L1006", ("fuel",)),
        (CarWish(fuel="electric", max_price=1_600_000), 1, "L1020", ()),
        (CarWish(), 20, "L1019", ()),
    ],
)
async def test_wishes(
    database: Database, clock: SetClock, wish: CarWish, total: int, first: str, given_up: tuple[str, ...]
) -> None:
    found = await find(database, clock, wish)
    assert (found.total, found.given_up) == (total, given_up)
    assert found.cars[0].stock_number == first
    assert [car.price for car in found.cars] == sorted(car.price for car in found.cars)


async def test_models_are_listed_once(database: Database, clock: SetClock) -> None:
    business = await SqlBusinesses(database, clock).default("dealership")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        models = await StockBook(uow).models()
    assert models == sorted(set(models))
    assert "Civic" in models
