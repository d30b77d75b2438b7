from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.desks.dealership.seed import demo_file
from offhook.dialogue.faq_search import FaqIndex, entries_named
from offhook.store.model import FaqEntry

ENTRIES = [
    FaqEntry(f"faq_{i}", entry.category, entry.question, entry.answer, tuple(entry.keywords))
    for i, entry in enumerate(demo_file().faq)
]
INDEX = FaqIndex(ENTRIES)


@pytest.mark.parametrize(
    ("asked", "category"),
    [
        ("do you have a loaner car i could use", "loaner"),
        ("can i get a courtesy car", "loaner"),
        ("is there coffee in the waiting room", "waiting_area"),
        ("which credit cards do you take", "payment"),
        ("can i bring my own parts", "parts"),
        ("what oil do you use", "oil"),
        ("can you tow my car, it broke down", "towing"),
        ("do you work on hybrids", "electric"),
        ("do you have a shutle to the station", "shuttle"),
        ("what happens if i am late", "late"),
        ("do you guarantee your repairs", "warranty"),
        ("where can i leave my key before you open", "dropoff"),
    ],
)
def test_the_entry_that_was_meant_is_found(asked: str, category: str) -> None:
    best = INDEX.answer(asked).best
    assert best is not None
    assert best.category == category


@pytest.mark.parametrize(
    "asked",
    [
        "what is the capital of france",
        "do you sell concert tickets",
        "who won the football game last night",
        "play me some jazz",
        "book a flight to paris tomorrow",
        "",
        "the",
    ],
)
def test_unrelated_questions_find_nothing(asked: str) -> None:
    assert INDEX.answer(asked).best is None


def test_of_several_entries_of_a_topic_the_fitting_one_is_taken() -> None:
    warranty = entries_named(ENTRIES, "warranty")
    assert len(warranty) == 3
    best = INDEX.best_of(warranty, "do you do recall work")
    assert best is not None
    assert "recall" in best.answer
    assert INDEX.best_of([], "anything") is None


def test_a_topic_may_be_a_keyword() -> None:
    assert [entry.category for entry in entries_named(ENTRIES, "roadside")] == ["towing"]


def test_no_entries_no_answer() -> None:
    assert FaqIndex().answer("where are you").best is None


@given(st.text(max_size=80))
def test_scores_are_shares_and_best_comes_first(asked: str) -> None:
    scores = [found.score for found in INDEX.search(asked, limit=5)]
    assert all(0 < score <= 1.0001 for score in scores)
    assert scores == sorted(scores, reverse=True)
