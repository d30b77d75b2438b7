"""Who buys nothing, and who does though it sounds alike."""

from __future__ import annotations

import pytest

from desks.sales.understanding.test_figures import words
from offhook.desks.sales.understanding.visitors import JOKES, SELLS, SUPPORT, WORK, no_buyer
from offhook.desks.sales.understanding.words import Marked

ITEMS = {"Payroll": ("salary software",), "Face Terminal": ("terminal", "machine")}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("are you hiring freshers", WORK),
        ("koi job hai kya aapke yahan", WORK),
        ("i want to send my cv to hr", WORK),
        ("we can increase your sales with bulk sms", SELLS),
        ("can i sell you printer paper", SELLS),
        ("payroll is showing error since yesterday", SUPPORT),
        ("machine kaam nahi kar rahi", SUPPORT),
        ("i am an existing customer", SUPPORT),
        ("i was only joking", JOKES),
        ("arre mazak tha", JOKES),
        ("our old machine stopped working, we need a new one", None),
        ("we need payroll, we are hiring 20 people", None),
        ("we sell shoes and want payroll for 12", None),
        ("hamara purana software kharab hai, naya chahiye", None),
        ("payroll for 20 people", None),
    ],
)
def test_why_somebody_is_no_buyer(text: str, why: str | None) -> None:
    assert no_buyer(Marked(text, words(), words().items(ITEMS))) == why
