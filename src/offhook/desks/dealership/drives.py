"""Which cars can be driven: demonstration cars of a model first, else cars of it that stand for sale.

A demonstration car is a resource of kind DEMO_CAR whose name holds the model ("Camry demo"). A car for sale becomes a
resource, under its stock id, with its first drive; so no car is on two drives at once, by the same key as the bays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, or_, select

from offhook.desks.dealership.holds import Holds
from offhook.desks.dealership.model import Hold, Needs, StockCar
from offhook.desks.dealership.tables import inventory, resources
from offhook.store.prepared import Prepared, Rows, adding

DEMO_CAR = "test_drive"
STOCK_CAR = "stock_car"
_CARS_CONSIDERED = 12
_SORTED_LAST = 1000
_RESOURCE = Prepared(
    select(resources.c.name).where(
        resources.c.business_id == bindparam("business"), resources.c.resource_id == bindparam("resource")
    )
)
_ADD_RESOURCE = adding(resources, "active")


@dataclass(frozen=True, slots=True)
class Drivable:
    """What a drive of the wished car needs, and which of its resources are cars for sale."""

    needs: Needs
    title: str
    """The car, for people: "Toyota Camry"."""
    stock: dict[str, StockCar]
    """resource_id -> car."""


class Drives(Holds):
    async def stock_cars(self, *, model: str | None = None, stock_number: str | None = None) -> list[StockCar]:
        """Cars for sale that are still to be had: of a model ("Camry", "Toyota Camry"), or the one of that number."""
        query: Select[tuple[object, ...]] = (
            select(inventory)
            .where(inventory.c.business_id == self.business_id, inventory.c.status == "available")
            .order_by(inventory.c.condition, inventory.c.stock_number)
            .limit(_CARS_CONSIDERED)
        )
        if model is not None:
            wanted = " ".join(model.lower().split())
            named = func.lower(inventory.c.make + " " + inventory.c.model)
            query = query.where(or_(func.lower(inventory.c.model) == wanted, named == wanted))
        if stock_number is not None:
            query = query.where(func.upper(inventory.c.stock_number) == stock_number.strip().upper())
        return [
            StockCar(row.stock_id, row.stock_number, row.make, row.model, row.year, row.color)
            for row in await self._sql.execute(query)
        ]

    async def drivable(self, *, model: str | None = None, stock_number: str | None = None) -> Drivable | None:
        """None when there is no such car. With a stock number only that car will do."""
        cars = await self.stock_cars(model=model, stock_number=stock_number)
        demos: list[str] = []
        title = f"{cars[0].make} {cars[0].model}" if cars else (model or "").strip()
        if stock_number is None and model is not None:
            words = set((cars[0].model if cars else model).lower().split())
            demos = [
                one.resource_id for one in await self.resources(DEMO_CAR) if words <= set(one.name.lower().split())
            ]
        if not cars and not demos:
            return None
        rules = await self.rules()
        ids = (*demos, *(car.stock_id for car in cars))
        needs = Needs(rules.test_drive_min, rules.test_drive_buffer_min, (ids,))
        return Drivable(needs, title, {car.stock_id: car for car in cars})

    async def hold_drive(self, drivable: Drivable, starts_at: datetime, *, session_id: str, now: datetime) -> Hold:
        """As `hold`, of one of the cars."""

        def write(rows: Rows) -> Hold:
            self._lock_in(rows)
            units, picked = self._picked_in(rows, drivable.needs, starts_at, now, session_id)
            self._as_resource_in(rows, drivable, picked[0])
            return self._keep_in(rows, units, picked, starts_at, session_id, now)

        return await self._visit(write)

    # -- for the classes built on it; these run in the database's thread ----------------------------------------------

    def _as_resource_in(self, rows: Rows, drivable: Drivable, resource_id: str) -> None:
        """A car for sale as a resource; made with its first drive. Under the book's lock."""
        car = drivable.stock.get(resource_id)
        if car is not None and self._resource_name_in(rows, resource_id) is None:
            rows.run(
                _ADD_RESOURCE,
                business_id=self.business_id,
                resource_id=car.stock_id,
                name=f"{car.make} {car.model}, stock {car.stock_number}",
                kind=STOCK_CAR,
                sort=_SORTED_LAST,
            )

    def _resource_name_in(self, rows: Rows, resource_id: str) -> str | None:
        row = rows.first(_RESOURCE, **self._key, resource=resource_id)
        return None if row is None else str(row.name)
