from __future__ import annotations

import pytest

from offhook.contracts.errors import Conflict
from offhook.desks.shop.seed import Counts, seed
from offhook.store.engine import Database
from support.set_clock import SetClock
from support.shop_book import SHARMA, OpenShop
from support.stored_rows import stored_rows


async def test_the_demo_shop_has_a_dozen_customers_of_whom_two_share_a_name(shop: OpenShop) -> None:
    rameshes = await shop.read(lambda book: book.candidates("Ramesh"))
    assert sorted(one.name for one in rameshes) == ["Ramesh Kumar", "Ramesh Yadav"]
    assert [one.name for one in await shop.read(lambda book: book.candidates("रमेश कुमार"))] == ["Ramesh Kumar"]
    assert [one.name for one in await shop.read(lambda book: book.candidates("ramesh dudh wala"))] == ["Ramesh Yadav"]
    for said, name in (("cheeni", "Sugar"), ("चीनी", "Sugar"), ("chawal", "Rice"), ("parle g", "Parle-G Biscuit")):
        found = await shop.read(lambda book, said=said: book.product(said))  # type: ignore[misc]
        assert found.name == name


async def test_the_same_seed_invents_the_same_year_and_only_once(sqlite_database: Database, clock: SetClock) -> None:
    counts = await seed(sqlite_database, clock, business_id=SHARMA, customers=30, products=50, entries=300)
    assert counts == Counts(30, 50, counts.entries)
    assert counts.entries > 200
    kinds = {row["kind"] for row in await stored_rows(sqlite_database, "postings", business_id=SHARMA, limit=2000)}
    assert {"invoice", "credit", "payment", "stock", "opening"} <= kinds
    with pytest.raises(Conflict, match="another --seed"):
        await seed(sqlite_database, clock, business_id=SHARMA, customers=30, products=50, entries=300)
    await seed(sqlite_database, clock, business_id=SHARMA, seed=2, customers=30, products=50, entries=10)
