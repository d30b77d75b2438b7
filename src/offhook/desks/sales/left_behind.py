"""What a session left in the sales desk's book, for scenarios."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from offhook.contracts.desk import UnitOfWork
from offhook.desks.sales.model import Lead
from offhook.desks.sales.repository import SalesBook, lead_of
from offhook.desks.sales.tables import leads
from offhook.dialogue.scenario import Ending, LeadLeft
from offhook.dialogue.tools.request_human import OWNER_NOTICE
from offhook.kit.money import places
from offhook.store.schema import jobs
from offhook.store.unit_of_work import sql


async def left_behind(uow: UnitOfWork, session_id: str, now: datetime) -> Ending:
    book = SalesBook(uow)
    tasks = [one.task_id for one in await book.tasks(session_id=session_id)]
    notices = select(func.count()).where(
        jobs.c.business_id == uow.business_id, jobs.c.kind == OWNER_NOTICE, jobs.c.subject.in_(tasks)
    )
    zone = await book.zone()
    rows = await sql(uow).execute(
        select(leads).where(leads.c.business_id == uow.business_id, leads.c.opted_out_at.is_(None))
    )
    return Ending(
        leads=tuple(_left(lead_of(row), zone) for row in rows.mappings()),
        tasks=len(tasks),
        owner_told=int((await sql(uow).execute(notices)).scalar_one()),
    )


def _left(lead: Lead, zone: ZoneInfo) -> LeadLeft:
    major = 10 ** places(lead.currency)

    def whole(minor: int | None) -> str:
        return "" if minor is None else f"{minor // major}"

    def day(value: object) -> str:
        return "" if value is None else str(value)

    budget = f"{whole(lead.budget_min)}-{whole(lead.budget_max)}"
    dated = f"{day(lead.timing_from)}/{day(lead.timing_to)}"
    return LeadLeft(
        product=lead.product or "",
        need=lead.need or "",
        qty=lead.qty,
        budget="" if budget == "-" else budget,
        timing=lead.timing or ("" if dated == "/" else dated),
        name=lead.name or "",
        phone=lead.phone or "",
        email=lead.email or "",
        next_step=lead.next_step,
        next_at="" if lead.next_at is None else f"{lead.next_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        quote=None if lead.quote is None else lead.quote.total.amount,
    )
