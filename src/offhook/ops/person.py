"""`offhook person`: what is kept of one person, handed out or erased."""

from __future__ import annotations

from typing import Any

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.desks.sales.repository import SalesBook
from offhook.kit.emails import email_or_none
from offhook.kit.phone import phone_or_none
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.person import PersonRows
from offhook.store.unit_of_work import unit_of_work_factory

Found = dict[str, Any]


async def export(
    database: Database, clock: Clock, phone: str | None, email: str | None, *, business_id: str | None, desk: str | None
) -> Found:
    """Every row that names the person. Raises Invalid, NotFound."""
    business, phone, email = await _whom(database, clock, phone, email, business_id, desk)
    async with unit_of_work_factory(database, clock)(business, Effect.READ) as uow:
        rows = PersonRows(uow, phone, email)
        leads = await SalesBook(uow).leads_of(phone, email)
        return {"business_id": business, "leads": leads, **await rows.export(), "left": await rows.left()}


async def erase(
    database: Database, clock: Clock, phone: str | None, email: str | None, *, business_id: str | None, desk: str | None
) -> Found:
    """How much was erased, and what is `left`: bookings and money stay. Raises Invalid, NotFound."""
    business, phone, email = await _whom(database, clock, phone, email, business_id, desk)
    async with unit_of_work_factory(database, clock)(business, Effect.WRITE) as uow:
        rows = PersonRows(uow, phone, email)
        leads = await SalesBook(uow).erase(phone, email)
        return {"business_id": business, "leads": len(leads), **await rows.erase(leads), "left": await rows.left()}


async def _whom(
    database: Database, clock: Clock, phone: str | None, email: str | None, business_id: str | None, desk: str | None
) -> tuple[str, str | None, str | None]:
    if not phone and not email:
        raise Invalid("Whom?", {"phone": "or --email is needed"})
    businesses = SqlBusinesses(database, clock)
    business = await (businesses.get(business_id) if business_id else businesses.default(desk))
    number, address = phone_or_none(phone, business.country) if phone else None, email_or_none(email)
    wrong = {"phone": f"no number of {business.country}"} if phone and number is None else {}
    wrong |= {"email": "is no address"} if email and address is None else {}
    if wrong:
        raise Invalid("Nobody can be found by that.", wrong)
    return business.business_id, number, address
