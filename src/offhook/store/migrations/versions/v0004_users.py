"""The people who work for a business: their numbers, roles and PINs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint("role in ('owner', 'staff')", name="ck_users_role"),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_users_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "user_id", name="pk_users"),
        sa.UniqueConstraint("business_id", "phone", name="uq_users_business_id_phone"),
        sa.UniqueConstraint("business_id", "pin_hash", name="uq_users_business_id_pin_hash"),
    )
