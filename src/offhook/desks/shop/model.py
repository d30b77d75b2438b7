"""What the shop's book holds, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from offhook.kit.ids import new_id

PostingKind = Literal["opening", "payment", "refund", "credit", "invoice", "stock", "reversal"]
Method = Literal["cash", "upi", "card", "bank", "cheque"]
InvoiceStatus = Literal["draft", "issued", "part_paid", "paid", "cancelled"]
MOST_PAISE = 1_000_000_000_000
"""Ten thousand million paise (₹1,000 crore): more is a slip of the tongue."""


@dataclass(frozen=True, slots=True)
class Customer:
    customer_id: str
    name: str
    aliases: tuple[str, ...]
    phone: str | None
    """E.164."""
    email: str | None
    address: str
    gstin: str | None
    state: str | None
    credit_limit: int | None
    balance: int
    """Paise that the customer owes; negative: a credit with the shop."""
    version: int
    active: bool = True


@dataclass(frozen=True, slots=True)
class Product:
    product_id: str
    name: str
    aliases: tuple[str, ...]
    unit: str
    price: int | None
    """Paise per unit."""
    gst_rate: int
    """Hundredths of a percent."""
    hsn: str
    stock: int
    """Thousandths of the unit; negative where more was sold than was entered."""
    low_at: int | None
    active: bool = True

    def sold(self, qty: int) -> Item:
        """A line of a bill at its own price, which it must have."""
        assert self.price is not None
        return Item(self.name, qty, self.unit, self.price, None, self.gst_rate, self.hsn, self.product_id)


@dataclass(frozen=True, slots=True)
class Posting:
    posting_id: str
    seq: int
    kind: PostingKind
    customer_id: str | None
    amount: int
    day: date
    balance: int | None
    """Of the customer, afterwards."""
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a bill, as asked for."""

    name: str
    qty: int
    unit: str
    price: int
    """Paise per unit."""
    total: int | None = None
    """What the whole line was said to come to, in place of `qty` times `price`."""
    gst_rate: int = 0
    hsn: str = ""
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    invoice_id: str
    invoice_no: str | None
    customer_id: str
    customer_name: str
    status: InvoiceStatus
    total: int
    paid: int
    day: date
    due_date: date | None
    taxable: int
    cgst: int
    sgst: int
    igst: int
    round_off: int
    with_gst: bool
    place_of_supply: str | None
    posting_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a posting comes from."""

    now: datetime
    """Aware."""
    day: date
    """Today at the business."""
    turn_id: str
    via: str
    """Channel."""
    session_id: str | None = None
    currency: str = "INR"
    ids: Callable[[str], str] = new_id
    """Prefix -> an id; ids of one second and later ones sort in the order of asking."""


class ShopSettings(msgspec.Struct, kw_only=True, frozen=True):
    """What the shop keeps in its business's settings under "shop"."""

    confirm_above: int = 2_500_000
    """Paise; an amount above it is written only after a read-back."""
    credit_limit: int | None = None
    """Paise; of customers who have none of their own."""
    gstin: str | None = None
    state: str | None = None
    """GST state code; the GSTIN's where there is one."""
    series: str = "A"
    prices_include_gst: bool = True
    round_to_rupees: bool = True
    """Bills of items; an amount that was said stays as it was said."""
    upi_id: str | None = None

    @property
    def home_state(self) -> str | None:
        return self.gstin[:2] if self.gstin else self.state


class SettingsFile(msgspec.Struct, kw_only=True):
    shop: ShopSettings = ShopSettings()


class Refused(Exception):
    """The book does not do it; nothing is written. `reason` is a stable name, `field` the argument to mend."""

    def __init__(self, reason: str, message: str, field: str | None = None, offers: tuple[str, ...] = ()) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.field = field
        self.offers = offers
        """Names to choose from."""


def to_paise(rupees: Decimal, field: str = "amount") -> int:
    """Raises Refused for what is no sum of money: nothing, less than nothing, parts of a paisa, absurd."""
    if not rupees.is_finite() or rupees <= 0:
        raise Refused("amount", "the amount must be more than nothing", field)
    exact = rupees.scaleb(2)
    if exact != exact.to_integral_value():
        raise Refused("amount", "there is nothing smaller than a paisa", field)
    if exact > MOST_PAISE:
        raise Refused("amount", "the amount is absurd", field)
    return int(exact)
