"""A business (one tenant) as the rest of the system sees it: a frozen snapshot of its settings."""

from __future__ import annotations

from datetime import time
from typing import Literal, Protocol

import msgspec

from offhook.contracts.turn import TurnPolicy

DeskName = Literal["dealership", "shop", "sales"]


class OpenHours(msgspec.Struct, kw_only=True, frozen=True):
    """Hours of one weekday (0 = Monday), local wall-clock time, [opens, closes)."""

    weekday: int
    opens: time
    closes: time


class VoiceSettings(msgspec.Struct, kw_only=True, frozen=True):
    name: str = ""
    """As the tts provider knows it; "" for the provider's default of the language."""
    rate: float = 1.0
    volume: float = 1.0


class Business(msgspec.Struct, kw_only=True, frozen=True):
    business_id: str
    name: str
    desk: str
    timezone: str
    """IANA zone."""
    country: str = "US"
    """ISO 3166 region; how local phone numbers are read."""
    currency: str = "USD"
    languages: tuple[str, ...] = ("en",)
    persona: str = "Sophie"
    address: str = ""
    phone: str | None = None
    """E.164 number that callers dial."""
    transfer_number: str | None = None
    """E.164 number at which the business's people take calls that are put through to them; None: they call back."""
    announce_automated: bool = True
    """Whether the greeting says that the caller talks to an automated assistant."""
    greeting: str | None = None
    """The business's own greeting text; None for the desk's."""
    hours: tuple[OpenHours, ...] = ()
    voice: VoiceSettings = VoiceSettings()
    turns: TurnPolicy = TurnPolicy()


class BusinessDirectory(Protocol):
    """Finds the business that a call, a session or a request belongs to. Cached; safe to ask on every call."""

    async def get(self, business_id: str) -> Business:
        """Raises NotFound."""
        ...

    async def by_number(self, e164: str) -> Business | None:
        """The business that is reached under this called number."""
        ...

    async def default(self, desk: str | None = None) -> Business:
        """The business that answers where nothing names one (the first of the desk; the dealership's by default)."""
        ...
