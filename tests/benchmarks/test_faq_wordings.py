"""Other wordings of a thousand questions: how many find their entry, and how few are answered wrongly."""

from __future__ import annotations

import pytest
from benchmarks.faq_search import NOTHING, held_out, material, score, trade

from offhook.dialogue.faq_search import FaqIndex, faq_index


def test_wordings_find_their_entry() -> None:
    entries, asked = material()
    assert len({entry.question for entry in entries}) == len(entries)
    index = FaqIndex(entries)
    for kind, first, in_three, wrong in (
        ("plain", 0.65, 0.8, 0.04),
        ("grid", 0.8, 0.9, 0.03),
        ("unanswerable", 0, 0, 0.1),
    ):
        found = score(index, [one for one in asked if one.kind == kind])
        assert found.first >= first
        assert found.in_three >= in_three
        assert found.wrong < wrong


@pytest.mark.parametrize(
    ("name", "first", "in_three"),
    [("hotel", 0.65, 0.75), ("clinic", 0.7, 0.8), ("bank", 0.58, 0.65), ("internet", 0.35, 0.45)],
)
def test_other_trades_find_theirs_and_are_seldom_answered_wrongly(name: str, first: float, in_three: float) -> None:
    entries, asked = trade(name)
    found = score(FaqIndex(entries), asked)
    assert found.first >= first
    assert found.in_three >= in_three
    assert found.wrong <= 0.03


def test_questions_held_out_are_about_entries_that_exist() -> None:
    entries, asked = held_out()
    ids = {entry.faq_id for entry in entries}
    assert all(one.faq_id in ids or one.faq_id == NOTHING for one in asked)
    assert sum(one.faq_id != NOTHING for one in asked) >= 200
    assert sum(one.faq_id == NOTHING for one in asked) >= 80


def test_an_index_is_kept_while_its_entries_stay() -> None:
    entries, _ = material()
    few = tuple(entries[:5])
    assert faq_index(few) is faq_index(tuple(entries[:5]))
    assert faq_index(few) is not faq_index(few[1:])
