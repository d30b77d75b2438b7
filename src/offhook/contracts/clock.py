"""The one source of time. Everything that asks for the time gets it from here, so that tests and demos can set it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def mono_ms(self) -> float:
        """Milliseconds on a clock that never goes back; only differences mean anything."""
        ...
