"""When somebody last asked for messages to stop or start; a message's business is found by its recipient."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact_wishes", sa.Column("wished_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE contact_wishes SET wished_at = opted_out_at")
    op.create_index("ix_messages_recipient", "messages", ["recipient"])
