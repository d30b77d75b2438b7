"""The real clock, and the same clock started at another moment (demo and tests: OFFHOOK_NOW)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Time as the machine tells it; with `start`, time that began at `start` when the clock was made."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = timedelta(0) if start is None else start.astimezone(UTC) - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def mono_ms(self) -> float:
        return time.monotonic() * 1000.0


class StandingClock:
    """Stands at one moment: what is played twice goes the same way twice."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def mono_ms(self) -> float:
        return 0.0
