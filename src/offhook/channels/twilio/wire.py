"""Twilio Media Streams, the server's side, sans-IO (what it bears and refuses: `stream_wire`).

Every counter on this wire is a string ("sequenceNumber": "3"). Twilio sends 20 ms (160 bytes) of mu-law 8 kHz a
message; any length is legal. Audio out is mu-law without a header, any length a message; Twilio queues it, returns a
mark when all before it has played, and on clear drops the queue and returns every pending mark.
"""

from __future__ import annotations

import msgspec

from offhook.channels.events import CloseSocket, StreamStarted
from offhook.channels.stream_wire import UNSUPPORTED_DATA, Dtmf, Mark, Media, StreamWire


class _MediaFormat(msgspec.Struct):
    encoding: str = "audio/x-mulaw"
    sample_rate: int | str = msgspec.field(name="sampleRate", default=8000)
    channels: int | str = 1


class _Start(msgspec.Struct, rename="camel"):
    stream_sid: str = ""
    call_sid: str = ""
    media_format: _MediaFormat | None = None
    custom_parameters: dict[str, str] = {}


class _Message(msgspec.Struct, rename="camel", gc=False):
    event: str
    sequence_number: str | int = ""
    stream_sid: str = ""
    start: _Start | None = None
    media: Media | None = None
    dtmf: Dtmf | None = None
    mark: Mark | None = None


_decode = msgspec.json.Decoder(_Message).decode


class TwilioWire(StreamWire[_Message]):
    """One media stream."""

    def __init__(
        self, *, max_message_bytes: int = 65_536, max_faults: int = 50, max_payload_bytes: int = 16_000
    ) -> None:
        super().__init__(
            _decode,
            "streamSid",
            max_message_bytes=max_message_bytes,
            max_faults=max_faults,
            max_payload_bytes=max_payload_bytes,
        )

    def _started(self, message: _Message) -> StreamStarted | CloseSocket | None:
        start = message.start
        stream_sid = message.stream_sid or (start.stream_sid if start else "")
        if start is None or not stream_sid:
            return None
        if not _is_supported(start.media_format):
            return CloseSocket(UNSUPPORTED_DATA, "media format must be audio/x-mulaw, 8000 Hz, 1 channel")
        return StreamStarted(stream_sid, start.call_sid, start.custom_parameters)


def _is_supported(media_format: _MediaFormat | None) -> bool:
    if media_format is None:
        return True
    return (
        media_format.encoding == "audio/x-mulaw"
        and str(media_format.sample_rate) == "8000"
        and str(media_format.channels) == "1"
    )
