"""WRITE tools: bills made and cancelled; READ: the bills of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Tool, ToolContext, ToolOutcome
from offhook.desks.shop import rules
from offhook.desks.shop.model import Invoice, InvoiceStatus, Item, Method, Refused, to_paise
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tools.common import (
    IsoDate,
    OfCustomer,
    ProductName,
    Quantity,
    Rupees,
    day_of,
    money,
    run_in_book,
    whom,
    within_limits,
)
from offhook.desks.shop.units import BadQuantity, thousandths
from offhook.kit.money import Money

Unit = Literal["kg", "g", "litre", "ml", "packet", "piece", "dozen", "metre", "box"]
GOODS = "Goods"
"""What a bill of a mere sum is for."""


class BillItem(msgspec.Struct, frozen=True, kw_only=True):
    product: ProductName
    qty: Quantity = Decimal(1)
    unit: Unit | None = None
    """The product's own where none was said."""
    price: Rupees | None = None
    """Of one unit of the product; for a dozen, of the dozen. The product's own where none was said."""


class BillRequest(OfCustomer, frozen=True, kw_only=True):
    items: Annotated[list[BillItem], Meta(max_length=200)] = msgspec.field(default_factory=list)
    amount: Rupees | None = None
    """What it all comes to, as said."""
    gst: bool | None = None
    """False: without tax. Otherwise the products' rates, where the shop is registered."""
    on_credit: bool = False
    due_date: IsoDate | None = None
    paid_by: Method | None = None
    """Paid at once and whole: the payment is written with the bill."""
    date: IsoDate | None = None
    """The day that the things were taken on; today where none is named."""


class Billed(msgspec.Struct, frozen=True, kw_only=True):
    invoice_id: str
    invoice_no: str
    posting_id: str | None
    customer_id: str
    customer: str
    total: Money
    paid: Money
    """By a credit that the customer had."""
    tax: Money
    status: InvoiceStatus
    balance: Money
    """Of the customer, afterwards."""
    payment_id: str | None = None
    """The posting of the payment that was written with it."""


class CancelRequest(OfCustomer, frozen=True, kw_only=True):
    invoice_no: str | None = None
    """Without it the customer's newest bill is meant."""


class BillsQuestion(OfCustomer, frozen=True, kw_only=True):
    amount: Rupees | None = None
    """Only bills of this total."""
    limit: Annotated[int, Meta(ge=1, le=50)] = 5


class BillTold(msgspec.Struct, frozen=True, kw_only=True):
    invoice_id: str
    invoice_no: str | None
    status: InvoiceStatus
    total: Money
    paid: Money
    day: str
    """ISO date."""
    goods: list[str] = []
    """What is on it, by name."""


