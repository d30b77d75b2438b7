"""What a model is told of a tool: its JSON schema, made from the one definition of the tool.

References are put in place of their names and null alternatives dropped (leaving a field out says the same): servers of
every make read the result. A tool that writes requires nothing: what the caller has not said must be left out, so that
the form asks for it, and no model is pressed into making it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from offhook.contracts.desk import AnyTool, Effect
from offhook.contracts.llm import LlmTool

Schema = dict[str, Any]  # JSON schema is open by nature

FIELDS: Mapping[str, str] = {
    "service": "Name of the service, as in the list of services.",
    "vehicle": "The car as the caller named it.",
    "date": "ISO date, YYYY-MM-DD, of the day that the caller named.",
    "day": "ISO date, YYYY-MM-DD.",
    "time": "HH:MM, 24 hours, as the caller named it.",
    "daypart": "morning, afternoon, evening or night.",
    "time_from": "HH:MM: not before.",
    "time_to": "HH:MM: not after.",
    "date_from": "ISO date: first day of a range.",
    "date_to": "ISO date: last day of a range.",
    "earliest": "As soon as possible.",
    "name": "The customer's name as the caller gave it.",
    "customer": "The customer's name as the caller gave it.",
    "phone": "Telephone number as the caller gave it.",
    "email": "E-mail address as the caller gave it.",
    "amount": "Sum of money as the caller gave it.",
    "reg_no": "Registration number of the car.",
    "vin": "Vehicle identification number, 17 characters.",
    "model": "Model of the car.",
    "reason": "Why, in the caller's words.",
    "said": "The caller's words.",
    "question": "What the caller wants to know, in their words.",
    "notes": "What else the caller said of it.",
}
"""What arguments of these names are, where a tool does not say it itself (msgspec.Meta)."""


def llm_tool(tool: AnyTool) -> LlmTool:
    return LlmTool(tool.name, tool.description, parameters(tool))


def parameters(tool: AnyTool) -> Schema:
    """The schema of the tool's arguments: one object, no references."""
    full = msgspec.json.schema(tool.arguments)
    definitions = full.get("$defs", {})
    schema = _plain(full, definitions)
    for name, field in schema.get("properties", {}).items():
        if "description" not in field and name in FIELDS:
            field["description"] = FIELDS[name]
    if tool.effect is Effect.WRITE:
        schema["required"] = []
    schema["additionalProperties"] = False
    return schema


def result_schema(tool: AnyTool) -> Schema:
    full = msgspec.json.schema(tool.result)
    return _plain(full, full.get("$defs", {}))


def _plain(part: Mapping[str, Any], definitions: Mapping[str, Schema]) -> Schema:
    reference = part.get("$ref")
    if isinstance(reference, str):
        return _plain(definitions[reference.rpartition("/")[2]], definitions)
    choices = [choice for choice in part.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        kept = {key: value for key, value in part.items() if key == "description"}
        return {**_plain(choices[0], definitions), **kept}
    return {key: _each(value, definitions) for key, value in part.items() if key not in ("title", "$defs", "default")}


def _each(value: object, definitions: Mapping[str, Schema]) -> object:
    match value:
        case dict():
            return _plain(cast(Schema, value), definitions)
        case list():
            return [_each(one, definitions) for one in value]
        case _:
            return value
