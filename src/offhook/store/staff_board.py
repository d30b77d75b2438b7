"""Where staff answer a task that waits for a person: who has taken it, or that nobody can."""

from __future__ import annotations

from sqlalchemy import select, update

from offhook.contracts.background import StaffAnswer
from offhook.contracts.clock import Clock
from offhook.contracts.errors import NotFound
from offhook.store.codec import text_map, to_text
from offhook.store.engine import Database
from offhook.store.model import TaskStatus
from offhook.store.schema import tasks

_YES, _NO = "yes", "no"


class StaffBoard:
    """The tasks of all businesses, each asked for by its business."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def answer(
        self, business_id: str, task_id: str, answer: StaffAnswer, *, status: TaskStatus | None = None
    ) -> TaskStatus:
        """Write down who takes the task (or that nobody can); the last answer counts. Returns the status that it has
        now: without one given, it runs once it is taken. Raises NotFound."""
        status = status or ("RUNNING" if answer.available else "QUEUED")
        result = {"human_available": _YES if answer.available else _NO, "human_agent_name": answer.name or ""}
        async with self._database.transaction(write=True) as connection:
            changed = await connection.execute(
                update(tasks)
                .where(tasks.c.business_id == business_id, tasks.c.task_id == task_id)
                .values(
                    status=status,
                    assigned_to=answer.name if answer.available else None,
                    result=to_text(result),
                    updated_at=self._clock.now(),
                )
            )
        if changed.rowcount != 1:
            raise NotFound("This task")
        return status

    async def answered(self, business_id: str, task_id: str) -> StaffAnswer | None:
        """What staff have answered; None as long as they have not."""
        query = select(tasks.c.result).where(tasks.c.business_id == business_id, tasks.c.task_id == task_id)
        async with self._database.transaction(write=False, snapshot=False) as connection:
            stored = (await connection.execute(query)).scalar_one_or_none()
        if stored is None:
            return None
        result = text_map(stored)
        return StaffAnswer(result.get("human_available") == _YES, result.get("human_agent_name") or None)
