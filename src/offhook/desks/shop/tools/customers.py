"""Customers: what they owe and who they are (READ), made and changed (WRITE)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Tool, ToolContext, ToolOutcome
from offhook.desks.shop.lookups import Lookups
from offhook.desks.shop.model import Customer, Refused, to_paise
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tools.common import (
    CustomerName,
    OfCustomer,
    Rupees,
    money,
    run_in_book,
    run_lookup,
    whom,
    within_limits,
)
from offhook.kit.money import Money
from offhook.kit.phone import phone_or_none

InfoField = Literal["phone", "email", "address", "balance", "credit_limit"]


class BalanceTold(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str
    customer: str
    balance: Money
    """What they owe; negative for a credit with the shop."""
    overdue: Money
    """Of it, what should have been paid by now."""
    overdue_since: str | None = None
    """ISO date."""


class InfoQuestion(OfCustomer, frozen=True, kw_only=True):
    field: InfoField | None = None


class CustomerTold(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str
    customer: str
    balance: Money
    phone: str | None = None
    email: str | None = None
    address: str = ""
    credit_limit: Money | None = None


class FindQuestion(msgspec.Struct, frozen=True, kw_only=True):
    customer: CustomerName


class Found(msgspec.Struct, frozen=True, kw_only=True):
    customers: list[CustomerTold]
    """One: it is certain. Several: ask which. None: nobody of this name."""


class NewCustomer(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    phone: str | None = None
    opening_balance: Rupees | None = None
    """What they owe already; negative: what they paid ahead."""


class CustomerChange(OfCustomer, frozen=True, kw_only=True):
    phone: str | None = None
    credit_limit: Rupees | None = None


async def _balance(ctx: ToolContext, question: OfCustomer) -> ToolOutcome[BalanceTold]:
    def work(look: Lookups) -> BalanceTold:
        found = look.owes(look.whom(question.customer, question.customer_id))
        return BalanceTold(
            customer_id=found.customer.customer_id,
            customer=found.customer.name,
            balance=money(ctx, found.customer.balance),
            overdue=money(ctx, found.overdue),
            overdue_since=found.since.isoformat() if found.since is not None else None,
        )

    return await run_lookup(ctx, work)


async def _info(ctx: ToolContext, question: InfoQuestion) -> ToolOutcome[CustomerTold]:
    def work(look: Lookups) -> CustomerTold:
        return _told(ctx, look.owes(look.whom(question.customer, question.customer_id)).customer)

    return await run_lookup(ctx, work)


async def _find(ctx: ToolContext, question: FindQuestion) -> ToolOutcome[Found]:
    def work(look: Lookups) -> Found:
        found = look.candidates(question.customer)
        return Found(customers=[_told(ctx, look.owes(customer_id).customer) for customer_id, _ in found])

    return await run_lookup(ctx, work)


async def _create(ctx: ToolContext, wanted: NewCustomer) -> ToolOutcome[CustomerTold]:
    def work(book: ShopBook) -> CustomerTold:
        owes = wanted.opening_balance
        paise = 0 if not owes else to_paise(abs(owes), "opening_balance")
        within_limits(ctx, book, paise)
        made = book.create_customer(
            wanted.name,
            phone=_phone(ctx, wanted.phone),
            opening_balance=-paise if owes is not None and owes < 0 else paise,
        )
        return _told(ctx, made)

    return await run_in_book(ctx, work)


async def _update(ctx: ToolContext, change: CustomerChange) -> ToolOutcome[CustomerTold]:
    def work(book: ShopBook) -> CustomerTold:
        book.lock()
        customer = whom(book, change)
        if change.phone is None and change.credit_limit is None:
            raise Refused("nothing_to_change", "say what is to be changed", "phone")
        limit = customer.credit_limit if change.credit_limit is None else _limit(change.credit_limit)
        phone = _phone(ctx, change.phone) or customer.phone
        changed = replace(customer, phone=phone, credit_limit=limit)
        book.change_customer(changed)
        return _told(ctx, changed)

    return await run_in_book(ctx, work)


def _limit(rupees: Decimal) -> int:
    return to_paise(rupees, "credit_limit") if rupees else 0


def _phone(ctx: ToolContext, said: str | None) -> str | None:
    if said is None:
        return None
    phone = phone_or_none(said, ctx.business.country)
    if phone is None:
        raise Refused("phone", "that is no telephone number", "phone")
    return phone


def _told(ctx: ToolContext, customer: Customer) -> CustomerTold:
    return CustomerTold(
        customer_id=customer.customer_id,
        customer=customer.name,
        balance=money(ctx, customer.balance),
        phone=customer.phone,
        email=customer.email,
        address=customer.address,
        credit_limit=None if customer.credit_limit is None else money(ctx, customer.credit_limit),
    )


check_balance: Tool[OfCustomer, BalanceTold] = Tool(
    name="check_balance",
    effect=Effect.READ,
    description="What a customer owes.",
    arguments=OfCustomer,
    result=BalanceTold,
    run=_balance,
    intent="balance.check",
)

customer_info: Tool[InfoQuestion, CustomerTold] = Tool(
    name="customer_info",
    effect=Effect.READ,
    description="Number, address and limits of a customer.",
    arguments=InfoQuestion,
    result=CustomerTold,
    run=_info,
    intent="customer.info",
)

find_customers: Tool[FindQuestion, Found] = Tool(
    name="find_customers",
    effect=Effect.READ,
    description="Whom a name may mean.",
    arguments=FindQuestion,
    result=Found,
    run=_find,
)

create_customer: Tool[NewCustomer, CustomerTold] = Tool(
    name="create_customer",
    effect=Effect.WRITE,
    description="Add a customer to the book.",
    arguments=NewCustomer,
    result=CustomerTold,
    run=_create,
    intent="customer.create",
)

update_customer: Tool[CustomerChange, CustomerTold] = Tool(
    name="update_customer",
    effect=Effect.WRITE,
    description="Change a customer's number or credit limit.",
    arguments=CustomerChange,
    result=CustomerTold,
    run=_update,
    intent="customer.update",
)
