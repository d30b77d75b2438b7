"""The lists of a sales desk's book: leads, and what `products` is for it."""

from __future__ import annotations

from offhook.api.resource import Resource
from offhook.desks.sales import tables
from offhook.store.listing import ListSpec

SALES_PRODUCTS = Resource(
    "products",
    ListSpec(
        tables.catalogue,
        "item_id",
        ("name", "aliases", "description"),
        ("name", "kind", "unit"),
        ("sort", "name"),
        order="sort",
    ),
    json_columns=("aliases", "features"),
    money_columns=("price_from", "price_to"),
    desk="sales",
)

SALES_RESOURCES = (
    Resource(
        "leads",
        ListSpec(
            tables.leads,
            "lead_id",
            ("name", "phone", "email", "product", "need", "notes"),
            ("status", "next_step", "phone", "email", "product", "channel", "session_id"),
            ("created_at", "updated_at", "score"),
            order="-created_at",
        ),
        json_columns=("quote",),
        money_columns=("budget_min", "budget_max"),
        desk="sales",
    ),
)
