"""What a field of the dealership's book may hold: the same rules for a CSV file and for the API. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from email_validator import EmailNotValidError, validate_email

from offhook.kit.money import places
from offhook.kit.phone import phone_or_none
from offhook.kit.vin import BadVin, Vin, checked, decode

FUELS = {"gasoline": "petrol", "gas": "petrol", "petrol": "petrol", "diesel": "diesel", "electric": "electric",
         "ev": "electric", "hybrid": "hybrid", "cng": "cng"}  # fmt: skip
TRANSMISSIONS = {"automatic": "automatic", "auto": "automatic", "manual": "manual", "stick": "manual"}
CONDITIONS = {"new": "new", "used": "used", "pre-owned": "used", "certified": "used"}
STATUSES = {"": "available", "available": "available", "reserved": "reserved", "sold": "sold"}
_FIRST_YEAR = 1900
_MOST_MINOR = 10**15


class BadField(ValueError):
    """`field` cannot hold this. The message tells what is there instead: "a phone that no number of US can be"."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def phone_of(text: str, country: str, field: str = "phone") -> str:
    """E.164."""
    phone = phone_or_none(text, country)
    if phone is None:
        raise BadField(field, f"a {field} that no number of {country} can be, nor one with + and a country code")
    return phone


def email_of(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise BadField("email", f"an email that is none: {str(error).rstrip('.').lower()}") from None


def email_or_none(text: str | None) -> str | None:
    try:
        return email_of(text)
    except BadField:
        return None


def year_of(year: int | None, now: datetime) -> int | None:
    if year is not None and not _FIRST_YEAR <= year <= now.year + 1:
        raise BadField("year", f"the year {year}")
    return year


def whole(field: str, text: str) -> int | None:
    if not text:
        return None
    digits = text.replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise BadField(field, f"a {field} that is no whole number")
    return int(digits)


def one_of(field: str, text: str, allowed: Mapping[str, str]) -> str:
    found = allowed.get(text.lower())
    if found is None:
        raise BadField(field, f"the {field} {text!r}; one of {', '.join(dict.fromkeys(allowed.values()))}")
    return found


def minor_of(text: str, currency: str) -> int:
    """ "25,990.00" -> 2599000."""
    plain = text.replace(",", "").lstrip("$₹€£ ")
    try:
        amount = Decimal(plain).scaleb(places(currency))
    except InvalidOperation:
        raise BadField("price", "a price that is no amount of money") from None
    if not amount.is_finite() or not 0 <= amount <= _MOST_MINOR or amount != amount.to_integral_value():
        raise BadField("price", "a price that is no amount of money")
    return int(amount)


def vin_of(text: str, now: datetime) -> Vin:
    try:
        return decode(checked(text), now.year)
    except BadVin as error:
        raise BadField("vin", f"a vin that is none: {error}") from None
