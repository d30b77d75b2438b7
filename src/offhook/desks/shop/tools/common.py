"""What the shop's tools share: their arguments, the book in their unit of work, and the limits above which they ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Failed, Ok, Retry, ToolContext, ToolOutcome
from offhook.desks.shop.lookups import Lookups, leave
from offhook.desks.shop.model import Customer, Origin, Refused
from offhook.desks.shop.repository import ShopBook, in_book
from offhook.kit.money import Money
from offhook.store.unit_of_work import caches_of

CustomerName = Annotated[str, Meta(min_length=1, max_length=120, description="The customer, as in the shop's list.")]
CustomerId = Annotated[str, Meta(pattern=r"^cust_[0-9A-Z]{26}$")]
ProductName = Annotated[str, Meta(min_length=1, max_length=120, description="The product, as in the shop's list.")]
Rupees = Annotated[Decimal, Meta(description="Rupees, as said.")]
Quantity = Annotated[Decimal, Meta(description="How much or how many, as said.")]
IsoDate = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="ISO date, YYYY-MM-DD.")]
Note = Annotated[str, Meta(max_length=500)]

R = TypeVar("R", bound=msgspec.Struct)


class OfCustomer(msgspec.Struct, frozen=True, kw_only=True):
    customer: CustomerName | None = None
    customer_id: CustomerId | None = None

    @property
    def named(self) -> bool:
        return bool(self.customer or self.customer_id)


async def run_in_book(ctx: ToolContext, work: Callable[[ShopBook], R]) -> ToolOutcome[R]:
    """The outcome of `work`; what the book refuses is a Retry where another argument would do, else Failed with the
    refusal's name (and the names to choose from)."""
    caches = caches_of(ctx.uow)

    def worked(book: ShopBook) -> R:
        result = work(book)
        leave(book, caches)
        return result

    try:
        return Ok(await in_book(ctx.uow, origin_of(ctx), worked))
    except Refused as refused:
        return declined(refused)


async def run_lookup(ctx: ToolContext, work: Callable[[Lookups], R]) -> ToolOutcome[R]:
    """The same for READ tools that may answer from memory (lookups.py)."""
    caches = caches_of(ctx.uow)
    return await run_in_book(ctx, lambda book: work(Lookups(book, caches)))


def declined(refused: Refused) -> Retry | Failed:
    if refused.field is not None and not refused.offers:
        return Retry(f"{refused.reason}: {refused.message}", refused.field)
    return Failed(refused.reason, refused.offers)


def origin_of(ctx: ToolContext) -> Origin:
    return Origin(
        now=ctx.now,
        day=ctx.now.date(),
        turn_id=ctx.turn_id,
        via=ctx.caller.channel,
        session_id=ctx.caller.session_id,
        currency=ctx.business.currency,
    )


def whom(book: ShopBook, said: OfCustomer) -> Customer:
    """By id where the talk knows whom, else by name. Raises Refused."""
    if said.customer_id is not None:
        return book.customer(said.customer_id)
    if said.customer is None:
        raise Refused("customer_missing", "say which customer", "customer")
    return book.find(said.customer)


def day_of(text: str | None, field: str = "date") -> date | None:
    """Raises Refused for a day that does not exist."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date", f"there is no day {text}", field) from None


def within_limits(ctx: ToolContext, book: ShopBook, amount: int, customer: Customer | None = None) -> None:
    """An amount above the shop's limit, or one that takes `customer` over theirs, is written only after it was read
    back and confirmed. Raises Refused: "over_limit", "over_credit_limit"."""
    if amount > book.shop.confirm_above and not (ctx.confirmed and ctx.caller.proven):
        raise Refused("over_limit", "above the shop's limit; a PIN and a read-back first", "confirm")
    if customer is not None and not ctx.confirmed:
        limit = customer.credit_limit if customer.credit_limit is not None else book.shop.credit_limit
        if limit is not None and customer.balance + amount > limit:
            raise Refused("over_credit_limit", "above the customer's limit; read it back first", "confirm")


def money(ctx: ToolContext, paise: int) -> Money:
    return Money(paise, ctx.business.currency)
