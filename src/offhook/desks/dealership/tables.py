"""The dealership's own tables (the shared ones are in store/schema.py)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from offhook.store.schema import business_key, metadata
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
    UniqueConstraint("business_id", "phone"),
    Index(None, "business_id", "name"),
)

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
    UniqueConstraint("business_id", "name"),
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
    ForeignKeyConstraint(["business_id", "service_id"], ["service_types.business_id", "service_types.service_id"]),
    ForeignKeyConstraint(["business_id", "resource_id"], ["resources.business_id", "resources.resource_id"]),
    ForeignKeyConstraint(["business_id", "customer_id"], ["customers.business_id", "customers.customer_id"]),
    CheckConstraint("kind in ('service', 'test_drive')", name="kind"),
    CheckConstraint("status in ('booked', 'cancelled', 'completed', 'no_show')", name="status"),
    CheckConstraint("starts_at < ends_at", name="order"),
    Index(None, "business_id", "starts_at"),
    Index(None, "business_id", "customer_phone"),
    Index(None, "business_id", "customer_id"),
)

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
