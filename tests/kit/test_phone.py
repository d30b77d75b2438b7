from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kit.phone import (
    NotAPhoneNumber,
    national_digits,
    parse_phone,
    phone_or_none,
    region_of,
    spoken_groups,
)


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("+12025550123", "US", "+12025550123"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("202.555.0123", "us", "+12025550123"),
        ("1 202 555 0123", "US", "+12025550123"),
        ("2025550123", "US", "+12025550123"),
        ("99999 12345", "IN", "+919999912345"),
        ("099999 12345", "IN", "+919999912345"),
        ("+91 99999-12345", "US", "+919999912345"),
        ("0091 99999 12345", "IN", "+919999912345"),
    ],
)
def test_numbers_are_read_in_their_region(text: str, region: str, e164: str) -> None:
    assert parse_phone(text, region) == e164


@pytest.mark.parametrize(
    "text", ["", "anonymous", "1234567890", "0000000000", "12", "555-0123", "+1202555012", "+1" + "2" * 20, "+"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotAPhoneNumber) as refusal:
        parse_phone(text, "US")
    assert not any(character.isdigit() for character in str(refusal.value))
    assert phone_or_none(text) is None


def test_nothing_is_no_number() -> None:
    assert phone_or_none(None) is None
    assert phone_or_none("202 555 0123") == "+12025550123"


@pytest.mark.parametrize(
    ("e164", "spoken"),
    [
        ("+12025550123", "2 0 2, 5 5 5, 0 1 2 3"),
        ("+919999912345", "9 9 9 9 9, 1 2 3 4 5"),
        ("+442079460100", "2 0 7, 9 4 6, 0 1 0 0"),
        ("+4930123456", "3 0 1, 2 3 4, 5 6"),
    ],
)
def test_numbers_are_spoken_in_groups(e164: str, spoken: str) -> None:
    assert spoken_groups(e164) == spoken
    assert "".join(character for character in spoken if character.isdigit()) == national_digits(e164)


def test_regions() -> None:
    assert region_of("+12025550123") == "US"
    assert region_of("+919999912345") == "IN"
    assert region_of("nonsense") is None


@given(st.integers(0, 99), st.sampled_from([202, 303, 415, 212]))
def test_every_fictional_number_survives(line: int, area: int) -> None:
    e164 = parse_phone(f"{area}-555-01{line:02d}", "US")
    assert e164 == f"+1{area}55501{line:02d}"
    spoken = spoken_groups(e164)
    assert spoken.replace(" ", "").replace(",", "") == national_digits(e164)
