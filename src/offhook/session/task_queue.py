"""Which of a session's background tasks may run: at most three at once, the urgent first, in order among equals.

Pure. The shell (session/background.py) starts what `start` gives, and says when it is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.contracts.background import BackgroundTask, TaskPriority

AT_ONCE = 3
MOST_WAITING = 100
_RANK: dict[TaskPriority, int] = {"HIGH": 0, "NORMAL": 1, "LOW": 2}


@dataclass(slots=True)
class TaskQueue:
    running: dict[str, BackgroundTask] = field(default_factory=dict)
    waiting: list[BackgroundTask] = field(default_factory=list)

    def add(self, task: BackgroundTask) -> bool:
        """Returns False where the queue is full or has the task already."""
        if self.has(task.task_id) or len(self.waiting) >= MOST_WAITING:
            return False
        rank = _RANK[task.priority]
        at = next((i for i, other in enumerate(self.waiting) if _RANK[other.priority] > rank), len(self.waiting))
        self.waiting.insert(at, task)
        return True

    def start(self) -> list[BackgroundTask]:
        """The tasks that begin now; they count as running from here on."""
        begun = self.waiting[: max(0, AT_ONCE - len(self.running))]
        del self.waiting[: len(begun)]
        self.running.update({task.task_id: task for task in begun})
        return begun

    def finished(self, task_id: str) -> None:
        self.running.pop(task_id, None)

    def has(self, task_id: str) -> bool:
        return task_id in self.running or any(task.task_id == task_id for task in self.waiting)

    @property
    def idle(self) -> bool:
        return not self.running and not self.waiting
