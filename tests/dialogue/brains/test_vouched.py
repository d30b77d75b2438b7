"""Which sentences of a model's reach the caller, and when."""

from __future__ import annotations

import pytest

from offhook.dialogue.brains.vouched import Vouched

SOURCES = (
    "Oil change: $59.95 to $99.95; brakes: Rs. 1,250.00.",
    "my budget is 20000 dollars",
    "Now: 2026-11-25 09:00.",
)


def kept(text: str) -> str:
    vouched = Vouched(SOURCES)
    return "".join([*vouched.push(text), *vouched.flush()])


@pytest.mark.parametrize(
    "sentence",
    [
        "An oil change is $59.95 to $99.95.",
        "The brakes are 1250 rupees.",
        "With 20,000 dollars you have a good choice.",
        "Shall I book that for you?",
        "Once it is confirmed you will get a message.",
        "I can book it for Friday at 10 AM.",
        "It is not booked yet.",
        "We are closed on Sunday.",
        "Which day would you like it booked for?",
        "Nothing has been changed.",
        "We like all cars.",
        "There are 3 free times, at 9, 10 and 11.",
        "Kis din book karna hai?",
    ],
)
def test_what_can_be_vouched_for_is_said(sentence: str) -> None:
    assert kept(sentence) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "I've booked you in for Friday.",
        "I have just cancelled it, anything else?",
        "Your appointment is now confirmed.",
        "It has been moved to Monday.",
        "It's booked if you like.",
        "Done!",
        "You're all set for tomorrow.",
        "We already refunded you.",
        "Aapki booking ho gayi hai.",
        "Maine cancel kar diya hai.",
        "आपकी सर्विस बुक हो गई है।",
        "An oil change is $49.95.",
        "That is only nine hundred rupees.",
        "You get 15% off.",
        "Your number is 4155550100.",
    ],
)
def test_what_cannot_be_is_left_out(sentence: str) -> None:
    assert kept(sentence) == ""
    assert kept(f"Let me see. {sentence} What else?") == "Let me see. What else?"


def test_a_tools_figures_may_be_named_once_it_has_given_them() -> None:
    vouched = Vouched(SOURCES)
    assert list(vouched.push("That is $49.95. Yes.")) == []
    assert vouched.dropped == 1
    vouched.learn('{"price": "49.95"}')
    assert list(vouched.flush()) == ["Yes."]
    assert [*vouched.push("That is $49.95."), *vouched.flush()] == ["That is $49.95."]


def test_a_sentence_leaves_as_soon_as_it_is_certain() -> None:
    vouched = Vouched(())
    said = [list(vouched.push(piece)) for piece in ("We open ", "at eight", ". ", "And ", "close late.")]
    assert said == [[], [], [], ["We open at eight. "], []]
    assert list(vouched.flush()) == ["And close late."]
