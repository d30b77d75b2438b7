"""The dealership's whole book: cars for sale, holds, waiting list, service history, further numbers; an audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _front_desk()
    _people()
    _cars_for_sale()
    _appointments()
    _booking()
    _history()


def _front_desk() -> None:
    op.create_table(
        "audit",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("audit_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_audit_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "audit_id", name="pk_audit"),
    )
    op.create_index(
        "ix_audit_business_id_action_created_at", "audit", ["business_id", "action", "created_at"], unique=False
    )
    op.create_index(
        "ix_audit_business_id_subject_created_at", "audit", ["business_id", "subject", "created_at"], unique=False
    )

    op.create_table(
        "blocked_numbers",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_blocked_numbers_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "number", name="pk_blocked_numbers"),
    )
    with op.batch_alter_table("faq") as batch_op:
        batch_op.add_column(sa.Column("active", sa.Boolean(), server_default="1", nullable=False))

    with op.batch_alter_table("tasks") as batch_op:
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("assigned_to", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("result", sa.Text(), nullable=True))
        batch_op.create_index("ix_tasks_business_id_session_id", ["business_id", "session_id"], unique=False)


def _people() -> None:
    with op.batch_alter_table("customers") as batch_op:
        batch_op.add_column(sa.Column("active", sa.Boolean(), server_default="1", nullable=False))
        batch_op.create_index("ix_customers_business_id_email", ["business_id", "email"], unique=False)

    op.create_table(
        "customer_phones",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["customers.business_id", "customers.customer_id"],
            name="fk_customer_phones_business_id_customer_id_customers",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_customer_phones_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "phone", name="pk_customer_phones"),
    )
    op.create_index(
        "ix_customer_phones_business_id_customer_id", "customer_phones", ["business_id", "customer_id"], unique=False
    )

    with op.batch_alter_table("vehicles") as batch_op:
        batch_op.add_column(sa.Column("color", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("fuel", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("odometer_km", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("active", sa.Boolean(), server_default="1", nullable=False))

    # ### end Alembic commands ###


def _cars_for_sale() -> None:
    op.create_table(
        "inventory",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("stock_id", sa.Text(), nullable=False),
        sa.Column("stock_number", sa.Text(), nullable=False),
        sa.Column("make", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("fuel", sa.Text(), nullable=False),
        sa.Column("transmission", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("odometer_km", sa.Integer(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("condition in ('new', 'used')", name="ck_inventory_condition"),
        sa.CheckConstraint("status in ('available', 'reserved', 'sold')", name="ck_inventory_status"),
        sa.CheckConstraint("price >= 0", name="ck_inventory_price"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_inventory_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "stock_id", name="pk_inventory"),
        sa.UniqueConstraint("business_id", "stock_number", name="uq_inventory_business_id_stock_number"),
    )
    op.create_index(
        "ix_inventory_business_id_status_model", "inventory", ["business_id", "status", "model"], unique=False
    )
    op.create_index(
        "ix_inventory_business_id_status_price", "inventory", ["business_id", "status", "price"], unique=False
    )


def _appointments() -> None:
    with op.batch_alter_table("resources") as batch_op:
        batch_op.add_column(sa.Column("active", sa.Boolean(), server_default="1", nullable=False))

    with op.batch_alter_table("service_types") as batch_op:
        batch_op.add_column(sa.Column("technician_kind", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("active", sa.Boolean(), server_default="1", nullable=False))

    # SQLite makes the table anew, which the rows that point to it would forbid: they step aside.
    aside = op.get_bind().dialect.name == "sqlite"
    if aside:
        op.execute("CREATE TEMPORARY TABLE units_aside AS SELECT * FROM appointment_units")
        op.execute("DELETE FROM appointment_units")
    with op.batch_alter_table("appointments") as batch_op:
        batch_op.add_column(sa.Column("technician_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("vehicle_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("stock_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("progress", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("calendar_event_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            "ck_appointments_progress", "progress in ('arrived', 'in_work', 'ready', 'collected')"
        )
        batch_op.create_index("ix_appointments_business_id_vehicle_id", ["business_id", "vehicle_id"], unique=False)
        batch_op.create_foreign_key(
            "fk_appointments_business_id_vehicle_id_vehicles",
            "vehicles",
            ["business_id", "vehicle_id"],
            ["business_id", "vehicle_id"],
        )
        batch_op.create_foreign_key(
            "fk_appointments_business_id_technician_id_resources",
            "resources",
            ["business_id", "technician_id"],
            ["business_id", "resource_id"],
        )
        batch_op.create_foreign_key(
            "fk_appointments_business_id_stock_id_inventory",
            "inventory",
            ["business_id", "stock_id"],
            ["business_id", "stock_id"],
        )

    if aside:
        op.execute("INSERT INTO appointment_units SELECT * FROM units_aside")
        op.execute("DROP TABLE units_aside")


def _booking() -> None:
    op.create_table(
        "slot_holds",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("technician_id", sa.Text(), nullable=True),
        sa.Column("first_unit", sa.BigInteger(), nullable=False),
        sa.Column("last_unit", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_unit <= last_unit", name="ck_slot_holds_order"),
        sa.ForeignKeyConstraint(
            ["business_id", "resource_id"],
            ["resources.business_id", "resources.resource_id"],
            name="fk_slot_holds_business_id_resource_id_resources",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "technician_id"],
            ["resources.business_id", "resources.resource_id"],
            name="fk_slot_holds_business_id_technician_id_resources",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_slot_holds_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "hold_id", name="pk_slot_holds"),
    )
    op.create_index("ix_slot_holds_business_id_expires_at", "slot_holds", ["business_id", "expires_at"], unique=False)
    op.create_index("ix_slot_holds_business_id_session_id", "slot_holds", ["business_id", "session_id"], unique=False)

    op.create_table(
        "waitlist",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("waitlist_id", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("customer_phone", sa.Text(), nullable=True),
        sa.Column("starts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status in ('waiting', 'offered', 'booked', 'closed')", name="ck_waitlist_status"),
        sa.CheckConstraint("starts_from <= starts_to", name="ck_waitlist_order"),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["customers.business_id", "customers.customer_id"],
            name="fk_waitlist_business_id_customer_id_customers",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "service_id"],
            ["service_types.business_id", "service_types.service_id"],
            name="fk_waitlist_business_id_service_id_service_types",
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.business_id"], name="fk_waitlist_business_id_businesses"),
        sa.PrimaryKeyConstraint("business_id", "waitlist_id", name="pk_waitlist"),
    )
    op.create_index(
        "ix_waitlist_business_id_status_created_at", "waitlist", ["business_id", "status", "created_at"], unique=False
    )


def _history() -> None:
    op.create_table(
        "service_history",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("history_id", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("appointment_id", sa.Text(), nullable=True),
        sa.Column("service_name", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("odometer_km", sa.Integer(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "appointment_id"],
            ["appointments.business_id", "appointments.appointment_id"],
            name="fk_service_history_business_id_appointment_id_appointments",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "customer_id"],
            ["customers.business_id", "customers.customer_id"],
            name="fk_service_history_business_id_customer_id_customers",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "vehicle_id"],
            ["vehicles.business_id", "vehicles.vehicle_id"],
            name="fk_service_history_business_id_vehicle_id_vehicles",
        ),
        sa.ForeignKeyConstraint(
            ["business_id"], ["businesses.business_id"], name="fk_service_history_business_id_businesses"
        ),
        sa.PrimaryKeyConstraint("business_id", "history_id", name="pk_service_history"),
    )
    op.create_index(
        "ix_service_history_business_id_vehicle_id_done_on",
        "service_history",
        ["business_id", "vehicle_id", "done_on"],
        unique=False,
    )
