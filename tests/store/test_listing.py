"""Pages of rows on either database."""

from __future__ import annotations

from sqlalchemy import insert

from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.listing import Asked, Listing, ListSpec
from offhook.store.schema import faq
from support.set_clock import SetClock

SPEC = ListSpec(faq, "faq_id", ("question", "answer"), ("category",), ("sort", "question"), "sort")


async def test_pages_hold_every_row_once_in_order(database: Database, clock: SetClock) -> None:
    business_id = (await SqlBusinesses(database, clock).default("sales")).business_id
    rows = [
        {
            "business_id": business_id,
            "faq_id": f"faq_{n:02}",
            "category": "even" if n % 2 == 0 else "odd",
            "question": f"Question 100%_{n % 3}",
            "answer": "ÄÖ",
            "keywords": "[]",
            "sort": 1_000 + n // 4,
        }
        for n in range(23)
    ]
    async with database.transaction(write=True) as connection:
        await connection.execute(insert(faq), rows)
    listing = Listing(database)
    for sort in ("sort", "-sort", "question", "-question"):
        got: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await listing.page(SPEC, business_id, Asked(q="100%_", limit=5, sort=sort, cursor=cursor))
            got += [row["faq_id"] for row in page.rows]
            cursor = page.next_cursor
        assert sorted(got) == [row["faq_id"] for row in rows]
    odd = await listing.page(SPEC, business_id, Asked(q="100%_", filters={"category": "odd"}))
    assert len(odd.rows) == 11
    assert (await listing.one(SPEC, business_id, "faq_03"))["question"] == "Question 100%_0"
