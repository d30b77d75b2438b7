"""Wrong proofs of who calls, counted in the audit: for each customer over all sessions, as a new call is easily made.

The row names the customer and the session, never what was said.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, select

from offhook.desks.dealership.holds import Holds
from offhook.desks.dealership.second_fact import FAILURES_PER_DAY
from offhook.store.audit import record_change
from offhook.store.schema import audit

PROOF_FAILED = "proof.failed"
"""The audit's action."""
_FAILURES = select(func.count()).where(
    audit.c.business_id == bindparam("business"),
    audit.c.action == PROOF_FAILED,
    audit.c.subject == bindparam("subject"),
    audit.c.created_at > bindparam("since"),
)


class Proofs(Holds):
    async def proofs_closed(self, customer_id: str, now: datetime) -> bool:
        """Whether so many wrong facts were given of late about this customer that none is taken. Whoever tries waits
        for those before: tries at the same time are counted, too."""
        await self._lock()
        since = now.astimezone(UTC) - timedelta(days=1)
        values = {**self._key, "subject": customer_id, "since": since}
        return int((await self._sql.execute(_FAILURES, values)).scalar_one()) >= FAILURES_PER_DAY

    async def proof_failed(self, customer_id: str, session_id: str, now: datetime) -> None:
        actor = f"caller:{session_id}"
        await record_change(self._sql, self.business_id, PROOF_FAILED, customer_id, actor=actor, now=now, details={})
