"""What people change by hand in the dealership's book, under the rules of the talks: numbers as the phone network has
them, nobody twice, appointments by the booking engine with all that follows from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from offhook.contracts.errors import Invalid
from offhook.desks.dealership import fields as rules
from offhook.desks.dealership.appointment_edits import AppointmentEdits
from offhook.desks.dealership.tables import customer_phones, customers, inventory, resources, service_types, vehicles
from offhook.kit.money import Money
from offhook.kit.registration import normalised
from offhook.store.editing import Editable, Editing, Given, Rows, as_json_list, conflict

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Word = Annotated[str, Meta(min_length=1, max_length=60)]
Notes = Annotated[str, Meta(max_length=2000)]
Minutes = Annotated[int, Meta(ge=1, le=1440)]
Kilometres = Annotated[int, Meta(ge=0, le=10_000_000)]
_COLUMN_MOST = 2**31 - 1


class CustomerFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")] | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class VehicleFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    customer_id: str | UnsetType = UNSET
    make: Word | UnsetType = UNSET
    model: Word | UnsetType = UNSET
    year: int | UnsetType | None = UNSET
    registration: str | UnsetType | None = UNSET
    vin: str | UnsetType | None = UNSET
    color: str | UnsetType | None = UNSET
    fuel: str | UnsetType | None = UNSET
    odometer_km: Kilometres | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET


class ServiceFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    aliases: list[Name] | UnsetType = UNSET
    duration_min: Minutes | UnsetType = UNSET
    buffer_min: Annotated[int, Meta(ge=0, le=1440)] | UnsetType = UNSET
    resource_kind: Word | UnsetType = UNSET
    technician_kind: Word | UnsetType | None = UNSET
    price_from: Money | UnsetType | None = UNSET
    price_to: Money | UnsetType | None = UNSET
    description: Notes | UnsetType = UNSET
    sort: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class CarFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    stock_number: Word | UnsetType = UNSET
    make: Word | UnsetType = UNSET
    model: Word | UnsetType = UNSET
    variant: Annotated[str, Meta(max_length=60)] | UnsetType = UNSET
    year: int | UnsetType = UNSET
    color: Word | UnsetType = UNSET
    fuel: str | UnsetType = UNSET
    transmission: str | UnsetType = UNSET
    condition: str | UnsetType = UNSET
    odometer_km: Kilometres | UnsetType | None = UNSET
    price: Money | UnsetType = UNSET
    status: Literal["available", "reserved", "sold"] | UnsetType = UNSET


class ResourceFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Word | UnsetType = UNSET
    kind: Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}$")] | UnsetType = UNSET
    """bay, technician, or a kind of your own that services then need."""
    sort: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    """Lower ones are occupied first."""
    active: bool | UnsetType = UNSET


async def _resource(edit: Editing, given: Given, key: str | None) -> Given:
    if "name" in given and await edit.taken(resources, "resource_id", key, name=given["name"]):
        raise conflict("resource_exists", "name", "is another resource's")
    return given


async def _customer(edit: Editing, given: Given, key: str | None) -> Given:
    _by_rule(given, "phone", lambda text: rules.phone_of(text, edit.business.country))
    _by_rule(given, "email", rules.email_of)
    if "phone" in given:
        phone = given["phone"]
        if await edit.taken(customers, "customer_id", key, phone=phone) or await edit.taken(
            customer_phones, "customer_id", key, phone=phone
        ):
            raise conflict("customer_exists", "phone", "is another customer's; people are never merged silently")
    return given if key is not None else {"language": edit.business.languages[0], **given}


async def _vehicle(edit: Editing, given: Given, key: str | None) -> Given:
    if "customer_id" in given:
        await edit.exists(customers, "customer_id", customer_id=given["customer_id"], active=True)
    _by_rule(given, "year", lambda year: rules.year_of(year, edit.now))
    _by_rule(given, "fuel", lambda text: rules.one_of("fuel", text, rules.FUELS) if text else None)
    _by_rule(given, "color", lambda text: (text or "").strip().lower() or None)
    _by_rule(given, "registration", lambda text: normalised(text or "") or None)
    _by_rule(given, "vin", lambda text: rules.vin_of(text, edit.now).vin if text else None)
    for name in ("registration", "vin"):
        if given.get(name) and await edit.taken(vehicles, "vehicle_id", key, **{name: given[name]}):
            raise conflict("vehicle_exists", name, "is another vehicle's")
    return given


async def _service(edit: Editing, given: Given, key: str | None) -> Given:
    if "name" in given and await edit.taken(service_types, "service_id", key, name=given["name"]):
        raise conflict("service_exists", "name", "is another service's")
    if "aliases" in given:
        given["aliases"] = as_json_list([alias.lower() for alias in given["aliases"]])
    for name in ("resource_kind", "technician_kind"):
        if given.get(name) is not None:
            await edit.exists(resources, name, kind=given[name])
    for name in ("price_from", "price_to"):
        _by_rule(given, name, partial(_minor, currency=edit.business.currency, name=name, most=_COLUMN_MOST))
    return given if key is not None else {"currency": edit.business.currency, **given}


async def _car(edit: Editing, given: Given, key: str | None) -> Given:
    _by_rule(given, "stock_number", lambda text: text.strip().upper())
    if "stock_number" in given and await edit.taken(inventory, "stock_id", key, stock_number=given["stock_number"]):
        raise conflict("car_exists", "stock_number", "is another car's")
    _by_rule(given, "year", lambda year: rules.year_of(year, edit.now))
    _by_rule(given, "color", lambda text: text.strip().lower())
    for name, allowed in (
        ("fuel", rules.FUELS),
        ("transmission", rules.TRANSMISSIONS),
        ("condition", rules.CONDITIONS),
    ):
        _by_rule(given, name, partial(rules.one_of, name, allowed=allowed))
    _by_rule(given, "price", partial(_minor, currency=edit.business.currency, name="price", most=10**15))
    return given if key is not None else {"currency": edit.business.currency, **given}


def _by_rule(given: Given, name: str, rule: Callable[[Any], object]) -> None:
    """The field, if it was given, as the rule has it. Raises Invalid naming it."""
    if name in given:
        try:
            given[name] = rule(given[name])
        except rules.BadField as bad:
            raise Invalid("Some fields cannot be used.", {bad.field: f"is {bad}"}) from None


def _minor(price: Money | None, currency: str, name: str, most: int) -> int | None:
    if price is None:
        return None
    if price.currency != currency:
        raise rules.BadField(name, f"an amount of {price.currency}; the business reckons in {currency}")
    if not 0 <= price.amount <= most:
        raise rules.BadField(name, "an amount that no price has")
    return price.amount


EDITS: dict[str, Editable] = {
    "customers": Rows(
        table=customers,
        noun="customer",
        key="customer_id",
        prefix="cust",
        fields=CustomerFields,
        required=("name", "phone"),
        check=_customer,
        defaults={"email": None, "notes": "", "active": True},
    ),
    "vehicles": Rows(
        table=vehicles,
        noun="vehicle",
        key="vehicle_id",
        prefix="veh",
        fields=VehicleFields,
        required=("customer_id", "make", "model"),
        check=_vehicle,
        defaults={"active": True},
    ),
    "services": Rows(
        table=service_types,
        noun="service",
        key="service_id",
        prefix="svc",
        fields=ServiceFields,
        required=("name", "duration_min"),
        check=_service,
        defaults={
            "aliases": "[]",
            "buffer_min": 0,
            "resource_kind": "bay",
            "technician_kind": None,
            "price_from": None,
            "price_to": None,
            "description": "",
            "sort": 1000,
            "active": True,
        },
    ),
    "resources": Rows(
        table=resources,
        noun="resource",
        key="resource_id",
        prefix="res",
        fields=ResourceFields,
        required=("name", "kind"),
        check=_resource,
        defaults={"sort": 1000, "active": True},
    ),
    "inventory": Rows(
        table=inventory,
        noun="car",
        key="stock_id",
        prefix="car",
        fields=CarFields,
        required=("stock_number", "make", "model", "year", "color", "fuel", "transmission", "condition", "price"),
        check=_car,
        defaults={"variant": "", "odometer_km": None, "status": "available"},
        closed={"status": "sold"},
    ),
    "appointments": AppointmentEdits(),
}
