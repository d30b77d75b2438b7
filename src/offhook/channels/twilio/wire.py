"""Twilio Media Streams, the server's side, sans-IO.

Input: `receive(message)` takes one WebSocket message and returns what it meant. Output: `play`, `mark` and `clear`
return the text messages to send, in order. No socket, clock or log inside.

The peer cannot make `receive` raise. What is wrong but harmless becomes an `Oddity` (a metric); what breaks the
protocol becomes `CloseSocket`:

- not JSON, a wrong shape, bad base64, an unknown digit: `bad_json`, `bad_shape`, `bad_base64`, `bad_digit`; media,
  dtmf or mark before start: `before_start`; another call's streamSid: `wrong_stream`. These are faults: after
  `max_faults` of them, close 1008.
- a second start: `duplicate_start`; an event unknown here: `unknown_event`; media of the outbound track:
  `foreign_track`; media without audio: `empty_media`; anything after stop: `after_stop`. Ignored.
- a sequence number that does not follow: `out_of_order`, counted only. TCP keeps the order, and simpler clients number
  nothing, so the message itself is taken.
- a binary message: close 1003; a message over `max_message_bytes`: close 1009; a media format other than 8 kHz mono
  mu-law: close 1003.

Every counter on this wire is a string ("sequenceNumber": "3"); numbers are accepted as well. Twilio sends 20 ms (160
bytes) a message; any length is legal. Audio out is mu-law without a header, any length a message; Twilio queues it,
returns a mark when all before it has played, and on clear drops the queue and returns every pending mark.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import msgspec

from offhook.channels.events import (
    AudioReceived,
    CloseSocket,
    DigitReceived,
    MarkReturned,
    Oddity,
    StreamStarted,
    StreamStopped,
    WireEvent,
)

POLICY_VIOLATION = 1008
UNSUPPORTED_DATA = 1003
TOO_BIG = 1009

_DIGITS = frozenset("0123456789*#ABCD")
_MAX_MARK_CHARS = 256


class _MediaFormat(msgspec.Struct):
    encoding: str = "audio/x-mulaw"
    sample_rate: int | str = msgspec.field(name="sampleRate", default=8000)
    channels: int | str = 1


class _Start(msgspec.Struct, rename="camel"):
    stream_sid: str = ""
    call_sid: str = ""
    media_format: _MediaFormat | None = None
    custom_parameters: dict[str, str] = {}


class _Media(msgspec.Struct, gc=False):
    payload: bytes
    """msgspec decodes the base64 in the same pass."""
    track: str = "inbound"


class _Dtmf(msgspec.Struct):
    digit: str


class _Mark(msgspec.Struct):
    name: str


class _Message(msgspec.Struct, rename="camel", gc=False):
    event: str
    sequence_number: str | int = ""
    stream_sid: str = ""
    start: _Start | None = None
    media: _Media | None = None
    dtmf: _Dtmf | None = None
    mark: _Mark | None = None


_decode = msgspec.json.Decoder(_Message).decode
_encode = msgspec.json.encode


class TwilioWire:
    """One media stream.

    Args:
        max_message_bytes: a longer message closes the socket (real ones are under 10 kB).
        max_faults: so many malformed or misplaced messages are borne.
        max_payload_bytes: longest audio put into one outgoing message (16,000 are 2 s).
    """

    def __init__(
        self, *, max_message_bytes: int = 65_536, max_faults: int = 50, max_payload_bytes: int = 16_000
    ) -> None:
        self.stream_sid = ""
        """"" until start."""
        self.stopped = False
        """Stop was received, or the peer was told to go: nothing more goes in or out."""
        self._max_message_bytes = max_message_bytes
        self._faults_left = max_faults
        self._max_payload_bytes = max_payload_bytes
        self._sequence = 0
        self._awaited = "1"
        """The sequence number that follows, as a message has it."""
        self._media_head = ""
        self._handlers: dict[str, Callable[[_Message], list[WireEvent]]] = {
            "media": self._on_media,
            "mark": self._on_mark,
            "dtmf": self._on_dtmf,
            "start": self._on_start,
            "stop": self._on_stop,
            "connected": self._on_connected,
        }

    # -- in --------------------------------------------------------------------------------------------------------

    def receive(self, message: str | bytes) -> list[WireEvent]:
        """Take one WebSocket message (text as str, binary as bytes); returns what it meant, in order."""
        if isinstance(message, bytes) and not self.stopped:
            return self._close(UNSUPPORTED_DATA, "this stream takes text messages only")
        taken = self.receive_utf8(message)
        return [AudioReceived(taken)] if isinstance(taken, bytes) else taken

    def receive_utf8(self, message: memoryview | str | bytes) -> bytes | list[WireEvent]:
        """Take one text message as the bytes that came; they are read before this returns.

        Gives the bare payload where the message is audio and nothing else is to be told: 50 times a second and call.
        """
        if self.stopped:
            return [Oddity("after_stop")]
        if len(message) > self._max_message_bytes:
            return self._close(TOO_BIG, "message too big")
        try:
            parsed = _decode(message)
        except msgspec.ValidationError as error:
            return self._fault("bad_base64" if "base64" in str(error) else "bad_shape")
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return self._fault("bad_json")
        media = parsed.media
        if (
            media is not None
            and parsed.sequence_number == self._awaited
            and parsed.event == "media"
            and parsed.stream_sid == self.stream_sid != ""
            and media.track == "inbound"
            and media.payload
        ):
            self._sequence += 1
            self._awaited = str(self._sequence + 1)
            return media.payload
        return self._tell(parsed)

    def _tell(self, parsed: _Message) -> list[WireEvent]:
        handler = self._handlers.get(parsed.event)
        if handler is None:
            return [Oddity("unknown_event")]
        events = handler(parsed)
        return [Oddity("out_of_order"), *events] if self._is_out_of_order(parsed.sequence_number) else events

    def _on_media(self, message: _Message) -> list[WireEvent]:
        fault = self._misplaced(message)
        if fault:
            return self._fault(fault)
        media = message.media
        if media is None:
            return self._fault("bad_shape")
        if media.track not in ("inbound", "inbound_track"):
            return [Oddity("foreign_track")]
        return [AudioReceived(media.payload)] if media.payload else [Oddity("empty_media")]

    def _on_mark(self, message: _Message) -> list[WireEvent]:
        fault = self._misplaced(message)
        if fault:
            return self._fault(fault)
        if message.mark is None or len(message.mark.name) > _MAX_MARK_CHARS:
            return self._fault("bad_shape")
        return [MarkReturned(message.mark.name)]

    def _on_dtmf(self, message: _Message) -> list[WireEvent]:
        fault = self._misplaced(message)
        if fault:
            return self._fault(fault)
        if message.dtmf is None:
            return self._fault("bad_shape")
        digit = message.dtmf.digit.upper()
        return [DigitReceived(digit)] if digit in _DIGITS else self._fault("bad_digit")

    def _on_start(self, message: _Message) -> list[WireEvent]:
        if self.stream_sid:
            return [Oddity("duplicate_start")]
        start = message.start
        stream_sid = message.stream_sid or (start.stream_sid if start else "")
        if start is None or not stream_sid:
            return self._fault("bad_shape")
        if not _is_supported(start.media_format):
            return self._close(UNSUPPORTED_DATA, "media format must be audio/x-mulaw, 8000 Hz, 1 channel")
        self.stream_sid = stream_sid
        self._media_head = f'{{"event":"media","streamSid":{_json(stream_sid)},"media":{{"payload":"'
        return [StreamStarted(stream_sid, start.call_sid, start.custom_parameters)]

    def _on_stop(self, message: _Message) -> list[WireEvent]:
        if self.stream_sid and message.stream_sid not in ("", self.stream_sid):
            return self._fault("wrong_stream")
        self.stopped = True
        return [StreamStopped()]

    def _on_connected(self, message: _Message) -> list[WireEvent]:
        return [Oddity("out_of_order")] if self.stream_sid else []

    def _misplaced(self, message: _Message) -> str:
        if not self.stream_sid:
            return "before_start"
        return "" if message.stream_sid == self.stream_sid or not message.stream_sid else "wrong_stream"

    def _is_out_of_order(self, number: str | int) -> bool:
        if isinstance(number, str):
            if not (number.isascii() and number.isdigit() and len(number) <= 18):
                return number != ""
            number = int(number)
        in_order = number == self._sequence + 1 or self._sequence == 0
        self._sequence = max(self._sequence, number)
        self._awaited = str(self._sequence + 1)
        return not in_order

    def _fault(self, kind: str) -> list[WireEvent]:
        self._faults_left -= 1
        if self._faults_left < 0:
            return [Oddity(kind), *self._close(POLICY_VIOLATION, "too many malformed messages")]
        return [Oddity(kind)]

    def _close(self, code: int, reason: str) -> list[WireEvent]:
        self.stopped = True
        return [CloseSocket(code, reason)]

    # -- out -------------------------------------------------------------------------------------------------------

    def play(self, payload: bytes) -> list[str]:
        """Audio, mu-law 8 kHz, any length. Nothing before start or after stop (a call's end is a race, no error)."""
        if not self._open:
            return []
        head, step = self._media_head, self._max_payload_bytes
        return [
            f'{head}{base64.b64encode(payload[at : at + step]).decode("ascii")}"}}}}'
            for at in range(0, len(payload), step)
        ]

    def mark(self, name: str) -> list[str]:
        """Ask to be told when everything sent so far has been played."""
        if not self._open:
            return []
        return [f'{{"event":"mark","streamSid":{_json(self.stream_sid)},"mark":{{"name":{_json(name)}}}}}']

    def clear(self) -> list[str]:
        """Drop what the carrier has queued; it returns all pending marks."""
        if not self._open:
            return []
        return [f'{{"event":"clear","streamSid":{_json(self.stream_sid)}}}']

    @property
    def _open(self) -> bool:
        return bool(self.stream_sid) and not self.stopped


def _is_supported(media_format: _MediaFormat | None) -> bool:
    if media_format is None:
        return True
    return (
        media_format.encoding == "audio/x-mulaw"
        and str(media_format.sample_rate) == "8000"
        and str(media_format.channels) == "1"
    )


def _json(text: str) -> str:
    return _encode(text).decode()
