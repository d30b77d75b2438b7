from __future__ import annotations

import re

import pytest

from offhook.desks.dealership.speech import plain, speech_domain

SERVICES = (("Oil Change", ("oil service",)), ("20-Point Check & Wash", ()))


def test_the_same_business_gives_the_same_domain() -> None:
    assert speech_domain(SERVICES).key == speech_domain(SERVICES).key
    assert speech_domain(SERVICES).key != speech_domain((("Tyre Change", ()),)).key


def test_own_services_and_names_are_in_it() -> None:
    domain = speech_domain(SERVICES, names=("Zebedee Quux",))
    text = " ".join(domain.sentences)
    assert "two zero point check and wash" in text
    names = " ".join(domain.by_expectation["name"])
    assert "zebedee" in names
    assert "quux" in names


def test_sentences_are_plain_words() -> None:
    domain = speech_domain(SERVICES)
    for group in (domain.sentences, *domain.by_expectation.values()):
        assert all(re.fullmatch(r"[a-z'][a-z' ]*", sentence) for sentence in group)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("yes_no", "yes"),
        ("yes_no", "no"),
        ("time", "half past four"),
        ("time", "ten thirty"),
        ("date", "tomorrow"),
        ("date", "next tuesday"),
        ("service", "an oil change"),
        ("choice", "the first one"),
    ],
)
def test_plain_answers_are_likely_where_they_are_expected(kind: str, sentence: str) -> None:
    assert sentence in speech_domain(SERVICES).by_expectation[kind]


def test_phone_numbers_have_every_digit_and_doubles() -> None:
    text = " ".join(speech_domain(SERVICES).by_expectation["phone"])
    for word in ("zero", "oh", "one", "five", "nine", "double", "triple"):
        assert f" {word} " in text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("A/C Service", "a c service"),
        ("Wash & Wax", "wash and wax"),
        ("O'Neil's 4x4", "o'neil's four x four"),
        ("", ""),
    ],
)
def test_plain(written: str, said: str) -> None:
    assert plain(written) == said


def test_services_that_are_things_get_the_right_article() -> None:
    text = " | ".join(speech_domain((("Oil change", ("rotate my tires", "new tires")), ("Full service", ()))).sentences)
    assert " an oil change" in text
    assert " a full service" in text


def test_nobody_is_expected_to_come_in_the_night() -> None:
    times = speech_domain(SERVICES).by_expectation["time"]
    night = re.compile(r"(at )?(one|two|three|four|five|six)( thirty)? (am|in the morning)")
    assert not [said for said in times if night.fullmatch(said)]


def test_a_read_back_may_be_answered_with_the_right_value() -> None:
    text = " | ".join(speech_domain(SERVICES).by_expectation["yes_no"])
    for words in ("no my number is", "no my name is", "no make it", "no i said"):
        assert words in text
