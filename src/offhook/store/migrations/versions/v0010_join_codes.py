"""Codes that let somebody into a session from another channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "join_codes",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_join_codes_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "session_id", name="pk_join_codes"),
    )
    op.create_index("ix_join_codes_code_hash", "join_codes", ["code_hash"])
