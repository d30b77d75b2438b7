"""The sales desk's book: what is for sale, and leads. Works inside the unit of work that it was made with, for its
business only, and never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, delete, false, insert, or_, select, update

from offhook.contracts.errors import NotFound
from offhook.desks.sales.model import Item, Lead, NextStep, Quote, SalesSettings, SettingsFile
from offhook.desks.sales.quoting import price_of
from offhook.desks.sales.rules import Known, next_step, score
from offhook.desks.sales.tables import catalogue, lead_sessions, leads
from offhook.kit.ids import new_id
from offhook.kit.money import Money
from offhook.store.audit import record_change
from offhook.store.business_book import BusinessBook
from offhook.store.codec import texts, to_text

_WATCHED = (
    *("name", "phone", "email", "product", "need", "qty", "budget_min", "budget_max", "timing_from", "timing_to"),
    *("timing", "next_step", "next_at", "quote", "score", "status"),
)


_JUDGED = (
    *("name", "phone", "email", "product", "need", "qty", "budget_min", "budget_max", "timing_from", "timing_to"),
)
_NEW: Mapping[str, object] = {
    "status": "open",
    **dict.fromkeys(_JUDGED),
    "timing": "",
    "score": 0,
    "next_step": "nurture",
    "next_at": None,
    "quote": None,
    "notes": "",
    "session_id": None,
    "channel": "",
    "language": "en",
    "consent_at": None,
    "opted_out_at": None,
    "like_lead_id": None,
}
"""A lead of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a visitor has said of their enquiry and agreed to have kept."""

    name: str | None = None
    phone: str | None = None
    """E.164."""
    email: str | None = None
    product: str | None = None
    need: str | None = None
    qty: int | None = None
    budget_min: int | None = None
    """Minor units."""
    budget_max: int | None = None
    timing_from: date | None = None
    timing_to: date | None = None
    timing: str = ""
    asked: NextStep | None = None
    next_at: datetime | None = None
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    lead: Lead
    created: bool
    changed: tuple[str, ...]
    """Columns that are not as they were; empty where nothing was new."""


class SalesBook(BusinessBook):
    async def items(self) -> list[Item]:
        query = (
            select(catalogue)
            .where(catalogue.c.business_id == self.business_id, catalogue.c.active)
            .order_by(catalogue.c.sort, catalogue.c.name)
        )
        return [_item(row) for row in (await self._sql.execute(query)).mappings()]

    async def item(self, name: str) -> Item | None:
        wanted = name.casefold()
        return next((one for one in await self.items() if one.name.casefold() == wanted), None)

    async def sales_settings(self) -> SalesSettings:
        return msgspec.json.decode(await self.settings(), type=SettingsFile).sales

    # -- leads ----------------------------------------------------------------------------------------------------

    async def lead(self, lead_id: str) -> Lead | None:
        query = select(leads).where(leads.c.business_id == self.business_id, leads.c.lead_id == lead_id)
        row = (await self._sql.execute(query)).mappings().one_or_none()
        return None if row is None else lead_of(row)

    async def leads(self) -> list[Lead]:
        """The newest first."""
        query = select(leads).where(leads.c.business_id == self.business_id)
        rows = await self._sql.execute(query.order_by(leads.c.created_at.desc(), leads.c.lead_id.desc()))
        return [lead_of(row) for row in rows.mappings()]

    async def leads_of(self, phone: str | None, email: str | None) -> list[dict[str, Any]]:
        """Whole rows of the leads with that number or address."""
        query = select(leads).where(leads.c.business_id == self.business_id, _reaching(phone, email))
        return [dict(row) for row in (await self._sql.execute(query)).mappings()]

    async def erase(self, phone: str | None, email: str | None) -> list[str]:
        """Delete the leads with that number or address; their ids."""
        gone = [row["lead_id"] for row in await self.leads_of(phone, email)]
        for table in (lead_sessions, leads):
            mine = (table.c.business_id == self.business_id) & table.c.lead_id.in_(gone)
            await self._sql.execute(delete(table).where(mine))
        return gone

    async def lead_of_session(self, session_id: str) -> Lead | None:
        query = (
            select(leads)
            .join_from(
                leads,
                lead_sessions,
                (lead_sessions.c.business_id == leads.c.business_id) & (lead_sessions.c.lead_id == leads.c.lead_id),
            )
            .where(leads.c.business_id == self.business_id, lead_sessions.c.session_id == session_id)
        )
        row = (await self._sql.execute(query)).mappings().one_or_none()
        return None if row is None else lead_of(row)

    async def keep(
        self,
        told: Told,
        *,
        session_id: str,
        channel: str,
        language: str,
        currency: str,
        price: int | None,
        now: datetime,
    ) -> Kept:
        """Keep what a session has told: its own lead is changed, else the open lead of the same person (number or
        address, and name), else a new one is made. `price`: what is wanted would cost, to hold the budget against."""
        mine = await self.lead_of_session(session_id)
        alike = [] if mine is not None else await self._reached_by(told.phone, told.email)
        if mine is None:
            mine = next((one for one in alike if one.status == "open" and _same_name(one.name, told.name)), None)
            told = told if mine is None else _over(mine, told)
        row = _columns(told) | _judged(told, price, now.date())
        moment = now.astimezone(UTC)
        if mine is None:
            about = {"session_id": session_id, "channel": channel, "language": language, "consent_at": moment}
            about["like_lead_id"] = alike[0].lead_id if alike else None
            actor = f"session:{session_id}"
            lead_id = await self.enter({**row, **about}, currency=currency, actor=actor, now=now)
            await self._bind(session_id, lead_id)
            return Kept(await self.must(lead_id), created=True, changed=tuple(row))
        changed = await self.change(
            mine.lead_id, {**row, "consent_at": moment}, actor=f"session:{session_id}", now=now, reopen=True
        )
        await self._bind(session_id, mine.lead_id)
        return Kept(await self.must(mine.lead_id), created=False, changed=changed)

    async def enter(self, values: Mapping[str, Any], *, currency: str, actor: str, now: datetime) -> str:
        """Write a new lead with these columns; its id."""
        lead_id, moment = new_id("lead"), now.astimezone(UTC)
        mine = {"business_id": self.business_id, "lead_id": lead_id, "currency": currency}
        row = {**_NEW, **values, **mine, "created_at": moment, "updated_at": moment}
        await self._sql.execute(insert(leads), row)
        await self._audited("lead.create", lead_id, actor, now, {})
        return lead_id

    async def judged(self, values: Mapping[str, Any], now: datetime, lead: Lead | None = None) -> dict[str, Any]:
        """`values` with the score that a lead has with them; for a new one the next step, too, where none is named."""

        def of(name: str) -> Any:
            return values[name] if name in values else None if lead is None else getattr(lead, name)

        item = await self.item(str(of("product"))) if of("product") else None
        price = None if item is None else price_of(item, of("qty"), await self.sales_settings())
        told = Told(**{name: of(name) for name in Told.__dataclass_fields__ if name in _JUDGED})
        told = replace(told, timing=of("timing") or "", asked=of("next_step"))
        found = _judged(told, price, now.date())
        return {**values, "score": found["score"], "next_step": found["next_step"]}

    async def change(
        self, lead_id: str, values: Mapping[str, Any], *, actor: str, now: datetime, reopen: bool = False
    ) -> tuple[str, ...]:
        """Set columns of a lead; those that changed, for the audit. Raises NotFound."""
        query = select(leads).where(leads.c.business_id == self.business_id, leads.c.lead_id == lead_id)
        row = (await self._sql.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFound("This lead")
        values = {**values, "status": "open"} if reopen and row["status"] == "closed" else values
        changed = {name: value for name, value in values.items() if row[name] != value}
        if not changed:
            return ()
        await self._sql.execute(
            update(leads)
            .where(leads.c.business_id == self.business_id, leads.c.lead_id == lead_id)
            .values(**changed, updated_at=now.astimezone(UTC))
        )
        told = tuple(name for name in changed if name in _WATCHED)
        before = {name: _plain(row[name]) for name in changed}
        await self._audited("lead.change", lead_id, actor, now, {"before": before})
        return told

    async def _reached_by(self, phone: str | None, email: str | None) -> list[Lead]:
        """The newest first."""
        query = (
            select(leads)
            .where(leads.c.business_id == self.business_id, _reaching(phone, email))
            .order_by(leads.c.created_at.desc(), leads.c.lead_id.desc())
            .limit(50)
        )
        return [lead_of(row) for row in (await self._sql.execute(query)).mappings()]

    async def _bind(self, session_id: str, lead_id: str) -> None:
        known = select(lead_sessions.c.lead_id).where(
            lead_sessions.c.business_id == self.business_id, lead_sessions.c.session_id == session_id
        )
        if (await self._sql.execute(known)).first() is None:
            row = {"business_id": self.business_id, "session_id": session_id, "lead_id": lead_id}
            await self._sql.execute(insert(lead_sessions), row)

    async def must(self, lead_id: str) -> Lead:
        """Raises NotFound."""
        found = await self.lead(lead_id)
        if found is None:
            raise NotFound("This lead")
        return found

    async def _audited(
        self, action: str, lead_id: str, actor: str, now: datetime, details: Mapping[str, object]
    ) -> None:
        await record_change(self._sql, self.business_id, action, lead_id, actor=actor, now=now, details=details)


def _reaching(phone: str | None, email: str | None) -> ColumnElement[bool]:
    """Leads with that number or address; none where neither is given."""
    ways = [leads.c.phone == phone] if phone else []
    ways += [leads.c.email == email] if email else []
    return or_(false(), *ways)


def _columns(told: Told) -> dict[str, Any]:
    return {
        "name": told.name,
        "phone": told.phone,
        "email": told.email,
        "product": told.product,
        "need": told.need,
        "qty": told.qty,
        "budget_min": told.budget_min,
        "budget_max": told.budget_max,
        "timing_from": told.timing_from,
        "timing_to": told.timing_to,
        "timing": told.timing,
        "next_at": None if told.next_at is None else told.next_at.astimezone(UTC),
        "quote": None if told.quote is None else to_text(told.quote),
    }


def _over(lead: Lead, told: Told) -> Told:
    """What another session has said of the same enquiry: what it did not speak of stands."""
    known = {
        name: getattr(lead, name) for name in Told.__dataclass_fields__ if name not in ("asked", "quote", "next_at")
    }
    said = {name: value for name in Told.__dataclass_fields__ if (value := getattr(told, name)) not in (None, "")}
    if {"budget_min", "budget_max"} & said.keys():
        known |= {"budget_min": None, "budget_max": None}
    if {"timing_from", "timing_to", "timing"} & said.keys():
        known |= {"timing_from": None, "timing_to": None, "timing": ""}
    if "asked" not in said:
        said |= {"asked": lead.next_step, "next_at": lead.next_at} if lead.next_at is not None else {}
    return Told(**{"quote": lead.quote, **known, **said})


def _judged(told: Told, price: int | None, today: date) -> dict[str, Any]:
    known = Known(
        phone=told.phone is not None,
        email=told.email is not None,
        name=told.name is not None,
        product=told.product is not None,
        need=told.need is not None,
        qty=told.qty is not None,
        timing_from=told.timing_from,
        timing_to=told.timing_to,
        timing=told.timing,
        budget_max=told.budget_min if told.budget_max is None else told.budget_max,
        price=price,
        asked=told.asked,
    )
    return {"score": score(known, today), "next_step": next_step(known, today)}


def _same_name(one: str | None, other: str | None) -> bool:
    """Nobody is taken for somebody else: where a name is missing, nothing says that it is the same person."""
    return bool(one and other) and " ".join(str(one).split()).casefold() == " ".join(str(other).split()).casefold()


def _item(row: RowMapping) -> Item:
    def price(name: str) -> Money | None:
        return None if row[name] is None else Money(row[name], row["currency"])

    return Item(
        item_id=row["item_id"],
        name=row["name"],
        aliases=texts(row["aliases"]),
        kind=row["kind"],
        price_from=price("price_from"),
        price_to=price("price_to"),
        unit=row["unit"],
        period=row["period"],
        features=texts(row["features"]),
        description=row["description"],
    )


def lead_of(row: RowMapping) -> Lead:
    known = {name: row[name] for name in Lead.__dataclass_fields__ if name != "quote"}
    quote = None if row["quote"] is None else msgspec.json.decode(row["quote"], type=Quote)
    return Lead(**known, quote=quote)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value
