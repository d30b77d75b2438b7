"""What understanding is told of the shop's book: read once, and again when a name has changed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from offhook.contracts.desk import Effect
from offhook.desks.shop.desk import shop_desk
from offhook.desks.shop.facts import ShopFacts, ShopFactsReader
from offhook.desks.shop.lookups import Lookups
from offhook.dialogue.engine import DialogueEngine
from offhook.store.caches import Caches
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.understanding.model import Command
from support.scripted_reader import ScriptedReader
from support.shop_book import OpenShop
from support.talk import Talk


async def read(reader: ShopFactsReader, shop: OpenShop) -> ShopFacts:
    async with shop.units(shop.business_id, Effect.READ) as uow:
        return await reader(uow, await shop.business())


async def test_names_stay_the_same_objects_until_one_changes(shop: OpenShop) -> None:
    reader = ShopFactsReader()
    first, second = await read(reader, shop), await read(reader, shop)
    assert first.names is second.names
    await shop.customer("Zubin Irani", aliases=["Zubi"])
    third = await read(reader, shop)
    assert "Zubin Irani" in third.names.customers and "Zubin Irani" not in first.names.customers
    assert third.names.customer_aliases["Zubin Irani"] == ("Zubi",)
    now = datetime(2026, 11, 26, 11, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    world = third.world(await shop.business(), now)
    assert (world.customers, world.limit) == (third.names.customers, 25_000)


async def test_names_that_are_kept_are_counted(shop: OpenShop) -> None:
    told: Counter[tuple[str, str]] = Counter()
    caches = Caches(lambda cache, result: told.update([(cache, result)]))
    counted = OpenShop(shop.database, shop.clock, shop.business_id, caches)
    reader = ShopFactsReader()
    for _ in range(3):
        await read(reader, counted)
    await shop.customer("Zubin Irani")
    await read(reader, counted)
    assert told == {("context", "miss"): 2, ("context", "hit"): 2}


async def test_whole_names_are_remembered_as_they_are_read_and_mean_what_the_book_finds(shop: OpenShop) -> None:
    told: Counter[tuple[str, str]] = Counter()
    caches = Caches(lambda cache, result: told.update([(cache, result)]))
    counted = OpenShop(shop.database, shop.clock, shop.business_id, caches)
    reader = ShopFactsReader()
    await shop.customer("Zubin Irani", aliases=["Priya Verma"])
    names = (await read(reader, counted)).names.customers
    found = {
        name: [
            (one.customer_id, one.name)
            for one in await shop.read(lambda book, name=name: book.candidates(name))  # type: ignore[misc]
        ]
        for name in names
    }
    for name in names:
        remembered = await counted.read(lambda book, name=name: Lookups(book, caches).candidates(name))  # type: ignore[misc]
        assert list(remembered) == found[name]
    assert told["customer", "hit"] == len(names) > 10
    new = await shop.customer("Zubin Iranii")
    await read(reader, counted)
    again = await counted.read(lambda book: Lookups(book, caches).candidates("Zubin Iranii"))
    assert again == ((new.customer_id, new.name),)


async def test_a_customer_who_was_just_added_is_known_to_the_next_turn(shop: OpenShop) -> None:
    add = Command(intent="customer.create", slots={"name": "Zubin Irani"})
    desk = shop_desk(ScriptedReader({"add": add}))
    engine = DialogueEngine({"shop": desk}, unit_of_work_factory(shop.database, shop.clock), shop.clock, brain="rules")
    business = await shop.business()
    talk = Talk(engine, business, caller=None)
    talk.state.desk_memory["operator"] = ""
    before = await engine.facts.get(desk, business)
    await talk.say("add", confidence=0.95)
    after = await engine.facts.get(desk, business)
    assert isinstance(before, ShopFacts) and isinstance(after, ShopFacts)
    assert set(after.names.customers) - set(before.names.customers) == {"Zubin Irani"}
    await engine.aclose()
