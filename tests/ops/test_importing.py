"""`offhook import`: the file's way into the chosen business, and what the reader of the terminal sees."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from offhook.contracts.errors import Invalid, NotFound
from offhook.ops.importing import KINDS, bring_in, show
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from support.set_clock import SetClock


async def test_each_kind_of_list(sqlite_database: Database, clock: SetClock, tmp_path: Path) -> None:
    files = {
        "customers": "name,phone\nNina Ortiz,2025550171\nBad,1\n",
        "vehicles": "owner_phone,make,model\n2025550171,Kia,Rio\n",
        "inventory": "stock_number,make,model,year,color,fuel,transmission,condition,price\n"
        "Q1,Kia,Rio,2026,red,gas,auto,new,1\n",
        "faq": "question,answer\nWhy?,Because.\n",
    }
    for name, text in files.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        imported = await bring_in(sqlite_database, clock, KINDS[name], path, None)
        assert imported.added == 1
        written = io.StringIO()
        show(KINDS[name], imported, Console(file=written, width=100))
        assert f"{name}: 1 added" in written.getvalue()
        assert ("left out" in written.getvalue()) == bool(imported.problems)


async def test_words_that_only_the_owner_uses_are_told(
    sqlite_database: Database, clock: SetClock, tmp_path: Path
) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(
        "question,answer,keywords\nWhy?,,\nWhere is the zorbarium?,There.,\nHow is a zorb made?,So.,ball\nA price?,1,\n"
    )
    imported = await bring_in(sqlite_database, clock, "faq", path, None)
    assert imported.added == 3
    assert [one.line for one in imported.warnings] == [3]
    assert "zorbarium" in imported.warnings[0].problem


async def test_what_cannot_be_read(sqlite_database: Database, clock: SetClock, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        await bring_in(sqlite_database, clock, "customers", tmp_path / "none.csv", None)
    path = tmp_path / "a.csv"
    path.write_text("name,phone\n")
    with pytest.raises(NotFound):
        await bring_in(sqlite_database, clock, "customers", path, "biz_none")
    shop = await SqlBusinesses(sqlite_database, clock).default("shop")
    with pytest.raises(Invalid, match="belongs to a dealership"):
        await bring_in(sqlite_database, clock, "vehicles", path, shop.business_id)
