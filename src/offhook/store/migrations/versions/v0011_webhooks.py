"""Domain events, and the endpoints of a business that they are sent to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("failing_since", _MOMENT, nullable=True),
        sa.Column("disabled_reason", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_webhooks_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "webhook_id", name="pk_webhooks"),
    )
    op.create_table(
        "domain_events",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_domain_events_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "event_id", name="pk_domain_events"),
        sa.UniqueConstraint("business_id", "key", name="uq_domain_events_business_id_key"),
    )
    op.create_index("ix_domain_events_business_id_subject", "domain_events", ["business_id", "subject"])
