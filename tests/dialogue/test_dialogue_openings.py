from __future__ import annotations

import pytest

from offhook.dialogue.openings import opening_of

LEANING = ("for", "the", "on", "a")


@pytest.mark.parametrize(
    ("before", "opening"),
    [
        ("The earliest I have is ", "The earliest I have is"),
        ("Let me read that back: ", "Let me read that back:"),
        ("Just to be sure, did you say ", "Just to be sure,"),
        ("Okay, I have booked ", "Okay, I have booked"),
        ("We'll see you for the ", "We'll see you"),
        ("I have nothing like that ON ", "I have nothing like that"),
        ("That will cost you ₹", "That will cost you"),
        ("आपके खाते में अभी ", "आपके खाते में अभी"),
    ],
)
def test_it_ends_where_a_speaker_may_pause(before: str, opening: str) -> None:
    assert opening_of(before, LEANING) == opening


@pytest.mark.parametrize(
    "before", ["", " ", "On ", "Okay, ", "Done for the ", "₹", "Congratulations, ", "for the on a "]
)
def test_what_is_too_short_to_stand_alone_is_none(before: str) -> None:
    assert opening_of(before, LEANING) is None
