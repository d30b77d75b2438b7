"""A clock that stands where it is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SetClock:
    """Contracts' Clock, moved by hand."""

    def __init__(self, at: datetime = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)) -> None:
        self._at = at.astimezone(UTC)
        self._mono_ms = 0.0

    def now(self) -> datetime:
        return self._at

    def mono_ms(self) -> float:
        return self._mono_ms

    def advance(self, **delta: float) -> None:
        step = timedelta(**delta)
        self._at += step
        self._mono_ms += step.total_seconds() * 1000

    def set(self, at: datetime) -> None:
        """Also backwards; the monotonic time goes on."""
        at = at.astimezone(UTC)
        self._mono_ms += max(0.0, (at - self._at).total_seconds() * 1000)
        self._at = at
