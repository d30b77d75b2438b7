"""Hindi number words."""

from __future__ import annotations

import pytest

from offhook.providers.tts.spoken.hindi_numbers import cardinal


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "शून्य"),
        (25, "पच्चीस"),
        (99, "निन्यानवे"),
        (105, "एक सौ पाँच"),
        (5200, "पाँच हज़ार दो सौ"),
        (125_000, "एक लाख पच्चीस हज़ार"),
        (12_345_678, "एक करोड़ तेईस लाख पैंतालीस हज़ार छह सौ अठहत्तर"),
    ],
)
def test_numbers_are_counted_the_indian_way(number: int, words: str) -> None:
    assert cardinal(number) == words


def test_each_number_below_a_hundred_has_a_word_of_its_own() -> None:
    assert len({cardinal(number) for number in range(100)}) == 100
