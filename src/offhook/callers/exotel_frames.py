"""Exotel's Voicebot stream as Exotel itself speaks it: messages to a server, and reading a server's answers strictly.

Shapes are those of a capture: snake_case, counters as strings, `encoding` "base64". A server's media must be of a legal
size, a whole number of 320 bytes; anything but `media`, `mark` and `clear` with the stream's own `stream_sid` is a
fault. A clear leaves the chunk that is being played, and no marks come back for what it drops. More than some seconds
of audio ahead of its playing is a fault, too: calls are said to be dropped then.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from offhook.audio.resample import Resampler, resample
from offhook.callers.carrier_side import Fault, FromServer, Media
from offhook.callers.frames import read_stream

LINE_HZ = 8000
LEAST_BYTES, MOST_BYTES, STEP_BYTES = 3_200, 100_000, 320


class ExotelFrames:
    """Port `Frames`.

    Args:
        call: `call_sid`, `account_sid`, `from`, `to`, as start tells them.
    """

    most_ahead_ms = 4_000.0
    clear_spares_playing = True

    def __init__(self, stream_sid: str, call: Mapping[str, str], *, rate_hz: int = 8000, frame_ms: int = 100) -> None:
        self.stream_sid = stream_sid
        self.frame_ms = frame_ms
        self._call = dict(call)
        self._rate_hz = rate_hz
        self._outwards = Resampler(LINE_HZ, rate_hz)
        self._sequence = 0
        self._chunk = 0

    def encode(self, pcm: bytes) -> bytes:
        return self._outwards.push(pcm)

    def decode(self, payload: bytes) -> bytes:
        return resample(payload, self._rate_hz, LINE_HZ)

    @staticmethod
    def connected() -> str:
        return json.dumps({"event": "connected"})

    def start(self, parameters: Mapping[str, str]) -> str:
        media_format = {"encoding": "base64", "sample_rate": str(self._rate_hz), "bit_rate": "128kbps"}
        body: dict[str, object] = {"stream_sid": self.stream_sid, **self._call, "media_format": media_format}
        if parameters:
            body["custom_parameters"] = dict(parameters)
        return self._message("start", body)

    def media(self, payload: bytes, at_ms: int) -> str:
        self._chunk += 1
        text = base64.b64encode(payload).decode("ascii")
        return self._message("media", {"chunk": str(self._chunk), "timestamp": str(at_ms), "payload": text})

    def dtmf(self, digit: str) -> str:
        return self._message("dtmf", {"digit": digit, "duration": "100"})

    def mark(self, name: str) -> str:
        return self._message("mark", {"name": name})

    def stop(self) -> str:
        body = {"call_sid": self._call.get("call_sid", ""), "account_sid": self._call.get("account_sid", "")}
        return self._message("stop", body | {"reason": "callended"})

    def _message(self, event: str, body: object) -> str:
        self._sequence += 1
        message = {"event": event, "sequence_number": str(self._sequence), "stream_sid": self.stream_sid, event: body}
        return json.dumps(message)

    def read(self, message: str | bytes) -> FromServer:
        said = read_stream(message, "stream_sid", self.stream_sid)
        if isinstance(said, Media):
            size = len(said.payload)
            if not LEAST_BYTES <= size <= MOST_BYTES or size % STEP_BYTES:
                return Fault(f"a chunk of {size} bytes")
        return said
