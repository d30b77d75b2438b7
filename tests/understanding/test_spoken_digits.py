from __future__ import annotations

import pytest

from offhook.understanding.spoken_digits import digits_said


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("4071", "4071"),
        ("4 0 7 1", "4071"),
        ("four oh seven one", "4071"),
        ("my pin is four zero seven one please", "4071"),
        ("forty seventy one", "4071"),
        ("forty one double seven", "4177"),
        ("triple 5 2", "5552"),
        ("char shunya saat ek", "4071"),
        ("mera PIN chaar zero saat ek hai", "4071"),
        ("चार शून्य सात एक", "4071"),
        ("४०७१", "4071"),
        ("das bees", "1020"),
        ("no idea", ""),
        ("", ""),
    ],
)
def test_a_code_read_out(said: str, digits: str) -> None:
    assert digits_said(said) == digits
