"""What the sales desk's tools take: checked for their form by msgspec, for their sense here."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

ProductName = Annotated[str, Meta(min_length=1, max_length=120)]
IsoDate = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
ClockTime = Annotated[str, Meta(pattern=r"^\d{2}:\d{2}$")]
Phone = Annotated[str, Meta(pattern=r"^\+[1-9]\d{6,14}$")]
"""E.164."""
Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
PersonName = Annotated[str, Meta(min_length=1, max_length=120)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
Whole = Annotated[int, Meta(ge=0, le=10**12, description="In whole units of the business's currency.")]


class PartRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One of several things."""

    product: ProductName
    qty: Count | None = None
    """None: as many as the whole enquiry is for."""


class LeadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An enquiry as it was read back. The visitor's yes to it is the yes to being contacted."""

    product: ProductName | None = None
    need: Annotated[str, Meta(max_length=300)] | None = None
    """In the visitor's words, where nothing for sale was named."""
    parts: Annotated[list[PartRequest], Meta(max_length=12)] = []
    """Several things that are for sale; `need` names them then."""
    qty: Count | None = None
    budget_min: Whole | None = None
    budget_max: Whole | None = None
    timing_from: IsoDate | None = None
    timing_to: IsoDate | None = None
    timing: Literal["", "later"] = ""
    name: PersonName | None = None
    phone: Phone | None = None
    email: Email | None = None
    next_step: Literal["call_back", "demo", "quote"] | None = None
    """What the visitor asked for."""
    date: IsoDate | None = None
    """Of the call or the demo."""
    time: ClockTime | None = None
    quoted: int | None = None
    """Minor units: the total of the quote that was told, if one is to be kept."""
