"""The table of what the shop reminds its customers of."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Table, Text

from offhook.store.schema import business_key, metadata
from offhook.store.types import Moment

reminders = Table(
    "reminders",
    metadata,
    business_key(),
    Column("reminder_id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("channel", Text),  # what was asked for; None: whatever reaches them
    Column("recurrence", Text, nullable=False),  # "", daily, weekly:mon, monthly:5
    Column("at", Text, nullable=False),  # HH:MM of the business's wall clock
    Column("next_at", Moment),  # of the occurrence that waits; None: none does
    Column("session_id", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    ForeignKeyConstraint(["business_id", "customer_id"], ["shop_customers.business_id", "shop_customers.customer_id"]),
    CheckConstraint("status in ('waiting', 'done', 'cancelled')", name="status"),
    CheckConstraint("channel in ('whatsapp', 'sms')", name="channel"),
    Index(None, "business_id", "customer_id", "status"),
    Index(None, "business_id", "status", "next_at"),
)
