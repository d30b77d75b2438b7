"""What the sales desk's turns need from its book: what is for sale, and the FAQ."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.desks.sales.model import Item
from offhook.desks.sales.repository import SalesBook
from offhook.dialogue.desk import Facts, Work
from offhook.dialogue.faq_search import faq_index
from offhook.understanding.model import DayHours, World


@dataclass(frozen=True, slots=True)
class SalesFacts(Facts):
    items: tuple[Item, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Item name -> other ways to say it."""

    def world(self, business: Business, now: datetime) -> World:
        return World(
            now=now,
            tz=business.timezone,
            country=business.country,
            services=self.names,
            hours=tuple(DayHours(weekday=one.weekday, opens=one.opens, closes=one.closes) for one in business.hours),
        )

    def brief(self, business: Business) -> str:
        lines = [f"{item.name}: {price_line(item)}" for item in self.items]
        return f"For sale: {'; '.join(lines)}." if lines else ""

    def item(self, name: object) -> Item | None:
        wanted = str(name or "").casefold()
        return next((one for one in self.items if one.name.casefold() == wanted), None)

    def items_in(self, text: object) -> tuple[Item, ...]:
        """What of ours is named in a text, in the order of the catalogue."""
        said = _words(text)
        return tuple(item for item in self.items if _words(item.name) in said)


def _words(text: object) -> str:
    words = re.findall(r"\w+", str(text or "").casefold())
    return f" {' '.join(words)} "


def price_line(item: Item) -> str:
    if item.price_from is None:
        return "price on request"
    upper = f" to {item.price_to.format()}" if item.price_to is not None and item.exact is None else ""
    per = f" per {item.unit}" if item.unit else ""
    every = f" a {item.period}" if item.period else ""
    return f"{item.price_from.format()}{upper}{per}{every}"


async def load_facts(uow: UnitOfWork, business: Business) -> SalesFacts:
    book = SalesBook(uow)
    items = tuple(await book.items())
    return SalesFacts(
        faq=faq_index(tuple(await book.faq())),
        blocked=await book.blocked(),
        items=items,
        names={item.name: item.aliases for item in items},
    )


def facts_of(work: Work) -> SalesFacts:
    """Empty where the book could not be read."""
    return work.facts if isinstance(work.facts, SalesFacts) else SalesFacts(available=work.facts.available)
