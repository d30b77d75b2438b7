"""What OpenAPI says of routes that read their bodies and write their answers themselves (no model runs per request)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from typing import Any, Literal

import msgspec
from fastapi import FastAPI, Response

Who = Literal["public", "session", "session or staff", "staff"]

_REF = "#/components/schemas/{name}"
_SECURITY: dict[Who, list[dict[str, list[str]]]] = {
    "public": [],
    "session": [{"session": []}],
    "session or staff": [{"session": []}, {"apiKey": []}],
    "staff": [{"apiKey": []}],
}
_WHY = {
    401: "No credential, or a wrong one",
    404: "It does not exist, or is not yours",
    409: "It cannot be done in this state",
    413: "The body is too large",
    422: "Some fields cannot be used; `fields` names them",
    429: "Too many requests from this address",
    502: "Another's server refused, or nobody knows what it did",
    503: "A part that this needs cannot be used now",
}


class ErrorOut(msgspec.Struct, kw_only=True, omit_defaults=True):
    code: str
    """Stable, snake_case."""
    message: str
    """What is wrong and how to mend it."""
    request_id: str
    """As in X-Request-ID; finds the request in the log."""
    fields: dict[str, str] = {}
    """Field -> what is wrong with it (422)."""


class ErrorAnswer(msgspec.Struct, kw_only=True):
    error: ErrorOut


def described(
    *,
    who: Who,
    answers: type | None = None,
    status: int = 200,
    body: type[msgspec.Struct] | None = None,
    example: dict[str, Any] | None = None,
    errors: Iterable[int] = (),
) -> dict[str, Any]:
    """The `openapi_extra` of a route. Structs named here must be given to `install`, too."""
    extra: dict[str, Any] = {"security": _SECURITY[who], "responses": {str(status): _answer(answers)}}
    refusals = {*errors, *(() if who == "public" else (401,)), *(() if body is None else (413, 422)), 503}
    for code in sorted(refusals):
        extra["responses"][str(code)] = {
            "description": _WHY[code],
            "content": {"application/json": {"schema": {"$ref": _REF.format(name="ErrorAnswer")}}},
        }
    if body is not None:
        content: dict[str, Any] = {"schema": {"$ref": _REF.format(name=body.__name__)}}
        if example is not None:
            content["example"] = example
        extra["requestBody"] = {"required": True, "content": {"application/json": content}}
    return extra


def _answer(kind: type | None) -> dict[str, Any]:
    if kind is None:
        return {"description": "Done"}
    return {
        "description": "Done",
        "content": {"application/json": {"schema": {"$ref": _REF.format(name=kind.__name__)}}},
    }


def install(app: FastAPI, kinds: Iterable[type[msgspec.Struct]]) -> None:
    """Give the app's OpenAPI description the schemas of `kinds` and the two ways to prove oneself."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        document = plain()
        _, schemas = msgspec.json.schema_components([ErrorAnswer, *kinds], ref_template=_REF)
        parts = document.setdefault("components", {})
        parts.setdefault("schemas", {}).update(schemas)
        parts["securitySchemes"] = {
            "session": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The token that POST /api/sessions gave.",
            },
            "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "INTERNAL_API_KEY"},
        }
        for path in document.get("paths", {}).values():
            for operation in path.values():
                _drop_defaults(operation)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the description


def add_page(app: FastAPI) -> None:
    """The description for people at /docs: one page of our own, so that it shows on a machine without a network."""
    page = resources.files("offhook.api").joinpath("docs.html").read_bytes()

    @app.get("/docs", include_in_schema=False)
    async def page_for_people() -> Response:
        return Response(page, media_type="text/html; charset=utf-8")


def _drop_defaults(operation: dict[str, Any]) -> None:
    """FastAPI describes a 422 body of its own, which never leaves this server: errors have one envelope."""
    refused = operation.get("responses", {}).get("422", {})
    schema = refused.get("content", {}).get("application/json", {}).get("schema", {})
    if schema.get("$ref", "").endswith("/HTTPValidationError"):
        schema["$ref"] = _REF.format(name="ErrorAnswer")
        refused["description"] = _WHY[422]
