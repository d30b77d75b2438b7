"""Double entry: the lines of each kind of posting, and what an invoice's status follows from.

Accounts are names. "customer" is what customers owe (one account for each of them), money comes in on the account of
its method, and the rest says where it comes from. A debit is positive, a credit negative; each posting sums to zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offhook.desks.shop.gst import Totals
from offhook.desks.shop.model import InvoiceStatus, Method

CUSTOMER = "customer"
OPENING = "opening"
SALES = "sales"
UNBILLED = "sales_unbilled"
"""What was given on credit without a bill."""
MONEY: tuple[Method, ...] = ("cash", "upi", "card", "bank", "cheque")
SAYS_CASH: Method = "cash"
"""Where nothing was said of how it was paid."""


@dataclass(frozen=True, slots=True)
class Line:
    account: str
    amount: int
    """Paise; debit positive."""


Lines = tuple[Line, ...]


def opening(balance: int) -> Lines:
    """`balance`: what the customer owes; negative for a credit."""
    return _lines((CUSTOMER, balance), (OPENING, -balance))


def payment(amount: int, method: Method) -> Lines:
    return _lines((method, amount), (CUSTOMER, -amount))


def refund(amount: int, method: Method) -> Lines:
    return _lines((CUSTOMER, amount), (method, -amount))


def credit(amount: int) -> Lines:
    """Udhaar: goods given, to be paid later."""
    return _lines((CUSTOMER, amount), (UNBILLED, -amount))


def invoice(totals: Totals) -> Lines:
    return _lines(
        (CUSTOMER, totals.total),
        (SALES, -totals.taxable),
        ("cgst", -totals.cgst),
        ("sgst", -totals.sgst),
        ("igst", -totals.igst),
        ("round_off", -totals.round_off),
    )


def reversal(lines: Sequence[Line]) -> Lines:
    return tuple(Line(line.account, -line.amount) for line in lines)


def owed(lines: Sequence[Line]) -> int:
    """What the posting adds to the customer's balance."""
    return sum(line.amount for line in lines if line.account == CUSTOMER)


def status_of(total: int, paid: int) -> InvoiceStatus:
    """Of an invoice that was issued and not cancelled."""
    if paid >= total:
        return "paid"
    return "part_paid" if paid else "issued"


def _lines(*lines: tuple[str, int]) -> Lines:
    assert sum(amount for _, amount in lines) == 0, "a posting's lines sum to zero"
    return tuple(Line(account, amount) for account, amount in lines if amount)
