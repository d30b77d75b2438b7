"""Several things in one enquiry, each with its number where it is told."""

from __future__ import annotations

import pytest

from desks.sales.understanding.test_figures import ITEMS, words
from offhook.contracts.conversation import SlotValue
from offhook.desks.sales.understanding.parts import told_parts
from offhook.desks.sales.understanding.words import Marked

DENIED = frozenset({"not", "nahi"})
BOTH = [{"product": "Payroll"}, {"product": "Face Terminal"}]
COUNTED = [{"product": "Payroll"}, {"product": "Face Terminal", "qty": 3}]


@pytest.mark.parametrize(
    ("text", "held", "parts"),
    [
        ("payroll and a face terminal", {}, BOTH),
        ("payroll aur machine dono chahiye", {}, BOTH),
        ("salary software for 20 people and 3 terminals", {}, COUNTED),
        ("3 machines also", {"product": "Payroll"}, COUNTED),
        ("machine bhi chahiye", {"parts": [{"product": "Payroll"}, {"product": "Face Terminal", "qty": 3}]}, BOTH),
        ("payroll for 20", {}, []),
        ("payroll not the terminal", {}, []),
        ("payroll or a terminal", {}, []),
        ("payroll also", {"product": "Payroll"}, []),
        ("something else", {"product": "Payroll"}, []),
    ],
)
def test_what_is_wanted_at_once(text: str, held: dict[str, SlotValue], parts: list[dict[str, SlotValue]]) -> None:
    assert told_parts(Marked(text, words(), words().items(ITEMS)), DENIED, held) == parts
