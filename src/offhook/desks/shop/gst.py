"""GST of one invoice: which taxes, how much of each line, and what the bill comes to.

Within a state the tax is CGST and SGST, half the rate each and always equal; across states it is IGST at the full rate.
Line amounts are kept to the paisa, rounded half up; what is rounded to whole rupees is the total alone, and the
difference stands on the bill as its round-off. Where prices include the tax (the printed price of a packet), the tax is
taken out of the price, so that the line comes to exactly what was said.

Rates change by law: they stand on products and are frozen on the lines of an invoice, never in code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_GSTIN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STATE_NAMES = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "25": "Daman and Diu",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "28": "Andhra Pradesh (undivided)",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
    "97": "Other Territory",
}
"""GST state code -> name."""
STATES = frozenset(STATE_NAMES)


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """Paise. `taxable` + the taxes is what the line comes to."""

    taxable: int
    cgst: int = 0
    sgst: int = 0
    igst: int = 0

    @property
    def amount(self) -> int:
        return self.taxable + self.cgst + self.sgst + self.igst


@dataclass(frozen=True, slots=True)
class Totals:
    taxable: int
    cgst: int
    sgst: int
    igst: int
    round_off: int
    total: int


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of whole numbers, rounded half away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))


def is_gstin(text: str) -> bool:
    """Its form, its state and its check character."""
    if not _GSTIN.fullmatch(text) or text[:2] not in STATES:
        return False
    total = 0
    for n, char in enumerate(text[:14]):
        product = _DIGITS.index(char) * (2 if n % 2 else 1)
        total += product // 36 + product % 36
    return _DIGITS[(36 - total % 36) % 36] == text[14]


def line_price(qty: int, price: int) -> int:
    """What `qty` thousandths cost at `price` paise a unit."""
    return half_up(qty * price, 1000)


def tax_line(price: int, rate: int, *, across_states: bool, included: bool) -> TaxedLine:
    """`price` of the whole line in paise, `rate` in hundredths of a percent (1800 for 18 %)."""
    if rate == 0:
        return TaxedLine(price)
    whole = 10_000 + rate if included else 10_000
    if across_states:
        igst = half_up(price * rate, whole)
        return TaxedLine(price - igst if included else price, igst=igst)
    half = half_up(price * rate, 2 * whole)
    return TaxedLine(price - 2 * half if included else price, cgst=half, sgst=half)


def totals(lines: Sequence[TaxedLine], *, to_rupees: bool) -> Totals:
    taxable, cgst = sum(one.taxable for one in lines), sum(one.cgst for one in lines)
    sgst, igst = sum(one.sgst for one in lines), sum(one.igst for one in lines)
    exact = taxable + cgst + sgst + igst
    total = half_up(exact, 100) * 100 if to_rupees else exact
    return Totals(taxable, cgst, sgst, igst, total - exact, total)
