"""Tables of the sales desk: what it sells, and its leads."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from offhook.store.schema import active_flag, business_key, metadata
from offhook.store.types import Moment

catalogue = Table(
    "catalogue",
    metadata,
    business_key(),
    Column("item_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("aliases", Text, nullable=False),  # JSON list
    Column("kind", Text, nullable=False),
    Column("price_from", BigInteger),  # minor units
    Column("price_to", BigInteger),
    Column("currency", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("features", Text, nullable=False),  # JSON list
    Column("description", Text, nullable=False),
    Column("sort", Integer, nullable=False),
    active_flag(),
    CheckConstraint("kind in ('product', 'service')", name="kind"),
    CheckConstraint("period in ('', 'month', 'year')", name="period"),
    UniqueConstraint("business_id", "name"),
)

leads = Table(
    "leads",
    metadata,
    business_key(),
    Column("lead_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("name", Text),
    Column("phone", Text),  # E.164
    Column("email", Text),
    Column("product", Text),
    Column("need", Text),
    Column("qty", Integer),
    Column("budget_min", BigInteger),  # minor units
    Column("budget_max", BigInteger),
    Column("currency", Text, nullable=False),
    Column("timing_from", Date),
    Column("timing_to", Date),
    Column("timing", Text, nullable=False),
    Column("score", Integer, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("next_at", Moment),
    Column("quote", Text),  # JSON
    Column("notes", Text, nullable=False),
    Column("session_id", Text),  # that it was first told in
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("consent_at", Moment),
    Column("opted_out_at", Moment),
    Column("like_lead_id", Text),  # another lead with this number or address, of somebody else by name
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    CheckConstraint("status in ('open', 'won', 'lost', 'closed')", name="status"),
    CheckConstraint("next_step in ('call_back', 'demo', 'quote', 'hand_over', 'nurture')", name="next_step"),
    CheckConstraint("score between 0 and 100", name="score"),
    CheckConstraint("phone is not null or email is not null", name="contact"),
    Index(None, "business_id", "session_id"),
    Index(None, "business_id", "phone"),
    Index(None, "business_id", "email"),
    Index(None, "business_id", "status", "created_at"),
)

lead_sessions = Table(
    "lead_sessions",
    metadata,
    business_key(),
    Column("session_id", Text, primary_key=True),
    Column("lead_id", Text, nullable=False),
    ForeignKeyConstraint(["business_id", "lead_id"], ["leads.business_id", "leads.lead_id"]),
    Index(None, "business_id", "lead_id"),
)
"""Which lead a session has told of: one at most, however often it is said."""
