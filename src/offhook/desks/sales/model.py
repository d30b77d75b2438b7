"""What the sales desk's book holds: things for sale, and leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec

from offhook.kit.money import Money

LeadStatus = Literal["open", "won", "lost", "closed"]
NextStep = Literal["call_back", "demo", "quote", "hand_over", "nurture"]
"""What is to be done for a lead: ring at the agreed time, show it, send the quote, a person takes over, write later."""
LATER = "later"
"""Timing of somebody who is in no hurry."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something for sale."""

    item_id: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    """product or service"""
    price_from: Money | None
    """None: the price is made for each customer."""
    price_to: Money | None
    """None where `price_from` is the price."""
    unit: str
    """What the price is for: person, piece, day; "" for the whole."""
    period: str
    """How often it is paid: month, year; "" for once."""
    features: tuple[str, ...]
    description: str

    @property
    def exact(self) -> Money | None:
        """The price, where it is one sum and not a range."""
        return self.price_from if self.price_to is None or self.price_to == self.price_from else None


class SalesSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The part "sales" of a business's settings."""

    tax_name: str = ""
    """"" where prices are told without any."""
    tax_rate: int = 0
    """Hundredths of a percent."""
    tax_included: bool = False
    """Whether the list's prices have it in them."""


class SettingsFile(msgspec.Struct, frozen=True, kw_only=True):
    sales: SalesSettings = SalesSettings()


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """An exact quote: one item, so many of it, with the business's tax."""

    product: str
    qty: int
    unit: str
    period: str
    each: Money
    net: Money
    tax: Money
    total: Money
    tax_name: str
    tax_rate: int


@dataclass(frozen=True, slots=True)
class Lead:
    business_id: str
    lead_id: str
    status: LeadStatus
    name: str | None
    phone: str | None
    """E.164."""
    email: str | None
    product: str | None
    """Name of an item."""
    need: str | None
    """In the visitor's words, where no item was named."""
    qty: int | None
    budget_min: int | None
    """Minor units of `currency`; with `budget_max` equal: about that."""
    budget_max: int | None
    currency: str
    timing_from: date | None
    timing_to: date | None
    timing: str
    """"later" for no hurry, "" else."""
    score: int
    next_step: NextStep
    next_at: datetime | None
    quote: Quote | None
    session_id: str | None
    channel: str
    language: str
    consent_at: datetime | None
    """When the visitor agreed to be contacted; None for what staff entered."""
    opted_out_at: datetime | None
    updated_at: datetime
