"""What becomes of a call-back task once its caller was put through: done, or still to be done and told to the owner."""

from __future__ import annotations

import asyncio

from offhook.channels.carrier_deps import TransferEnded
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWorkFactory
from offhook.contracts.store import CallLog
from offhook.dialogue.tools.request_human import tell_owner
from offhook.store.business_book import BusinessBook

_OPEN = ("QUEUED", "RUNNING")
_LOOK_EVERY_S = 0.1
_LOOKS = 20
"""A carrier waits 15 s for an answer; the caller hears silence meanwhile."""


class Transfers:
    def __init__(self, call_log: CallLog, units: UnitOfWorkFactory, clock: Clock) -> None:
        self._call_log = call_log
        self._units = units
        self._clock = clock

    async def how_ended(self, call_sid: str) -> str:
        """Why our side ended a call whose media another server carried; "" when that is not known. Its record is
        written beside the call, so it may come a moment after the stream closed."""
        for _ in range(_LOOKS):
            record = await self._call_log.get(call_sid)
            if record is None:
                return ""
            if record.end_reason is not None:
                return record.end_reason
            await asyncio.sleep(_LOOK_EVERY_S)
        return ""

    async def business_of(self, call_sid: str) -> str:
        """Whose call that is; "" when it is not known."""
        record = await self._call_log.get(call_sid)
        return "" if record is None else record.business_id

    async def ended(self, ended: TransferEnded) -> None:
        """Idempotent. A call that is not known leaves nothing to do."""
        record = await self._call_log.get(ended.call_sid)
        if record is None or record.session_id is None or record.business_id != ended.business_id:
            return
        now = self._clock.now()
        async with self._units(ended.business_id, Effect.WRITE) as uow:
            book = BusinessBook(uow)
            task = next((one for one in await book.tasks(session_id=record.session_id) if one.status in _OPEN), None)
            if task is None:
                return
            await book.set_task_status(task.task_id, "COMPLETED" if ended.connected else "QUEUED", now=now)
            if not ended.connected:
                await tell_owner(uow, task.task_id, now=now)
