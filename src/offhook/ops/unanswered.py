"""Calls that we placed and nobody answered: they bring no media, so the carrier's word makes their record."""

from __future__ import annotations

from offhook.channels.carrier_deps import CallStatusChanged
from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.clock import Clock
from offhook.contracts.store import CallLog, CallRecord
from offhook.kit.ids import new_id

_NOBODY = frozenset({"busy", "failed", "no-answer", "canceled"})


class UnansweredCalls:
    def __init__(self, log: CallLog, businesses: BusinessDirectory, clock: Clock) -> None:
        self._log = log
        self._businesses = businesses
        self._clock = clock

    async def heard(self, change: CallStatusChanged) -> None:
        """The carrier tells how a call ended. One that was answered has its record already."""
        if not change.placed or change.status not in _NOBODY or await self._log.get(change.call_sid) is not None:
            return
        business, called, ours = await self._whose(*change.numbers)
        at = self._clock.now().isoformat(timespec="milliseconds")
        self._log.put(
            CallRecord(
                call_id=new_id("call"),
                business_id=business.business_id,
                call_sid=change.call_sid,
                session_id=None,
                channel=change.carrier,
                direction="outbound",
                from_number=called,
                to_number=ours,
                status="failed",
                started_at=at,
                ended_at=at,
                end_reason=change.status,
                duration_s=0.0,
            )
        )

    async def _whose(self, first: str | None, second: str | None) -> tuple[Business, str | None, str | None]:
        """(business, whom we called, our number); carriers do not agree which of the two numbers is whose."""
        for ours, called in ((first, second), (second, first)):
            business = await self._businesses.by_number(ours) if ours else None
            if business is not None:
                return business, called, ours
        return await self._businesses.default(), second, first
