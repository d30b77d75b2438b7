"""Money: an amount in integer minor units (cents, paise) with its currency. No floats anywhere.

Decimal places per currency follow ISO 4217; the tables below name only currencies that a business of ours may use, and
every other code is read with two places.
"""

from __future__ import annotations

import msgspec

_PLACES = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3, "OMR": 3}
_SYMBOLS = {"USD": "$", "INR": "₹", "EUR": "€", "GBP": "£", "AUD": "A$", "CAD": "C$", "JPY": "¥"}
_WORDS = {
    "USD": (("dollar", "dollars"), ("cent", "cents")),
    "AUD": (("dollar", "dollars"), ("cent", "cents")),
    "CAD": (("dollar", "dollars"), ("cent", "cents")),
    "EUR": (("euro", "euros"), ("cent", "cents")),
    "GBP": (("pound", "pounds"), ("penny", "pence")),
    "INR": (("rupee", "rupees"), ("paisa", "paise")),
    "JPY": (("yen", "yen"), ("", "")),
}


def places(currency: str) -> int:
    """Decimal places of the currency: 2 for most, 0 for yen, 3 for dinars."""
    return _PLACES.get(currency, 2)


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met; there is no rate between them here."""


class Money(msgspec.Struct, frozen=True, gc=False):
    """`amount` in minor units. As JSON: `{"amount": 125000, "currency": "INR"}`.

    Adding, subtracting and ordering want the same currency (CurrencyMismatch otherwise); `*` takes a whole number.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"money is whole minor units, not {type(self.amount).__name__}; convert before")
        if len(self.currency) != 3 or not (self.currency.isascii() and self.currency.isupper()):
            raise ValueError(f"currency must be a three-letter ISO 4217 code such as USD, not {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def format(self) -> str:
        """For the eye: "$1,249.50", "₹1,25,000", "-€3.00"; whole rupees, yen and the like without a fraction."""
        major, minor, places = self._parts()
        grouped = _indian_groups(major) if self.currency == "INR" else f"{major:,}"
        fraction = f".{minor:0{places}d}" if places and (minor or self.currency != "INR") else ""
        symbol = _SYMBOLS.get(self.currency, f"{self.currency} ")
        return f"{'-' if self.amount < 0 else ''}{symbol}{grouped}{fraction}"

    def spoken(self) -> str:
        """For the ear, numbers as digits: "49 dollars and 95 cents", "1250 rupees"."""
        major, minor, places = self._parts()
        part = "thousandth" if places == 3 else "hundredth"
        (one, many), (small_one, small_many) = _WORDS.get(
            self.currency, ((self.currency, self.currency), (part, f"{part}s"))
        )
        words = []
        if major or not minor:
            words.append(f"{major} {one if major == 1 else many}")
        if minor:
            words.append(f"{minor} {small_one if minor == 1 else small_many}")
        return ("minus " if self.amount < 0 else "") + " and ".join(words)

    def _parts(self) -> tuple[int, int, int]:
        digits = places(self.currency)
        major, minor = divmod(abs(self.amount), 10**digits)
        return major, minor, digits

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added or compared")
        return other.amount


def _indian_groups(number: int) -> str:
    """1234567 -> "12,34,567": the last three digits, then pairs."""
    digits = str(number)
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail])
