"""Quantities: whole thousandths of the unit that a product is sold in, and the units that go into one another.

Said grams become kilograms and said dozens pieces; between a packet and a kilogram there is no rate.
"""

from __future__ import annotations

from decimal import Decimal

SOLD_IN = ("kg", "litre", "packet", "piece", "metre", "box")
SAID_IN = ("kg", "g", "litre", "ml", "packet", "piece", "dozen", "metre", "box")
WHOLE = frozenset({"packet", "piece", "box"})
"""Units that are not cut."""
MOST = 10_000_000_000
"""Thousandths; ten million of a unit is a slip of the tongue."""
_RATES: dict[tuple[str, str], int] = {
    ("g", "kg"): 1,
    ("ml", "litre"): 1,
    ("dozen", "piece"): 12_000,
}
"""(said, sold in) -> thousandths of the second in one of the first."""


class BadQuantity(ValueError):
    """`field` is "qty" or "unit"; the message says what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def base_unit(unit: str) -> str:
    """What a product given in that unit is kept in: kg for g, litre for ml, piece for dozen."""
    return next((sold for said, sold in _RATES if said == unit), unit)


def thousandths(qty: Decimal, said: str | None, sold_in: str) -> int:
    """Raises BadQuantity for what cannot be had or measured exactly. No unit means the product's own."""
    if not qty.is_finite() or qty <= 0:
        raise BadQuantity("qty", "the quantity must be more than nothing")
    unit = said or sold_in
    rate = 1000 if unit == sold_in else _RATES.get((unit, sold_in))
    if rate is None:
        raise BadQuantity("unit", f"it is sold by the {sold_in}, not by the {unit}")
    exact = qty * rate
    if exact > MOST:
        raise BadQuantity("qty", "the quantity is absurd")
    whole = int(exact)
    if whole != exact or whole == 0:
        raise BadQuantity("qty", f"the quantity is finer than a thousandth of a {sold_in}")
    if sold_in in WHOLE and whole % 1000:
        raise BadQuantity("qty", f"a {sold_in} is not cut")
    return whole


def as_number(qty: int) -> Decimal:
    """Thousandths as people write them: 2500 -> 2.5."""
    number = Decimal(qty).scaleb(-3)
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