class BillsTold(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str
    customer: str
    invoices: list[BillTold]
    """Newest first."""


async def _create(ctx: ToolContext, request: BillRequest) -> ToolOutcome[Billed]:
    def work(book: ShopBook) -> Billed:
        book.lock()
        customer = whom(book, request)
        said = None if request.amount is None else to_paise(request.amount)
        items = items_of(book, request.items, said)
        drafted = book.draft(
            customer, items, book.shop, gst=request.gst is not False, on_credit=request.on_credit,
            due_date=day_of(request.due_date, "due_date"), said=said is not None,
        )  # fmt: skip
        if said is not None and drafted.total != said:
            raise Refused("amount_differs", "the things do not come to that", "amount")
        within_limits(ctx, book, drafted.total, None if request.paid_by else customer)
        issued = book.issue(drafted.invoice_id, book.shop, day=day_of(request.date))
        payment_id = None
        if request.paid_by is not None:
            paid = book.post(
                "payment",
                rules.payment(issued.total, request.paid_by),
                amount=issued.total,
                customer_id=customer.customer_id,
                method=request.paid_by,
                day=day_of(request.date),
                pays_first=issued.posting_id,
            )
            payment_id = paid.posting_id
        told = _billed(ctx, book, book.invoice(issued.invoice_id))
        return msgspec.structs.replace(told, payment_id=payment_id)

    return await run_in_book(ctx, work)


def items_of(book: ShopBook, wanted: Sequence[BillItem], said: int | None) -> list[Item]:
    """The lines of a bill. Raises Refused for what cannot be sold so, or has no price."""
    if not wanted:
        if said is None:
            raise Refused("items_missing", "say what it is for, or how much", "items")
        return [Item(GOODS, 1000, "piece", said)]
    return [_item(book, one, said if len(wanted) == 1 else None) for one in wanted]


def _item(book: ShopBook, one: BillItem, comes_to: int | None) -> Item:
    product = book.product(one.product)
    try:
        qty = thousandths(one.qty, one.unit, product.unit)
    except BadQuantity as bad:
        raise Refused("quantity", str(bad), bad.field) from None
    price = product.price if one.price is None else to_paise(one.price, "price")
    total = None
    if one.price is not None and one.unit == "dozen":
        total = to_paise(one.qty * one.price, "price")
    elif one.price is None and comes_to is not None:
        price, total = comes_to, comes_to
    if price is None:
        raise Refused("price_missing", f"say what {product.name} costs", "price")
    if total is not None:
        price = (total * 1000 + qty // 2) // qty
    return Item(product.name, qty, product.unit, price, total, product.gst_rate, product.hsn, product.product_id)


async def _cancel(ctx: ToolContext, request: CancelRequest) -> ToolOutcome[Billed]:
    def work(book: ShopBook) -> Billed:
        book.lock()
        customer = whom(book, request) if request.named else None
        if request.invoice_no:
            found = book.invoice_said(request.invoice_no, customer)
        elif customer is None:
            raise Refused("invoice_missing", "say which bill", "invoice_no")
        else:
            standing = [one for one in book.invoices_of(customer) if one.status != "cancelled"]
            if not standing:
                raise Refused("invoice_unknown", "the customer has no bill that could be cancelled", "invoice_no")
            found = standing[0]
        within_limits(ctx, book, found.total)
        book.cancel(found)
        return _billed(ctx, book, book.invoice(found.invoice_id))

    return await run_in_book(ctx, work)


def _billed(ctx: ToolContext, book: ShopBook, invoice: Invoice) -> Billed:
    return Billed(
        invoice_id=invoice.invoice_id,
        invoice_no=invoice.invoice_no or "",
        posting_id=invoice.posting_id,
        customer_id=invoice.customer_id,
        customer=invoice.customer_name,
        total=money(ctx, invoice.total),
        paid=money(ctx, invoice.paid),
        tax=money(ctx, invoice.cgst + invoice.sgst + invoice.igst),
        status=invoice.status,
        balance=money(ctx, book.customer(invoice.customer_id).balance),
    )


async def _list(ctx: ToolContext, question: BillsQuestion) -> ToolOutcome[BillsTold]:
    def work(book: ShopBook) -> BillsTold:
        customer = whom(book, question)
        total = 0 if question.amount is None else to_paise(question.amount)
        told = [
            BillTold(
                invoice_id=one.invoice_id,
                invoice_no=one.invoice_no,
                status=one.status,
                total=money(ctx, one.total),
                paid=money(ctx, one.paid),
                day=one.day.isoformat(),
                goods=[line.name for line in book.lines(one.invoice_id)],
            )
            for one in book.invoices_of(customer, question.limit, total=total)
        ]
        return BillsTold(customer_id=customer.customer_id, customer=customer.name, invoices=told)

    return await run_in_book(ctx, work)


create_invoice: Tool[BillRequest, Billed] = Tool(
    name="create_invoice",
    effect=Effect.WRITE,
    description="Make a bill in a customer's name, of things or of a sum.",
    arguments=BillRequest,
    result=Billed,
    run=_create,
    intent="invoice.create",
)

cancel_invoice: Tool[CancelRequest, Billed] = Tool(
    name="cancel_invoice",
    effect=Effect.WRITE,
    description="Cancel a bill; what was paid for it stays as the customer's credit.",
    arguments=CancelRequest,
    result=Billed,
    run=_cancel,
    intent="invoice.cancel",
)

list_invoices: Tool[BillsQuestion, BillsTold] = Tool(
    name="list_invoices",
    effect=Effect.READ,
    description="The newest bills of a customer.",
    arguments=BillsQuestion,
    result=BillsTold,
    run=_list,
)
