"""Facts of a business's book, kept for a few seconds so that a turn does not read them again.

When the book cannot be read the last known facts are used, however old; with none, empty ones that say so.
"""

from __future__ import annotations

from collections import OrderedDict

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWorkFactory
from offhook.contracts.errors import AppError
from offhook.dialogue.desk import Desk, Facts

KEPT_MS = 5000.0
BUSINESSES_KEPT = 256
"""The longest unused are dropped beyond it; they are read again when asked for."""


class FactsCache:
    def __init__(self, uow: UnitOfWorkFactory, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Facts]] = OrderedDict()

    async def get(self, desk: Desk, business: Business) -> Facts:
        now_ms = self._clock.mono_ms()
        kept = self._kept.get(business.business_id)
        if kept is not None and now_ms - kept[0] < KEPT_MS:
            self._kept.move_to_end(business.business_id)
            return kept[1]
        if kept is not None:
            self._kept[business.business_id] = (now_ms, kept[1])  # one turn reads them anew; meanwhile these will do
        try:
            async with self._uow(business.business_id, Effect.READ) as uow:
                facts = await desk.load_facts(uow, business)
        except AppError:
            if kept is not None and business.business_id in self._kept:
                self._kept[business.business_id] = kept
            return kept[1] if kept is not None else Facts(available=False)
        self._kept[business.business_id] = (now_ms, facts)
        self._kept.move_to_end(business.business_id)
        if len(self._kept) > BUSINESSES_KEPT:
            self._kept.popitem(last=False)
        return facts

    def forget(self, business_id: str) -> None:
        """The book was changed by hand: read it again."""
        self._kept.pop(business_id, None)
