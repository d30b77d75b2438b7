"""What the desks do for a session while its talk goes on: task types and who carries them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from offhook.contracts.background import BackgroundTask, NoticePriority, Staff, TaskEnd
from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.contracts.desk import UnitOfWorkFactory
from offhook.dialogue.desk import Desk
from offhook.dialogue.model import Line


@dataclass(frozen=True, slots=True)
class Errand:
    """One task, and what it may be done with."""

    task: BackgroundTask
    state: ConversationState
    """As it was when the task began."""
    business: Business
    now: datetime
    """Aware, in the business's zone."""
    units: UnitOfWorkFactory
    staff: Staff


@dataclass(frozen=True, slots=True)
class ErrandEnd:
    line: Line | None = None
    """What the caller is told."""
    notice: NoticePriority = "high"
    result: Mapping[str, SlotValue] = field(default_factory=dict)
    human_agent_status: str | None = None
    transfer: bool = False
    """Put the caller through once that is told."""


class UnknownErrand(LookupError):
    """A task type that the desk has nobody for."""


class Errands:
    """Implements `BackgroundWork` with what the desks have registered."""

    def __init__(self, desks: Mapping[str, Desk], units: UnitOfWorkFactory, clock: Clock, staff: Staff) -> None:
        self._desks = desks
        self._units = units
        self._clock = clock
        self._staff = staff

    async def run(self, task: BackgroundTask, state: ConversationState, business: Business) -> TaskEnd:
        desk = self._desks.get(state.desk) or self._desks[business.desk]
        carry_out = desk.errands.get(task.task_type)
        if carry_out is None:
            raise UnknownErrand(task.task_type)
        now = self._clock.now().astimezone(ZoneInfo(business.timezone))
        end = await carry_out(Errand(task, state, business, now, self._units, self._staff))
        message = ""
        if end.line is not None:
            message = desk.templates.render(state.language, end.line.key, end.line.values, state.turn_count)
        return TaskEnd(
            result=dict(end.result),
            message=message,
            notice=end.notice,
            human_agent_status=end.human_agent_status,
            transfer=end.transfer,
        )
