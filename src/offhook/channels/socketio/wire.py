"""The events of the chat over Socket.IO, both ways. Sans-IO: arguments in, what was asked for out; session events in,
the event for the client out.

What cannot be used raises Invalid, which becomes the acknowledgement and a `chat:error`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from offhook.channels.recorded import Recording, recording
from offhook.channels.typed import TURN_OF_MESSAGE
from offhook.contracts.conversation import ConversationState, Message, SessionEvent, TurnResult
from offhook.contracts.errors import AppError, Invalid

HISTORY = 50
"""Messages, the newest, that a client is told of when it starts."""
_KEPT_INSIDE = frozenset({"latency", "partial"})
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Start:
    after: int | None = None
    """The last seq that the client has; None: it begins."""
    audio: bool = False
    """It wants replies as sound, too."""
    acks: bool = True
    """It acknowledges what it gets; False: nothing is sent a second time."""


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    recording: Recording
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Out:
    """An event for the client."""

    name: str
    data: Fields
    sure: bool = False
    """Sent again until it is acknowledged."""


# -- in ---------------------------------------------------------------------------------------------------------------


def read_start(arguments: Sequence[Any]) -> Start:
    given = _fields(arguments, optional=True)
    after = given.get("after")
    if after is not None and (not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 2**53):
        raise _invalid("after", "the last seq that you have, 0 for none")
    return Start(after, _flag(given, "audio", False), _flag(given, "acks", True))


def read_message(arguments: Sequence[Any]) -> Said:
    given = _fields(arguments)
    text = given.get("text")
    if not isinstance(text, str):
        raise _invalid("text", "a string")
    return Said(text, _message_id(given))


def read_audio(arguments: Sequence[Any], most_bytes: int) -> Recorded:
    """The recording as bytes, or as base64. Raises Invalid, and AppError `too_large`."""
    given = {"audio": arguments[0]} if arguments and isinstance(arguments[0], bytes) else _fields(arguments)
    audio, rate_hz = given.get("audio"), given.get("rate")
    if isinstance(audio, str):
        if len(audio) > most_bytes * 4 // 3 + 4:
            raise too_large(most_bytes)
        try:
            audio = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError):
            raise _invalid("audio", "bytes, or their base64") from None
    if not isinstance(audio, bytes):
        raise _invalid("audio", "the bytes of a WAV file, or PCM16 with its rate")
    if len(audio) > most_bytes:
        raise too_large(most_bytes)
    if rate_hz is not None and (not isinstance(rate_hz, int) or isinstance(rate_hz, bool)):
        raise _invalid("rate", "samples per second")
    return Recorded(recording(audio, rate_hz), _message_id(given))


def read_typing(arguments: Sequence[Any]) -> bool:
    return _flag(_fields(arguments, optional=True), "typing", True)


def _fields(arguments: Sequence[Any], *, optional: bool = False) -> Fields:
    if optional and (not arguments or arguments[0] is None):
        return {}
    if not arguments or not isinstance(arguments[0], dict):
        raise Invalid("An event carries one JSON object.", {"data": "must be an object"})
    return arguments[0]


def _message_id(given: Fields) -> str | None:
    message_id = given.get("id")
    if message_id is not None and not isinstance(message_id, str):
        raise _invalid("id", "a string of your own, another for each message")
    return message_id


def _flag(given: Fields, name: str, otherwise: bool) -> bool:
    value = given.get(name, otherwise)
    if not isinstance(value, bool):
        raise _invalid(name, "true or false")
    return value


def _invalid(name: str, what: str) -> Invalid:
    return Invalid(f"{name} cannot be used.", {name: f"must be {what}"})


def too_large(most_bytes: int) -> AppError:
    return AppError("too_large", f"A recording has at most {most_bytes} bytes; send it in pieces.", status=413)


# -- out --------------------------------------------------------------------------------------------------------------


def show(event: SessionEvent) -> Out | None:
    """A session's event as a client of the chat gets it; None for what it is not told of."""
    data: Fields = {**event.data}
    if event.type in _KEPT_INSIDE:
        return None
    numbered: Fields = {"seq": event.seq, "at": event.timestamp}
    if event.type == "error":
        return Out("chat:error", data | numbered, sure=True)
    if event.type == "transcript":
        said = {"id": client_id(str(data.get("turn_id", ""))), "text": data.get("content", "")}
        if data.get("role") == "assistant":
            return Out("chat:response", said | {"final": True, "agent": data.get("agent_type")} | numbered, sure=True)
        return Out("chat:status", {"type": "message", "role": "user"} | said | numbered, sure=True)
    if event.type == "state_update":
        # The next one holds all that this one does.
        return Out("chat:status", {"type": "state"} | data | numbered)
    return Out("chat:status", {"type": event.type} | data | numbered, sure=True)


def piece(message_id: str, number: int, text: str) -> Out:
    """A part of a reply that is being made; the whole reply follows."""
    return Out("chat:response", {"id": message_id, "text": text, "final": False, "n": number})


def given_again(message_id: str, result: TurnResult) -> Out:
    """A reply that no event tells of: one given before, or one that could not be stored."""
    return Out("chat:response", {"id": message_id, "text": result.reply, "final": True, "agent": result.agent})


def problem(error: AppError, message_id: str | None = None) -> Fields:
    """An error's own words, as `chat:error` and in acknowledgements."""
    told: Fields = {"code": error.code, "message": error.message}
    if error.fields:
        told["fields"] = dict(error.fields)
    if error.retryable:
        told["retry"] = True
    if message_id is not None:
        told["id"] = message_id
    return told


def history(state: ConversationState, most: int = HISTORY) -> list[Fields]:
    """The newest messages, oldest first."""
    return [_shown(message) for message in state.messages[-most:]]


def client_id(turn_id: str) -> str:
    """The id that a client gave its message; for other turns the turn's own."""
    return turn_id.removeprefix(TURN_OF_MESSAGE)


def _shown(message: Message) -> Fields:
    return {"id": client_id(message.turn_id), "role": message.role, "text": message.content, "at": message.at}
