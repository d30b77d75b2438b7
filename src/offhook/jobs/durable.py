"""DBOS, as far as delivery needs it: a workflow per attempt of a job, which runs again when its process died.

Four of its habits shape this file. It is one per process, and so is `Durable`. A live executor does not take over a
dead one's workflows by itself: `adopt` does, once the worker's beat has stopped. Workflows of another application
version are left alone: ours is pinned, because a workflow here is one call whose state is the job's row. Its queues
poll: workflows are started directly, only what is adopted goes through its internal queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from dbos import DBOS, DBOSConfig, SetWorkflowID

APPLICATION_VERSION = "1"
"""Raise it only when a workflow that an older version began must not be finished by this one."""
KEEP_WORKFLOWS = timedelta(days=2)
_SWEPT_AT_ONCE = 500
_THREADS = 4

WorkflowState = Literal["missing", "under_way", "over"]
Deliver = Callable[[str, str, int], Awaitable[str]]


def workflow_id(job_id: str, attempt: int) -> str:
    """The first attempt's workflow has the row's id."""
    return job_id if attempt == 1 else f"{job_id}.{attempt}"


class Durable:
    """Make one per process, inside the running loop; `launch`, and `aclose` at the end."""

    def __init__(self, url: str, worker_id: str, deliver: Deliver) -> None:
        """`url`: sqlite:////file or postgresql://…; there DBOS keeps its tables (schema `dbos` on PostgreSQL)."""
        self._worker_id = worker_id
        logging.getLogger("dbos").setLevel(logging.ERROR)
        config: DBOSConfig = {
            "name": "offhook",
            "system_database_url": url,
            "application_version": APPLICATION_VERSION,
            "executor_id": worker_id,
            "run_migrations": True,
            "enable_otlp": False,
            "log_level": "ERROR",
            "console_log_level": "ERROR",
            "max_executor_threads": _THREADS,
            "scheduler_polling_interval_sec": 3600.0,
            "notification_listener_polling_interval_sec": 1.0,
        }
        DBOS(config=config)

        @DBOS.step(name="deliver")
        async def step(business_id: str, job_id: str, attempt: int) -> str:
            return await deliver(business_id, job_id, attempt)

        @DBOS.workflow(name="job")
        async def workflow(business_id: str, job_id: str, attempt: int) -> str:
            return await step(business_id, job_id, attempt)

        self._workflow = workflow

    def launch(self) -> None:
        """Opens (and if it is new, makes) its tables; blocks for some tens of milliseconds."""
        DBOS.launch()

    async def start(self, business_id: str, job_id: str, attempt: int) -> None:
        """Begin the attempt's workflow; one that exists already is left as it is."""
        with SetWorkflowID(workflow_id(job_id, attempt)):
            await DBOS.start_workflow_async(self._workflow, business_id, job_id, attempt)

    async def states(self, ids: list[str]) -> dict[str, WorkflowState]:
        """Of each workflow id: `under_way` also where its worker is dead and it waits to be adopted."""
        found = await DBOS.list_workflows_async(workflow_ids=ids, load_input=False, load_output=False)
        active = {"PENDING", "ENQUEUED", "DELAYED"}
        states: dict[str, WorkflowState] = dict.fromkeys(ids, "missing")
        states.update({w.workflow_id: "under_way" if w.status in active else "over" for w in found})
        return states

    async def adopt(self, worker_id: str) -> int:
        """Run here what a dead worker had under way; returns how many."""
        found = await DBOS.list_workflows_async(
            status="PENDING", executor_id=worker_id, load_input=False, load_output=False
        )
        ids = [workflow.workflow_id for workflow in found]
        if ids:
            await DBOS.resume_workflows_async(ids)
        return len(ids)

    async def tidy(self) -> None:
        """Remove workflows that ended long ago; their rows tell what became of them."""
        before = (datetime.now(UTC) - KEEP_WORKFLOWS).isoformat()
        while True:
            old = await DBOS.list_workflows_async(
                status=["SUCCESS", "ERROR", "CANCELLED"],
                completed_before=before,
                limit=_SWEPT_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if not old:
                return
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in old])

    async def aclose(self) -> None:
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
