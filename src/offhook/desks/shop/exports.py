"""The shop's book for a spreadsheet: customers, products with their stock, bills, payments, entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tables import invoices, postings, products, shop_customers
from offhook.desks.shop.units import as_number
from offhook.store.codec import texts
from offhook.store.csv_lines import write_csv
from offhook.store.prepared import Prepared

_BUSINESS: BindParameter[str] = bindparam("business")
_CUSTOMERS = Prepared(
    select(shop_customers)
    .where(shop_customers.c.business_id == _BUSINESS, shop_customers.c.active)
    .order_by(shop_customers.c.name, shop_customers.c.customer_id)
)
_PRODUCTS = Prepared(
    select(products).where(products.c.business_id == _BUSINESS, products.c.active).order_by(products.c.name)
)
_INVOICES = Prepared(
    select(invoices).where(invoices.c.business_id == _BUSINESS).order_by(invoices.c.created_at, invoices.c.invoice_id)
)
_LEDGER = Prepared(
    select(postings, shop_customers.c.name.label("customer"))
    .select_from(
        postings.outerjoin(
            shop_customers,
            (shop_customers.c.business_id == postings.c.business_id)
            & (shop_customers.c.customer_id == postings.c.customer_id),
        )
    )
    .where(postings.c.business_id == _BUSINESS)
    .order_by(postings.c.seq)
)


def rupees(paise: int | None) -> Decimal | None:
    return None if paise is None else Decimal(paise).scaleb(-2)


def customers_csv(book: ShopBook) -> bytes:
    columns = ("name", "phone", "balance", "credit_limit", "aliases", "email", "address", "gstin", "state")
    return write_csv(
        columns,
        (
            (
                row.name, row.phone, rupees(row.balance), rupees(row.credit_limit),
                "; ".join(texts(row.aliases)), row.email, row.address, row.gstin, row.state,
            )
            for row in _rows(book, _CUSTOMERS)
        ),
    )  # fmt: skip


def products_csv(book: ShopBook) -> bytes:
    columns = ("name", "unit", "price", "gst", "hsn", "stock", "low", "aliases")
    return write_csv(
        columns,
        (
            (
                row.name, row.unit, rupees(row.price), rupees(row.gst_rate), row.hsn, as_number(row.stock),
                None if row.low_at is None else as_number(row.low_at), "; ".join(texts(row.aliases)),
            )
            for row in _rows(book, _PRODUCTS)
        ),
    )  # fmt: skip


def invoices_csv(book: ShopBook) -> bytes:
    columns = (
        "invoice_no",
        "day",
        "customer",
        "status",
        "taxable",
        "cgst",
        "sgst",
        "igst",
        "round_off",
        "total",
        "paid",
    )
    return write_csv(
        columns,
        (
            (
                row.invoice_no, row.day.isoformat(), row.customer_name, row.status, rupees(row.taxable),
                rupees(row.cgst), rupees(row.sgst), rupees(row.igst), rupees(row.round_off), rupees(row.total),
                rupees(row.paid),
            )
            for row in _rows(book, _INVOICES)
        ),
    )  # fmt: skip


def ledger_csv(book: ShopBook) -> bytes:
    columns = ("seq", "day", "kind", "customer", "amount", "method", "due_date", "note", "posting_id", "reverses")
    return write_csv(
        columns,
        (
            (
                row.seq, row.day.isoformat(), row.kind, row.customer, rupees(row.amount), row.method,
                row.due_date and row.due_date.isoformat(), row.note, row.posting_id, row.reverses,
            )
            for row in _rows(book, _LEDGER)
        ),
    )  # fmt: skip


def payments_csv(book: ShopBook) -> bytes:
    """What customers paid; an undone payment stays, and says so."""
    columns = ("day", "customer", "amount", "method", "note", "undone", "posting_id")
    rows = _rows(book, _LEDGER)
    undone = {row.reverses for row in rows if row.reverses is not None}
    return write_csv(
        columns,
        (
            (
                row.day.isoformat(), row.customer, rupees(row.amount), row.method, row.note,
                "yes" if row.posting_id in undone else "", row.posting_id,
            )
            for row in rows if row.kind == "payment"
        ),
    )  # fmt: skip


LISTS: Mapping[str, Callable[[ShopBook], bytes]] = {
    "customers": customers_csv,
    "products": products_csv,
    "invoices": invoices_csv,
    "payments": payments_csv,
    "ledger": ledger_csv,
}


def _rows(book: ShopBook, statement: Prepared) -> list[Any]:
    return book.rows.all(statement, business=book.business_id)
