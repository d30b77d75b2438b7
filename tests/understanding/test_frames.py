"""Frames from data: what holds, what vetoes, what is wrong in a file."""

from __future__ import annotations

import pytest

from offhook.understanding.datafile import Data
from offhook.understanding.frames import FrameSet, read_frames
from offhook.understanding.phrases import PhraseBook, stem

_ACTS: Data = {
    "concepts": {"offdomain": ["pizza"], "hello": ["hello"]},
    "frames": [{"intent": "greet", "any": ["hello"]}],
}
_TRADE: Data = {
    "concepts": {"book": ["book"], "thing": ["thing"], "price": ["how much"]},
    "weights": {"price": 3},
    "frames": [
        {"intent": "order", "any": ["book thing", "book!", "book @when~"], "forbid": ["price"]},
        {"intent": "quote", "any": ["price", "price @service"]},
    ],
}
_FRAMES: FrameSet = read_frames(_ACTS, _TRADE)


def best(*present: str, foreign: int = 0, words: int = 6) -> str | None:
    found = _FRAMES.matches(frozenset(present), foreign, words)
    return found[0].frame.intent if found else None


@pytest.mark.parametrize(
    ("present", "foreign", "expected"),
    [
        (("book", "thing"), 3, "order"),
        (("book",), 0, "order"),
        (("book",), 1, None),
        (("thing",), 0, None),
        (("book", "thing", "price"), 0, "quote"),
        (("book", "thing", "offdomain"), 0, None),
        (("price", "offdomain"), 0, None),
        (("price", "offdomain", "@service"), 0, "quote"),
        (("hello", "offdomain"), 0, "greet"),
    ],
)
def test_what_holds(present: tuple[str, ...], foreign: int, expected: str | None) -> None:
    assert best(*present, foreign=foreign) == expected


def test_hardly_any_other_content_is_measured_by_the_length() -> None:
    assert best("book", "@when", foreign=1, words=5) is None
    assert best("book", "@when", foreign=1, words=9) == "order"


def test_of_frames_that_hold_alike_the_first_of_the_file_wins_in_every_process() -> None:
    topics = [f"topic{number}" for number in range(20)]
    rows = [{"intent": "faq", "any": [topic], "set": {"topic": topic}} for topic in topics]
    frames = read_frames({}, {"concepts": {topic: [topic] for topic in topics}, "frames": rows})
    held = frames.matches(frozenset(topics), 0, 20)
    assert [match.frame.fixed["topic"] for match in held] == topics


def test_a_concept_that_no_file_defines_is_named() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        read_frames({}, {"frames": [{"intent": "x", "any": ["nowhere"]}]})


def find(phrases: dict[str, list[str]], text: str) -> list[tuple[str, int, int]]:
    words = text.split()
    book = PhraseBook(phrases)
    return [tuple(found) for found in book.find(words, [stem(word) for word in words], [False] * len(words))]


@pytest.mark.parametrize(
    ("phrase", "text", "spans"),
    [
        ("book", "i am booking it", [("c", 2, 3)]),
        ("=booking", "book a booking", [("c", 2, 3)]),
        ("bring .. in", "bring my old car in", [("c", 0, 5)]),
        ("bring .. in", "bring my very old red car in", []),
        ("call off", "call it off", []),
        ("battery", "two batteries", [("c", 1, 2)]),
    ],
)
def test_phrases(phrase: str, text: str, spans: list[tuple[str, int, int]]) -> None:
    assert find({"c": [phrase]}, text) == spans


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("rotate", "rotation"),
        ("replacing", "replacement"),
        ("tyres", "tire"),
        ("inspected", "inspection"),
        ("serviced", "services"),
    ],
)
def test_inflections_share_a_stem(one: str, two: str) -> None:
    assert stem(one) == stem(two)


@pytest.mark.parametrize(
    ("one", "two"), [("station", "state"), ("price", "prime"), ("this", "thing"), ("coming", "comb")]
)
def test_different_words_do_not(one: str, two: str) -> None:
    assert stem(one) != stem(two)
