"""The sales desk: what it sells, leads, and which lead a session has told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _business(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["business_id"], ["businesses.business_id"], name=f"fk_{table}_business_id_businesses"
    )


def upgrade() -> None:
    op.create_table(
        "catalogue",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("price_from", sa.BigInteger(), nullable=True),
        sa.Column("price_to", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("features", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.CheckConstraint("kind in ('product', 'service')", name="ck_catalogue_kind"),
        sa.CheckConstraint("period in ('', 'month', 'year')", name="ck_catalogue_period"),
        _business("catalogue"),
        sa.PrimaryKeyConstraint("business_id", "item_id", name="pk_catalogue"),
        sa.UniqueConstraint("business_id", "name", name="uq_catalogue_business_id_name"),
    )
    op.create_table(
        "leads",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("need", sa.Text(), nullable=True),
        sa.Column("qty", sa.Integer(), nullable=True),
        sa.Column("budget_min", sa.BigInteger(), nullable=True),
        sa.Column("budget_max", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("timing_from", sa.Date(), nullable=True),
        sa.Column("timing_to", sa.Date(), nullable=True),
        sa.Column("timing", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("consent_at", _MOMENT, nullable=True),
        sa.Column("opted_out_at", _MOMENT, nullable=True),
        sa.Column("like_lead_id", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint("status in ('open', 'won', 'lost', 'closed')", name="ck_leads_status"),
        sa.CheckConstraint(
            "next_step in ('call_back', 'demo', 'quote', 'hand_over', 'nurture')", name="ck_leads_next_step"
        ),
        sa.CheckConstraint("score between 0 and 100", name="ck_leads_score"),
        sa.CheckConstraint("phone is not null or email is not null", name="ck_leads_contact"),
        _business("leads"),
        sa.PrimaryKeyConstraint("business_id", "lead_id", name="pk_leads"),
    )
    for columns in (["session_id"], ["phone"], ["email"], ["status", "created_at"]):
        op.create_index(f"ix_leads_business_id_{'_'.join(columns)}", "leads", ["business_id", *columns])
    op.create_table(
        "lead_sessions",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Text(), nullable=False),
        _business("lead_sessions"),
        sa.ForeignKeyConstraint(
            ["business_id", "lead_id"],
            ["leads.business_id", "leads.lead_id"],
            name="fk_lead_sessions_business_id_lead_id_leads",
        ),
        sa.PrimaryKeyConstraint("business_id", "session_id", name="pk_lead_sessions"),
    )
    op.create_index("ix_lead_sessions_business_id_lead_id", "lead_sessions", ["business_id", "lead_id"])
