from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.contracts.speech import Expectation, ExpectKind
from offhook.contracts.turn import TurnPolicy
from offhook.turns.endpointing import endpoint, why

POLICY = TurnPolicy()


def reason(text: str, kind: ExpectKind = "open") -> str:
    return endpoint(text, Expectation(kind), POLICY).reason


@pytest.mark.parametrize(
    "text",
    [
        "i want an oil change",
        "tomorrow at ten",
        "at ten thirty",
        "ten forty five",
        "friday half past four",
        "the twenty first",
        "my name is ravi kumar",
        "at ten and a half",
        "two hundred and fifty",
        "",
        "?",
    ],
)
def test_complete(text: str) -> None:
    assert reason(text) == "complete"


@pytest.mark.parametrize(
    "text",
    [
        "what is it for?",
        "how much is it",
        "I need an oil change for my car.",
        "speak to a human please",
        "nothing else",
        "no that's all",
        "kal subah dus baje",
        "ramesh ko paanch sau diye",
        "mujhe kal gaadi ki service book karwani hai",
        "suresh ka hisaab batao",
        "do kilo chawal aur ek litre tel bas",
        "कल सुबह दस बजे",
        "मुझे कल की अपॉइंटमेंट चाहिए",
        "सुरेश का हिसाब बता दो",
    ],
)
def test_closed(text: str) -> None:
    assert reason(text) == "closed"


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "yes",
        "december third",
        "it costs five hundred",
        "two thousand",
        "invoice twelve",
        "do kilo chawal aur ek litre tel",
        "two kilos of rice one litre of oil",
        "ramesh paanch sau",
        "नमस्ते",
    ],
)
def test_may_go_on(text: str) -> None:
    assert reason(text) == "may_go_on"


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to",
        "i’d like to",
        "i would like",
        "i would like to book",
        "could you tell me",
        "do you have",
        "can i book it for",
        "on the",
        "tomorrow at",
        "friday and",
        "my name is",
        "it's",
        "um",
        "i want an oil change and um",
        "let me think",
        "let me find my card",
        "any hidden",
        "do you have a used",
        "how long does it last on",
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
        "invoice number four five",
        "mujhe",
        "mujhe oil change",
        "ramesh ko",
        "ramesh ko paanch sau",
        "main yeh poochna",
        "kal aur",
        "matlab",
        "रमेश को",
        "और",
        "मुझे कल की",
        "मैंने सुरेश को",
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
        ("no", "may_go_on"),
        ("no thank you", "yes_no"),
        ("nahi nahi", "may_go_on"),
        ("achha", "may_go_on"),
        ("not really", "closed"),
        ("actually no", "complete"),
        ("no thank you", "yes_no"),
        ("that's correct", "yes_no"),
        ("yes i would like to", "yes_no"),
        ("okay book it", "yes_no"),
        ("haan ji", "yes_no"),
        ("theek hai", "yes_no"),
        ("हाँ जी", "yes_no"),
        ("no make it friday", "closed"),
        ("yes but", "incomplete"),
        ("no i", "incomplete"),
        ("friday at ten", "complete"),
        ("um", "incomplete"),
        ("", "complete"),
    ],
)
def test_after_a_yes_no_question(text: str, expected: str) -> None:
    assert reason(text, "yes_no") == expected


