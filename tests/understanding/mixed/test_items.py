"""Items: what stretches of words stand for."""

from __future__ import annotations

from offhook.understanding.mixed.items import Item, merged, neutral


def test_merging_spans_the_first_to_the_last() -> None:
    one, two = Item("num", ["5"], 2, 3), Item("post", [], 3, 5)
    made = merged([one, two], 0, 2, "clock", ["5", "oclock"])
    assert (made.kind, made.start, made.end, made.words) == ("clock", 2, 5, ["5", "oclock"])


def test_neutral_items_are_words_that_nobody_reads() -> None:
    assert Item("verb", [], 0, 1).neutral
    assert not Item("word", ["car"], 0, 1).neutral
    assert neutral("karo") == "~karo"
