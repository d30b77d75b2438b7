"""READ tools: what the workshop does, and what it costs."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.model import ServiceType
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.arguments import ServiceName
from offhook.kit.money import Money


class ServicesQuestion(msgspec.Struct, frozen=True, kw_only=True):
    pass


class ServiceTold(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    duration_min: int
    price_from: Money | None = None
    """None: the price depends on the car."""
    price_to: Money | None = None
    description: str = ""


class ServicesTold(msgspec.Struct, frozen=True, kw_only=True):
    services: list[ServiceTold]
    """In the business's own order."""


class PriceQuestion(msgspec.Struct, frozen=True, kw_only=True):
    service: ServiceName


async def _list(ctx: ToolContext, question: ServicesQuestion) -> ToolOutcome[ServicesTold]:
    found = await DealershipRepository(ctx.uow).services()
    return Ok(ServicesTold(services=[_told(service) for service in found]))


async def _quote(ctx: ToolContext, question: PriceQuestion) -> ToolOutcome[ServiceTold]:
    service = await DealershipRepository(ctx.uow).service_by_name(question.service)
    return Failed("service_unknown") if service is None else Ok(_told(service))


def _told(service: ServiceType) -> ServiceTold:
    return ServiceTold(
        name=service.name,
        duration_min=service.duration_min,
        price_from=service.price_from,
        price_to=service.price_to,
        description=service.description,
    )


list_services: Tool[ServicesQuestion, ServicesTold] = Tool(
    name="list_services",
    effect=Effect.READ,
    description="What the workshop does, how long it takes and what it costs.",
    arguments=ServicesQuestion,
    result=ServicesTold,
    run=_list,
)

quote_price: Tool[PriceQuestion, ServiceTold] = Tool(
    name="quote_price",
    effect=Effect.READ,
    description="Price and duration of one service.",
    arguments=PriceQuestion,
    result=ServiceTold,
    run=_quote,
)
