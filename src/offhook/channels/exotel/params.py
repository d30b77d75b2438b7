"""The parameters of Exotel's webhooks, however they come: query, form, multipart form or JSON. Pure; never raises.

Nested JSON is given the names that the query has for it: `Stream[Status]`, `Legs[0][OnCallDuration]`; the one parameter
`Stream={json}` likewise. The body wins over the query.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from offhook.channels.urls import header
from offhook.channels.webhook import MAX_FIELDS, WebhookRequest

_DEEPEST = 4
_MULTIPART = "multipart/form-data"
_NESTED = ("Stream", "Legs")


def read_params(request: WebhookRequest) -> dict[str, str] | None:
    """None: there are too many."""
    params: dict[str, str] = {}
    for number, (name, value) in enumerate(_fields(request), 1):
        if number > MAX_FIELDS:
            return None
        for inner, text in _unfolded(name, value):
            params.setdefault(inner, text)
    return params


def _fields(request: WebhookRequest) -> Iterator[tuple[str, str]]:
    content_type = header(request.headers, "content-type")
    kind = content_type.partition(";")[0].strip().lower()
    if request.method != "GET" and request.body:
        if kind == "application/json" or request.body.lstrip()[:1] == b"{":
            yield from _json_fields(request.body)
        elif kind == _MULTIPART:
            yield from _multipart_fields(content_type, request.body)
        else:
            yield from parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    yield from parse_qsl(request.query, keep_blank_values=True)


def _json_fields(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(found, dict):
        for name, value in found.items():
            yield from _flat(name, value, _DEEPEST)


def _flat(name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if depth == 0 or value is None:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}[{key}]", inner, depth - 1)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _flat(f"{name}[{at}]", inner, depth - 1)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value)


def _multipart_fields(content_type: str, body: bytes) -> Iterator[tuple[str, str]]:
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            yield name, payload.decode("utf-8", "replace")


def _unfolded(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name in _NESTED and value[:1] in ("{", "["):
        try:
            yield from _flat(name, json.loads(value), _DEEPEST)
        except (ValueError, RecursionError):
            yield name, value
    else:
        yield name, value
