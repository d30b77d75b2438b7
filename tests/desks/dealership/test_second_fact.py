from __future__ import annotations

from datetime import date, timedelta

import pytest

from offhook.desks.dealership.model import Appointment, Vehicle
from offhook.desks.dealership.second_fact import Claim, proves
from support.dealership_book import FRIDAY_10, MARIA

FRIDAY = date(2026, 11, 27)
CARS = [
    Vehicle("veh_1", "cust_1", "Toyota", "Camry", registration="MH12AB1234"),
    Vehicle("veh_2", "cust_1", "Kia", "Rio"),
]
BOOKED = Appointment(
    appointment_id="appt_1",
    kind="service",
    status="booked",
    service_id="svc_1",
    service_name="Oil change",
    resource_id="res_1",
    resource_name="Bay 1",
    starts_at=FRIDAY_10,
    ends_at=FRIDAY_10 + timedelta(minutes=45),
    customer_id="cust_1",
    customer_name="Maria Lopez",
    customer_phone=MARIA,
    notes="",
    created_via="phone",
    session_id=None,
    created_at=FRIDAY_10 - timedelta(days=3),
)


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (Claim(registration="1234"), True),
        (Claim(registration="12 34"), True),
        (Claim(registration="mh-12 ab 1234"), True),
        (Claim(registration="234"), False),
        (Claim(registration="1235"), False),
        (Claim(registration="B1234"), False),
        (Claim(registration=""), False),
        (Claim(phone="+12025550199"), True),
        (Claim(phone=MARIA), False),
        (Claim(phone="+12025550198"), False),
        (Claim(booking_date=FRIDAY, name="maria lopez"), True),
        (Claim(booking_date=FRIDAY, name="Lopez Maria"), True),
        (Claim(booking_date=FRIDAY, name="Maria"), False),
        (Claim(booking_date=FRIDAY), False),
        (Claim(name="Maria Lopez"), False),
        (Claim(booking_date=date(2026, 11, 28), name="Maria Lopez"), False),
        (Claim(), False),
        (Claim(registration="9999", phone="+12025550199"), True),
    ],
)
def test_what_proves_a_caller(claim: Claim, holds: bool) -> None:
    phones = [MARIA, "+12025550199"]
    proved = proves(claim, known_by={MARIA}, phones=phones, vehicles=CARS, appointments=[BOOKED])
    assert proved is holds


def test_a_car_without_a_registration_proves_nothing() -> None:
    for said in ("", "NONE", "0000"):
        assert not proves(Claim(registration=said), known_by=(), phones=(), vehicles=CARS[1:], appointments=())
