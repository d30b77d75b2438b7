"""Twilio Media Streams as Twilio itself speaks them: messages to a server, and reading a server's answers strictly.

Every counter is a string. A server may send `media`, `mark` and `clear`, each with the stream's own `streamSid`;
anything else is a fault of the server, told as `Fault`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping

from offhook.audio.g711 import mulaw_decode, mulaw_encode
from offhook.callers.carrier_side import Clear, Fault, FromServer, Mark, Media


class StreamFrames:
    """Port `Frames`."""

    frame_ms = 20
    most_ahead_ms = 600_000.0
    clear_spares_playing = False
    encode = staticmethod(mulaw_encode)
    decode = staticmethod(mulaw_decode)

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
        return read_stream(message, "streamSid", self.stream_sid)


def read_stream(message: str | bytes, sid_key: str, stream_sid: str) -> FromServer:
    """What a server's message says, on a stream whose id is called `sid_key`. Never raises."""
    if isinstance(message, bytes):
        return Fault("binary message")
    try:
        body = json.loads(message)
    except (ValueError, RecursionError):
        return Fault("not JSON")
    if not isinstance(body, dict):
        return Fault("not an object")
    if body.get(sid_key) != stream_sid:
        return Fault(f"wrong {sid_key}")
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
