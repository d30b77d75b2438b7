"""The outbox of jobs, the messages that they sent, the workers that deliver them, what outside calendars say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _jobs()
    _messages()
    op.create_table(
        "workers",
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("beat_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name="pk_workers"),
    )
    _calendars()


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run_at", _MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'skipped', 'cancelled', 'failed', 'unknown')", name="ck_jobs_state"
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_jobs_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "job_id", name="pk_jobs"),
        sa.UniqueConstraint("business_id", "key", name="uq_jobs_business_id_key"),
    )
    op.create_index("ix_jobs_state_run_at", "jobs", ["state", "run_at"], unique=False)
    op.create_index("ix_jobs_business_id_subject", "jobs", ["business_id", "subject"], unique=False)
    op.create_index("ix_jobs_kind_state", "jobs", ["kind", "state"], unique=False)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown')",
            name="ck_messages_state",
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_messages_business_id_businesses"),
        sa.ForeignKeyConstraint(
            ["business_id", "job_id"], ["jobs.business_id", "jobs.job_id"], name="fk_messages_business_id_jobs"
        ),
        sa.PrimaryKeyConstraint("business_id", "message_id", name="pk_messages"),
        sa.UniqueConstraint("business_id", "job_id", name="uq_messages_business_id_job_id"),
    )
    op.create_index("ix_messages_business_id_created_at", "messages", ["business_id", "created_at"], unique=False)
    op.create_index(
        "ix_messages_business_id_recipient_created_at",
        "messages",
        ["business_id", "recipient", "created_at"],
        unique=False,
    )
    op.create_index("ix_messages_reference", "messages", ["reference"], unique=False)


def _calendars() -> None:
    op.create_table(
        "calendar_reads",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("known_from", _MOMENT, nullable=False),
        sa.Column("known_until", _MOMENT, nullable=False),
        sa.Column("read_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_calendar_reads_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", name="pk_calendar_reads"),
    )
    op.create_table(
        "calendar_busy",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_calendar_busy_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "starts_at", "ends_at", name="pk_calendar_busy"),
    )
