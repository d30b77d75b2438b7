from __future__ import annotations

import pytest

from offhook.kit.pin import is_pin, pin_hash


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("4071", True),
        ("40718265", True),
        ("1122", True),
        ("407", False),
        ("407182650", False),
        ("1234", False),
        ("9876", False),
        ("0000", False),
        ("40a1", False),
        ("४०७१", False),
        ("", False),
    ],
)
def test_a_pin_is_four_to_eight_digits_that_nobody_tries_first(text: str, good: bool) -> None:
    assert is_pin(text) is good


def test_equal_pins_of_two_businesses_look_different() -> None:
    assert pin_hash("4071", "biz_1") == pin_hash("4071", "biz_1")
    assert pin_hash("4071", "biz_1") != pin_hash("4071", "biz_2")
    assert b"4071" not in pin_hash("4071", "biz_1")
