"""The one way in which rows are changed by hand, on a table of the shared book."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from offhook.contracts.business import Business
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid, NotFound
from offhook.store.businesses import SqlBusinesses
from offhook.store.editing import Editing, as_json_list
from offhook.store.engine import Database
from offhook.store.schema import audit, faq
from offhook.store.shared_edits import SHARED_EDITS
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

BUSINESS = Business(business_id="biz_one", name="One", desk="dealership", timezone="America/Chicago")
ROWS = SHARED_EDITS["faq"]


async def test_changes_keep_what_was_before_and_closing_deactivates(database: Database, clock: SetClock) -> None:
    await SqlBusinesses(database, clock).create(BUSINESS)
    async with unit_of_work_factory(database, clock)(BUSINESS.business_id, Effect.WRITE) as uow:
        edit = Editing(uow, BUSINESS, clock.now(), "tests")
        key = await ROWS.create(edit, {"question": "Q?", "answer": "A."})
        await ROWS.change(edit, key, {"answer": "A."})
        await ROWS.change(edit, key, {"answer": "B.", "keywords": ["x", "x"]})
        await ROWS.close(edit, key)
        assert await edit.taken(faq, "faq_id", None, question="Q?")
        assert not await edit.taken(faq, "faq_id", key, question="Q?")
        with pytest.raises(NotFound):
            await ROWS.change(edit, "faq_none", {"answer": "B."})
        with pytest.raises(Invalid):
            await edit.exists(faq, "faq_id", faq_id="faq_none")
    async with database.transaction(write=False) as connection:
        row = (await connection.execute(select(faq).where(faq.c.faq_id == key))).one()
        told = (await connection.execute(select(audit.c.action, audit.c.details).order_by(audit.c.audit_id))).all()
    assert (row.answer, row.keywords, row.active) == ("B.", '["x"]', False)
    assert [one.action for one in told] == ["faq.create", "faq.change", "faq.close"]
    assert msgspec.json.decode(told[1].details) == {"before": {"answer": "A.", "keywords": "[]"}}


def test_lists_hold_each_text_once() -> None:
    assert as_json_list([" a", "a", "", "b "]) == '["a","b"]'
