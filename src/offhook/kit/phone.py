"""Telephone numbers: reading, masking, speaking. Stored and compared as E.164 (`+12025550123`)."""

from __future__ import annotations

import phonenumbers

_GROUPS = {"US": (3, 3, 4), "CA": (3, 3, 4), "IN": (5, 5)}
"""How people say a national number of the usual length; other numbers go by threes."""


class NotAPhoneNumber(ValueError):
    """The text holds no telephone number that could exist in the region. Carries no digits of it."""


def parse_phone(text: str, region: str = "US") -> str:
    """`text` as people write or say it -> E.164. `region` (ISO 3166) reads numbers without a country code.

    Accepts what the numbering plan can have given to somebody, not all that has the right length: ten digits of which
    the first is a 1 are a slip of the tongue in America. Raises NotAPhoneNumber.
    """
    try:
        number = phonenumbers.parse(text, region.upper())
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber("this is not a telephone number") from None
    if not phonenumbers.is_valid_number(number):
        raise NotAPhoneNumber(f"no telephone number of region {region.upper()} looks like this")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_or_none(text: str | None, region: str = "US") -> str | None:
    """As parse_phone, with None for what is not a number ("anonymous", "", None)."""
    if not text:
        return None
    try:
        return parse_phone(text, region)
    except NotAPhoneNumber:
        return None


def national_digits(e164: str) -> str:
    """The digits without the country code: "+12025550123" -> "2025550123". Raises NotAPhoneNumber."""
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(e164, None))
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber("this is not a number in E.164") from None


def region_of(e164: str) -> str | None:
    """ISO 3166 region of the number, None where it cannot be told."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    if region is None and number.country_code is not None:
        region = phonenumbers.region_code_for_country_code(number.country_code)
    return region


def spoken_groups(e164: str) -> str:
    """National digits one by one, with a comma (a pause) between groups: "2 0 2, 5 5 5, 0 1 2 3".

    Raises NotAPhoneNumber.
    """
    digits = national_digits(e164)
    lengths = _GROUPS.get(region_of(e164) or "", ())
    if sum(lengths) != len(digits):
        lengths = _by_threes(len(digits))
    groups, at = [], 0
    for length in lengths:
        groups.append(" ".join(digits[at : at + length]))
        at += length
    return ", ".join(groups)


def _by_threes(length: int) -> tuple[int, ...]:
    """Groups of three, the last of two to four: 8 -> 3, 3, 2; 10 -> 3, 3, 4."""
    groups = []
    while length > 4:
        groups.append(3)
        length -= 3
    return (*groups, length)
