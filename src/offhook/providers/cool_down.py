"""Which of several providers to try first: the order of the settings, those that failed lately last.

Sans-IO. A provider's failure and its return are told once each, not at every call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

COOL_DOWN_MS = 30_000.0


@dataclass(frozen=True, slots=True)
class ProviderFailed:
    """First failure after success. Until `retry_in_ms` has passed the provider is asked only when the others fail."""

    port: str
    provider: str
    reason: str
    retry_in_ms: float


@dataclass(frozen=True, slots=True)
class ProviderRecovered:
    port: str
    provider: str


ProviderEvent = ProviderFailed | ProviderRecovered


class CoolDown:
    def __init__(
        self,
        port: str,
        names: Sequence[str],
        tell: Callable[[ProviderEvent], None],
        cool_down_ms: float = COOL_DOWN_MS,
    ) -> None:
        self._port = port
        self._names = tuple(names)
        self._tell = tell
        self._cool_down_ms = cool_down_ms
        self._until_ms: dict[int, float] = {}
        """Index of a provider whose last answer was a failure -> when it may be asked first again."""

    def order(self, now_ms: float) -> list[int]:
        """Indexes of all providers, in the order to try them."""
        return sorted(range(len(self._names)), key=lambda index: self._until_ms.get(index, 0.0) > now_ms)

    def failed(self, index: int, reason: str, now_ms: float) -> None:
        known = index in self._until_ms
        self._until_ms[index] = now_ms + self._cool_down_ms
        if not known:
            self._tell(ProviderFailed(self._port, self._names[index], reason, self._cool_down_ms))

    def worked(self, index: int) -> None:
        if self._until_ms.pop(index, None) is not None:
            self._tell(ProviderRecovered(self._port, self._names[index]))
