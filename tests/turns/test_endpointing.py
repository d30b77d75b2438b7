from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.contracts.speech import Expectation, ExpectKind
from offhook.contracts.turn import TurnPolicy
from offhook.turns.endpointing import endpoint

POLICY = TurnPolicy()


def reason(text: str, kind: ExpectKind = "open") -> str:
    return endpoint(text, Expectation(kind), POLICY).reason


@pytest.mark.parametrize(
    "text",
    [
        "i want an oil change",
        "I need an oil change for my car.",
        "tomorrow at ten",
        "at ten thirty",
        "ten forty five",
        "friday half past four",
        "the twenty first",
        "december third",
        "in may",
        "my name is ravi kumar",
        "what are your hours",
        "what is it for?",
        "it costs five hundred",
        "two thousand",
        "at ten and a half",
        "two hundred and fifty",
        "thank you that is",
        "i will have that as well",
        "speak to a human please",
        "i think so",
        "nothing else",
        "kal subah dus baje",
        "ramesh ko paanch sau diye",
        "कल सुबह दस बजे",
        "",
        "?",
        "let me think so",
    ],
)
def test_complete(text: str) -> None:
    assert reason(text) == "complete"


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to",
        "i’d like to",
        "i would like",
        "can i book it for",
        "on the",
        "tomorrow at",
        "friday and",
        "my name is",
        "it's",
        "um",
        "i want an oil change and um",
        "let me think",
        "half past",
        "quarter to",
        "quarter",
        "half",
        "next",
        "the twenty",
        "on december twenty",
        "I want an oil change,",
        "well...",
        "i was thinking…",
        "ten o'clock on -",
        "double",
        "mujhe",
        "ramesh ko",
        "kal aur",
        "matlab",
        "रमेश को",
        "और",
    ],
)
def test_unfinished(text: str) -> None:
    assert reason(text) == "incomplete"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", "yes_no"),
        ("Yes, please.", "yes_no"),
        ("yeah that's right", "yes_no"),
        ("no", "yes_no"),
        ("no thank you", "yes_no"),
        ("that's correct", "yes_no"),
        ("yes i would like to", "yes_no"),
        ("okay book it", "yes_no"),
        ("haan ji", "yes_no"),
        ("theek hai", "yes_no"),
        ("हाँ जी", "yes_no"),
        ("no make it friday", "complete"),
        ("yes but", "incomplete"),
        ("no i", "incomplete"),
        ("friday at ten", "complete"),
        ("um", "incomplete"),
        ("", "complete"),
    ],
)
def test_after_a_yes_no_question(text: str, expected: str) -> None:
    assert reason(text, "yes_no") == expected


def test_a_yes_that_nobody_asked_for_is_no_short_answer() -> None:
    assert reason("yes") == "complete"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("phone", "nine eight seven", "dictation"),
        ("phone", "my number is nine eight seven six five", "dictation"),
        ("phone", "double nine triple eight", "dictation"),
        ("phone", "two oh two five five five oh one four", "dictation"),
        ("phone", "two oh two five five five oh one four nine", "complete"),
        ("phone", "ninety eight seven six five four three two one", "dictation"),
        ("phone", "ninety eight seven six five four three two one zero", "complete"),
        ("phone", "double nine double nine double eight double seven double one", "complete"),
        ("phone", "one two oh two five five five oh one four", "dictation"),
        ("phone", "one two oh two five five five oh one four nine", "complete"),
        ("phone", "0 20 2555 014", "dictation"),
        ("phone", "202-555-0149", "complete"),
        ("phone", "the number i am calling from", "incomplete"),
        ("phone", "i do not have one", "complete"),
        ("phone", "sure it's", "incomplete"),
        ("vin", "one h g b h four one j x m n", "dictation"),
        ("vin", "one h g b h four one j x m n one oh nine one eight six", "complete"),
        ("vin", "1HGBH41JXMN109186", "complete"),
        ("vin", "i don't know it", "complete"),
        ("registration", "m h twelve", "dictation"),
        ("registration", "m h twelve a b one two three four", "complete"),
        ("registration", "MH12AB1234", "complete"),
        ("registration", "seven a b c one two three", "complete"),
        ("registration", "a white one", "complete"),
        ("email", "ravi", "dictation"),
        ("email", "ravi dot kumar at example", "dictation"),
        ("email", "ravi dot kumar at example dot", "dictation"),
        ("email", "ravi dot kumar at example dot com", "complete"),
        ("email", "ravi@example", "dictation"),
        ("email", "ravi@example.com", "complete"),
        ("email", "no", "complete"),
        ("email", "i don't have one", "complete"),
        ("name", "s m i", "dictation"),
        ("name", "john smith", "complete"),
        ("name", "it's", "incomplete"),
        ("date", "december", "incomplete"),
        ("date", "third of december", "complete"),
        ("date", "in december", "complete"),
        ("date", "the day after", "complete"),
        ("time", "ten", "complete"),
        ("open", "it is nine eight seven six five four", "dictation"),
        ("open", "nine eight seven six five four three two one zero", "complete"),
        ("open", "invoice 123456", "complete"),
    ],
)
def test_what_has_a_known_length_is_waited_for(kind: ExpectKind, text: str, expected: str) -> None:
    assert reason(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "kind", "after_ms"),
    [("yes", "yes_no", 210), ("friday", "open", 460), ("i want to", "open", 1210), ("nine", "phone", 1510)],
)
def test_the_silences_are_those_of_the_policy(text: str, kind: ExpectKind, after_ms: int) -> None:
    policy = TurnPolicy(
        endpoint_yes_no_ms=210, endpoint_ms=460, endpoint_incomplete_ms=1210, endpoint_dictation_ms=1510
    )
    assert endpoint(text, Expectation(kind), policy).after_ms == after_ms


def test_a_fixed_silence_overrides_everything() -> None:
    fixed = endpoint("i want to", Expectation("phone"), TurnPolicy(endpoint_fixed_ms=700))
    assert (fixed.after_ms, fixed.reason) == (700, "fixed")


def test_only_the_end_of_a_long_speech_counts() -> None:
    assert reason("a word " * 5000 + "at") == "incomplete"
    assert reason("at " * 5000 + "noon") == "complete"


@given(st.text(), st.sampled_from(["open", "yes_no", "phone", "vin", "registration", "email", "name", "date"]))
def test_any_text_has_an_endpoint(text: str, kind: ExpectKind) -> None:
    assert endpoint(text, Expectation(kind), POLICY).after_ms in (200, 450, 1200, 1500)
