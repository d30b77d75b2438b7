"""WRITE tools: money that comes in, goes back, or will come later."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Tool, ToolContext, ToolOutcome
from offhook.desks.shop import rules
from offhook.desks.shop.model import Customer, Method, Posting, Refused, to_paise
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tools.common import (
    IsoDate,
    Note,
    OfCustomer,
    Rupees,
    day_of,
    money,
    run_in_book,
    whom,
    within_limits,
)
from offhook.kit.money import Money


class PaymentRequest(OfCustomer, frozen=True, kw_only=True):
    amount: Rupees | None = None
    """May be left out with `settle_all`."""
    method: Method = rules.SAYS_CASH
    date: IsoDate | None = None
    """The day that it was paid on; today where none is named."""
    settle_all: bool = False
    """All that the customer owes."""
    invoice_no: str | None = None
    """The bill that it is for; without one the oldest debt is paid first."""


class RefundRequest(OfCustomer, frozen=True, kw_only=True):
    amount: Rupees
    method: Method = rules.SAYS_CASH
    date: IsoDate | None = None


class CreditRequest(OfCustomer, frozen=True, kw_only=True):
    amount: Rupees
    due_date: IsoDate | None = None
    note: Note = ""
    date: IsoDate | None = None


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    posting_id: str
    customer_id: str
    customer: str
    amount: Money
    balance: Money
    """Of the customer, afterwards: what they owe; negative for a credit with the shop."""


async def _pay(ctx: ToolContext, request: PaymentRequest) -> ToolOutcome[Posted]:
    def work(book: ShopBook) -> Posted:
        book.lock()
        customer = whom(book, request)
        amount = _paid(customer, request)
        within_limits(ctx, book, amount)
        invoice = book.invoice_said(request.invoice_no, customer) if request.invoice_no else None
        made = book.post(
            "payment",
            rules.payment(amount, request.method),
            amount=amount,
            customer_id=customer.customer_id,
            method=request.method,
            day=day_of(request.date),
            pays_first=invoice.posting_id if invoice is not None else None,
        )
        return _told(ctx, customer, made)

    return await run_in_book(ctx, work)


def _paid(customer: Customer, request: PaymentRequest) -> int:
    amount = None if request.amount is None else to_paise(request.amount)
    if not request.settle_all:
        if amount is None:
            raise Refused("amount_missing", "say how much", "amount")
        return amount
    if customer.balance <= 0:
        raise Refused("nothing_owed", "the customer owes nothing")
    if amount is not None and amount != customer.balance:
        raise Refused("amount_differs", "that is not what the customer owes", "amount")
    return customer.balance


async def _refund(ctx: ToolContext, request: RefundRequest) -> ToolOutcome[Posted]:
    def work(book: ShopBook) -> Posted:
        book.lock()
        customer = whom(book, request)
        amount = to_paise(request.amount)
        within_limits(ctx, book, amount)
        lines = rules.refund(amount, request.method)
        made = book.post(
            "refund",
            lines,
            amount=amount,
            customer_id=customer.customer_id,
            method=request.method,
            day=day_of(request.date),
        )
        return _told(ctx, customer, made)

    return await run_in_book(ctx, work)


async def _credit(ctx: ToolContext, request: CreditRequest) -> ToolOutcome[Posted]:
    def work(book: ShopBook) -> Posted:
        book.lock()
        customer = whom(book, request)
        amount = to_paise(request.amount)
        within_limits(ctx, book, amount, customer)
        made = book.post(
            "credit",
            rules.credit(amount),
            amount=amount,
            customer_id=customer.customer_id,
            day=day_of(request.date),
            due_date=day_of(request.due_date, "due_date"),
            note=request.note,
        )
        return _told(ctx, customer, made)

    return await run_in_book(ctx, work)


def _told(ctx: ToolContext, customer: Customer, made: Posting) -> Posted:
    return Posted(
        posting_id=made.posting_id,
        customer_id=customer.customer_id,
        customer=customer.name,
        amount=money(ctx, made.amount),
        balance=money(ctx, made.balance or 0),
    )


record_payment: Tool[PaymentRequest, Posted] = Tool(
    name="record_payment",
    effect=Effect.WRITE,
    description="Write down that a customer paid: an amount, or all that they owe.",
    arguments=PaymentRequest,
    result=Posted,
    run=_pay,
    intent="payment.record",
)

record_refund: Tool[RefundRequest, Posted] = Tool(
    name="record_refund",
    effect=Effect.WRITE,
    description="Write down that the shop gave money back to a customer.",
    arguments=RefundRequest,
    result=Posted,
    run=_refund,
    intent="payment.refund",
)

add_credit: Tool[CreditRequest, Posted] = Tool(
    name="add_credit",
    effect=Effect.WRITE,
    description="Write down what a customer took and will pay later (udhaar).",
    arguments=CreditRequest,
    result=Posted,
    run=_credit,
    intent="credit.add",
)
