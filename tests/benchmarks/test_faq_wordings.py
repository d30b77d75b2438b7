"""Other wordings of a thousand questions: how many find their entry, and how few are answered wrongly."""

from __future__ import annotations

from benchmarks.faq_search import material, score

from offhook.dialogue.faq_search import FaqIndex, faq_index


def test_wordings_find_their_entry() -> None:
    entries, asked = material()
    assert len({entry.question for entry in entries}) == len(entries)
    found = score(FaqIndex(entries), [one for one in asked if one.kind == "plain"])
    assert found.first > 0.5
    assert found.in_three > 0.7
    assert found.wrong < 0.03


def test_an_index_is_kept_while_its_entries_stay() -> None:
    entries, _ = material()
    few = tuple(entries[:5])
    assert faq_index(few) is faq_index(tuple(entries[:5]))
    assert faq_index(few) is not faq_index(few[1:])
