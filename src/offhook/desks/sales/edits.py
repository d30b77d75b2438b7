"""What people change by hand in the sales desk's book: what is for sale, and leads, under the rules of the talks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from offhook.contracts.errors import Conflict, Invalid
from offhook.desks.sales.follow_up import agreed_anew, announce, lead_changed
from offhook.desks.sales.model import LATER
from offhook.desks.sales.repository import SalesBook
from offhook.desks.sales.tables import catalogue
from offhook.kit.emails import checked_email
from offhook.kit.money import Money
from offhook.kit.phone import phone_or_none
from offhook.store.editing import Editable, Editing, Given, Rows, as_json_list, conflict

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Word = Annotated[str, Meta(max_length=60)]
Text = Annotated[str, Meta(max_length=2000)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
_MOST = 10**15


class ItemFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    aliases: list[Name] | UnsetType = UNSET
    kind: Literal["product", "service"] | UnsetType = UNSET
    price_from: Money | UnsetType | None = UNSET
    price_to: Money | UnsetType | None = UNSET
    """Left out or null where `price_from` is the price."""
    unit: Word | UnsetType = UNSET
    """What the price is for: person, piece, day; "" for the whole."""
    period: Literal["", "month", "year"] | UnsetType = UNSET
    features: list[Name] | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    sort: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class LeadFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    status: Literal["open", "won", "lost", "closed"] | UnsetType = UNSET
    name: Name | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    product: Name | UnsetType | None = UNSET
    """Name of something in the catalogue."""
    need: Annotated[str, Meta(max_length=300)] | UnsetType | None = UNSET
    qty: Count | UnsetType | None = UNSET
    budget_min: Money | UnsetType | None = UNSET
    budget_max: Money | UnsetType | None = UNSET
    timing_from: date | UnsetType | None = UNSET
    timing_to: date | UnsetType | None = UNSET
    timing: Literal["", "later"] | UnsetType = UNSET
    next_step: Literal["call_back", "demo", "quote", "hand_over", "nurture"] | UnsetType = UNSET
    next_at: datetime | UnsetType | None = UNSET
    """With offset."""
    notes: Text | UnsetType = UNSET


async def _item(edit: Editing, given: Given, key: str | None) -> Given:
    if "name" in given and await edit.taken(catalogue, "item_id", key, name=given["name"]):
        raise conflict("product_exists", "name", "is another product's")
    for name in ("aliases", "features"):
        if name in given:
            given[name] = as_json_list(given[name])
    for name in ("price_from", "price_to"):
        if name in given:
            given[name] = _minor(edit, name, given[name])
    return given if key is not None else {"currency": edit.business.currency, **given}


async def _lead(edit: Editing, given: Given, key: str | None) -> Given:
    wrong: dict[str, str] = {}
    if given.get("phone"):
        given["phone"] = phone_or_none(given["phone"], edit.business.country)
        if given["phone"] is None:
            wrong["phone"] = f"no number of {edit.business.country}"
    if given.get("email"):
        try:
            given["email"] = checked_email(given["email"])
        except ValueError as error:
            wrong["email"] = f"is no address: {error}"
    if given.get("product") and await SalesBook(edit.uow).item(given["product"]) is None:
        wrong["product"] = "is not in the catalogue"
    moment = given.get("next_at")
    if moment is not None and moment.tzinfo is None:
        wrong["next_at"] = "needs an offset, as 2026-11-27T16:00:00+05:30"
    if wrong:
        raise Invalid("Some fields cannot be used.", wrong)
    if moment is not None:
        given["next_at"] = moment.astimezone(UTC)
    if given.get("timing") == LATER:
        given |= {"timing_from": None, "timing_to": None}
    for name in ("budget_min", "budget_max"):
        if name in given:
            given[name] = _minor(edit, name, given[name])
    return given


def _minor(edit: Editing, name: str, amount: Money | None) -> int | None:
    if amount is None:
        return None
    if amount.currency != edit.business.currency:
        problem = f"an amount of {amount.currency}; the business reckons in {edit.business.currency}"
        raise Invalid("Some fields cannot be used.", {name: problem})
    if not 0 <= amount.amount <= _MOST:
        raise Invalid("Some fields cannot be used.", {name: "an amount that nothing costs"})
    return amount.amount


class _Leads:
    """A lead that staff entered has no consent of its visitor: it is worked by people, and never written to."""

    fields = LeadFields
    required: tuple[str, ...] = ()

    async def create(self, edit: Editing, given: Given) -> str:
        if not given.get("phone") and not given.get("email"):
            raise Invalid("Some fields are missing.", {"phone": "or email is needed"})
        book = SalesBook(edit.uow)
        row = await book.judged(await _lead(edit, dict(given), None), edit.now)
        lead_id = await book.enter(row, currency=edit.business.currency, actor=edit.actor, now=edit.now)
        await announce(edit.uow, "lead.created", lead_id, now=edit.now)
        await agreed_anew(edit.uow, lead_id, edit.business, now=edit.now)
        return lead_id

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        await self._set(edit, key, await _lead(edit, dict(given), key))

    async def close(self, edit: Editing, key: str) -> None:
        await self._set(edit, key, {"status": "closed"})

    async def _set(self, edit: Editing, key: str, values: dict[str, Any]) -> None:
        book = SalesBook(edit.uow)
        lead = await book.must(key)
        if not (values.get("phone", lead.phone) or values.get("email", lead.email)):
            raise Conflict("no_contact", "A lead needs a phone number or an e-mail address; close it instead.")
        values = await book.judged(values, edit.now, lead)
        if await book.change(key, values, actor=edit.actor, now=edit.now):
            await lead_changed(edit.uow, key, edit.business, now=edit.now)


SALES_EDITS: dict[str, Editable] = {
    "sales:products": Rows(
        table=catalogue,
        noun="product",
        key="item_id",
        prefix="item",
        fields=ItemFields,
        required=("name",),
        check=_item,
        defaults={
            "aliases": "[]",
            "kind": "product",
            "price_from": None,
            "price_to": None,
            "unit": "",
            "period": "",
            "features": "[]",
            "description": "",
            "sort": 1000,
            "active": True,
        },
    ),
    "leads": _Leads(),
}
