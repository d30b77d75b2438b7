"""The lists of the shop's book: `GET /api/{products, invoices, payments, ledger, reminders}`. Quantities are in
thousandths of the unit, GST rates in hundredths of a percent."""

from __future__ import annotations

from offhook.api.resource import Resource
from offhook.api.sales_lists import SALES_PRODUCTS
from offhook.desks.shop import tables
from offhook.desks.shop.reminder_tables import reminders
from offhook.store.listing import ListSpec

SHOP_CUSTOMERS = Resource(
    "customers",
    ListSpec(
        tables.shop_customers,
        "customer_id",
        ("name", "aliases", "phone"),
        ("phone", "gstin", "state"),
        ("name", "created_at", "balance"),
        "name",
    ),
    json_columns=("aliases",),
    money_columns=("balance", "credit_limit"),
    hidden=("name_key", "version"),
    desk="shop",
)
"""What `customers` is for a shop. A balance is what the customer owes; negative: what the shop owes."""

SHOP_RESOURCES = (
    Resource(
        "products",
        ListSpec(
            tables.products, "product_id", ("name", "aliases"), ("name", "unit", "hsn"), ("name", "created_at"), "name"
        ),
        json_columns=("aliases",),
        money_columns=("price",),
        hidden=("name_key",),
        desk="shop",
        others={"sales": SALES_PRODUCTS},
    ),
    Resource(
        "invoices",
        ListSpec(
            tables.invoices,
            "invoice_id",
            ("invoice_no", "customer_name"),
            ("status", "customer_id", "invoice_no", "fiscal_year", "session_id"),
            ("created_at",),
            order="-created_at",
        ),
        money_columns=("taxable", "cgst", "sgst", "igst", "round_off", "total", "paid"),
        desk="shop",
    ),
    Resource(
        "payments",
        ListSpec(
            tables.postings,
            "posting_id",
            ("note",),
            ("kind", "customer_id", "method", "session_id"),
            ("seq",),
            order="-seq",
            only={"kind": ("payment", "refund")},
        ),
        money_columns=("amount",),
        hidden=("opening_of", "turn_id"),
        desk="shop",
    ),
    Resource(
        "ledger",
        ListSpec(
            tables.postings,
            "posting_id",
            ("note",),
            ("kind", "customer_id", "method", "invoice_id", "reverses", "session_id"),
            ("seq",),
            order="-seq",
        ),
        money_columns=("amount",),
        hidden=("opening_of", "turn_id"),
        desk="shop",
    ),
    Resource(
        "reminders",
        ListSpec(
            reminders,
            "reminder_id",
            ("customer_id",),
            ("status", "customer_id", "channel", "recurrence", "session_id"),
            ("created_at", "updated_at"),
            order="-created_at",
        ),
        desk="shop",
    ),
)
