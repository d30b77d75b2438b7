"""Quotes are exact: quantity times price, tax by the business's rate, half of a minor unit up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from offhook.desks.sales.model import Item, SalesSettings
from offhook.desks.sales.quoting import quote_for, together
from offhook.kit.money import Money

GST = SalesSettings(tax_name="GST", tax_rate=1800)


def item(price: int | None, upper: int | None = None, unit: str = "person") -> Item:
    def money(amount: int | None) -> Money | None:
        return None if amount is None else Money(amount, "INR")

    return Item("item_1", "Payroll", (), "product", money(price), money(upper), unit, "month", (), "")


def test_an_exact_quote() -> None:
    quote = quote_for(item(9900), 20, GST)
    assert quote is not None
    assert (quote.net.amount, quote.tax.amount, quote.total.amount) == (198_000, 35_640, 233_640)


def test_what_has_no_single_price_is_not_quoted() -> None:
    assert quote_for(item(None), 1, GST) is None
    assert quote_for(item(100, 200), 1, GST) is None
    assert quote_for(item(100), 0, GST) is None
    assert quote_for(item(100), 100_001, GST) is None


def test_what_is_sold_as_a_whole_is_quoted_once() -> None:
    quote = quote_for(item(100_00, unit=""), 20, SalesSettings())
    assert quote is not None
    assert (quote.qty, quote.total.amount, quote.tax.amount, quote.tax_name) == (1, 100_00, 0, "")


@given(st.integers(1, 10**9), st.integers(1, 100_000), st.integers(0, 5000), st.booleans())
def test_net_and_tax_are_the_total(price: int, qty: int, rate: int, included: bool) -> None:
    settings = SalesSettings(tax_name="VAT", tax_rate=rate, tax_included=included)
    quote = quote_for(item(price), qty, settings)
    assert quote is not None
    assert quote.net.amount + quote.tax.amount == quote.total.amount
    listed = quote.total if included else quote.net
    assert listed.amount == price * qty
    assert abs(quote.tax.amount * 10_000 - quote.net.amount * rate) <= 10_000


def test_several_quotes_come_to_their_sum() -> None:
    monthly, once = quote_for(item(9900), 10, GST), quote_for(item(4900), 10, GST)
    assert monthly is not None and once is not None
    whole = together([monthly, once])
    assert (whole.net.amount, whole.tax.amount, whole.total.amount) == (148_000, 26_640, 174_640)
    assert (whole.product, whole.qty, whole.period) == ("Payroll, Payroll", 1, "month")
