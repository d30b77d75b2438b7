from __future__ import annotations

import pytest

from offhook.contracts.speech import Expectation
from offhook.turns.answers import answers_yes_no
from offhook.turns.clause import ending
from offhook.turns.words import split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "complete"),
        ("where is", "incomplete"),
        ("where is my car now?", "closed"),
        ("where is my car now", "closed"),
        ("when i turn the wheel", "incomplete"),
        ("when do you open tomorrow", "closed"),
        ("i think it was", "incomplete"),
        ("yes it was", "complete"),
        ("what is it for", "closed"),
        ("we're looking for", "incomplete"),
        ("somebody told me", "incomplete"),
        ("mahesh ne kitne paise diye the", "closed"),
        ("three hundred", "may_go_on"),
        ("friday at three", "complete"),
        ("three forty five", "complete"),
        ("mere", "incomplete"),
        ("i spoke to him", "complete"),
        ("i spoke to him about the bill on monday", "complete"),
        ("i want to make a complaint", "complete"),
        ("i want to make a complaint about monday", "closed"),
        ("can i get an appointment", "complete"),
        ("can i get an appointment for an oil change", "closed"),
        ("do you know how long", "incomplete"),
        ("haan to main keh raha tha", "incomplete"),
        ("gaadi kharab hai", "complete"),
        ("tyre badalne hain", "complete"),
        ("aage ke dono tyre badalne hain", "closed"),
        ("theek hai thanks", "complete"),
        ("cancel it please", "closed"),
        ("i dropped the car off this morning", "complete"),
        ("the brake pedal feels very soft", "closed"),
        ("i wanted to ask about my car", "closed"),
        ("it's either the pump", "incomplete"),
        ("between second", "incomplete"),
        ("bye", "closed"),
        ("gaadi kab milegi", "closed"),
        ("main kal aaunga", "complete"),
    ],
)
def test_how_a_sentence_stands(text: str, expected: str) -> None:
    assert ending(text, split(text), Expectation()) == expected


def test_an_answer_and_more_is_no_plain_answer() -> None:
    assert answers_yes_no(["yes", "please"])
    assert not answers_yes_no(["yes", "tomorrow"])
    assert not answers_yes_no([])
