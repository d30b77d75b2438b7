"""Invoice numbers: consecutive in a series and financial year, at most 16 characters of letters, digits, "-" and "/".

The number itself is given by the book, in the transaction that issues the invoice (invoicing.py); here is how it reads.
"""

from __future__ import annotations

from datetime import date

MOST_CHARS = 16
_FIRST_MONTH = 4


def fiscal_year(day: date) -> str:
    """The financial year from April to March: "2627" for 1 April 2026 to 31 March 2027."""
    first = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return f"{first % 100:02d}{(first + 1) % 100:02d}"


def invoice_no(series: str, year: str, number: int) -> str:
    """ "A/2627/000123". Raises ValueError for what has no room."""
    text = f"{series}/{year}/{number:06d}"
    if number < 1 or len(text) > MOST_CHARS:
        raise ValueError("the series has no number left")
    return text
