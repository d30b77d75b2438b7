"""One tenant's data, indexed for understanding. Built once per content and kept, since a turn must not pay for it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from offhook.understanding.desk import DeskLanguage
from offhook.understanding.entities import EntityIndex, by_family, unlisted_families, with_families
from offhook.understanding.model import World
from offhook.understanding.phrases import stem
from offhook.understanding.spelling import Speller

_KEPT = 64
"""Tenants whose index stays in memory; the longest unused goes first."""


@dataclass(slots=True)
class WorldIndex:
    services: EntityIndex
    unlisted: EntityIndex
    """Work that garages do and this one does not list."""
    works: dict[str, list[str]]
    """Families of work -> the tenant's services of each."""
    models: EntityIndex
    zone: ZoneInfo
    month_first: bool
    customers: tuple[str, ...]
    customer_words: frozenset[str]
    known_stems: frozenset[str]
    spellers: tuple[Speller, ...]
    sounds: dict[str, str]
    """The consonants of the tenant's words -> the word, where one word alone has them."""

    def sounding(self, sound: str) -> str | None:
        """The tenant's word that sounds like this, for words in another script."""
        return self.sounds.get(sound)

    def knows(self, word: str) -> bool:
        return word in self.services.vocabulary or word in self.models.vocabulary or word in self.customer_words

    def known_name(self, word: str) -> bool:
        return word in self.customer_words

    def mend(self, word: str) -> str | None:
        for speller in self.spellers:
            mended = speller.mend(word)
            if mended is not None:
                return mended
        return None


class WorldIndexes:
    """The indexes of the tenants seen lately. Not shared between threads."""

    def __init__(self, desk: DeskLanguage) -> None:
        self._desk = desk
        self._speller = Speller(desk.mendable, desk.family_words)
        self._stems = frozenset(stem(word) for word in desk.known_words)
        self._kept: OrderedDict[object, WorldIndex] = OrderedDict()

    def of(self, world: World) -> WorldIndex:
        key = (tuple(world.services.items()), world.models, world.tz, world.date_order)
        index = self._kept.get(key)
        if index is None:
            index = self._build(world)
            self._kept[key] = index
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        if index.customers is not world.customers:
            index.customers = world.customers
            index.customer_words = frozenset(word for name in world.customers for word in name.lower().split())
        return index

    def _build(self, world: World) -> WorldIndex:
        services = EntityIndex(with_families(world.services, self._desk.families), self._desk.generic, guesses=True)
        desk = self._desk
        others = unlisted_families(world.services, desk.families, desk.generic, desk.symptoms | desk.damage)
        models = EntityIndex(dict.fromkeys(world.models, ()), frozenset())
        own = [word for word in services.vocabulary | models.vocabulary if word not in self._desk.known_words]
        stems = self._stems | {stem(word) for word in own}
        month_first = world.date_order == "mdy" or (
            world.date_order == "auto"
            and (world.tz.startswith(("America/", "US/", "Pacific/Honolulu")) or world.tz in ("UTC", "Etc/UTC"))
        )
        return WorldIndex(
            services=services,
            unlisted=EntityIndex(others, desk.generic),
            works=by_family(world.services, desk.families),
            models=models,
            zone=ZoneInfo(world.tz),
            month_first=month_first,
            customers=(),
            customer_words=frozenset(),
            known_stems=stems,
            spellers=(self._speller, Speller(own, eager=True)),
            sounds=self._sounds(services.vocabulary | models.vocabulary),
        )

    def _sounds(self, words: frozenset[str]) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for mixture in self._desk.mixtures:
            for word in words:
                if len(word) > 2 and word.isalpha():
                    found.setdefault(mixture.vocabulary.alphabet.sound(word), set()).add(word)
        return {sound: min(same) for sound, same in found.items() if len(same) == 1}
