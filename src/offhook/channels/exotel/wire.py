"""Exotel's Voicebot stream, the server's side, sans-IO (what it bears and refuses: `stream_wire`).

Audio is PCM16 little-endian mono at the rate that `start` names (8, 16 or 24 kHz; 8 where it names none), whatever it
says of encoding and bit rate: documents and captures disagree about those, and there is one encoding. Field names come
in snake_case or camelCase, counters as strings or numbers; what goes out is snake_case, which all of it understands.
Messages hold 20 or 100 ms; any even length is taken. An inbound `clear` says that the carrier dropped its queue.
"""

from __future__ import annotations

import msgspec

from offhook.channels.events import CloseSocket, QueueFlushed, StreamStarted, WireEvent
from offhook.channels.exotel.numbers import exotel_number
from offhook.channels.stream_wire import UNSUPPORTED_DATA, Dtmf, Mark, Media, StreamWire
from offhook.contracts.audio import AudioFormat

RATES_HZ = (8000, 16_000, 24_000)
LEAST_CHUNK_BYTES = 3_200
MOST_CHUNK_BYTES = 99_840
CHUNK_STEP_BYTES = 320


class _Start(msgspec.Struct):
    stream_sid: str = ""
    stream_sid_camel: str = msgspec.field(name="streamSid", default="")
    call_sid: str = ""
    call_sid_camel: str = msgspec.field(name="callSid", default="")
    from_: object = msgspec.field(name="from", default=None)
    to: object = None
    media_format: object = None
    media_format_camel: object = msgspec.field(name="mediaFormat", default=None)
    custom_parameters: object = None
    custom_parameters_camel: object = msgspec.field(name="customParameters", default=None)


class _Message(msgspec.Struct, gc=False):
    event: str
    sequence_number: str | int = ""
    sequence_number_camel: str | int = msgspec.field(name="sequenceNumber", default="")
    stream_sid: str = ""
    stream_sid_camel: str = msgspec.field(name="streamSid", default="")
    start: _Start | None = None
    media: Media | None = None
    dtmf: Dtmf | None = None
    mark: Mark | None = None

    def __post_init__(self) -> None:
        if self.stream_sid_camel:
            self.stream_sid = self.stream_sid or self.stream_sid_camel
        if self.sequence_number_camel:
            self.sequence_number = self.sequence_number or self.sequence_number_camel


_decode = msgspec.json.Decoder(_Message).decode


class ExotelWire(StreamWire[_Message]):
    """One Voicebot stream.

    Args:
        media_extras: number the outgoing media and tell their time, as some streams of Exotel's are said to want.
    """

    def __init__(self, *, max_message_bytes: int = 65_536, max_faults: int = 50, media_extras: bool = False) -> None:
        super().__init__(
            _decode,
            "stream_sid",
            max_message_bytes=max_message_bytes,
            max_faults=max_faults,
            max_payload_bytes=MOST_CHUNK_BYTES,
        )
        self._media_extras = media_extras
        self._chunks = 0
        self._sent_bytes = 0
        self._bytes_per_ms = 16
        self._handlers["clear"] = self._on_clear

    def _is_whole(self, payload: bytes) -> bool:
        return len(payload) % 2 == 0

    def _started(self, message: _Message) -> StreamStarted | CloseSocket | None:
        start = message.start
        if start is None:
            return None
        stream_sid = message.stream_sid or start.stream_sid or start.stream_sid_camel
        if not stream_sid:
            return None
        rate_hz = _rate_hz(start.media_format or start.media_format_camel)
        if rate_hz not in RATES_HZ:
            return CloseSocket(UNSUPPORTED_DATA, "the sample rate must be 8000, 16000 or 24000")
        audio = AudioFormat("pcm16", rate_hz)
        self._bytes_per_ms = audio.bytes_per_ms
        return StreamStarted(
            stream_sid,
            start.call_sid or start.call_sid_camel,
            _texts(start.custom_parameters or start.custom_parameters_camel),
            audio,
            from_number=exotel_number(str(start.from_ or "")),
            to_number=exotel_number(str(start.to or "")),
        )

    def _on_clear(self, message: _Message) -> list[WireEvent]:
        fault = self._misplaced(message)
        return self._fault(fault) if fault else [QueueFlushed()]

    def _media(self, payload: bytes) -> str:
        text = super()._media(payload)
        if self._media_extras:
            self._chunks += 1
            extras = f'"chunk":"{self._chunks}","timestamp":"{self._sent_bytes // self._bytes_per_ms}",'
            text = self._media_head + extras + text[len(self._media_head) :]
        self._sent_bytes += len(payload)
        return text


def _rate_hz(media_format: object) -> int:
    """As it is named; 8000 where it is not, or not readable."""
    if not isinstance(media_format, dict):
        return RATES_HZ[0]
    named = media_format.get("sample_rate", media_format.get("sampleRate"))
    try:
        return int(float(named)) if isinstance(named, str | int | float) else RATES_HZ[0]
    except (ValueError, OverflowError):
        return RATES_HZ[0]


def _texts(parameters: object) -> dict[str, str]:
    """What is no text or number is left out: a start is not refused for what nobody asked for."""
    if not isinstance(parameters, dict):
        return {}
    return {name: str(value) for name, value in parameters.items() if isinstance(value, str | int | float)}
