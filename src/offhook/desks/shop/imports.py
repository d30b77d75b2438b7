"""A shop's own lists of customers and products from CSV files: good lines in, the others told with line and reason.

Nobody and nothing is overwritten: a name that the book has already is a problem of its line. Opening balances and stock
come in as postings, like everything that changes money or goods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal

from email_validator import EmailNotValidError, validate_email

from offhook.contracts.business import Business
from offhook.desks.shop.gst import STATES, is_gstin
from offhook.desks.shop.model import Refused, to_paise
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.units import SAID_IN, BadQuantity, base_unit, thousandths
from offhook.kit.phone import phone_or_none
from offhook.store.csv_lines import CsvLines, LineProblem, read_csv

ShopList = Literal["customers", "products"]
MAX_LINES = 100_000
LINES_AT_ONCE = 500
"""Lines of one transaction: talks go on in between."""
_COLUMNS: Mapping[ShopList, tuple[str, ...]] = {
    "customers": (
        "name", "phone", "opening_balance", "credit_limit", "aliases", "email", "address", "gstin", "state"
    ),
    "products": ("name", "unit", "price", "gst", "hsn", "stock", "low", "aliases"),
}  # fmt: skip
_NEEDED: Mapping[ShopList, tuple[str, ...]] = {"customers": ("name",), "products": ("name", "unit")}
_TEXTS = ("name", "aliases", "address", "hsn")
_UNITS = {
    "kilo": "kg", "kilogram": "kg", "kgs": "kg", "gram": "g", "gm": "g", "l": "litre", "ltr": "litre", "liter": "litre",
    "pkt": "packet", "pack": "packet", "pc": "piece", "pcs": "piece", "nos": "piece", "m": "metre", "meter": "metre",
    "dz": "dozen",
}  # fmt: skip
_MOST_ALIASES = 20

Values = Mapping[str, str]


def read(kind: ShopList, content: bytes) -> CsvLines:
    return read_csv(content, needed=_NEEDED[kind], known=_COLUMNS[kind], most=MAX_LINES)


def batches(read_lines: CsvLines) -> Iterator[tuple[tuple[int, Values], ...]]:
    for start in range(0, len(read_lines.lines), LINES_AT_ONCE):
        yield read_lines.lines[start : start + LINES_AT_ONCE]


def take(
    book: ShopBook, business: Business, kind: ShopList, lines: tuple[tuple[int, Values], ...]
) -> tuple[int, list[LineProblem]]:
    """(how many were added, what is wrong with the others)."""
    add: Callable[[ShopBook, Business, Values], None] = _customer if kind == "customers" else _product
    problems: list[LineProblem] = []
    for line, values in lines:
        try:
            for column in _TEXTS:
                if values.get(column, "").startswith(("+", "-")):
                    raise Refused(column, f"has a formula in its {column}")
            add(book, business, values)
        except Refused as refused:
            problems.append(LineProblem(line, refused.message))
    return len(lines) - len(problems), problems


def _customer(book: ShopBook, business: Business, values: Values) -> None:
    owed = _number(values, "opening_balance")
    opening = 0 if not owed else _paise(abs(owed), "opening_balance")
    gstin = values["gstin"].upper() or None
    if gstin is not None and not is_gstin(gstin):
        raise Refused("gstin", "has a gstin that cannot be right")
    state = values["state"].zfill(2) if values["state"] else None
    if state is not None and state not in STATES:
        raise Refused("state", "has a state that is no GST state code (01 to 38, 97)")
    limit = _number(values, "credit_limit")
    try:
        book.create_customer(
            values["name"],
            phone=_phone(values["phone"], business.country),
            opening_balance=-opening if owed is not None and owed < 0 else opening,
            credit_limit=None if limit is None else 0 if limit == 0 else _paise(limit, "credit_limit"),
            aliases=_aliases(values),
            email=_email(values["email"]),
            address=values["address"],
            gstin=gstin,
            state=state,
        )
    except Refused as refused:
        raise _of_line(refused) from None


def _product(book: ShopBook, business: Business, values: Values) -> None:
    said = values["unit"].casefold()
    said = _UNITS.get(said, said)
    if said not in SAID_IN:
        raise Refused("unit", f"has a unit that is none of {', '.join(SAID_IN)}")
    unit = base_unit(said)
    price, gst = _number(values, "price"), _number(values, "gst")
    if gst is not None and (gst < 0 or gst > 100 or gst * 100 != int(gst * 100)):
        raise Refused("gst", "has a gst that is no percentage")
    if said != unit and price is not None:
        raise Refused("unit", f"has a price by the {said}; give it by the {unit}")
    try:
        book.create_product(
            values["name"],
            unit,
            price=None if price is None else _paise(price, "price"),
            gst_rate=0 if gst is None else int(gst * 100),
            hsn=values["hsn"],
            aliases=_aliases(values),
            stock=_quantity(values, "stock", said, unit) or 0,
            low_at=_quantity(values, "low", said, unit),
        )
    except Refused as refused:
        raise _of_line(refused) from None


def _of_line(refused: Refused) -> Refused:
    """The refusal as said of a line."""
    told = {
        "customer_exists": "has the name of a customer who is in the book already",
        "product_exists": "has the name of a product that is in the book already",
        "name": "has a name that cannot be used",
    }
    return Refused(refused.reason, told.get(refused.reason, refused.message))


def _number(values: Values, column: str) -> Decimal | None:
    text = values[column].replace(",", "").removeprefix("₹").strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Refused(column, f"has a {column} that is no number") from None
    if not number.is_finite():
        raise Refused(column, f"has a {column} that is no number")
    return number


def _paise(rupees: Decimal, column: str) -> int:
    try:
        return to_paise(rupees)
    except Refused as refused:
        raise Refused(column, f"has a {column} that cannot be: {refused.message}") from None


def _quantity(values: Values, column: str, said: str, unit: str) -> int | None:
    number = _number(values, column)
    if number is None:
        return None
    if number == 0:
        return 0
    try:
        return thousandths(number, said, unit)
    except BadQuantity as bad:
        raise Refused(column, f"has a {column} that cannot be: {bad}") from None


def _aliases(values: Values) -> tuple[str, ...]:
    names = [name.strip() for name in values["aliases"].replace("|", ";").split(";")]
    return tuple(dict.fromkeys(name for name in names if name))[:_MOST_ALIASES]


def _phone(text: str, country: str) -> str | None:
    if not text:
        return None
    phone = phone_or_none(text, country)
    if phone is None:
        raise Refused("phone", "has a phone that cannot be right")
    return phone


def _email(text: str) -> str | None:
    if not text:
        return None
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise Refused("email", "has an email that cannot be right") from None
