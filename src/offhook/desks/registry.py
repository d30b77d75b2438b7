"""Every desk that ships, built, and the language that its callers speak. A new desk is one line here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWork, UnitOfWorkFactory
from offhook.contracts.errors import AppError
from offhook.contracts.speech import SpeechDomain
from offhook.desks.dealership.desk import LANGUAGE_FOLDER, dealership_desk
from offhook.desks.dealership.edits import EDITS as DEALERSHIP_EDITS
from offhook.desks.dealership.recognition import Recognition
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.speech import speech_domain
from offhook.desks.sales.desk import LANGUAGE_FOLDER as SALES_LANGUAGE
from offhook.desks.sales.desk import sales_desk
from offhook.desks.sales.edits import SALES_EDITS
from offhook.desks.sales.understanding.understander import SalesUnderstander
from offhook.desks.shop.desk import LANGUAGE_FOLDER as SHOP_LANGUAGE
from offhook.desks.shop.desk import shop_desk
from offhook.desks.shop.edits import SHOP_EDITS
from offhook.desks.shop.facts import shop_names
from offhook.desks.shop.speech import speech_domain as shop_speech
from offhook.dialogue.desk import Desk
from offhook.dialogue.guard import INJECTION, OTHER_CUSTOMER
from offhook.dialogue.guarded import Guarded
from offhook.dialogue.reader import LanguageReader
from offhook.store.editing import Editable
from offhook.store.shared_edits import SHARED_EDITS
from offhook.understanding.desk import load_desk_language
from offhook.understanding.ledger.understander import LedgerUnderstander
from offhook.understanding.model import Understands
from offhook.understanding.understander import Understander

BOOK_EDITS: dict[str, Editable] = {**SHARED_EDITS, **DEALERSHIP_EDITS, **SHOP_EDITS, **SALES_EDITS}
"""What people may change by hand, by the list's name in the API."""

LANGUAGES: dict[str, Path] = {"dealership": LANGUAGE_FOLDER, "shop": SHOP_LANGUAGE, "sales": SALES_LANGUAGE}
"""Desk -> folder of its language data."""


def understander_of(desk: str) -> Understands:
    """Raises AppError for a desk that does not exist."""
    folder = LANGUAGES.get(desk)
    if folder is None:
        raise AppError("unknown_desk", f"There is no desk {desk!r}; there are: {', '.join(LANGUAGES)}.", status=422)
    if desk == "sales":
        return SalesUnderstander(folder)
    return LedgerUnderstander(folder) if desk == "shop" else Understander(load_desk_language(folder))


REFUSED: dict[str, tuple[str, ...]] = {"shop": (INJECTION,)}
"""Attempts that a desk's callers are refused; both where it is not named. A shop's customers are its owner's."""


def guarded_understander_of(desk: str) -> Understands:
    """What a desk makes of a sentence, attempts refused as in a talk. Raises AppError as `understander_of`."""
    return Guarded(understander_of(desk), REFUSED.get(desk, (INJECTION, OTHER_CUSTOMER)))


def build_desks(recognition: Recognition | None = None) -> dict[str, Desk]:
    """`recognition`: of the dealership's callers. Raises TemplateError or ValueError when a desk's file is wrong."""
    readers = {desk: LanguageReader(understander_of(desk)) for desk in LANGUAGES}
    return {
        "dealership": dealership_desk(readers["dealership"], recognition),
        "shop": shop_desk(readers["shop"]),
        "sales": sales_desk(readers["sales"]),
    }


async def _dealership(uow: UnitOfWork) -> Callable[[], SpeechDomain]:
    services = [(service.name, service.aliases) for service in await DealershipRepository(uow).services()]
    return lambda: speech_domain(services)


async def _shop(uow: UnitOfWork) -> Callable[[], SpeechDomain]:
    names = await shop_names(uow)
    goods = [text for product, aliases in names.products.items() for text in (product, *aliases)]
    return lambda: shop_speech(names.customers, goods)


class Speech:
    """What a business's callers are likely to say, for recognisers; built from its book and kept for a minute."""

    KEPT_MS = 60_000.0

    def __init__(self, units: UnitOfWorkFactory, clock: Clock) -> None:
        self._units = units
        self._clock = clock
        self._kept: dict[str, tuple[float, SpeechDomain]] = {}

    async def domain(self, business: Business) -> SpeechDomain | None:
        """None where the desk has no language model of its own. A book that cannot be read gives the last one known."""
        if business.desk not in ("dealership", "shop"):
            return None
        kept = self._kept.get(business.business_id)
        now_ms = self._clock.mono_ms()
        if kept is not None and now_ms - kept[0] < self.KEPT_MS:
            return kept[1]
        try:
            async with self._units(business.business_id, Effect.READ) as uow:
                build = await (_dealership(uow) if business.desk == "dealership" else _shop(uow))
        except AppError:
            return kept[1] if kept is not None else None
        # Thousands of sentences are put together: not on the media loop.
        domain = await asyncio.to_thread(build)
        self._kept[business.business_id] = (now_ms, domain)
        return domain
