"""READ tool: which cars are for sale."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.stock import Car, CarWish, StockBook
from offhook.kit.money import Money, places

TOLD = 3


class CarQuestion(msgspec.Struct, frozen=True, kw_only=True):
    model: str | None = None
    color: str | None = None
    condition: Literal["new", "used"] | None = None
    fuel: str | None = None
    transmission: str | None = None
    max_price: (
        Annotated[int, msgspec.Meta(ge=0, description="Most that the car may cost, in whole units of the currency.")]
        | None
    ) = None


class CarForSale(msgspec.Struct, frozen=True, kw_only=True):
    stock_id: str
    stock_number: str
    name: str
    """ "2024 Honda Civic EX"."""
    model: str
    color: str
    fuel: str
    transmission: str
    condition: Literal["new", "used"]
    price: Money


class CarsForSale(msgspec.Struct, frozen=True, kw_only=True):
    total: int
    cars: list[CarForSale]
    given_up: list[str] = []
    """Wishes that were left out because no car meets all."""


async def _run(ctx: ToolContext, question: CarQuestion) -> ToolOutcome[CarsForSale]:
    unit = 10 ** places(ctx.business.currency)
    wish = CarWish(
        model=question.model,
        color=question.color,
        condition=question.condition,
        fuel=question.fuel,
        transmission=question.transmission,
        max_price=None if question.max_price is None else question.max_price * unit,
    )
    found = await StockBook(ctx.uow).find(wish, TOLD)
    return Ok(CarsForSale(total=found.total, cars=[_told(car) for car in found.cars], given_up=list(found.given_up)))


def _told(car: Car) -> CarForSale:
    return CarForSale(
        stock_id=car.stock_id,
        stock_number=car.stock_number,
        name=" ".join(part for part in (str(car.year), car.make, car.model, car.variant) if part),
        model=car.model,
        color=car.color,
        fuel=car.fuel,
        transmission=car.transmission,
        condition=car.condition,
        price=car.price,
    )


search_inventory: Tool[CarQuestion, CarsForSale] = Tool(
    name="search_inventory",
    effect=Effect.READ,
    description="Cars for sale that meet what the customer named, cheapest first; the nearest ones where none does.",
    arguments=CarQuestion,
    result=CarsForSale,
    run=_run,
    intent="inventory.search",
)
