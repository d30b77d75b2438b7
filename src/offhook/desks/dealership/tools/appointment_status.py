"""READ tool: the caller's appointments to come, and what was last done to their cars. Nothing of other people's."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.own_appointments import NEEDS_SECOND_FACT, upcoming

TOLD = 3


class StatusQuestion(msgspec.Struct, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=10)] = TOLD
    past: Annotated[bool, Meta(description="Also the last service of each of the caller's cars.")] = False


class Upcoming(msgspec.Struct, frozen=True, kw_only=True):
    appointment_id: str
    kind: str
    service: str
    starts_at: str
    """ISO with offset."""
    name: str
    car: str = ""
    """The car that it is for, as far as that is known."""


class ServiceDone(msgspec.Struct, frozen=True, kw_only=True):
    car: str
    service: str
    done_on: str
    """YYYY-MM-DD."""


class StatusAnswer(msgspec.Struct, frozen=True, kw_only=True):
    appointments: list[Upcoming] = []
    """By start; empty when there is none to come."""
    last_service: list[ServiceDone] = []
    """Of each car, the latest first; empty where it was not asked for or none is known."""


async def _run(ctx: ToolContext, question: StatusQuestion) -> ToolOutcome[StatusAnswer]:
    book, caller = DealershipRepository(ctx.uow), ctx.caller
    found = await upcoming(book, ctx, question.limit)
    if isinstance(found, Failed):
        return found
    cars = {}
    if caller.customer_id is not None and any(one.vehicle_id for one in found):
        cars = {one.vehicle_id: f"{one.make} {one.model}" for one in await book.vehicles(caller.customer_id)}
    done: list[ServiceDone] = []
    if question.past:
        if caller.customer_id is None or not caller.verified:
            return Failed(NEEDS_SECOND_FACT)
        last = await book.last_done(caller.customer_id)
        done = [ServiceDone(car=one.car, service=one.service, done_on=one.done_on.isoformat()) for one in last]
    return Ok(
        StatusAnswer(
            appointments=[
                Upcoming(
                    appointment_id=one.appointment_id,
                    kind=one.kind,
                    service=one.service_name,
                    starts_at=one.starts_at.isoformat(timespec="minutes"),
                    name=one.customer_name,
                    car=cars.get(one.vehicle_id or "") or _noted_car(one.notes),
                )
                for one in found
            ],
            last_service=done,
        )
    )


def _noted_car(notes: str) -> str:
    """ "vehicle: Civic; year: 2018" -> "Civic"."""
    noted = dict(part.split(": ", 1) for part in notes.split("; ") if ": " in part)
    return noted.get("vehicle", "")


appointment_status: Tool[StatusQuestion, StatusAnswer] = Tool(
    name="appointment_status",
    effect=Effect.READ,
    description="The caller's own appointments to come, with their ids; when their cars were last serviced.",
    arguments=StatusQuestion,
    result=StatusAnswer,
    run=_run,
    intent="appointment.status",
    personal=True,
)
