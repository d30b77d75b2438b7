"""The shop's book changed by hand: products, payments and bills, by the rules of the talks.

What changes money is not changed afterwards: closing a payment undoes it, closing a bill cancels it, and a new one is
made in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, UnsetType

from offhook.contracts.errors import AppError, Conflict, Invalid, NotFound
from offhook.desks.shop import rules
from offhook.desks.shop.gst import STATES, is_gstin
from offhook.desks.shop.model import MOST_PAISE, Customer, Method, Origin, Product, Refused
from offhook.desks.shop.reminder_edits import ReminderEdits
from offhook.desks.shop.repository import ShopBook, in_book
from offhook.desks.shop.tools.bills import BillItem, items_of
from offhook.desks.shop.tools.common import day_of
from offhook.desks.shop.units import BadQuantity, thousandths
from offhook.kit.money import Money
from offhook.kit.phone import phone_or_none
from offhook.store.audit import record_change
from offhook.store.editing import Editable, Editing, Given
from offhook.store.unit_of_work import sql

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=500)]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Qty = Annotated[Decimal, Meta(description="In the product's unit.")]
T = TypeVar("T")
_MISSING = ("customer_unknown", "posting_unknown", "invoice_unknown")
_CONFLICTS = (
    "customer_exists",
    "product_exists",
    "undone_already",
    "not_undone",
    "customer_ambiguous",
    "product_ambiguous",
)


class ProductFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    unit: Literal["kg", "litre", "packet", "piece", "metre", "box"] | UnsetType = UNSET
    """Fixed once the product is made."""
    price: Money | UnsetType | None = UNSET
    """Of one unit."""
    gst_rate: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET
    """Hundredths of a percent."""
    hsn: Annotated[str, Meta(max_length=12)] | UnsetType = UNSET
    aliases: Annotated[list[Name], Meta(max_length=50)] | UnsetType = UNSET
    stock: Qty | UnsetType = UNSET
    """What is there when the product is made; later it changes by entries."""
    low_at: Qty | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET


class ShopCustomerFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    phone: Annotated[str, Meta(max_length=32)] | UnsetType | None = UNSET
    email: Annotated[str, Meta(max_length=254)] | UnsetType | None = UNSET
    address: Text | UnsetType = UNSET
    aliases: Annotated[list[Name], Meta(max_length=50)] | UnsetType = UNSET
    gstin: Annotated[str, Meta(max_length=15)] | UnsetType | None = UNSET
    state: Annotated[str, Meta(max_length=2)] | UnsetType | None = UNSET
    """GST state code; the GSTIN's where there is one."""
    credit_limit: Money | UnsetType | None = UNSET
    opening_balance: Money | UnsetType = UNSET
    """What is owed when the customer is made, negative for a credit; later it changes by entries."""
    active: bool | UnsetType = UNSET


class PaymentFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["payment", "refund"] | UnsetType = UNSET
    customer_id: Id | UnsetType = UNSET
    amount: Money | UnsetType = UNSET
    method: Method | UnsetType = UNSET
    day: Day | UnsetType = UNSET
    note: Text | UnsetType = UNSET
    invoice_no: Annotated[str, Meta(max_length=16)] | UnsetType = UNSET
    """The bill that it is for; without one the oldest debt is paid first."""


class InvoiceFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    customer_id: Id | UnsetType = UNSET
    items: Annotated[list[BillItem], Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    """Quantities in units, prices in rupees."""
    gst: bool | UnsetType = UNSET
    due_date: Day | UnsetType = UNSET


async def _in_book(edit: Editing, work: Callable[[ShopBook], T]) -> T:
    """`work` on the book of the edit's business; what the book refuses becomes the API's error."""
    now = edit.now.astimezone(ZoneInfo(edit.business.timezone))
    origin = Origin(
        now=now, day=now.date(), turn_id=f"{edit.actor}:{now.isoformat()}", via=edit.actor,
        currency=edit.business.currency,
    )  # fmt: skip
    try:
        return await in_book(edit.uow, origin, work)
    except Refused as refused:
        raise _told(refused) from None


def _told(refused: Refused) -> AppError:
    if refused.reason in _CONFLICTS:
        return Conflict(refused.reason, f"{refused.message[:1].upper()}{refused.message[1:]}.")
    if refused.reason in _MISSING and refused.field is None:
        return NotFound("This entry")
    fields = None if refused.field is None else {refused.field: refused.message}
    return Invalid("It cannot be written so.", fields)


async def _audit(edit: Editing, action: str, key: str, details: Given | None = None) -> None:
    await record_change(
        sql(edit.uow), edit.business.business_id, action, key, actor=edit.actor, now=edit.now, details=details or {}
    )


def _paise(money: Money, edit: Editing, field: str) -> int:
    if money.currency != edit.business.currency:
        raise Invalid("Some fields cannot be used.", {field: f"must be in {edit.business.currency}"})
    if not 0 <= money.amount <= MOST_PAISE:
        raise Invalid("Some fields cannot be used.", {field: "cannot be that much or less than nothing"})
    return money.amount


def _quantity(value: Decimal | None, unit: str, field: str) -> int | None:
    if value is None or value == 0:
        return None if value is None else 0
    try:
        return thousandths(value, None, unit)
    except BadQuantity as bad:
        raise Refused("quantity", str(bad), field) from None


@dataclass(frozen=True, slots=True)
class _Products:
    fields: type[msgspec.Struct] = ProductFields
    required: tuple[str, ...] = ("name", "unit")

    async def create(self, edit: Editing, given: Given) -> str:
        price = given.get("price")
        paise = None if price is None else _paise(price, edit, "price")

        def work(book: ShopBook) -> Product:
            return book.create_product(
                given["name"],
                given["unit"],
                price=paise,
                gst_rate=given.get("gst_rate", 0),
                hsn=given.get("hsn", ""),
                aliases=given.get("aliases", ()),
                stock=_quantity(given.get("stock"), given["unit"], "stock") or 0,
                low_at=_quantity(given.get("low_at"), given["unit"], "low_at"),
            )

        made = await _in_book(edit, work)
        await _audit(edit, "product.create", made.product_id)
        return made.product_id

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        fixed: dict[str, str] = {
            name: "is fixed once the product is made" for name in ("unit", "stock") if name in given
        }
        if fixed:
            raise Invalid("Some fields cannot be changed.", fixed)
        values: dict[str, Any] = {name: given[name] for name in ("name", "gst_rate", "hsn", "active") if name in given}
        if "price" in given:
            values["price"] = None if given["price"] is None else _paise(given["price"], edit, "price")
        if "aliases" in given:
            values["aliases"] = tuple(given["aliases"])

        def work(book: ShopBook) -> Product:
            before = book.any_product(key)
            if "low_at" in given:
                values["low_at"] = _quantity(given["low_at"], before.unit, "low_at")
            book.change_product(replace(before, **values))
            return before

        before = await _in_book(edit, work)
        changed = {name: getattr(before, name) for name in values}
        await _audit(edit, "product.change", key, {"before": changed})

    async def close(self, edit: Editing, key: str) -> None:
        await _in_book(edit, lambda book: book.change_product(replace(book.any_product(key), active=False)))
        await _audit(edit, "product.close", key)


@dataclass(frozen=True, slots=True)
class _Customers:
    fields: type[msgspec.Struct] = ShopCustomerFields
    required: tuple[str, ...] = ("name",)

    async def create(self, edit: Editing, given: Given) -> str:
        opening: Money | None = given.get("opening_balance")
        owed = 0 if opening is None else _paise(Money(abs(opening.amount), opening.currency), edit, "opening_balance")
        values = self._values(edit, given)
        made = await _in_book(
            edit,
            lambda book: book.create_customer(
                given["name"], opening_balance=owed if opening is None or opening.amount >= 0 else -owed, **values
            ),
        )
        await _audit(edit, "customer.create", made.customer_id)
        return made.customer_id

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        if "opening_balance" in given:
            raise Invalid("Some fields cannot be changed.", {"opening_balance": "is set once; write an entry"})
        values = self._values(edit, given) | {name: given[name] for name in ("name", "active") if name in given}
        if values.get("gstin"):
            values["state"] = values["gstin"][:2]
        before = await self._change(edit, key, values)
        await _audit(edit, "customer.change", key, {"before": {name: getattr(before, name) for name in values}})

    async def close(self, edit: Editing, key: str) -> None:
        await self._change(edit, key, {"active": False})
        await _audit(edit, "customer.close", key)

    async def _change(self, edit: Editing, key: str, values: dict[str, Any]) -> Customer:
        def work(book: ShopBook) -> Customer:
            try:
                before = book.any_customer(key)
            except Refused:
                raise Refused("customer_unknown", "there is no such customer") from None
            book.change_customer(replace(before, **values))
            return before

        return await _in_book(edit, work)

    def _values(self, edit: Editing, given: Given) -> dict[str, Any]:
        """Columns of the fields that both new and known customers have. Raises Invalid naming the field."""
        values: dict[str, Any] = {name: given[name] for name in ("email", "address", "gstin", "state") if name in given}
        if "aliases" in given:
            values["aliases"] = tuple(given["aliases"])
        if "credit_limit" in given:
            limit: Money | None = given["credit_limit"]
            values["credit_limit"] = None if limit is None else _paise(limit, edit, "credit_limit")
        wrong: dict[str, str] = {}
        if "phone" in given:
            values["phone"] = phone_or_none(given["phone"], edit.business.country)
            if given["phone"] and values["phone"] is None:
                wrong["phone"] = "is no telephone number"
        if values.get("gstin") is not None and not is_gstin(values["gstin"]):
            wrong["gstin"] = "cannot be right"
        if values.get("state") is not None and values["state"] not in STATES:
            wrong["state"] = "is no GST state code"
        if wrong:
            raise Invalid("Some fields cannot be used.", wrong)
        return values


@dataclass(frozen=True, slots=True)
class _Payments:
    fields: type[msgspec.Struct] = PaymentFields
    required: tuple[str, ...] = ("customer_id", "amount")

    async def create(self, edit: Editing, given: Given) -> str:
        amount = _paise(given["amount"], edit, "amount")
        method: Method = given.get("method", rules.SAYS_CASH)
        kind: Literal["payment", "refund"] = given.get("kind", "payment")

        def work(book: ShopBook) -> str:
            if amount == 0:
                raise Refused("amount", "must be more than nothing", "amount")
            book.lock()
            customer = _customer(book, given["customer_id"])
            number = given.get("invoice_no")
            invoice = book.invoice_said(number, customer) if number else None
            lines = rules.payment(amount, method) if kind == "payment" else rules.refund(amount, method)
            made = book.post(
                kind, lines, amount=amount, customer_id=customer.customer_id, method=method,
                day=day_of(given.get("day"), "day"), note=given.get("note", ""),
                pays_first=None if invoice is None else invoice.posting_id,
            )  # fmt: skip
            return made.posting_id

        key = await _in_book(edit, work)
        await _audit(edit, f"{kind}.create", key)
        return key

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        raise Conflict("entry_fixed", "An entry is not changed; undo it (DELETE) and write another one.")

    async def close(self, edit: Editing, key: str) -> None:
        def work(book: ShopBook) -> None:
            row = book.posting(key)
            if row is None or row.kind not in ("payment", "refund"):
                raise Refused("posting_unknown", "there is no such payment")
            book.undo(key)

        await _in_book(edit, work)
        await _audit(edit, "payment.undo", key)


@dataclass(frozen=True, slots=True)
class _Invoices:
    fields: type[msgspec.Struct] = InvoiceFields
    required: tuple[str, ...] = ("customer_id", "items")

    async def create(self, edit: Editing, given: Given) -> str:
        def work(book: ShopBook) -> str:
            book.lock()
            customer = _customer(book, given["customer_id"])
            drafted = book.draft(
                customer, items_of(book, given["items"], None), book.shop, gst=given.get("gst", True),
                due_date=day_of(given.get("due_date"), "due_date"),
            )  # fmt: skip
            return book.issue(drafted.invoice_id, book.shop).invoice_id

        key = await _in_book(edit, work)
        await _audit(edit, "invoice.create", key)
        return key

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        raise Conflict("entry_fixed", "A bill is not changed; cancel it (DELETE) and make another one.")

    async def close(self, edit: Editing, key: str) -> None:
        def work(book: ShopBook) -> None:
            try:
                found = book.invoice(key)
            except Refused:
                raise Refused("invoice_unknown", "there is no such bill") from None
            book.lock()
            book.cancel(found)

        await _in_book(edit, work)
        await _audit(edit, "invoice.cancel", key)


def _customer(book: ShopBook, customer_id: str) -> Customer:
    try:
        return book.customer(customer_id)
    except Refused:
        raise Refused("customer_unknown", "is not in the book", "customer_id") from None


SHOP_EDITS: dict[str, Editable] = {
    "shop:customers": _Customers(),
    "products": _Products(),
    "payments": _Payments(),
    "invoices": _Invoices(),
    "reminders": ReminderEdits(),
}
"""Keys as in the API's lists; "shop:" before it where other desks have a list of that name."""
