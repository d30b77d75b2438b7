"""The tables that all desks share, and the one MetaData that every table of ours belongs to.

Tenants: `business_id` is on every row, in every primary and unique key and in every foreign key. Two keys look
different: a called number belongs to one business in the whole world, so `business_numbers` is unique by number alone;
sessions and calls are found by their own id before their business is known, so their keys begin with it. `workers` has
no business: it says which processes deliver jobs, of whatever tenant.
Moments are UTC. JSON is text written by msgspec.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from offhook.store.types import Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def business_key() -> Column[str]:
    """The first column of every tenant's table: part of the primary key, bound to its business."""
    return Column("business_id", Text, ForeignKey("businesses.business_id"), primary_key=True)


def active_flag() -> Column[bool]:
    """False takes the place of deleting."""
    return Column("active", Boolean, nullable=False, server_default="1")


businesses = Table(
    "businesses",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("desk", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("languages", Text, nullable=False),  # JSON list
    Column("persona", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text),
    Column("announce_automated", Boolean, nullable=False),
    Column("greeting", Text),
    Column("settings", Text, nullable=False),  # JSON object: voice, turns, and what a desk keeps there
    Column("demo", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

book_versions = Table(
    "book_versions",
    metadata,
    business_key(),
    Column("version", BigInteger, nullable=False),
)
"""Grows, by triggers, with every change of a business's customers, vehicles and appointments."""

business_numbers = Table(
    "business_numbers",
    metadata,
    Column("number", Text, primary_key=True),
    Column("business_id", Text, ForeignKey("businesses.business_id"), nullable=False, index=True),
)

opening_hours = Table(
    "opening_hours",
    metadata,
    business_key(),
    Column("weekday", Integer, primary_key=True),  # 0 = Monday
    Column("opens_min", Integer, primary_key=True),  # minutes after local midnight
    Column("closes_min", Integer, nullable=False),
    CheckConstraint("weekday between 0 and 6", name="weekday"),
    CheckConstraint("opens_min >= 0 and opens_min < closes_min and closes_min <= 1440", name="range"),
)

hours_exceptions = Table(
    "hours_exceptions",
    metadata,
    business_key(),
    Column("day", Date, primary_key=True),  # its ranges replace those of the weekday
    Column("opens_min", Integer, primary_key=True),
    Column("closes_min", Integer, nullable=False),  # equal to opens_min: closed that day
    Column("reason", Text, nullable=False),
    CheckConstraint("opens_min >= 0 and opens_min <= closes_min and closes_min <= 1440", name="range"),
)

faq = Table(
    "faq",
    metadata,
    business_key(),
    Column("faq_id", Text, primary_key=True),
    Column("category", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("keywords", Text, nullable=False),  # JSON list
    Column("sort", Integer, nullable=False),
    active_flag(),
)

tasks = Table(
    "tasks",
    metadata,
    business_key(),
    Column("task_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("session_id", Text),
    Column("customer_name", Text),
    Column("customer_phone", Text),
    Column("details", Text, nullable=False),  # JSON object of texts
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("assigned_to", Text),
    Column("result", Text),  # what came of it, JSON object of texts
    CheckConstraint("status in ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED')", name="status"),
    CheckConstraint("priority in ('LOW', 'NORMAL', 'HIGH')", name="priority"),
    Index(None, "business_id", "status", "created_at"),
    Index(None, "business_id", "session_id"),
)

audit = Table(
    "audit",
    metadata,
    business_key(),
    Column("audit_id", Text, primary_key=True),
    Column("action", Text, nullable=False),  # noun.verb
    Column("subject", Text, nullable=False),  # id of what was changed
    Column("actor", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON: enough to take the change back
    Column("created_at", Moment, nullable=False),
    Column("undone_at", Moment),
    Index(None, "business_id", "subject", "created_at"),
    Index(None, "business_id", "action", "created_at"),
)

users = Table(
    "users",
    metadata,
    business_key(),
    Column("user_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("phone", Text),  # E.164: who calls from it is this person, as far as a caller id can tell
    Column("pin_hash", LargeBinary),  # store/users.py
    active_flag(),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    CheckConstraint("role in ('owner', 'staff')", name="role"),
    UniqueConstraint("business_id", "phone"),
    UniqueConstraint("business_id", "pin_hash"),
)

blocked_numbers = Table(
    "blocked_numbers",
    metadata,
    business_key(),
    Column("number", Text, primary_key=True),  # E.164
    Column("reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    business_key(),
    Column("turn_id", Text, primary_key=True),
    Column("command", Text, primary_key=True),
    Column("outcome", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("payload", Text),  # digest of the arguments; the key with other ones is an error
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("business_id", Text, ForeignKey("businesses.business_id"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("state", Text, nullable=False),  # JSON; status and version are the columns'
    Column("touched_at", Moment, nullable=False),
    Index(None, "status", "touched_at"),
    Index(None, "business_id", "touched_at"),
)

session_turns = Table(
    "session_turns",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("business_id", Text, primary_key=True),
    Column("turn_id", Text, primary_key=True),
    Column("turn", Text, nullable=False),  # JSON
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(["session_id", "business_id"], ["sessions.session_id", "sessions.business_id"]),
)

session_events = Table(
    "session_events",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("business_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),  # JSON; seq is the column's
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(["session_id", "business_id"], ["sessions.session_id", "sessions.business_id"]),
)

join_codes = Table(
    "join_codes",
    metadata,
    business_key(),
    Column("session_id", Text, primary_key=True),  # wherever sessions are kept
    Column("code_hash", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index(None, "code_hash"),
)

calls = Table(
    "calls",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("business_id", Text, ForeignKey("businesses.business_id"), primary_key=True),
    Column("call_sid", Text, nullable=False, index=True),
    Column("session_id", Text),
    Column("channel", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("from_number", Text),
    Column("to_number", Text),
    Column("status", Text, nullable=False),
    Column("started_at", Text, nullable=False),  # ISO 8601 with offset, as in the record
    Column("ended_at", Text),
    Column("record", Text, nullable=False),  # JSON of the whole CallRecord
    Column("updated_at", Moment, nullable=False),
    Index(None, "business_id", "updated_at"),
)

jobs = Table(
    "jobs",
    metadata,
    business_key(),
    Column("job_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),  # one job for one occurrence, ever
    Column("subject", Text, nullable=False),  # what it is about: an appointment's id
    Column("payload", Text, nullable=False),  # JSON object of texts: ids, no personal data
    Column("state", Text, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker_id", Text),  # who marked it "sending"
    Column("reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    CheckConstraint(
        "state in ('queued', 'sending', 'sent', 'skipped', 'cancelled', 'failed', 'unknown')", name="state"
    ),
    UniqueConstraint("business_id", "key"),
    Index(None, "state", "run_at"),
    Index(None, "business_id", "subject"),
    Index(None, "kind", "state"),
)
"""The outbox: a row is written in the transaction of what it follows from, and delivered by the worker."""

webhooks = Table(
    "webhooks",
    metadata,
    business_key(),
    Column("webhook_id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),  # signs; shown when it is made, and never again
    Column("events", Text, nullable=False),  # JSON list of kinds; empty for all
    Column("description", Text, nullable=False),
    active_flag(),
    Column("failing_since", Moment),  # no delivery has gone well since
    Column("disabled_reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)
"""Where a business's domain events are sent."""

domain_events = Table(
    "domain_events",
    metadata,
    business_key(),
    Column("event_id", Text, primary_key=True),
    Column("key", Text, nullable=False),  # one event for one occurrence, ever
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),  # id of what it is about
    Column("body", Text, nullable=False),  # JSON, as it is sent
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("business_id", "key"),
    Index(None, "business_id", "subject"),
)
"""What is told to webhooks; written only where somebody wants it."""

messages = Table(
    "messages",
    metadata,
    business_key(),
    Column("message_id", Text, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("recipient", Text, nullable=False),  # E.164 or an e-mail address
    Column("recipient_name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reference", Text),  # the provider's id
    Column("reason", Text, nullable=False),
    Column("about", Text, nullable=False),  # the job's subject
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    ForeignKeyConstraint(["business_id", "job_id"], ["jobs.business_id", "jobs.job_id"]),
    CheckConstraint("state in ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown')", name="state"),
    UniqueConstraint("business_id", "job_id"),
    Index(None, "business_id", "created_at"),
    Index(None, "business_id", "recipient", "created_at"),
    Index(None, "recipient"),
    Index(None, "reference"),
)

contact_wishes = Table(
    "contact_wishes",
    metadata,
    business_key(),
    Column("phone", Text, primary_key=True),  # E.164
    Column("opted_out_at", Moment),  # since then they want no messages
    Column("wrote_at", Moment),  # when they last wrote to us: free text is carried for a day after it
    Column("wished_at", Moment),  # when the newest "stop" or "start" was written
)

workers = Table(
    "workers",
    metadata,
    Column("worker_id", Text, primary_key=True),
    Column("beat_at", Moment, nullable=False),  # by the machine's own clock
)

calendar_reads = Table(
    "calendar_reads",
    metadata,
    business_key(),
    Column("known_from", Moment, nullable=False),
    Column("known_until", Moment, nullable=False),
    Column("read_at", Moment, nullable=False),  # of the last time that it answered
)
"""How far and how lately a business's outside calendar is known."""

calendar_busy = Table(
    "calendar_busy",
    metadata,
    business_key(),
    Column("starts_at", Moment, primary_key=True),
    Column("ends_at", Moment, primary_key=True),
)
