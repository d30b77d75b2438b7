"""Appointments changed by hand: booked, moved, cancelled and closed by the booking engine, with what follows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import update

from offhook.contracts.errors import AppError, Conflict, Invalid, NotFound
from offhook.desks.dealership.fields import BadField, phone_of
from offhook.desks.dealership.follow_up import appointment_booked, appointment_cancelled, appointment_moved
from offhook.desks.dealership.model import (
    Appointment,
    BookingRefused,
    ChangeReason,
    ChangeRefused,
    Customer,
    NoSlotReason,
    SlotTaken,
)
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import appointments
from offhook.kit.registration import normalised
from offhook.store.audit import record_change
from offhook.store.editing import Editing, Given
from offhook.store.unit_of_work import sql

_WHEN: dict[NoSlotReason, str] = {
    "past": "has passed",
    "too_soon": "is too soon",
    "too_far": "is too far ahead",
    "closed_day": "is on a day on which the business is closed",
    "outside_hours": "is outside the opening hours, or too late for the work to be done",
    "nonexistent": "is skipped by the clock change",
    "off_grid": "is not on a quarter of an hour",
}
_CHANGE: dict[ChangeReason, str] = {
    "not_active": "The appointment is cancelled or done already.",
    "started": "The appointment's time has come.",
    "cut_off": "It is too late to cancel the appointment.",
    "same_time": "The appointment is at that time already.",
}


class AppointmentFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    service: str | UnsetType = UNSET
    """Its name, one of its aliases or its id."""
    model: str | UnsetType = UNSET
    """For a test drive, in place of a service; or `stock_number`."""
    stock_number: str | UnsetType = UNSET
    starts_at: datetime | UnsetType = UNSET
    """With an offset, or on the business's wall clock."""
    customer_id: str | UnsetType = UNSET
    customer_name: Annotated[str, Meta(min_length=1, max_length=120)] | UnsetType = UNSET
    customer_phone: str | UnsetType | None = UNSET
    registration: str | UnsetType = UNSET
    notes: Annotated[str, Meta(max_length=1000)] | UnsetType = UNSET
    status: Literal["booked", "cancelled", "completed", "no_show"] | UnsetType = UNSET
    progress: Literal["arrived", "in_work", "ready", "collected"] | UnsetType | None = UNSET
    ready_at: datetime | UnsetType | None = UNSET


_CHANGED = ("starts_at", "status", "notes", "progress", "ready_at")


