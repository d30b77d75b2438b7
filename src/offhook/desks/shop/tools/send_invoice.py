"""WRITE tool: send a customer their bill. The message itself goes out through the outbox."""

from __future__ import annotations

from typing import Literal

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.shop.model import Customer, Invoice, Refused
from offhook.desks.shop.repository import ShopBook, in_book
from offhook.desks.shop.tools.common import OfCustomer, declined, origin_of, whom
from offhook.desks.shop.tools.reminders import Channel
from offhook.store.contact_wishes import ContactWishes
from offhook.store.outbox import NewJob, enqueue

INVOICE = "shop.invoice"
"""The kind of its jobs."""


class SendRequest(OfCustomer, frozen=True, kw_only=True):
    invoice_no: str | None = None
    which: Literal["last"] | None = None
    channel: Channel | None = None


class InvoiceSent(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str
    customer: str
    invoice_no: str


async def _run(ctx: ToolContext, request: SendRequest) -> ToolOutcome[InvoiceSent]:
    def found(book: ShopBook) -> tuple[Invoice, Customer]:
        customer = whom(book, request) if request.named else None
        if request.invoice_no:
            invoice = book.invoice_said(request.invoice_no, customer)
            return invoice, book.customer(invoice.customer_id)
        if customer is None:
            raise Refused("customer_missing", "say whose bill", "customer")
        standing = [one for one in book.invoices_of(customer) if one.status not in ("draft", "cancelled")]
        if not standing:
            raise Refused("invoice_unknown", "the customer has no bill that could be sent", "invoice_no")
        return standing[0], customer

    try:
        invoice, customer = await in_book(ctx.uow, origin_of(ctx), found)
    except Refused as refused:
        return declined(refused)
    if customer.email is None:
        if customer.phone is None:
            return Failed("no_phone")
        if await ContactWishes(ctx.uow).opted_out([customer.phone]):
            return Failed("opted_out")
    payload = {"invoice_id": invoice.invoice_id, "channel": request.channel or ""}
    key = f"{INVOICE}:{invoice.invoice_id}:{ctx.turn_id}"
    await enqueue(ctx.uow, NewJob(INVOICE, key, payload, ctx.now, subject=invoice.invoice_id), now=ctx.now)
    return Ok(
        InvoiceSent(customer_id=customer.customer_id, customer=customer.name, invoice_no=invoice.invoice_no or "")
    )


send_invoice: Tool[SendRequest, InvoiceSent] = Tool(
    name="send_invoice",
    effect=Effect.WRITE,
    description="Send a customer their bill.",
    arguments=SendRequest,
    result=InvoiceSent,
    run=_run,
    intent="invoice.send",
)
