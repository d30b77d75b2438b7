from __future__ import annotations

from datetime import UTC, datetime

import pytest

from offhook.desks.dealership import fields
from offhook.desks.dealership.fields import BadField

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_what_can_be_used_is_stored_in_one_form() -> None:
    assert fields.phone_of("(202) 555-0188", "US") == "+12025550188"
    assert fields.email_of("Anna@Example.com") == "Anna@example.com"
    assert fields.email_of("") is None
    assert fields.minor_of("$25,990.00", "USD") == 2_599_000
    assert fields.whole("odometer_km", "12,300") == 12_300
    assert fields.one_of("fuel", "Gas", fields.FUELS) == "petrol"
    assert fields.vin_of("1hgcm82633a004352", NOW).vin == "1HGCM82633A004352"
    assert fields.year_of(2027, NOW) == 2027


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("phone", lambda: fields.phone_of("12", "US")),
        ("owner_phone", lambda: fields.phone_of("12", "US", "owner_phone")),
        ("email", lambda: fields.email_of("a@")),
        ("year", lambda: fields.year_of(1700, NOW)),
        ("odometer_km", lambda: fields.whole("odometer_km", "many")),
        ("fuel", lambda: fields.one_of("fuel", "coal", fields.FUELS)),
        ("price", lambda: fields.minor_of("1.001", "USD")),
        ("price", lambda: fields.minor_of("-1", "USD")),
        ("vin", lambda: fields.vin_of("1HGCM82633A00435O", NOW)),
    ],
)
def test_what_cannot_names_its_field(field: str, call: object) -> None:
    with pytest.raises(BadField) as bad:
        call()  # type: ignore[operator]
    assert bad.value.field == field
