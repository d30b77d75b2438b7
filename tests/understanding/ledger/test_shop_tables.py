"""Whole sentences to a shop's book against tables: nothing is ever written that was not said."""

from __future__ import annotations

import pytest

from support.shop_tables import score, shop_rows
from support.understanding_shop import SHOP, SHOP_TABLES


@pytest.mark.parametrize("table", SHOP_TABLES)
def test_a_table_is_understood_and_nothing_is_written_falsely(table: str) -> None:
    total = score(shop_rows(table), SHOP, SHOP_TABLES[table]())
    shown = [(row.text, result.decision, result.ask, result.commands) for row, result in total.wrong]
    assert total.false_writes == 0, shown
    assert total.exact >= 0.95 * total.rows, shown
    assert total.decided >= 0.95 * total.rows, shown
