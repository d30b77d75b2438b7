"""Runs the background tasks that turns leave in a session's state, and tells the session what came of them.

A task is an entry of `pending_tasks` with `background` set. Its state is committed with the session's at every step, so
that clients see it, and a task that a dead server left queued or running begins again with the session's next turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC

import msgspec

from offhook.contracts.background import BackgroundTask, BackgroundWork, NoticePriority, TaskEnd
from offhook.contracts.business import BusinessDirectory
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import ConversationState, SessionEvent, SlotValue, TurnInput
from offhook.contracts.errors import AppError
from offhook.kit.ids import new_id
from offhook.session.conversation import Sessions
from offhook.session.task_queue import TaskQueue
from offhook.session.told import state_update
from offhook.telemetry.log import get_logger

DONE_KEPT = 20
"""Tasks that are over and stay in the session's state; older ones are dropped."""
OVER = frozenset({"COMPLETED", "FAILED"})


class Background:
    def __init__(
        self,
        *,
        sessions: Sessions,
        work: BackgroundWork,
        businesses: BusinessDirectory,
        clock: Clock,
        interrupt: Callable[[str], bool],
    ) -> None:
        """`interrupt(session_id)`: have a live call of the session say its notifications; False: it has none."""
        self._sessions = sessions
        self._work = work
        self._businesses = businesses
        self._clock = clock
        self._interrupt = interrupt
        self._queues: dict[str, TaskQueue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._log = get_logger("background")

    def committed(self, state: ConversationState) -> None:
        """A turn was committed: begin what it has left to do."""
        fresh = [task for task in map(_background, state.pending_tasks) if task is not None]
        if not fresh:
            return
        queue = self._queues.setdefault(state.session_id, TaskQueue())
        added = [task for task in fresh if queue.add(task)]
        if added:
            self._spawn(self._begin(state.session_id, added), f"begin tasks {state.session_id}")

    async def aclose(self) -> None:
        """Stop what runs; it begins again with the session's next turn, here or elsewhere."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- one session's tasks --------------------------------------------------------------------------------------

    async def _begin(self, session_id: str, added: Sequence[BackgroundTask]) -> None:
        queue = self._queues[session_id]
        starting = queue.start()

        def change(state: ConversationState) -> ConversationState:
            return _with_status(state, {task.task_id: "RUNNING" for task in starting})

        def tell(state: ConversationState) -> list[SessionEvent]:
            events = [self._event(session_id, "TASK_QUEUED", _shown(task, "QUEUED")) for task in added]
            events += [self._event(session_id, "TASK_STARTED", _shown(task, "RUNNING")) for task in starting]
            return [*events, self._queue_status(session_id, queue), state_update(state, self._stamp())]

        try:
            await self._sessions.change(session_id, change, tell)
        finally:
            for task in starting:
                self._spawn(self._run(session_id, task), f"task {task.task_id}")

    async def _run(self, session_id: str, task: BackgroundTask) -> None:
        try:
            state = await self._sessions.get(session_id)
            business = await self._businesses.get(state.business_id)
            end = await self._work.run(task, state, business)
        except Exception:  # lint: broad-except: supervises the task; it fails, the session goes on
            self._log.exception("task_failed", task_id=task.task_id)
            end = TaskEnd(failed=True)
        await self._finish(session_id, task, end)

    async def _finish(self, session_id: str, task: BackgroundTask, end: TaskEnd) -> None:
        queue = self._queues[session_id]
        queue.finished(task.task_id)
        following = queue.start()
        status = "FAILED" if end.failed else "COMPLETED"
        note = _note(end)

        def change(state: ConversationState) -> ConversationState:
            changes = {task.task_id: status, **{one.task_id: "RUNNING" for one in following}}
            state = _with_status(state, changes, {task.task_id: end.result})
            if note is not None:
                state = msgspec.structs.replace(state, notifications_queue=[*state.notifications_queue, note])
            if end.human_agent_status is not None:
                state = msgspec.structs.replace(
                    state, human_agent_status=end.human_agent_status, escalation_in_progress=False
                )
            return state

        def tell(state: ConversationState) -> list[SessionEvent]:
            shown = {**_shown(task, status), "result": end.result}
            update: dict[str, SlotValue] = {
                "task_id": task.task_id,
                "task_type": task.task_type,
                "status": status,
                **end.result,
            }
            events = [
                self._event(session_id, f"TASK_{status}", shown),
                self._event(session_id, "task_update", {"task": update}),
                *(self._event(session_id, "TASK_STARTED", _shown(one, "RUNNING")) for one in following),
            ]
            if note is not None:
                events.append(self._event(session_id, "notification", note))
            return [*events, self._queue_status(session_id, queue), state_update(state, self._stamp())]

        for one in following:
            self._spawn(self._run(session_id, one), f"task {one.task_id}")
        try:
            await self._sessions.change(session_id, change, tell)
        except AppError as error:
            self._log.warning("task_not_told", task_id=task.task_id, code=error.code)
            return
        finally:
            if queue.idle:
                self._queues.pop(session_id, None)
        if note is not None and end.notice == "interrupt":
            await self._tell(session_id, str(note["notification_id"]))

    async def _tell(self, session_id: str, notification_id: str) -> None:
        """By voice where a call is live, else as a turn of its own that clients of the session see."""
        if self._interrupt(session_id):
            return
        turn = TurnInput(turn_id=f"notice.{notification_id}", source="notification")
        try:
            async for _ in self._sessions.turn(session_id, turn):
                pass
        except AppError as error:
            self._log.info("notice_kept", session_id=session_id, code=error.code)

    def _spawn(self, work: object, name: str) -> None:
        # lint: naked-create-task: outlives the turn that asked for it; kept in a set and cancelled in aclose
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work, name=name)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- events ---------------------------------------------------------------------------------------------------

    def _queue_status(self, session_id: str, queue: TaskQueue) -> SessionEvent:
        data: dict[str, SlotValue] = {"running": len(queue.running), "queued": len(queue.waiting)}
        return self._event(session_id, "QUEUE_STATUS", data)

    def _event(self, session_id: str, kind: str, data: dict[str, SlotValue]) -> SessionEvent:
        return SessionEvent(type=kind, session_id=session_id, timestamp=self._stamp(), data=data)

    def _stamp(self) -> str:
        return self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds")


def _background(entry: dict[str, SlotValue]) -> BackgroundTask | None:
    """The entry as a task to run; None for what is over, and for what nobody runs here."""
    if not entry.get("background") or entry.get("status") in OVER:
        return None
    try:
        return msgspec.convert(entry, BackgroundTask)
    except msgspec.ValidationError:
        return None


def _shown(task: BackgroundTask, status: str) -> dict[str, SlotValue]:
    return {"task_id": task.task_id, "intent": task.intent, "status": status, "priority": task.priority}


def _with_status(
    state: ConversationState, statuses: dict[str, str], results: dict[str, dict[str, SlotValue]] | None = None
) -> ConversationState:
    tasks = [
        {**task, "status": statuses[str(task["task_id"])], **(results or {}).get(str(task["task_id"]), {})}
        if task.get("task_id") in statuses
        else task
        for task in state.pending_tasks
    ]
    over = [task for task in tasks if task.get("status") in OVER]
    dropped = {id(task) for task in over[:-DONE_KEPT]}
    return msgspec.structs.replace(state, pending_tasks=[task for task in tasks if id(task) not in dropped])


def _note(end: TaskEnd) -> dict[str, SlotValue] | None:
    if not end.message:
        return None
    priority: NoticePriority = end.notice
    note: dict[str, SlotValue] = {"notification_id": new_id("note"), "message": end.message, "priority": priority}
    return {**note, "transfer": True} if end.transfer else note
