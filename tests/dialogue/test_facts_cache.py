from __future__ import annotations

import dataclasses

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import Unavailable
from offhook.desks.shop.desk import shop_desk
from offhook.dialogue import facts_cache
from offhook.dialogue.desk import Facts
from offhook.dialogue.facts_cache import FactsCache
from support.fake_units import FakeUnits
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock


def business(business_id: str = "biz_1") -> Business:
    return Business(business_id=business_id, name="B", desk="shop", timezone="UTC")


class Bench:
    def __init__(self) -> None:
        self.units = FakeUnits()
        self.clock = SetClock()
        self.loaded: list[str] = []
        self.desk = dataclasses.replace(shop_desk(ScriptedReader()), load_facts=self.load)
        self.cache = FactsCache(self.units.open, self.clock)

    async def load(self, uow: UnitOfWork, business: Business) -> Facts:
        self.loaded.append(business.business_id)
        return Facts()


async def test_facts_are_read_once_and_again_after_a_while() -> None:
    bench = Bench()
    first = await bench.cache.get(bench.desk, business())
    assert await bench.cache.get(bench.desk, business()) is first
    bench.clock.advance(seconds=6)
    assert await bench.cache.get(bench.desk, business()) is not first
    assert bench.loaded == ["biz_1"] * 2


async def test_one_turn_reads_anew_while_the_others_take_the_old() -> None:
    bench = Bench()
    known = await bench.cache.get(bench.desk, business())
    bench.clock.advance(seconds=6)
    meanwhile: list[Facts] = []

    async def slow(uow: UnitOfWork, of: Business) -> Facts:
        meanwhile.append(await bench.cache.get(bench.desk, of))
        return await bench.load(uow, of)

    renewed = await bench.cache.get(dataclasses.replace(bench.desk, load_facts=slow), business())
    assert meanwhile == [known]
    assert meanwhile[0] is known
    assert renewed is not known
    assert len(bench.loaded) == 2


async def test_forgetting_reads_at_once() -> None:
    bench = Bench()
    await bench.cache.get(bench.desk, business())
    bench.cache.forget("biz_1")
    await bench.cache.get(bench.desk, business())
    assert len(bench.loaded) == 2


async def test_old_facts_stand_in_while_the_book_is_gone() -> None:
    bench = Bench()
    known = await bench.cache.get(bench.desk, business())
    bench.units.fails = Unavailable("database_gone", "Gone.")
    bench.clock.advance(hours=1)
    assert await bench.cache.get(bench.desk, business()) is known
    assert (await bench.cache.get(bench.desk, business("biz_2"))).available is False


async def test_the_longest_unused_business_is_dropped() -> None:
    bench = Bench()
    for number in range(facts_cache.BUSINESSES_KEPT + 1):
        await bench.cache.get(bench.desk, business(f"biz_{number}"))
    await bench.cache.get(bench.desk, business("biz_1"))
    await bench.cache.get(bench.desk, business("biz_0"))
    assert len(bench.loaded) == facts_cache.BUSINESSES_KEPT + 2
