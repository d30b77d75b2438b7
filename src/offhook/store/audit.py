"""Who changed what, when: one row for each change of a business's book that somebody may want to see or take back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.kit.ids import new_id
from offhook.store.codec import to_text
from offhook.store.prepared import adding, in_one_visit
from offhook.store.schema import audit

_ADD = adding(audit, "undone_at")


async def record_change(
    connection: AsyncConnection,
    business_id: str,
    action: str,
    subject: str,
    *,
    actor: str,
    now: datetime,
    details: Mapping[str, object],
) -> str:
    """Add the row to the transaction of the change itself; returns its id. `action` is noun.verb, `subject` an id."""
    audit_id = new_id("aud")
    row = {
        "business_id": business_id,
        "audit_id": audit_id,
        "action": action,
        "subject": subject,
        "actor": actor,
        "details": to_text(dict(details)),
        "created_at": now.astimezone(UTC),
    }
    await in_one_visit(connection, lambda rows: rows.run(_ADD, **row))
    return audit_id
