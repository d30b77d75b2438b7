"""Phone numbers and e-mail addresses, typed and dictated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.understanding.contacts import find_email, find_phone
from offhook.understanding.text import read
from support.number_words import LEXICON, in_words
from support.understanding_world import UNDERSTANDER, booking, world


def phone(text: str, *, asked: bool = True) -> str | None:
    sentence = read(text, LEXICON)
    found, _ = find_phone(sentence, LEXICON.numbers, [False] * len(sentence), asked=asked)
    return found.value if found else None


def email(text: str) -> str | None:
    found = find_email(read(text, LEXICON), LEXICON.numbers)
    return found.value if found else None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("two zero two five five five oh one four three", "2025550143"),
        ("202-555-0143", "2025550143"),
        ("(202) 555 0143", "2025550143"),
        ("+1 202 555 0143", "2025550143"),
        ("+91 99999 12345", "9999912345"),
        ("nine triple nine nine one two three four five", "9999912345"),
        ("two oh two double five five zero one double four", "2025550144"),
        ("twenty two fifty five fifty five oh one forty three", "2255550143"),
        ("two oh two five five five zero one for three", "2025550143"),
        ("my number is two zero two then five five five and zero one four three", "2025550143"),
        ("eight hundred five five five zero one four three", "8005550143"),
        ("555 0143", "5550143"),
    ],
)
def test_dictated_numbers_are_their_digits(text: str, digits: str) -> None:
    assert phone(text) == digits


@pytest.mark.parametrize(
    ("text", "country", "digits"),
    [
        ("+44 20 7946 0958", "US", "+442079460958"),
        ("+91 70130 12345", "US", "+917013012345"),
        ("+1 202 555 0143", "US", "2025550143"),
        ("+91 70130 12345", "IN", "7013012345"),
        ("+44 20 7946 0958", "", "2079460958"),
    ],
)
def test_a_number_of_another_country_keeps_its_code(text: str, country: str, digits: str) -> None:
    sentence = read(text, LEXICON)
    found, _ = find_phone(sentence, LEXICON.numbers, [False] * len(sentence), asked=True, country=country)
    assert found is not None
    assert found.value == digits


@pytest.mark.parametrize("text", ["five five five", "no", "at ten thirty", "2026-12-05 14:30", "tomorrow at 10"])
def test_too_few_digits_are_no_number(text: str) -> None:
    assert phone(text) is None


@pytest.mark.parametrize("text", ["no not 456 465", "no, not four five six, four six five", "not 456, 9999912465"])
def test_the_end_that_was_wrong_is_no_part_of_the_right_one(text: str) -> None:
    sentence = read(text, LEXICON)
    taken = [False] * len(sentence)
    held = "9999912456"
    found, _ = find_phone(sentence, LEXICON.numbers, taken, asked=False, held=held, is_time=lambda digits: False)
    assert found is not None
    assert found.value == "9999912465"


def test_unasked_only_a_whole_number_counts() -> None:
    assert phone("i have 5550143 miles on it", asked=False) is None
    assert phone("2025550143", asked=False) == "2025550143"


def test_the_last_number_of_a_correction_counts() -> None:
    assert phone("202 555 0143 no sorry it is 202 555 0144") == "2025550144"


def test_a_short_number_is_asked_again() -> None:
    result = UNDERSTANDER.understand("two oh two five", world(), booking("phone"))
    assert [(problem.slot, problem.kind) for problem in result.problems] == [("phone", "invalid")]
    assert (result.decision, result.ask) == ("ask", "phone")


@given(st.text("0123456789", min_size=10, max_size=10), st.lists(st.integers(1, 3), min_size=10, max_size=10))
def test_any_number_dictated_in_groups_reads_back(digits: str, groups: list[int]) -> None:
    spoken, at = [], 0
    for size in groups:
        group = digits[at : at + size]
        at += size
        if len(group) == 3 and len(set(group)) == 1:
            spoken.append(f"triple {in_words(int(group[0]))}")
        elif len(group) == 2 and len(set(group)) == 1:
            spoken.append(f"double {in_words(int(group[0]))}")
        elif len(group) == 2 and group[0] not in "01" and group[1] != "0":
            spoken.append(in_words(int(group)))
        else:
            spoken.extend(in_words(int(digit)) for digit in group)
    text = " ".join(spoken)
    assert phone(text) == digits


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("it's Priya.K@example.com", "priya.k@example.com"),
        ("john dot smith at example dot com", "john.smith@example.com"),
        ("my email is j smith two at mail dot example dot org", "jsmith2@mail.example.org"),
        ("bob underscore jones at example dot co dot uk", "bob_jones@example.co.uk"),
        ("send it to ann-lee@example.net please", "ann-lee@example.net"),
    ],
)
def test_addresses_typed_and_spoken(text: str, address: str) -> None:
    assert email(text) == address


@pytest.mark.parametrize("text", ["meet me at ten", "at the dot", "dot com", "a@b", "@ . com"])
def test_what_is_no_address(text: str) -> None:
    assert email(text) is None
