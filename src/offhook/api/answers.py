"""What goes out: JSON by msgspec, without a model in between."""

from __future__ import annotations

import msgspec
from fastapi import Response

_encode = msgspec.json.Encoder().encode


def as_json(value: object, status: int = 200) -> Response:
    return Response(_encode(value), status, media_type="application/json")
