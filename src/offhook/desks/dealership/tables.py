"""The dealership's own tables (the shared ones are in store/schema.py)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from offhook.store.schema import active_flag, business_key, metadata
from offhook.store.types import Moment

customers = Table(
    "customers",
    metadata,
    business_key(),
    Column("customer_id", Text, primary_key=True),
    Column("phone", Text, nullable=False),  # E.164
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("language", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    active_flag(),
    UniqueConstraint("business_id", "phone"),
    Index(None, "business_id", "name"),
    Index(None, "business_id", "email"),
)

customer_phones = Table(
    "customer_phones",
    metadata,
    business_key(),
    Column("phone", Text, primary_key=True),  # E.164
    Column("customer_id", Text, nullable=False),
    ForeignKeyConstraint(["business_id", "customer_id"], ["customers.business_id", "customers.customer_id"]),
    Index(None, "business_id", "customer_id"),
)
"""Further numbers of a customer, beside the one in `customers`."""

vehicles = Table(
    "vehicles",
    metadata,
    business_key(),
    Column("vehicle_id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("make", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("year", Integer),
    Column("registration", Text),
    Column("vin", Text),
    Column("color", Text),
    Column("fuel", Text),
    Column("odometer_km", Integer),
    active_flag(),
    ForeignKeyConstraint(["business_id", "customer_id"], ["customers.business_id", "customers.customer_id"]),
    Index(None, "business_id", "customer_id"),
    Index(None, "business_id", "registration"),
    UniqueConstraint("business_id", "vin"),
)

service_types = Table(
    "service_types",
    metadata,
    business_key(),
    Column("service_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("aliases", Text, nullable=False),  # JSON list, lower case
    Column("duration_min", Integer, nullable=False),
    Column("buffer_min", Integer, nullable=False),
    Column("resource_kind", Text, nullable=False),
    Column("price_from", Integer),  # minor units of the currency
    Column("price_to", Integer),
    Column("currency", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("sort", Integer, nullable=False),
    Column("technician_kind", Text),  # kind of the second resource that the work occupies, if it needs one
    active_flag(),
    UniqueConstraint("business_id", "name"),
    CheckConstraint("duration_min > 0 and buffer_min >= 0", name="minutes"),
)

resources = Table(
    "resources",
    metadata,
    business_key(),
    Column("resource_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sort", Integer, nullable=False),
    active_flag(),
    UniqueConstraint("business_id", "name"),
)

inventory = Table(
    "inventory",
    metadata,
    business_key(),
    Column("stock_id", Text, primary_key=True),
    Column("stock_number", Text, nullable=False),
    Column("make", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("color", Text, nullable=False),
    Column("fuel", Text, nullable=False),
    Column("transmission", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("odometer_km", Integer),
    Column("price", BigInteger, nullable=False),  # minor units of the currency
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("business_id", "stock_number"),
    CheckConstraint("condition in ('new', 'used')", name="condition"),
    CheckConstraint("status in ('available', 'reserved', 'sold')", name="status"),
    CheckConstraint("price >= 0", name="price"),
    Index(None, "business_id", "status", "model"),
    Index(None, "business_id", "status", "price"),
)

appointments = Table(
    "appointments",
    metadata,
    business_key(),
    Column("appointment_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("service_id", Text),
    Column("service_name", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("customer_id", Text),
    Column("customer_name", Text, nullable=False),
    Column("customer_phone", Text),
    Column("notes", Text, nullable=False),
    Column("created_via", Text, nullable=False),
    Column("session_id", Text),
    Column("created_at", Moment, nullable=False),
    Column("technician_id", Text),
    Column("vehicle_id", Text),
    Column("stock_id", Text),  # the car of a test drive
    Column("progress", Text),
    Column("ready_at", Moment),
    Column("calendar_event_id", Text),
    Column("updated_at", Moment),
    ForeignKeyConstraint(["business_id", "service_id"], ["service_types.business_id", "service_types.service_id"]),
    ForeignKeyConstraint(["business_id", "resource_id"], ["resources.business_id", "resources.resource_id"]),
    ForeignKeyConstraint(["business_id", "technician_id"], ["resources.business_id", "resources.resource_id"]),
    ForeignKeyConstraint(["business_id", "customer_id"], ["customers.business_id", "customers.customer_id"]),
    ForeignKeyConstraint(["business_id", "vehicle_id"], ["vehicles.business_id", "vehicles.vehicle_id"]),
    ForeignKeyConstraint(["business_id", "stock_id"], ["inventory.business_id", "inventory.stock_id"]),
    CheckConstraint("progress in ('arrived', 'in_work', 'ready', 'collected')", name="progress"),
    CheckConstraint("kind in ('service', 'test_drive')", name="kind"),
    CheckConstraint("status in ('booked', 'cancelled', 'completed', 'no_show')", name="status"),
    CheckConstraint("starts_at < ends_at", name="order"),
    Index(None, "business_id", "starts_at"),
    Index(None, "business_id", "customer_phone"),
    Index(None, "business_id", "customer_id"),
    Index(None, "business_id", "vehicle_id"),
)
"""`progress` and `ready_at`: where a car in the workshop stands, and when it is or was ready."""

appointment_units = Table(
    "appointment_units",
    metadata,
    business_key(),
    Column("resource_id", Text, primary_key=True),
    Column("unit", BigInteger, primary_key=True, autoincrement=False),  # quarter hours since 1970, UTC
    Column("appointment_id", Text, nullable=False),
    ForeignKeyConstraint(
        ["business_id", "appointment_id"], ["appointments.business_id", "appointments.appointment_id"]
    ),
    ForeignKeyConstraint(["business_id", "resource_id"], ["resources.business_id", "resources.resource_id"]),
    Index(None, "business_id", "unit"),
    Index(None, "business_id", "appointment_id"),
)
"""One row per quarter hour that an active appointment occupies (buffer included). Its key makes overlap impossible."""

slot_holds = Table(
    "slot_holds",
    metadata,
    business_key(),
    Column("hold_id", Text, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("technician_id", Text),
    Column("first_unit", BigInteger, nullable=False),
    Column("last_unit", BigInteger, nullable=False),  # included
    Column("expires_at", Moment, nullable=False),
    ForeignKeyConstraint(["business_id", "resource_id"], ["resources.business_id", "resources.resource_id"]),
    ForeignKeyConstraint(["business_id", "technician_id"], ["resources.business_id", "resources.resource_id"]),
    CheckConstraint("first_unit <= last_unit", name="order"),
    Index(None, "business_id", "expires_at"),
    Index(None, "business_id", "session_id"),
)
"""Times kept for a caller who is deciding. Others are not offered them; `appointment_units` makes a booking sure."""

waitlist = Table(
    "waitlist",
    metadata,
    business_key(),
    Column("waitlist_id", Text, primary_key=True),
    Column("service_id", Text, nullable=False),
    Column("customer_id", Text),
    Column("customer_name", Text, nullable=False),
    Column("customer_phone", Text),
    Column("starts_from", Moment, nullable=False),
    Column("starts_to", Moment, nullable=False),
    Column("status", Text, nullable=False),
    Column("session_id", Text),
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(["business_id", "service_id"], ["service_types.business_id", "service_types.service_id"]),
    ForeignKeyConstraint(["business_id", "customer_id"], ["customers.business_id", "customers.customer_id"]),
    CheckConstraint("status in ('waiting', 'offered', 'booked', 'closed')", name="status"),
    CheckConstraint("starts_from <= starts_to", name="order"),
    Index(None, "business_id", "status", "created_at"),
)

service_history = Table(
    "service_history",
    metadata,
    business_key(),
    Column("history_id", Text, primary_key=True),
    Column("vehicle_id", Text, nullable=False),
    Column("customer_id", Text),
    Column("appointment_id", Text),
    Column("service_name", Text, nullable=False),
    Column("done_on", Date, nullable=False),
    Column("odometer_km", Integer),
    Column("price", BigInteger),  # minor units of the currency
    Column("currency", Text, nullable=False),
    Column("notes", Text, nullable=False),
    ForeignKeyConstraint(["business_id", "vehicle_id"], ["vehicles.business_id", "vehicles.vehicle_id"]),
    ForeignKeyConstraint(["business_id", "customer_id"], ["customers.business_id", "customers.customer_id"]),
    ForeignKeyConstraint(
        ["business_id", "appointment_id"], ["appointments.business_id", "appointments.appointment_id"]
    ),
    Index(None, "business_id", "vehicle_id", "done_on"),
)
