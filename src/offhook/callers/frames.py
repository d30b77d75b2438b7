"""Twilio Media Streams as Twilio itself speaks them: messages to a server, and reading a server's answers strictly.

Every counter is a string. A server may send `media`, `mark` and `clear`, each with the stream's own `streamSid`;
anything else is a fault of the server, told as `Fault`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Media:
    payload: bytes
    """mu-law 8 kHz."""


@dataclass(frozen=True, slots=True)
class Mark:
    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    pass


@dataclass(frozen=True, slots=True)
class Fault:
    """The server broke the protocol; `what` says how."""

    what: str


FromServer = Media | Mark | Clear | Fault


class StreamFrames:
    """Messages of one stream, numbered in the order in which they are made."""

    def __init__(self, stream_sid: str, call_sid: str, account_sid: str) -> None:
        self.stream_sid = stream_sid
        self._call_sid = call_sid
        self._account_sid = account_sid
        self._sequence = 0
        self._chunk = 0

    @staticmethod
    def connected() -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        details = {
            "streamSid": self.stream_sid,
            "accountSid": self._account_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(parameters),
        }
        return self._message("start", details)

    def media(self, payload: bytes, at_ms: int) -> str:
        """One frame; `at_ms` is its place in the stream."""
        self._chunk += 1
        text = base64.b64encode(payload).decode("ascii")
        body = {"track": "inbound", "chunk": str(self._chunk), "timestamp": str(at_ms), "payload": text}
        return self._message("media", body)

    def dtmf(self, digit: str) -> str:
        return self._message("dtmf", {"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        return self._message("mark", {"name": name})

    def stop(self) -> str:
        return self._message("stop", {"accountSid": self._account_sid, "callSid": self._call_sid})

    def _message(self, event: str, body: object) -> str:
        self._sequence += 1
        number = str(self._sequence)
        return json.dumps({"event": event, "sequenceNumber": number, "streamSid": self.stream_sid, event: body})

    def read(self, message: str | bytes) -> FromServer:
        """What a server's message says. Never raises."""
        if isinstance(message, bytes):
            return Fault("binary message")
        try:
            body = json.loads(message)
        except (ValueError, RecursionError):
            return Fault("not JSON")
        if not isinstance(body, dict):
            return Fault("not an object")
        if body.get("streamSid") != self.stream_sid:
            return Fault("wrong streamSid")
        match body.get("event"):
            case "media":
                return _media(body.get("media"))
            case "mark":
                mark = body.get("mark")
                name = mark.get("name") if isinstance(mark, dict) else None
                return Mark(name) if isinstance(name, str) else Fault("mark without a name")
            case "clear":
                return Clear()
            case _:
                return Fault("unknown event")


def _media(media: object) -> FromServer:
    payload = media.get("payload") if isinstance(media, dict) else None
    if not isinstance(payload, str):
        return Fault("media without a payload")
    try:
        audio = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        return Fault("payload is not base64")
    return Media(audio) if audio else Fault("empty payload")
