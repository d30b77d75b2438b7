"""Reading what a model gives a tool: JSON of any quality in, the tool's own argument names out.

Models call the same thing by many names. One table says which are the same; a name that the tool has itself is never
taken for another. What fits no argument is dropped, and so is what two names give differently.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.contracts.desk import AnyTool

SAME: tuple[tuple[str, ...], ...] = (
    ("customer", "name", "customer_name", "caller_name", "full_name", "client", "client_name", "contact_name"),
    ("amount", "value", "total", "sum", "payment_amount"),
    ("phone", "phone_number", "customer_phone", "mobile", "mobile_number", "contact_number", "telephone", "tel"),
    ("email", "email_address", "customer_email", "mail"),
    ("date", "day", "preferred_date", "appointment_date", "booking_date", "new_date"),
    ("time", "at", "preferred_time", "appointment_time", "start_time", "new_time"),
    ("service", "service_type", "service_name"),
    ("reg_no", "registration", "registration_number", "plate", "license_plate", "number_plate"),
    ("vin", "vin_number", "vehicle_identification_number"),
    ("vehicle", "car", "vehicle_name"),
    ("model", "car_model", "vehicle_model"),
    ("product", "item", "product_name", "item_name"),
    ("qty", "quantity", "count"),
    ("color", "colour"),
    ("max_price", "budget_max", "budget", "price_max", "maximum_price", "max_budget"),
    ("question", "query", "text", "search", "q"),
    ("reason", "why", "cause"),
    ("notes", "note", "comment", "comments", "remarks"),
    ("appointment_id", "booking_id"),
)
"""Names of one meaning in each row."""


class NotArguments(Exception):
    """What the model sent is no JSON object; the message says how to mend it."""


def read_arguments(tool: AnyTool, arguments_json: str) -> dict[str, SlotValue]:
    """The values that were given, by the tool's own names; nulls and empty strings left out. Raises NotArguments."""
    try:
        given = json.loads(arguments_json or "{}")
    except ValueError:
        raise NotArguments("The arguments are not valid JSON. Send one JSON object.") from None
    if not isinstance(given, dict):
        raise NotArguments("The arguments must be one JSON object.")
    return renamed(given, {field.name for field in msgspec.structs.fields(tool.arguments)})


def renamed(given: Mapping[str, SlotValue], fields: set[str]) -> dict[str, SlotValue]:
    """`given` under the names in `fields`."""
    told = {str(name): value for name, value in given.items() if value not in (None, "", [], {})}
    values = {name: told[name] for name in fields if name in told}
    keys = {_key(name): name for name in fields}
    found: dict[str, list[SlotValue]] = {}
    for name, value in told.items():
        field = keys.get(_key(name)) or _alias(name, keys)
        if field is not None and field not in values:
            found.setdefault(field, []).append(value)
    return values | {field: each[0] for field, each in found.items() if all(value == each[0] for value in each)}


def _alias(name: str, keys: Mapping[str, str]) -> str | None:
    key = _key(name)
    for row in SAME:
        row_keys = [_key(one) for one in row]
        if key in row_keys:
            return next((keys[one] for one in row_keys if one in keys), None)
    return None


def _key(name: str) -> str:
    """customerName, customer_name and Customer-Name are one."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