def test_a_yes_that_nobody_asked_for_may_be_the_beginning_of_more() -> None:
    assert reason("yes") == "may_go_on"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("phone", "nine eight seven", "dictation"),
        ("phone", "my number is nine eight seven six five", "dictation"),
        ("phone", "double nine triple eight", "dictation"),
        ("phone", "two oh two five five five oh one four", "dictation"),
        ("phone", "two oh two five five five oh one four nine", "closed"),
        ("phone", "ninety eight seven six five four three two one", "dictation"),
        ("phone", "ninety eight seven six five four three two one zero", "closed"),
        ("phone", "double nine double nine double eight double seven double one", "closed"),
        ("phone", "one two oh two five five five oh one four", "dictation"),
        ("phone", "one two oh two five five five oh one four nine", "closed"),
        ("phone", "0 20 2555 014", "dictation"),
        ("phone", "202-555-0149", "closed"),
        ("phone", "the number i am calling from", "complete"),
        ("phone", "i do not have one", "closed"),
        ("phone", "sure it's", "dictation"),
        ("vin", "one h g b h four one j x m n", "dictation"),
        ("vin", "one h g b h four one j x m n one oh nine one eight six", "closed"),
        ("vin", "1HGBH41JXMN109186", "closed"),
        ("vin", "i don't know it", "closed"),
        ("registration", "m h twelve", "dictation"),
        ("registration", "m h twelve a b one two three four", "closed"),
        ("registration", "MH12AB1234", "closed"),
        ("registration", "seven a b c one two three", "closed"),
        ("registration", "it is a white one", "complete"),
        ("email", "ravi", "dictation"),
        ("email", "ravi dot kumar at example", "dictation"),
        ("email", "ravi dot kumar at example dot", "dictation"),
        ("email", "ravi dot kumar at example dot com", "closed"),
        ("email", "ravi@example", "dictation"),
        ("email", "ravi@example.com", "closed"),
        ("email", "no", "complete"),
        ("email", "i don't have one", "closed"),
        ("name", "s m i", "dictation"),
        ("name", "john smith", "closed"),
        ("name", "it's", "incomplete"),
        ("date", "december", "incomplete"),
        ("date", "third of december", "closed"),
        ("date", "in december", "closed"),
        ("date", "the day after", "may_go_on"),
        ("date", "next week", "may_go_on"),
        ("time", "in the morning", "may_go_on"),
        ("time", "ten", "may_go_on"),
        ("open", "it is nine eight seven six five four", "dictation"),
        ("open", "nine eight seven six five four three two one zero", "closed"),
        ("open", "invoice 123456", "may_go_on"),
        ("phone", "nau aath saat chhe", "dictation"),
        ("phone", "haan likhiye", "dictation"),
        ("phone", "plus one", "dictation"),
        ("phone", "नौ आठ सात छह", "dictation"),
        ("phone", "नौ आठ सात छह पांच चार तीन दो एक शून्य", "closed"),
        ("phone", "ninyanve chauranve bees", "dictation"),
        ("phone", "ek do teen char", "dictation"),
        ("name", "smith s m i t h", "closed"),
        ("name", "ravi", "may_go_on"),
        ("datetime", "friday", "may_go_on"),
        ("datetime", "friday at ten", "closed"),
    ],
)
def test_what_has_a_known_length_is_waited_for(kind: ExpectKind, text: str, expected: str) -> None:
    assert reason(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "kind", "after_ms"),
    [
        ("yes", "yes_no", 210),
        ("friday at ten", "datetime", 310),
        ("my car is red", "open", 460),
        ("hello", "open", 710),
        ("i want to", "open", 1210),
        ("nine", "phone", 1510),
    ],
)
def test_the_silences_are_those_of_the_policy(text: str, kind: ExpectKind, after_ms: int) -> None:
    policy = TurnPolicy(
        endpoint_yes_no_ms=210,
        endpoint_closed_ms=310,
        endpoint_ms=460,
        endpoint_may_go_on_ms=710,
        endpoint_incomplete_ms=1210,
        endpoint_dictation_ms=1510,
    )
    assert endpoint(text, Expectation(kind), policy).after_ms == after_ms


@pytest.mark.parametrize("said", ["an oil change", "I'd like the oil change"])
def test_an_offer_that_is_taken_is_an_answer(said: str) -> None:
    expect = Expectation("choice", ("oil change", "brake check"))
    assert why(said, expect) == "closed"
    assert why("the big", expect) == "incomplete"


def test_a_fixed_silence_overrides_everything() -> None:
    fixed = endpoint("i want to", Expectation("phone"), TurnPolicy(endpoint_fixed_ms=700))
    assert (fixed.after_ms, fixed.reason) == (700, "fixed")


def test_only_the_end_of_a_long_speech_counts() -> None:
    assert reason("a word " * 5000 + "at") == "incomplete"
    assert reason("at " * 5000 + "noon") == "complete"


@given(st.text(), st.sampled_from(["open", "yes_no", "phone", "vin", "registration", "email", "name", "date"]))
def test_any_text_has_an_endpoint(text: str, kind: ExpectKind) -> None:
    assert endpoint(text, Expectation(kind), POLICY).after_ms in (200, 300, 800, 1000, 1500, 2000)


@pytest.mark.parametrize("kind", ["open", "time", "datetime", "service"])
@pytest.mark.parametrize("said", ["tuesday at eight {}", "i can come in on monday at 9 {}", "tomorrow at 11:30 {}"])
def test_the_morning_is_as_whole_as_the_afternoon(said: str, kind: ExpectKind) -> None:
    assert reason(said.format("am"), kind) == reason(said.format("pm"), kind) != "incomplete"


@pytest.mark.parametrize("text", ["i am", "who am", "the one i am", "between nine am and"])
def test_a_sentence_that_ends_with_its_verb_goes_on(text: str) -> None:
    assert reason(text) == "incomplete"
