"""Exact quotes: quantity times price, with the business's tax. Pure; whole minor units, half of one rounds up."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.desks.sales.model import Item, Quote, SalesSettings
from offhook.kit.money import Money

_WHOLE = 10_000
"""A rate of 100 %."""
MOST = 100_000
"""Of anything in one quote; who wants more is answered by a person."""


def quote_for(item: Item, qty: int, settings: SalesSettings) -> Quote | None:
    """None where the item has no single price, or nobody quotes so many of it."""
    each = item.exact
    if each is None or not 1 <= qty <= MOST:
        return None
    count = qty if item.unit else 1
    listed = each * count
    rate = settings.tax_rate if settings.tax_name else 0
    if settings.tax_included:
        net = Money(_share(listed.amount, _WHOLE, _WHOLE + rate), listed.currency)
        tax, total = listed - net, listed
    else:
        net, tax = listed, Money(_share(listed.amount, rate, _WHOLE), listed.currency)
        total = net + tax
    return Quote(
        product=item.name,
        qty=count,
        unit=item.unit,
        period=item.period,
        each=each,
        net=net,
        tax=tax,
        total=total,
        tax_name=settings.tax_name if rate else "",
        tax_rate=rate,
    )


def together(quotes: Sequence[Quote]) -> Quote:
    """Several quotes as one, by what they come to; what is paid each month counts once. At least one."""
    first = quotes[0]
    net, tax, total = first.net, first.tax, first.total
    for quote in quotes[1:]:
        net, tax, total = net + quote.net, tax + quote.tax, total + quote.total
    return Quote(
        product=", ".join(quote.product for quote in quotes),
        qty=1,
        unit="",
        period=first.period if all(quote.period == first.period for quote in quotes) else "",
        each=net,
        net=net,
        tax=tax,
        total=total,
        tax_name=first.tax_name,
        tax_rate=first.tax_rate,
    )


def price_of(item: Item, qty: int | None, settings: SalesSettings) -> int | None:
    """What the item would cost, as well as it is known: the quote, else the lowest price. Minor units."""
    quote = quote_for(item, qty or 1, settings)
    if quote is not None:
        return quote.total.amount
    return None if item.price_from is None else item.price_from.amount


def _share(amount: int, part: int, whole: int) -> int:
    """`amount` * part / whole, half up."""
    return (2 * amount * part + whole) // (2 * whole)
