from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kit.vin import BadVin, check_digit, checked, decode

ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP042788", "11111111111111111", "5GZCZ43D13S812715", "1HGCM82633A004352", "JH4KA7561PC008269"]
)
def test_known_check_digits(vin: str) -> None:
    assert decode(vin, 2026).check_digit_right


@pytest.mark.parametrize(
    ("vin", "maker", "country", "years"),
    [
        ("1HGCM82633A004352", "Honda", "United States", (2003,)),
        ("JH4KA7561PC008269", "Acura", "Japan", (2023, 1993)),
        ("MA3EWDE1S00123456", "Maruti Suzuki", "India", ()),
        ("WVWZZZ1KZAW000001", "Volkswagen", "Germany", (2010, 1980)),
        ("5YJ3E1EA7KF000001", "Tesla", "United States", (2019,)),
        ("2T1BURHE0JC000001", "Toyota", "Canada", (2018,)),
        ("ZFA31200000000001", "Fiat", "Italy", ()),
    ],
)
def test_what_a_vin_tells(vin: str, maker: str, country: str, years: tuple[int, ...]) -> None:
    told = decode(vin, 2026)
    assert (told.maker, told.country, told.years) == (maker, country, years)


def test_a_wrong_check_digit_is_a_warning() -> None:
    told = decode("1HGCM82633A004353", 2026)
    assert not told.check_digit_right
    assert told.check_digit_required
    assert check_digit(told.vin) == "5"
    assert not decode("MA3EWDE1S00123456", 2026).check_digit_required


@pytest.mark.parametrize("said", ["1hgcm82633a004352", "1HGC M826 33A0 04352", "1HGCM-82633-A004352"])
def test_ways_of_writing(said: str) -> None:
    assert checked(said) == "1HGCM82633A004352"


@pytest.mark.parametrize(
    ("said", "why"), [("1HGCM82633A00435", "has 16"), ("1HGCM82633A00435O", "no O"), ("1HGCM82633A0Q4I52", "no I, Q")]
)
def test_what_is_no_vin(said: str, why: str) -> None:
    with pytest.raises(BadVin, match=why):
        checked(said)


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_the_right_check_digit_is_found(vin: str) -> None:
    mended = vin[:8] + check_digit(vin) + vin[9:]
    told = decode(mended, 2026)
    assert told.check_digit_right
    assert all(1980 <= year <= 2027 for year in told.years)
