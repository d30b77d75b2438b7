"""Telephone numbers and other values as Exotel gives them: trunk zeros, no plus, literal quotes."""

from __future__ import annotations

from offhook.channels.numbers import carrier_number
from offhook.kit.phone import phone_or_none

_REGION = "IN"
_MAX_CHARS = 24


def unquoted(raw: str) -> str:
    """`digits` comes as `"1"`, quotes included."""
    return raw.strip().strip('"').strip()


def exotel_number(raw: str | None) -> str | None:
    """E.164 of `09876543210`, `919876543210`, ` 919876543210` (a plus that a query turned into a space), `+91…`; None
    where it is withheld or no number."""
    text = unquoted(raw or "")
    if len(text) > _MAX_CHARS:
        return None
    return carrier_number(text) or (phone_or_none(text, _REGION) if text[:1].isdigit() else None)
