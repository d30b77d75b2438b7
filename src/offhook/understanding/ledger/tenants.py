"""One tenant's customers and products, indexed. Built once per content and kept, since a turn must not pay for it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from offhook.understanding.ledger.directory import Directory
from offhook.understanding.ledger.goods import GoodsIndex
from offhook.understanding.ledger.language import LedgerLanguage
from offhook.understanding.model import World
from offhook.understanding.worlds import WorldIndex, WorldIndexes

_KEPT = 16
"""Tenants whose index stays in memory; the longest unused goes first."""


@dataclass(slots=True)
class Tenant:
    customers: Directory
    goods: GoodsIndex
    calendar: WorldIndex


class Tenants:
    """The indexes of the tenants seen lately. Not shared between threads."""

    def __init__(self, language: LedgerLanguage) -> None:
        self._language = language
        self._calendars = WorldIndexes(language.everyday)
        self._customers: OrderedDict[int, tuple[object, object, Directory]] = OrderedDict()
        self._goods: OrderedDict[int, tuple[object, GoodsIndex]] = OrderedDict()

    def of(self, world: World) -> Tenant:
        return Tenant(self._directory(world), self._index(world), self._calendars.of(world))

    def _directory(self, world: World) -> Directory:
        kept = self._customers.get(id(world.customers))
        if kept is not None and kept[0] is world.customers and kept[1] is world.customer_aliases:
            self._customers.move_to_end(id(world.customers))
            return kept[2]
        made = Directory(world.customers, world.customer_aliases, self._language.voc.alphabet.key)
        self._customers[id(world.customers)] = (world.customers, world.customer_aliases, made)
        if len(self._customers) > _KEPT:
            self._customers.popitem(last=False)
        return made

    def _index(self, world: World) -> GoodsIndex:
        kept = self._goods.get(id(world.products))
        if kept is not None and kept[0] is world.products:
            self._goods.move_to_end(id(world.products))
            return kept[1]
        made = GoodsIndex(world.products, self._language.goods, self._language.key, self._language.empty)
        self._goods[id(world.products)] = (world.products, made)
        if len(self._goods) > _KEPT:
            self._goods.popitem(last=False)
        return made
