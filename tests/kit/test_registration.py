from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kit.registration import normalised


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("abc 1234", "ABC1234"),
        ("KA-01-AB-0012", "KA01AB0012"),
        ("dl 3c am 4567", "DL3CAM4567"),
        ("22 BH 1234 AA", "22BH1234AA"),
        ("", ""),
    ],
)
def test_ways_of_writing(said: str, stored: str) -> None:
    assert normalised(said) == stored


@given(st.text(max_size=20))
def test_it_stays_as_it_is(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
