"""Reminders set and taken back by hand, by the rules of the talks (tools/reminders.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, UnsetType

from offhook.contracts.errors import Conflict, Invalid, NotFound
from offhook.desks.shop.model import Customer, Origin, Refused
from offhook.desks.shop.recurrence import first_moment, is_recurrence
from offhook.desks.shop.reminding import Reminders
from offhook.desks.shop.repository import in_book
from offhook.store.audit import record_change
from offhook.store.contact_wishes import ContactWishes
from offhook.store.editing import Editing, Given
from offhook.store.unit_of_work import sql


class ReminderFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    customer_id: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType = UNSET
    day: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] | UnsetType = UNSET
    """Of the business; without one, the next time that it is `at`."""
    at: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | UnsetType = UNSET
    """HH:MM of the business's wall clock; with neither day nor time it goes out at once."""
    recurrence: str | UnsetType = UNSET
    """daily, weekly:<mon…sun> or monthly:<day>; once, where it is left out."""
    channel: Literal["whatsapp", "sms"] | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class ReminderEdits:
    fields: type[msgspec.Struct] = ReminderFields
    required: tuple[str, ...] = ("customer_id",)

    async def create(self, edit: Editing, given: Given) -> str:
        now = edit.now.astimezone(ZoneInfo(edit.business.timezone))
        recurrence = given.get("recurrence", "")
        if recurrence and not is_recurrence(recurrence):
            raise Invalid("Some fields cannot be used.", {"recurrence": "daily, weekly:<mon…sun> or monthly:<day>"})
        customer = await self._customer(edit, given["customer_id"])
        if customer.phone is None:
            raise Invalid("Some fields cannot be used.", {"customer_id": "has no telephone number"})
        if await ContactWishes(edit.uow).opted_out([customer.phone]):
            raise Conflict("opted_out", "The customer wants no reminders.")
        first = first_moment(now, day=_day(given.get("day")), hhmm=given.get("at"), daypart=None, recurrence=recurrence)
        if first is None:
            raise Invalid("Some fields cannot be used.", {"day": "is over already"})
        key = await Reminders(edit.uow).schedule(
            customer.customer_id,
            first,
            recurrence=recurrence,
            at=f"{first:%H:%M}",
            channel=given.get("channel"),
            session_id=None,
            now=edit.now,
        )
        await _audit(edit, "reminder.create", key)
        return key

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        raise Conflict("reminder_fixed", "A reminder is not changed; take it back (DELETE) and set another one.")

    async def close(self, edit: Editing, key: str) -> None:
        book = Reminders(edit.uow)
        if await book.get(key) is None:
            raise NotFound("This reminder")
        if not await book.cancel_one(key, now=edit.now):
            raise Conflict("reminder_over", "It has gone out, or was taken back already.")
        await _audit(edit, "reminder.cancel", key)

    async def _customer(self, edit: Editing, customer_id: str) -> Customer:
        now = edit.now.astimezone(ZoneInfo(edit.business.timezone))
        origin = Origin(now=now, day=now.date(), turn_id="", via=edit.actor)
        try:
            return await in_book(edit.uow, origin, lambda book: book.customer(customer_id))
        except Refused:
            raise Invalid("Some fields cannot be used.", {"customer_id": "is not in the book"}) from None


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Invalid("Some fields cannot be used.", {"day": f"there is no day {text}"}) from None


async def _audit(edit: Editing, action: str, key: str) -> None:
    await record_change(
        sql(edit.uow), edit.business.business_id, action, key, actor=edit.actor, now=edit.now, details={}
    )