class AppointmentEdits:
    """Editable."""

    fields = AppointmentFields
    required = ("starts_at",)

    async def create(self, edit: Editing, given: Given) -> str:
        book = DealershipRepository(edit.uow)
        starts_at = _moment(edit, "starts_at", given["starts_at"])
        customer = await _customer(book, given)
        name = given.get("customer_name") or (customer.name if customer is not None else None)
        if name is None:
            raise Invalid("Some fields cannot be used.", {"customer_name": "is missing; or give a customer_id"})
        if given.get("status", "booked") != "booked" or given.get("progress") is not None:
            raise Invalid("Some fields cannot be used.", {"status": "a new appointment is booked"})
        common = {
            "customer_name": name,
            "customer_phone": _phone(edit, given, customer),
            "now": edit.now,
            "created_via": "api",
            "notes": given.get("notes", ""),
        }
        try:
            if "service" in given:
                service = await book.service_by_name(given["service"]) or await book.service(given["service"])
                if service is None:
                    raise Invalid("Some fields cannot be used.", {"service": "is none of the business's"})
                registration = normalised(given.get("registration", "")) or None
                made = await book.book(service, starts_at, registration=registration, **common)
            elif wished := [name for name in ("model", "stock_number") if name in given]:
                drivable = await book.drivable(model=given.get("model"), stock_number=given.get("stock_number"))
                if drivable is None:
                    raise Invalid("Some fields cannot be used.", dict.fromkeys(wished, "is no car that can be driven"))
                made = await book.book_drive(drivable, starts_at, **common)
            else:
                raise Invalid("Some fields are missing.", {"service": "is missing; or a model, for a test drive"})
        except BookingRefused as refusal:
            raise _refused(refusal) from None
        await appointment_booked(edit.uow, edit.business, made, now=edit.now)
        await _audit(edit, "create", made.appointment_id, {})
        return made.appointment_id

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        fixed = [name for name in given if name not in _CHANGED]
        if fixed:
            raise Invalid("Some fields cannot be changed.", dict.fromkeys(fixed, "is fixed; book anew instead"))
        book = DealershipRepository(edit.uow)
        before = await book.appointment(key)
        if before is None:
            raise NotFound("This appointment")
        try:
            if "starts_at" in given:
                starts_at = _moment(edit, "starts_at", given["starts_at"])
                if starts_at != before.starts_at:
                    moved = await book.reschedule(key, starts_at, now=edit.now, actor=edit.actor)
                    await appointment_moved(edit.uow, edit.business, moved, now=edit.now)
            await self._status(edit, book, before, given.get("status", before.status))
        except BookingRefused as refusal:
            raise _refused(refusal) from None
        except ChangeRefused as refusal:
            raise _not_changed(refusal) from None
        ready_at = given.get("ready_at")
        if ready_at is not None:
            given["ready_at"] = _moment(edit, "ready_at", ready_at).astimezone(UTC)
        plain: Given = {name: value for name, value in given.items() if name in ("notes", "progress", "ready_at")}
        if plain:
            mine = (appointments.c.business_id == edit.business.business_id) & (appointments.c.appointment_id == key)
            await sql(edit.uow).execute(
                update(appointments).where(mine).values(**plain, updated_at=edit.now.astimezone(UTC))
            )
            await _audit(edit, "change", key, {"notes": before.notes} if "notes" in plain else {})

    async def close(self, edit: Editing, key: str) -> None:
        await self.change(edit, key, {"status": "cancelled"})

    async def _status(self, edit: Editing, book: DealershipRepository, before: Appointment, status: str) -> None:
        if status == before.status:
            return
        key = before.appointment_id
        match status:
            case "cancelled":
                gone, _ = await book.cancel(key, now=edit.now, actor=edit.actor, by_staff=True)
                await appointment_cancelled(edit.uow, gone, now=edit.now)
            case "completed" | "no_show":
                await book.close(key, status, now=edit.now, actor=edit.actor)
            case _:
                raise Conflict("not_active", "What was cancelled or done is booked anew.")


async def _customer(book: DealershipRepository, given: Given) -> Customer | None:
    if "customer_id" not in given:
        return None
    customer = await book.customer(given["customer_id"])
    if customer is None:
        raise Invalid("Some fields cannot be used.", {"customer_id": "is not in the book"})
    return customer


def _phone(edit: Editing, given: Given, customer: Customer | None) -> str | None:
    text = given.get("customer_phone")
    if not text:
        return None if customer is None else customer.phone
    try:
        return phone_of(text, edit.business.country, "customer_phone")
    except BadField as bad:
        raise Invalid("Some fields cannot be used.", {"customer_phone": f"is {bad}"}) from None


def _moment(edit: Editing, name: str, given: datetime) -> datetime:
    """Aware, in the business's zone. Raises Invalid for a time that the clock change skips, or beyond all calendars."""
    if not 1900 <= given.year <= 9000:
        raise Invalid("Some fields cannot be used.", {name: "is no year that a calendar has"})
    zone = ZoneInfo(edit.business.timezone)
    if given.tzinfo is not None:
        return given.astimezone(zone)
    there = given.replace(tzinfo=zone)
    if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != given:
        raise Invalid("Some fields cannot be used.", {name: "is skipped by the clock change"})
    return there


def _refused(refusal: BookingRefused) -> AppError:
    if isinstance(refusal, SlotTaken):
        return AppError(
            "slot_taken", "Nothing is free at that time.", status=409, fields={"starts_at": "is taken; choose another"}
        )
    return Invalid("Some fields cannot be used.", {"starts_at": _WHEN.get(refusal.reason, "cannot be booked")})


def _not_changed(refusal: ChangeRefused) -> AppError:
    if refusal.reason == "unknown":
        return NotFound("This appointment")
    return Conflict(refusal.reason, _CHANGE[refusal.reason])


async def _audit(edit: Editing, verb: str, key: str, before: dict[str, object]) -> None:
    await record_change(
        sql(edit.uow),
        edit.business.business_id,
        f"appointment.{verb}",
        key,
        actor=edit.actor,
        now=edit.now,
        details={"before": before},
    )
