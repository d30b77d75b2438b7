"""What somebody says they need, in their own words."""

from __future__ import annotations

import pytest

from offhook.desks.sales.understanding.needs import stated_need


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("need billing and inventory", "billing and inventory"),
        ("hello, we are looking for a visitor register. thanks", "visitor register"),
        ("we are 25 people, need billing and inventory, budget 50000", "billing and inventory"),
        ("mujhe billing software chahiye", "billing software"),
        ("humein inventory software ki zaroorat hai", "inventory software"),
        ("I need to talk to you", None),
        ("I need help", None),
        ("I do not need billing", None),
        ("agle hafte se chahiye", None),
        ("what do you sell", None),
    ],
)
def test_stated_need(text: str, need: str | None) -> None:
    assert stated_need(text) == need
