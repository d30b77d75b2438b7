from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.turns.overheard import adds_nothing, meaning, word_count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("haan", "backchannel"),
        ("Hmm.", "backchannel"),
        ("achha", "backchannel"),
        ("okay", "backchannel"),
        ("ji", "backchannel"),
        ("uh-huh", "backchannel"),
        ("haan haan theek hai", "backchannel"),
        ("अच्छा जी", "backchannel"),
        ("no problem", "backchannel"),
        ("koi baat nahi", "backchannel"),
        ("koi baat", "backchannel"),
        ("sahi baat", "backchannel"),
        ("hmmmm", "backchannel"),
        ("haaan", "backchannel"),
        ("samjha", "backchannel"),
        ("carry on", "backchannel"),
        ("nooo", "stop"),
        ("rukooo", "stop"),
        ("one sec", "stop"),
        ("give me a minute", "stop"),
        ("ruko", "stop"),
        ("nahi", "stop"),
        ("Stop!", "stop"),
        ("wait", "stop"),
        ("okay no", "stop"),
        ("achha ek minute", "stop"),
        ("रुको", "stop"),
        ("नहीं", "stop"),
        ("friday", "content"),
        ("okay but", "content"),
        ("haan lekin kal", "content"),
        ("", "nothing"),
        ("uh", "backchannel"),
        ("well", "nothing"),
        ("the", "nothing"),
        ("mujhe", "beginning"),
        ("ka", "beginning"),
        ("?!", "nothing"),
    ],
)
def test_meaning(text: str, expected: str) -> None:
    assert meaning(text) == expected


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert (meaning(text) == "nothing") >= (word_count(text) == 0)


@pytest.mark.parametrize(
    ("text", "nothing"),
    [("yes please", True), ("that is right", True), ("haan kar do", True), ("no", False), ("yes but friday", False)],
)
def test_what_leaves_an_answer_as_it_is(text: str, nothing: bool) -> None:
    assert adds_nothing(text) is nothing
