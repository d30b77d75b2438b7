"""The cars for sale: found by what a buyer says of them, nearest ones where nothing fits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, func, select

from offhook.desks.dealership.tables import inventory
from offhook.kit.money import Money
from offhook.store.business_book import BusinessBook

Condition = Literal["new", "used"]
StockStatus = Literal["available", "reserved", "sold"]
RELAXED_IN_ORDER = ("color", "transmission", "fuel", "condition", "max_price", "model")
"""Which wishes are given up before others when no car meets all of them."""


@dataclass(frozen=True, slots=True)
class Car:
    stock_id: str
    stock_number: str
    make: str
    model: str
    variant: str
    year: int
    color: str
    fuel: str
    transmission: str
    condition: Condition
    odometer_km: int | None
    price: Money
    status: StockStatus


@dataclass(frozen=True, slots=True)
class CarWish:
    """What the buyer named; None: anything. `max_price` in minor units."""

    model: str | None = None
    color: str | None = None
    condition: Condition | None = None
    fuel: str | None = None
    transmission: str | None = None
    max_price: int | None = None

    def without(self, names: Collection[str]) -> CarWish:
        values = {field: getattr(self, field) for field in self.__slots__ if field not in names}
        return CarWish(**values)

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(field for field in self.__slots__ if getattr(self, field) is not None)


@dataclass(frozen=True, slots=True)
class CarsFound:
    cars: tuple[Car, ...]
    """Cheapest first."""
    total: int
    """How many fit, those in `cars` included."""
    given_up: tuple[str, ...] = ()
    """Wishes that no car meets together with the rest."""


class StockBook(BusinessBook):
    """The business's stock, inside the unit of work that it was made with."""

    async def find(self, wish: CarWish, limit: int = 3) -> CarsFound:
        """Available cars that meet the wish, else those that meet as many parts of it as can be met."""
        named = [name for name in RELAXED_IN_ORDER if name in wish.named]
        for count in range(len(named) + 1):
            for given_up in combinations(named, count):
                cars, total = await self._matching(wish.without(given_up), limit)
                if total:
                    return CarsFound(cars, total, given_up)
        return CarsFound((), 0)

    async def by_id(self, stock_id: str) -> Car | None:
        rows = await self._rows([inventory.c.stock_id == stock_id], 1)
        return _car(rows[0]) if rows else None

    async def models(self) -> list[str]:
        """Models of all cars for sale, each once, in alphabetical order."""
        query = (
            select(inventory.c.model)
            .where(inventory.c.business_id == self.business_id, inventory.c.status == "available")
            .distinct()
            .order_by(inventory.c.model)
        )
        return [row[0] for row in await self._sql.execute(query)]

    async def _matching(self, wish: CarWish, limit: int) -> tuple[tuple[Car, ...], int]:
        wanted: list[ColumnElement[bool]] = [inventory.c.status == "available"]
        if wish.model is not None:
            wanted.append(func.lower(inventory.c.model) == wish.model.lower())
        if wish.max_price is not None:
            wanted.append(inventory.c.price <= wish.max_price)
        for name in ("color", "condition", "fuel", "transmission"):
            value = getattr(wish, name)
            if value is not None:
                wanted.append(inventory.c[name] == value)
        rows = await self._rows(wanted, limit)
        if len(rows) < limit:
            return tuple(_car(row) for row in rows), len(rows)
        counted = select(func.count()).select_from(inventory)
        total = await self._sql.execute(counted.where(inventory.c.business_id == self.business_id, *wanted))
        return tuple(_car(row) for row in rows), int(total.scalar_one())

    async def _rows(self, wanted: Sequence[ColumnElement[bool]], limit: int) -> Sequence[Row[Any]]:
        query = select(inventory).where(inventory.c.business_id == self.business_id, *wanted)
        return (await self._sql.execute(query.order_by(inventory.c.price, inventory.c.stock_id).limit(limit))).all()


def _car(row: Row[Any]) -> Car:
    return Car(
        stock_id=row.stock_id,
        stock_number=row.stock_number,
        make=row.make,
        model=row.model,
        variant=row.variant,
        year=row.year,
        color=row.color,
        fuel=row.fuel,
        transmission=row.transmission,
        condition=row.condition,
        odometer_km=row.odometer_km,
        price=Money(row.price, row.currency),
        status=row.status,
    )
