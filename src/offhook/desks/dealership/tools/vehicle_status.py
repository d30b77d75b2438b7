"""READ tool: where a car in the workshop stands.

Whoever gives the whole registration number is told how far the work is, and nothing of the owner. A plate can be read
on any street, so an appointment to come is told only to its owner's number, or in the talk that made it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec
from sqlalchemy import and_, select

from offhook.contracts.desk import Effect, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.tables import appointments, vehicles
from offhook.kit.registration import normalised
from offhook.store.unit_of_work import sql

_AROUND = timedelta(days=21)
"""How far back an appointment counts as the present visit."""

WorkshopState = Literal["unknown_car", "not_here", "booked", "arrived", "in_work", "ready", "collected"]


class VehicleQuestion(msgspec.Struct, frozen=True, kw_only=True):
    reg_no: str


class VehicleTold(msgspec.Struct, frozen=True, kw_only=True):
    state: WorkshopState
    car: str = ""
    """ "Honda Civic"; "" for a car that is not known."""
    service: str = ""
    starts_at: str | None = None
    """ISO with offset."""
    ready_at: str | None = None
    """When it is or was ready, ISO with offset, where the workshop has said so."""


async def _run(ctx: ToolContext, question: VehicleQuestion) -> ToolOutcome[VehicleTold]:
    reg_no = normalised(question.reg_no)
    if len(reg_no) < 4:
        return Retry("the whole registration number is needed", "reg_no")
    car = (
        await sql(ctx.uow).execute(
            select(vehicles.c.vehicle_id, vehicles.c.customer_id, vehicles.c.make, vehicles.c.model).where(
                vehicles.c.business_id == ctx.uow.business_id, vehicles.c.registration == reg_no
            )
        )
    ).first()
    if car is None:
        return Ok(VehicleTold(state="unknown_car"))
    name = f"{car.make} {car.model}"
    visit = (
        await sql(ctx.uow).execute(
            select(appointments)
            .where(
                appointments.c.business_id == ctx.uow.business_id,
                appointments.c.kind == "service",
                appointments.c.status.in_(("booked", "completed")),
                appointments.c.starts_at >= ctx.now - _AROUND,
                (appointments.c.vehicle_id == car.vehicle_id)
                | and_(appointments.c.vehicle_id.is_(None), appointments.c.customer_id == car.customer_id),
            )
            .order_by(appointments.c.progress.is_(None), appointments.c.starts_at)
            .limit(1)
        )
    ).first()
    if visit is None:
        return Ok(VehicleTold(state="not_here", car=name))
    state: WorkshopState = visit.progress or ("collected" if visit.status == "completed" else "booked")
    own = ctx.caller.customer_id == car.customer_id or ctx.caller.session_id == visit.session_id
    if state == "booked" and not own:
        return Ok(VehicleTold(state="not_here", car=name))
    zone = ctx.now.tzinfo
    return Ok(
        VehicleTold(
            state=state,
            car=name,
            service=visit.service_name,
            starts_at=visit.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            ready_at=None if visit.ready_at is None else visit.ready_at.astimezone(zone).isoformat(timespec="minutes"),
        )
    )


vehicle_status: Tool[VehicleQuestion, VehicleTold] = Tool(
    name="vehicle_status",
    effect=Effect.READ,
    description="How far the work on a car is, by its whole registration number.",
    arguments=VehicleQuestion,
    result=VehicleTold,
    run=_run,
    intent="vehicle.status",
)
