"""A number per business that grows with every change of its customers, their cars and appointments, whoever writes.

By triggers, so that no writer (an import, another process, a hand in the database) can forget it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WATCHED = ("customers", "customer_phones", "vehicles", "appointments")
_GROW = (
    "INSERT INTO book_versions (business_id, version) VALUES ({row}.business_id, 1)"
    " ON CONFLICT (business_id) DO UPDATE SET version = book_versions.version + 1"
)


def upgrade() -> None:
    op.create_table(
        "book_versions",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_book_versions_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", name="pk_book_versions"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in _WATCHED:
            for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                op.execute(
                    f"CREATE TRIGGER {table}_{event.lower()}_book_version AFTER {event} ON {table}"
                    f" BEGIN {_GROW.format(row=row)}; END"
                )
        return
    op.execute(
        "CREATE FUNCTION grow_book_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'DELETE' THEN {_GROW.format(row='OLD')}; ELSE {_GROW.format(row='NEW')}; END IF;"
        " RETURN NULL; END $$"
    )
    for table in _WATCHED:
        op.execute(
            f"CREATE TRIGGER {table}_book_version AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION grow_book_version()"
        )
