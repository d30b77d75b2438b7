"""The tables of the first version: businesses and what all desks share, conversations, the dealership's book."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _businesses()
    _front_desk()
    _conversations()
    _dealership_people()
    _dealership_appointments()


def _businesses() -> None:
    op.create_table(
        "businesses",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("persona", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("announce_automated", sa.Boolean(), nullable=False),
        sa.Column("greeting", sa.Text(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("business_id", name="pk_businesses"),
    )
    op.create_table(
        "business_numbers",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_business_numbers_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_business_numbers"),
    )
    op.create_index("ix_business_numbers_business_id", "business_numbers", ["business_id"], unique=False)
    op.create_table(
        "opening_hours",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_min", sa.Integer(), nullable=False),
        sa.Column("closes_min", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "opens_min >= 0 and opens_min < closes_min and closes_min <= 1440", name="ck_opening_hours_range"
        ),
        sa.CheckConstraint("weekday between 0 and 6", name="ck_opening_hours_weekday"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_opening_hours_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "weekday", "opens_min", name="pk_opening_hours"),
    )
    op.create_table(
        "hours_exceptions",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens_min", sa.Integer(), nullable=False),
        sa.Column("closes_min", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "opens_min >= 0 and opens_min <= closes_min and closes_min <= 1440", name="ck_hours_exceptions_range"
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_hours_exceptions_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "day", "opens_min", name="pk_hours_exceptions"),
    )


def _front_desk() -> None:
    op.create_table(
        "faq",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("faq_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_faq_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "faq_id", name="pk_faq"),
    )
    op.create_table(
        "tasks",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("customer_phone", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("priority in ('LOW', 'NORMAL', 'HIGH')", name="ck_tasks_priority"),
        sa.CheckConstraint("status in ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED')", name="ck_tasks_status"),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_tasks_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "task_id", name="pk_tasks"),
    )
    op.create_index(
        "ix_tasks_business_id_status_created_at", "tasks", ["business_id", "status", "created_at"], unique=False
    )


def _conversations() -> None:
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("call_sid", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("from_number", sa.Text(), nullable=True),
        sa.Column("to_number", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_calls_business_id_businesses"),
        sa.PrimaryKeyConstraint("call_id", "business_id", name="pk_calls"),
    )
    op.create_index("ix_calls_business_id_updated_at", "calls", ["business_id", "updated_at"], unique=False)
    op.create_index("ix_calls_call_sid", "calls", ["call_sid"], unique=False)
    op.create_table(
        "commands",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_commands_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "turn_id", "command", name="pk_commands"),
    )
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_sessions_business_id_businesses"),
        sa.PrimaryKeyConstraint("session_id", "business_id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_business_id_touched_at", "sessions", ["business_id", "touched_at"], unique=False)
    op.create_index("ix_sessions_status_touched_at", "sessions", ["status", "touched_at"], unique=False)
    op.create_table(
        "session_events",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id", "business_id"],
            ["sessions.session_id", "sessions.business_id"],
            name="fk_session_events_session_id_business_id_sessions",
        ),
        sa.PrimaryKeyConstraint("session_id", "business_id", "seq", name="pk_session_events"),
    )
    op.create_table(
        "session_turns",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id", "business_id"],
            ["sessions.session_id", "sessions.business_id"],
            name="fk_session_turns_session_id_business_id_sessions",
        ),
        sa.PrimaryKeyConstraint("session_id", "business_id", "turn_id", name="pk_session_turns"),
    )


def _dealership_people() -> None:
    op.create_table(
        "customers",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_customers_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "customer_id", name="pk_customers"),
        sa.UniqueConstraint("business_id", "phone", name="uq_customers_business_id_phone"),
    )
    op.create_index("ix_customers_business_id_name", "customers", ["business_id", "name"], unique=False)
    op.create_table(
        "resources",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_resources_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "resource_id", name="pk_resources"),
        sa.UniqueConstraint("business_id", "name", name="uq_resources_business_id_name"),
    )
    op.create_table(
        "service_types",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=False),
        sa.Column("buffer_min", sa.Integer(), nullable=False),
        sa.Column("resource_kind", sa.Text(), nullable=False),
        sa.Column("price_from", sa.Integer(), nullable=True),
        sa.Column("price_to", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.CheckConstraint("duration_min > 0 and buffer_min >= 0", name="ck_service_types_minutes"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_service_types_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "service_id", name="pk_service_types"),
        sa.UniqueConstraint("business_id", "name", name="uq_service_types_business_id_name"),
    )
    op.create_table(
        "vehicles",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("make", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("registration", sa.Text(), nullable=True),
        sa.Column("vin", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["customers.business_id", "customers.customer_id"],
            name="fk_vehicles_business_id_customer_id_customers",
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_vehicles_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "vehicle_id", name="pk_vehicles"),
        sa.UniqueConstraint("business_id", "vin", name="uq_vehicles_business_id_vin"),
    )
    op.create_index("ix_vehicles_business_id_customer_id", "vehicles", ["business_id", "customer_id"], unique=False)
    op.create_index("ix_vehicles_business_id_registration", "vehicles", ["business_id", "registration"], unique=False)


def _dealership_appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("appointment_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=True),
        sa.Column("service_name", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("customer_phone", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_via", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('service', 'test_drive')", name="ck_appointments_kind"),
        sa.CheckConstraint("status in ('booked', 'cancelled', 'completed', 'no_show')", name="ck_appointments_status"),
        sa.CheckConstraint("starts_at < ends_at", name="ck_appointments_order"),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["customers.business_id", "customers.customer_id"],
            name="fk_appointments_business_id_customer_id_customers",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "resource_id"],
            ["resources.business_id", "resources.resource_id"],
            name="fk_appointments_business_id_resource_id_resources",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "service_id"],
            ["service_types.business_id", "service_types.service_id"],
            name="fk_appointments_business_id_service_id_service_types",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_appointments_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "appointment_id", name="pk_appointments"),
    )
    op.create_index(
        "ix_appointments_business_id_customer_id", "appointments", ["business_id", "customer_id"], unique=False
    )
    op.create_index(
        "ix_appointments_business_id_customer_phone", "appointments", ["business_id", "customer_phone"], unique=False
    )
    op.create_index("ix_appointments_business_id_starts_at", "appointments", ["business_id", "starts_at"], unique=False)
    op.create_table(
        "appointment_units",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("appointment_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "appointment_id"],
            ["appointments.business_id", "appointments.appointment_id"],
            name="fk_appointment_units_business_id_appointment_id_appointments",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "resource_id"],
            ["resources.business_id", "resources.resource_id"],
            name="fk_appointment_units_business_id_resource_id_resources",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_appointment_units_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "resource_id", "unit", name="pk_appointment_units"),
    )
    op.create_index(
        "ix_appointment_units_business_id_appointment_id",
        "appointment_units",
        ["business_id", "appointment_id"],
        unique=False,
    )
    op.create_index("ix_appointment_units_business_id_unit", "appointment_units", ["business_id", "unit"], unique=False)
