"""The worker's round: beat, take over from workers that died, start what is due and has no workflow.

Rows are the truth and workflows carry them out. A row may lack its workflow (it was just written; DBOS's tables were
lost), a workflow may lack its worker (it was killed); each second both are looked at, a bounded number of rows at a
time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from offhook.contracts.clock import Clock
from offhook.contracts.errors import AppError
from offhook.jobs.durable import Durable, workflow_id
from offhook.store.job_queue import Due, JobQueue

ROUND_S = 1.0
LOOKED_AT = 200
"""Due rows that a round sees, those under way included: what one worker may have at a time."""
MOST_STARTED = 25
"""Workflows that a round starts: so many are left behind when the worker dies, and wait until that is noticed."""
TIDY_EVERY_S = 3600.0
PLAN_EVERY_S = 600.0
LOST_AFTER_S = 15.0


class Worker:
    """Needs `durable` launched. `run` until cancelled; `aclose` says goodbye, so that others need not wait."""

    def __init__(
        self,
        queue: JobQueue,
        durable: Durable,
        wall: Clock,
        *,
        worker_id: str,
        plan: Callable[[], Awaitable[None]] | None = None,
        lost_after_s: float = LOST_AFTER_S,
        on_error: Callable[[str], None] = lambda code: None,
    ) -> None:
        """`plan` enqueues what recurs; `lost_after_s`: a worker whose last beat is older is taken for dead."""
        self._queue = queue
        self._durable = durable
        self._wall = wall
        self._worker_id = worker_id
        self._lost_after = timedelta(seconds=lost_after_s)
        self._beat_every_ms = lost_after_s * 1000 / 4
        self._on_error = on_error
        self._next_beat_ms = 0.0
        self._next_tidy_ms = 0.0
        self._next_plan_ms = 0.0
        self._plan = plan

    async def run(self) -> None:
        """A database that is away is asked again in the next round."""
        while True:
            try:
                await self.round()
            except AppError as error:
                self._on_error(error.code)
            await asyncio.sleep(ROUND_S)

    async def round(self) -> int:
        """One look at everything; returns how many workflows were started. Raises Unavailable."""
        now_ms = self._wall.mono_ms()
        if now_ms >= self._next_beat_ms:
            self._next_beat_ms = now_ms + self._beat_every_ms
            await self._queue.beat(self._worker_id)
            await self._take_over()
        if now_ms >= self._next_tidy_ms:
            self._next_tidy_ms = now_ms + TIDY_EVERY_S * 1000
            await self._durable.tidy()
        if self._plan is not None and now_ms >= self._next_plan_ms:
            self._next_plan_ms = now_ms + PLAN_EVERY_S * 1000
            await self._plan()
        return await self._start_due()

    async def aclose(self) -> None:
        """Raises nothing: a worker that could not say goodbye is found out by its silence."""
        try:
            await self._queue.retire(self._worker_id)
        except AppError as error:
            self._on_error(error.code)

    async def _take_over(self) -> None:
        for worker_id in await self._queue.vanished(self._wall.now() - self._lost_after):
            if worker_id != self._worker_id:
                await self._durable.adopt(worker_id)
                await self._queue.forget(worker_id)

    async def _start_due(self) -> int:
        due = await self._queue.due(LOOKED_AT)
        if not due:
            return 0
        attempts = {workflow_id(row.job_id, _attempt(row)): row for row in due}
        started = 0
        for name, state in (await self._durable.states(list(attempts))).items():
            row = attempts[name]
            if started == MOST_STARTED:
                break
            if state == "missing":
                await self._durable.start(row.business_id, row.job_id, _attempt(row))
                started += 1
            elif state == "over":
                await self._queue.skip_attempt(row)
        return started


def _attempt(row: Due) -> int:
    """The attempt whose workflow is asked for: the one that was begun, or the next."""
    return row.attempt if row.sending_by is not None else row.attempt + 1
