from __future__ import annotations

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from offhook.store.codec import closes_min, opens_min, text_map, texts, to_text, wall_time


@given(st.integers(0, 1439))
def test_minutes_and_wall_clock(minutes: int) -> None:
    assert opens_min(wall_time(minutes)) == minutes


def test_midnight_opens_a_day_and_closes_it() -> None:
    assert opens_min(time(0)) == 0
    assert closes_min(time(0)) == 1440
    assert wall_time(1440) == time(0)
    assert closes_min(time(18, 30)) == 1110


@given(st.lists(st.text()), st.dictionaries(st.text(), st.text()))
def test_texts_survive_their_column(words: list[str], pairs: dict[str, str]) -> None:
    assert list(texts(to_text(words))) == words
    assert text_map(to_text(pairs)) == pairs
