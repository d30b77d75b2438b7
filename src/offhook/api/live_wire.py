"""The messages of `/ws/{session_id}`, both ways. Sans-IO: text in, what was asked for out; events in, text out.

Nothing a client sends is an exception here, and nothing closes its socket: what cannot be used is a `Problem`, which
the client is told of in an `error` event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from offhook.contracts.conversation import SessionEvent

MAX_FRAME_CHARS = 65_536
"""Longer than any message may be in JSON; what is longer is not parsed."""

_UNNUMBERED = frozenset({"partial", "latency"})
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Pinged:
    pass


@dataclass(frozen=True, slots=True)
class ResumeAsked:
    after: int
    """The last seq that the client has."""


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    message: str
    fields: dict[str, str] = field(default_factory=dict)


Asked = Said | Pinged | ResumeAsked | Problem

_KINDS = "message, ping or resume"


def read(frame: str) -> Asked:
    """What a text frame asks for. Never raises."""
    if len(frame) > MAX_FRAME_CHARS:
        return Problem("too_large", f"A frame has at most {MAX_FRAME_CHARS} characters.")
    try:
        body = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Problem("invalid_json", "The frame is not valid JSON.")
    if not isinstance(body, dict):
        return Problem("invalid_json", "A frame is a JSON object with a `type`.")
    match body.get("type"):
        case "message":
            return _said(body)
        case "ping":
            return Pinged()
        case "resume":
            after = body.get("after")
            if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 2**53:
                return _invalid("after", "the last seq that you have, 0 for none")
            return ResumeAsked(after)
        case str():
            return Problem("unknown_type", f"Frames of this type are not known; send {_KINDS}.")
        case _:
            return _invalid("type", _KINDS)


def _said(body: dict[str, Any]) -> Asked:
    text, message_id = body.get("text"), body.get("message_id")
    if not isinstance(text, str):
        return _invalid("text", "a string")
    if message_id is not None and not isinstance(message_id, str):
        return _invalid("message_id", "a string")
    return Said(text, message_id)


def _invalid(name: str, what: str) -> Problem:
    return Problem("invalid", f"{name} cannot be used.", {name: f"must be {what}"})


def show(event: SessionEvent) -> str:
    """An event as it goes out: its own fields beside type, session_id, seq and timestamp."""
    body: dict[str, Any] = {**event.data, "type": event.type, "session_id": event.session_id}
    if event.type not in _UNNUMBERED:
        body["seq"] = event.seq
    body["timestamp"] = event.timestamp
    return _encode(body).decode()
