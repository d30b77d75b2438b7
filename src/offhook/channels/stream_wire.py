"""A media stream of JSON text messages with base64 audio, sans-IO: what the carriers' streams have in common.

Input: `receive(message)` takes one WebSocket message and returns what it meant. Output: `play`, `mark` and `clear`
return the text messages to send, in order. No socket, clock or log inside.

The peer cannot make `receive` raise. What is wrong but harmless becomes an `Oddity` (a metric); what breaks the
protocol becomes `CloseSocket`:

- not JSON, a wrong shape, bad base64, an unknown digit: `bad_json`, `bad_shape`, `bad_base64`, `bad_digit`; media,
  dtmf or mark before start: `before_start`; another call's stream id: `wrong_stream`. These are faults: after
  `max_faults` of them, close 1008.
- a second start: `duplicate_start`; an event unknown here: `unknown_event`; media of the outbound track:
  `foreign_track`; media without audio: `empty_media`; anything after stop: `after_stop`. Ignored.
- a sequence number that does not follow: `out_of_order`, counted only. TCP keeps the order, and simpler clients number
  nothing, so the message itself is taken.
- a binary message: close 1003; a message over `max_message_bytes`: close 1009; a media format that cannot be served:
  close 1003.

Counters come as strings or numbers. A carrier's wire is a subclass: its decoder, its start, what it
calls the stream's id.
"""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

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


class Media(msgspec.Struct, gc=False):
    payload: bytes
    """msgspec decodes the base64 in the same pass."""
    track: str = "inbound"


class Dtmf(msgspec.Struct):
    digit: str | int


class Mark(msgspec.Struct):
    name: str


class Message(Protocol):
    """One message of the peer's, whatever its spelling."""

    @property
    def event(self) -> str: ...
    @property
    def sequence_number(self) -> str | int: ...
    @property
    def stream_sid(self) -> str:
        """Empty where the message names none."""
        ...

    @property
    def media(self) -> Media | None: ...
    @property
    def dtmf(self) -> Dtmf | None: ...
    @property
    def mark(self) -> Mark | None: ...


M = TypeVar("M", bound=Message)


class StreamWire(ABC, Generic[M]):
    """One media stream.

    Args:
        decode: one message. Raises msgspec.DecodeError.
        sid_key: how the stream's id is called in messages to the peer.
        max_message_bytes: a longer message closes the socket (real ones are under 10 kB).
        max_faults: so many malformed or misplaced messages are borne.
        max_payload_bytes: longest audio put into one outgoing message.
    """

    def __init__(
        self,
        decode: Callable[[memoryview | str | bytes], M],
        sid_key: str,
        *,
        max_message_bytes: int,
        max_faults: int,
        max_payload_bytes: int,
    ) -> None:
        self.stream_sid = ""
        """"" until start."""
        self.stopped = False
        """Stop was received, or the peer was told to go: nothing more goes in or out."""
        self._decode = decode
        self._sid_key = sid_key
        self._max_message_bytes = max_message_bytes
        self._faults_left = max_faults
        self._max_payload_bytes = max_payload_bytes
        self._sequence = 0
        self._awaited = "1"
        """The sequence number that follows, as a message has it."""
        self._media_head = ""
        self._handlers: dict[str, Callable[[M], list[WireEvent]]] = {
            "media": self._on_media,
            "mark": self._on_mark,
            "dtmf": self._on_dtmf,
            "start": self._on_start,
            "stop": self._on_stop,
            "connected": self._on_connected,
        }

    @abstractmethod
    def _started(self, message: M) -> StreamStarted | CloseSocket | None:
        """What a start message says; None: it has not what it needs."""

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
            parsed = self._decode(message)
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
            and self._is_whole(media.payload)
        ):
            self._sequence += 1
            self._awaited = str(self._sequence + 1)
            return media.payload
        return self._tell(parsed)

    def _is_whole(self, payload: bytes) -> bool:
        """Whether the audio ends with a sample's last byte."""
        return True

    def _tell(self, parsed: M) -> list[WireEvent]:
        handler = self._handlers.get(parsed.event)
        if handler is None:
            return [Oddity("unknown_event")]
        events = handler(parsed)
        return [Oddity("out_of_order"), *events] if self._is_out_of_order(parsed.sequence_number) else events

    def _on_media(self, message: M) -> list[WireEvent]:
        fault = self._misplaced(message)
        if fault:
            return self._fault(fault)
        media = message.media
        if media is None:
            return self._fault("bad_shape")
        if media.track not in ("inbound", "inbound_track"):
            return [Oddity("foreign_track")]
        odd: list[WireEvent] = []
        payload = media.payload
        if payload and not self._is_whole(payload):
            odd, payload = [Oddity("odd_payload")], payload[:-1]
        return [*odd, AudioReceived(payload)] if payload else odd or [Oddity("empty_media")]

    def _on_mark(self, message: M) -> list[WireEvent]:
        fault = self._misplaced(message)
        if fault:
            return self._fault(fault)
        if message.mark is None or len(message.mark.name) > _MAX_MARK_CHARS:
            return self._fault("bad_shape")
        return [MarkReturned(message.mark.name)]

    def _on_dtmf(self, message: M) -> list[WireEvent]:
        fault = self._misplaced(message)
        if fault:
            return self._fault(fault)
        if message.dtmf is None:
            return self._fault("bad_shape")
        digit = str(message.dtmf.digit).strip('"').upper()
        return [DigitReceived(digit)] if digit in _DIGITS else self._fault("bad_digit")

    def _on_start(self, message: M) -> list[WireEvent]:
        if self.stream_sid:
            return [Oddity("duplicate_start")]
        started = self._started(message)
        if started is None:
            return self._fault("bad_shape")
        if isinstance(started, CloseSocket):
            return self._close(started.code, started.reason)
        self.stream_sid = started.stream_sid
        self._media_head = f'{{"event":"media","{self._sid_key}":{json_text(started.stream_sid)},"media":{{'
        return [started]

    def _on_stop(self, message: M) -> list[WireEvent]:
        if self.stream_sid and message.stream_sid not in ("", self.stream_sid):
            return self._fault("wrong_stream")
        self.stopped = True
        return [StreamStopped()]

    def _on_connected(self, message: M) -> list[WireEvent]:
        return [Oddity("out_of_order")] if self.stream_sid else []

    def _misplaced(self, message: M) -> str:
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
        """Audio in the stream's format, any length. Nothing before start or after stop (a call's end is a race, no
        error)."""
        if not self._open:
            return []
        step = self._max_payload_bytes
        return [self._media(payload[at : at + step]) for at in range(0, len(payload), step)]

    def _media(self, payload: bytes) -> str:
        return f'{self._media_head}"payload":"{base64.b64encode(payload).decode("ascii")}"}}}}'

    def mark(self, name: str) -> list[str]:
        """Ask to be told when everything sent so far has been played."""
        if not self._open:
            return []
        return [f'{self._head("mark")},"mark":{{"name":{json_text(name)}}}}}']

    def clear(self) -> list[str]:
        """Drop what the carrier has queued."""
        if not self._open:
            return []
        return [self._head("clear") + "}"]

    def _head(self, event: str) -> str:
        return f'{{"event":"{event}","{self._sid_key}":{json_text(self.stream_sid)}'

    @property
    def _open(self) -> bool:
        return bool(self.stream_sid) and not self.stopped


def json_text(text: str) -> str:
    return msgspec.json.encode(text).decode()
