"""What is to be done at a time: a service by its name, or a drive of a model or of one car."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from offhook.contracts.desk import Failed
from offhook.desks.dealership.drives import Drivable
from offhook.desks.dealership.model import ServiceType
from offhook.desks.dealership.repository import DealershipRepository

ModelName = Annotated[str, Meta(min_length=1, max_length=80, description="For a test drive: the model.")]
StockNumber = Annotated[str, Meta(max_length=40, description="For a test drive of just that car.")]


async def job_of(
    book: DealershipRepository,
    *,
    service: str | None = None,
    model: str | None = None,
    stock_number: str | None = None,
) -> ServiceType | Drivable | Failed | None:
    """None where nothing is named. A car comes before a service."""
    if model is not None or stock_number is not None:
        return await book.drivable(model=model, stock_number=stock_number) or Failed("no_such_car")
    if service is not None:
        return await book.service_by_name(service) or Failed("service_unknown")
    return None
