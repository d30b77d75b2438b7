"""READ tool: the caller's appointments to come. Those of other people do not exist for it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.own_appointments import upcoming

TOLD = 3


class StatusQuestion(msgspec.Struct, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=10)] = TOLD


class Upcoming(msgspec.Struct, frozen=True, kw_only=True):
    appointment_id: str
    kind: str
    service: str
    starts_at: str
    """ISO with offset."""
    name: str


class StatusAnswer(msgspec.Struct, frozen=True, kw_only=True):
    appointments: list[Upcoming] = []
    """By start; empty when there is none to come."""


async def _run(ctx: ToolContext, question: StatusQuestion) -> ToolOutcome[StatusAnswer]:
    found = await upcoming(DealershipRepository(ctx.uow), ctx, question.limit)
    if isinstance(found, Failed):
        return found
    return Ok(
        StatusAnswer(
            appointments=[
                Upcoming(
                    appointment_id=one.appointment_id,
                    kind=one.kind,
                    service=one.service_name,
                    starts_at=one.starts_at.isoformat(timespec="minutes"),
                    name=one.customer_name,
                )
                for one in found
            ]
        )
    )


appointment_status: Tool[StatusQuestion, StatusAnswer] = Tool(
    name="appointment_status",
    effect=Effect.READ,
    description="The caller's own appointments to come, with their ids.",
    arguments=StatusQuestion,
    result=StatusAnswer,
    run=_run,
    intent="appointment.status",
    personal=True,
)
