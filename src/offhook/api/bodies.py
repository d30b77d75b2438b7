"""Request bodies: read after the caller is known, decoded by type, refused field by field."""

from __future__ import annotations

import unicodedata
from typing import Any, TypeVar

import msgspec
from fastapi import Request

from offhook.contracts.errors import Invalid

T = TypeVar("T", bound=msgspec.Struct)


async def read_body(request: Request, kind: type[T]) -> T:
    """The JSON body as `kind`. Raises Invalid (422) naming the field that is wrong."""
    raw = await request.body()
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$")
        name = where.strip(".`") or "body"
        if "missing required field" in text:
            name = text.split("`")[1]
        raise Invalid("Some fields cannot be used.", {name: text}) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid("The body is not valid JSON.", {"body": "must be a JSON object in UTF-8"}) from None


def clean_text(text: str, name: str, most: int) -> str:
    """The text without surrounding space. Raises Invalid if it is empty, too long, or carries control characters."""
    stripped = text.strip()
    if not stripped:
        raise Invalid(f"{name} must not be empty.", {name: "must not be empty"})
    if len(text) > most:
        raise Invalid(f"{name} is too long.", {name: f"at most {most} characters"})
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\t\r" for c in text):
        raise Invalid(f"{name} has control characters.", {name: "must not have control characters"})
    return stripped


def documented(kind: type[msgspec.Struct], example: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI description of a body that a route reads itself."""
    (schema,), parts = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    resolved = parts.get(kind.__name__, schema)
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": resolved, "example": example}}}
    }
