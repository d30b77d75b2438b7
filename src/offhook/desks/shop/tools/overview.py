"""READ tools on the whole book, and the WRITE tool that takes the last entry back."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Tool, ToolContext, ToolOutcome
from offhook.desks.shop.model import Method, PostingKind, Refused, to_paise
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tools.common import (
    IsoDate,
    OfCustomer,
    Rupees,
    day_of,
    money,
    run_in_book,
    whom,
    within_limits,
)
from offhook.kit.money import Money

MOST_DAYS = 400


class SummaryQuestion(msgspec.Struct, frozen=True, kw_only=True):
    date_from: IsoDate | None = None
    """Today where none is named."""
    date_to: IsoDate | None = None


class SummaryTold(msgspec.Struct, frozen=True, kw_only=True):
    date_from: str
    date_to: str
    sales: Money
    """Bills, and what was given on credit without one."""
    invoices: int
    credit: Money
    payments: Money
    refunds: Money
    received: dict[str, Money]
    """By method, less what went out."""
    entries: int


class DuesQuestion(msgspec.Struct, frozen=True, kw_only=True):
    min_amount: Rupees | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 5


class DueTold(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str
    customer: str
    balance: Money


class DuesTold(msgspec.Struct, frozen=True, kw_only=True):
    customers: list[DueTold]
    """Who owes the most, first."""
    count: int
    """How many owe as much, listed or not."""
    total: Money
    """Of all of them."""


class DuesTotalQuestion(msgspec.Struct, frozen=True, kw_only=True):
    pass


class LastQuestion(OfCustomer, frozen=True, kw_only=True):
    """Nothing said of it: what was written last."""

    amount: Rupees | None = None
    kind: PostingKind | None = None


class EntryTold(msgspec.Struct, frozen=True, kw_only=True):
    posting_id: str
    kind: PostingKind
    customer_id: str | None
    customer: str | None
    amount: Money
    balance: Money | None
    """Of the customer, now."""
    day: str
    method: Method | None = None


class UndoRequest(msgspec.Struct, frozen=True, kw_only=True):
    posting_id: Annotated[str, Meta(pattern=r"^post_[0-9A-Z]{26}$")] | None = None
    """What was read back; without it the last entry."""


async def _summary(ctx: ToolContext, question: SummaryQuestion) -> ToolOutcome[SummaryTold]:
    def work(book: ShopBook) -> SummaryTold:
        today = book.origin.day
        first = day_of(question.date_from, "date_from") or day_of(question.date_to, "date_to") or today
        last = day_of(question.date_to, "date_to") or first
        if last < first or last - first > timedelta(days=MOST_DAYS):
            raise Refused("date", f"give first and last day, at most {MOST_DAYS} days", "date_from")
        found = book.summary(first, last)
        return SummaryTold(
            date_from=first.isoformat(),
            date_to=last.isoformat(),
            sales=money(ctx, found.sales),
            invoices=found.invoices,
            credit=money(ctx, found.credit),
            payments=money(ctx, found.payments),
            refunds=money(ctx, found.refunds),
            received={method: money(ctx, amount) for method, amount in found.received.items()},
            entries=found.entries,
        )

    return await run_in_book(ctx, work)


async def _dues(ctx: ToolContext, question: DuesQuestion) -> ToolOutcome[DuesTold]:
    def work(book: ShopBook) -> DuesTold:
        least = to_paise(question.min_amount, "min_amount") if question.min_amount else 0
        total, count = book.dues_total(min_amount=least)
        listed = [
            DueTold(customer_id=one.customer_id, customer=one.name, balance=money(ctx, one.balance))
            for one in book.dues(min_amount=least, limit=question.limit)
        ]
        return DuesTold(customers=listed, count=count, total=money(ctx, total))

    return await run_in_book(ctx, work)


async def _dues_total(ctx: ToolContext, question: DuesTotalQuestion) -> ToolOutcome[DuesTold]:
    def work(book: ShopBook) -> DuesTold:
        total, count = book.dues_total()
        return DuesTold(customers=[], count=count, total=money(ctx, total))

    return await run_in_book(ctx, work)


async def _last(ctx: ToolContext, question: LastQuestion) -> ToolOutcome[EntryTold]:
    def work(book: ShopBook) -> EntryTold:
        if not question.named and question.amount is None and question.kind is None:
            return _entry(ctx, book, _last_id(book))
        customer_id = whom(book, question).customer_id if question.named else None
        amount = 0 if question.amount is None else to_paise(question.amount)
        found = book.last_such(customer_id, amount, question.kind)
        if found is None:
            raise Refused("entry_unknown", "there is no such entry that stands")
        return _entry(ctx, book, found)

    return await run_in_book(ctx, work)


async def _undo(ctx: ToolContext, request: UndoRequest) -> ToolOutcome[EntryTold]:
    def work(book: ShopBook) -> EntryTold:
        book.lock()
        posting_id = request.posting_id or _last_id(book)
        taken: Any = book.posting(posting_id)
        if taken is not None:
            within_limits(ctx, book, taken.amount)
        book.undo(posting_id)
        return _entry(ctx, book, posting_id)

    return await run_in_book(ctx, work)


def _last_id(book: ShopBook) -> str:
    found = book.last_posting(anywhere=True)
    if found is None:
        raise Refused("nothing_to_undo", "nothing was written that could be taken back")
    return found


def _entry(ctx: ToolContext, book: ShopBook, posting_id: str) -> EntryTold:
    row: Any = book.posting(posting_id)
    customer = None if row.customer_id is None else book.customer(row.customer_id)
    return EntryTold(
        posting_id=posting_id,
        kind=row.kind,
        customer_id=row.customer_id,
        customer=None if customer is None else customer.name,
        amount=money(ctx, row.amount),
        balance=None if customer is None else money(ctx, customer.balance),
        day=row.day.isoformat(),
        method=row.method,
    )


summary: Tool[SummaryQuestion, SummaryTold] = Tool(
    name="summary",
    effect=Effect.READ,
    description="Sales, payments and money in hand of a day or of several.",
    arguments=SummaryQuestion,
    result=SummaryTold,
    run=_summary,
    intent="summary",
)

list_dues: Tool[DuesQuestion, DuesTold] = Tool(
    name="list_dues",
    effect=Effect.READ,
    description="Who owes the most.",
    arguments=DuesQuestion,
    result=DuesTold,
    run=_dues,
    intent="dues.list",
)

dues_total: Tool[DuesTotalQuestion, DuesTold] = Tool(
    name="dues_total",
    effect=Effect.READ,
    description="What all customers owe together.",
    arguments=DuesTotalQuestion,
    result=DuesTold,
    run=_dues_total,
    intent="dues.total",
)

last_entry: Tool[LastQuestion, EntryTold] = Tool(
    name="last_entry",
    effect=Effect.READ,
    description="What was written last, or last of such entries: what an undo would take back.",
    arguments=LastQuestion,
    result=EntryTold,
    run=_last,
)

undo: Tool[UndoRequest, EntryTold] = Tool(
    name="undo",
    effect=Effect.WRITE,
    description="Take an entry back by its reversal.",
    arguments=UndoRequest,
    result=EntryTold,
    run=_undo,
    intent="undo",
)
