"""What the dealership's turns need from its book: services with prices, FAQ."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.model import ServiceType
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.stock import StockBook
from offhook.dialogue.desk import Facts, Work
from offhook.dialogue.faq_search import faq_index
from offhook.understanding.model import DayHours, World

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@dataclass(frozen=True, slots=True)
class DealershipFacts(Facts):
    services: tuple[ServiceType, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Service name -> other ways to say it."""
    models: tuple[str, ...] = ()
    """Models of the cars for sale."""
    told: str = field(init=False, default="")
    """The services with their prices; made once, told in every prompt."""

    def __post_init__(self) -> None:
        lines = [f"{service.name}: {price_text(service) or 'price on request'}" for service in self.services]
        object.__setattr__(self, "told", "Services: " + "; ".join(lines) + "." if lines else "")

    def world(self, business: Business, now: datetime) -> World:
        return World(
            now=now,
            tz=business.timezone,
            country=business.country,
            services=self.names,
            models=self.models,
            hours=tuple(DayHours(weekday=one.weekday, opens=one.opens, closes=one.closes) for one in business.hours),
        )

    def brief(self, business: Business) -> str:
        return self.told

    def named_in(self, text: str) -> ServiceType | None:
        """The service that the text names in full, by its name or an alias; of several the longest wording counts."""
        plain = f" {' '.join(_WORD.findall(text.lower()))} "
        best: tuple[int, ServiceType] | None = None
        for service in self.services:
            for wording in (service.name.lower(), *service.aliases):
                spoken = " ".join(_WORD.findall(wording))
                if _in(plain, wording) and (best is None or len(spoken) > best[0]):
                    best = (len(spoken), service)
        return None if best is None else best[1]

    def all_named_in(self, text: str) -> list[ServiceType]:
        """Every service that the text names in full, by its name or an alias."""
        plain = f" {' '.join(_WORD.findall(text.lower()))} "
        return [one for one in self.services if any(_in(plain, said) for said in (one.name.lower(), *one.aliases))]

    def model_in(self, text: str) -> str | None:
        """The model of a car for sale that the text names."""
        plain = f" {' '.join(_WORD.findall(text.lower().replace('-', '')))} "
        return next((one for one in self.models if f" {one.lower().replace('-', '')} " in plain), None)

    def service(self, name: str | None) -> ServiceType | None:
        wanted = (name or "").casefold()
        return next((one for one in self.services if one.name.casefold() == wanted), None)


def _in(plain: str, wording: str) -> bool:
    spoken = " ".join(_WORD.findall(wording))
    return f" {spoken} " in plain or f" {spoken}s " in plain


async def load_facts(uow: UnitOfWork, business: Business) -> Facts:
    book = DealershipRepository(uow)
    services = tuple(await book.services())
    return DealershipFacts(
        faq=faq_index(tuple(await book.faq())),
        blocked=await book.blocked(),
        services=services,
        names={service.name: service.aliases for service in services},
        models=tuple(await StockBook(uow).models()),
    )


def facts_of(work: Work) -> DealershipFacts:
    """The turn's facts as the dealership's own; empty ones when the book could not be read."""
    return work.facts if isinstance(work.facts, DealershipFacts) else DealershipFacts(available=False)


def price_text(service: ServiceType) -> str | None:
    """For a language model's prompt: "$49.95 to $89.95"."""
    if service.price_from is None:
        return None
    if service.price_to is None or service.price_to == service.price_from:
        return service.price_from.format()
    return f"{service.price_from.format()} to {service.price_to.format()}"
