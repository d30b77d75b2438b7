from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kit.money import CurrencyMismatch, Money

amounts = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("money", "written", "spoken"),
    [
        (Money(4995, "USD"), "$49.95", "49 dollars and 95 cents"),
        (Money(124950, "USD"), "$1,249.50", "1249 dollars and 50 cents"),
        (Money(10000, "USD"), "$100.00", "100 dollars"),
        (Money(100, "USD"), "$1.00", "1 dollar"),
        (Money(1, "USD"), "$0.01", "1 cent"),
        (Money(0, "USD"), "$0.00", "0 dollars"),
        (Money(-300, "EUR"), "-€3.00", "minus 3 euros"),
        (Money(125000, "INR"), "₹1,250", "1250 rupees"),
        (Money(12500050, "INR"), "₹1,25,000.50", "125000 rupees and 50 paise"),
        (Money(1234567800, "INR"), "₹1,23,45,678", "12345678 rupees"),
        (Money(101, "INR"), "₹1.01", "1 rupee and 1 paisa"),
        (Money(500, "JPY"), "¥500", "500 yen"),
        (Money(1500, "KWD"), "KWD 1.500", "1 KWD and 500 thousandths"),
        (Money(250, "GBP"), "£2.50", "2 pounds and 50 pence"),
    ],
)
def test_money_is_written_and_spoken(money: Money, written: str, spoken: str) -> None:
    assert money.format() == written
    assert money.spoken() == spoken


def test_its_json_shape() -> None:
    assert msgspec.json.encode(Money(125000, "INR")) == b'{"amount":125000,"currency":"INR"}'
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"amount":12.5,"currency":"INR"}', type=Money)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"amount":1,"currency":"rupees"}', type=Money)


@pytest.mark.parametrize("amount", [12.5, "12", True, None])
def test_only_whole_minor_units(amount: object) -> None:
    with pytest.raises(TypeError, match="whole minor units"):
        Money(amount, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["usd", "", "US", "DOLLAR", "₹₹₹"])
def test_only_iso_codes(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, currency)


def test_currencies_do_not_mix() -> None:
    for operation in ("__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(CurrencyMismatch):
            getattr(Money(1, "USD"), operation)(Money(1, "INR"))
    assert Money(1, "USD") != Money(1, "INR")


@given(amounts, amounts)
def test_arithmetic_is_that_of_whole_numbers(a: int, b: int) -> None:
    left, right = Money(a, "USD"), Money(b, "USD")
    assert (left + right).amount == a + b
    assert (left - right) + right == left
    assert (left < right, left <= right, left > right, left >= right) == (a < b, a <= b, a > b, a >= b)
    assert (-left).amount == -a
    assert (left * 3).amount == 3 * a


@given(amounts, st.sampled_from(["USD", "INR", "JPY", "KWD"]))
def test_no_digit_is_lost_in_writing(amount: int, currency: str) -> None:
    written = Money(amount, currency).format()
    places = len(written.partition(".")[2]) or 0
    digits = int("".join(character for character in written if character.isdigit()))
    scale = {"USD": 2, "INR": 2, "JPY": 0, "KWD": 3}[currency]
    assert digits * 10 ** (scale - places) == abs(amount)
    assert written.startswith("-") == (amount < 0)
