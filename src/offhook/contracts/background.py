"""Work of a session that goes on while the talk does: what a turn asks for, and what comes back from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import msgspec

from offhook.contracts.business import Business
from offhook.contracts.conversation import ConversationState, SlotValue

TaskPriority = Literal["LOW", "NORMAL", "HIGH"]
TaskStatus = Literal["QUEUED", "RUNNING", "COMPLETED", "FAILED"]
NoticePriority = Literal["interrupt", "high", "normal"]
"""interrupt: told at once, as soon as nobody speaks; high: before the next answer; normal: after it."""


class BackgroundTask(msgspec.Struct, kw_only=True, frozen=True):
    """As it stands in `ConversationState.pending_tasks`. Only one with `background` set is run by the session."""

    task_id: str
    task_type: str
    intent: str
    priority: TaskPriority = "NORMAL"
    status: TaskStatus = "QUEUED"
    background: bool = False


@dataclass(frozen=True, slots=True)
class TaskEnd:
    """What a task came to."""

    result: dict[str, SlotValue] = field(default_factory=dict)
    """Shown in `task_update` and TASK_COMPLETED; nothing personal beyond what the caller may know."""
    message: str = ""
    """Told to the caller, in words for the ear; "" for nothing."""
    notice: NoticePriority = "high"
    human_agent_status: str | None = None
    transfer: bool = False
    """Put the caller through to the business's people once the message is said."""
    failed: bool = False


class BackgroundWork(Protocol):
    """Carries out tasks; the dialogue implements it with what the desks have registered."""

    async def run(self, task: BackgroundTask, state: ConversationState, business: Business) -> TaskEnd:
        """May take its time; cancelled when the server stops. Raises for defects, which fail the task."""
        ...


@dataclass(frozen=True, slots=True)
class StaffQuestion:
    """Somebody is wanted: who can take it?"""

    business: Business
    task_id: str
    reason: str
    customer_name: str | None
    customer_phone: str | None
    """E.164."""
    said: str
    """The caller's words."""
    by_phone: bool = False
    """Whoever is free can be put through to the caller: ringing the business's line is asking, too."""


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    available: bool
    name: str | None = None


class Staff(Protocol):
    """The people behind the agent."""

    async def ask(self, question: StaffQuestion) -> StaffAnswer | None:
        """None: nobody answered in time."""
        ...
