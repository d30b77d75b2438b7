"""What a shop reminds its customers of; who wants no reminders, and when people last wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("reminder_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint("status in ('waiting', 'done', 'cancelled')", name="ck_reminders_status"),
        sa.CheckConstraint("channel in ('whatsapp', 'sms')", name="ck_reminders_channel"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_reminders_business_id_businesses"
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["shop_customers.business_id", "shop_customers.customer_id"],
            name="fk_reminders_business_id_customer_id_shop_customers",
        ),
        sa.PrimaryKeyConstraint("business_id", "reminder_id", name="pk_reminders"),
    )
    op.create_index(
        "ix_reminders_business_id_customer_id_status", "reminders", ["business_id", "customer_id", "status"]
    )
    op.create_index("ix_reminders_business_id_status_next_at", "reminders", ["business_id", "status", "next_at"])
    op.create_table(
        "contact_wishes",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("opted_out_at", _MOMENT, nullable=True),
        sa.Column("wrote_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_contact_wishes_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "phone", name="pk_contact_wishes"),
    )
