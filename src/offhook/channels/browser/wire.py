"""The browser's media protocol, the server's side, sans-IO.

Binary messages are audio, both ways: PCM16 little-endian, mono, 16 kHz; ours have 20 ms (640 bytes) each, theirs any
whole number of samples. Text messages are JSON with a `type`:

    out  {"type": "ready", "call_id", "session_id", "resumed", "received", "rate_hz", "frame_ms"}  first on a socket
         {"type": "played", "mark": "…"}   send this message back once all audio before it has been heard
         {"type": "clear", "received"}     be silent at once: forget all audio and all marks before this
    in   {"type": "played", "mark": "…"}   that message, sent back
         {"type": "ready"}                 the player runs; means nothing to us
         {"type": "end"}                   the caller hangs up. (A socket that only closes may come back.)

A call outlives its sockets. Every message that goes out but `ready` has a number, counted from 1 through the call;
`ready` and `clear` tell it (`received`), between them the client counts. What was sent and is not known to be heard is
kept, bounded, so that a socket which comes back is given what it missed (`again`): nothing twice, nothing left out.

The peer cannot make `receive` raise. Faults (`bad_json`, `bad_shape`, `half_sample`) are borne `max_faults` times, then
the socket is closed (1008); a message over `max_message_bytes` closes it at once (1009). Unknown types are counted.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import msgspec

from offhook.audio.framing import Framer
from offhook.channels.events import AudioReceived, CloseSocket, MarkReturned, Oddity, StreamStopped, WireEvent
from offhook.channels.media_call import POLICY_VIOLATION, Message
from offhook.contracts.audio import FRAME_MS, PCM16_16K

TOO_BIG = 1009
FRAME_BYTES = PCM16_16K.bytes_per_ms * FRAME_MS
MOST_UNHEARD_BYTES = PCM16_16K.bytes_per_ms * 15_000
"""More than is ever sent ahead; of more, the oldest was heard by a client that does not report it."""
_MAX_MARK_CHARS = 256


class _Message(msgspec.Struct):
    type: str
    mark: str = ""


_decode = msgspec.json.Decoder(_Message).decode
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class _Sent:
    number: int
    message: Message


class BrowserWire:
    """One call.

    Args:
        max_message_bytes: a longer message closes the socket; 64 KiB are two seconds of audio.
        max_faults: so many malformed messages are borne.
    """

    def __init__(self, *, max_message_bytes: int = 65_536, max_faults: int = 50) -> None:
        self.stopped = False
        """The caller hung up, or was told to go: nothing more goes in or out."""
        self._max_message_bytes = max_message_bytes
        self._faults_left = max_faults
        self._framer = Framer(FRAME_BYTES)
        self._number = 0
        """Of the last message that went out."""
        self._unheard: deque[_Sent] = deque()
        self._unheard_bytes = 0

    # -- in --------------------------------------------------------------------------------------------------------

    def receive(self, message: Message) -> list[WireEvent]:
        if isinstance(message, str):
            taken = self.receive_utf8(message)
            assert isinstance(taken, list)
            return taken
        if self.stopped:
            return [Oddity("after_stop")]
        if len(message) > self._max_message_bytes:
            return self._close(TOO_BIG, "message too big")
        if len(message) % 2:
            return self._fault("half_sample")
        return [AudioReceived(message)] if message else [Oddity("empty_media")]

    def receive_utf8(self, message: memoryview | str) -> bytes | list[WireEvent]:
        """Take one text message. Audio does not come this way."""
        if self.stopped:
            return [Oddity("after_stop")]
        if len(message) > self._max_message_bytes:
            return self._close(TOO_BIG, "message too big")
        try:
            parsed = _decode(message)
        except msgspec.ValidationError:
            return self._fault("bad_shape")
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return self._fault("bad_json")
        match parsed.type:
            case "played" if 0 < len(parsed.mark) <= _MAX_MARK_CHARS:
                self._heard(parsed.mark)
                return [MarkReturned(parsed.mark)]
            case "played":
                return self._fault("bad_shape")
            case "end":
                self.stopped = True
                return [StreamStopped()]
            case "ready":
                return []
            case _:
                return [Oddity("unknown_event")]

    def _fault(self, kind: str) -> list[WireEvent]:
        self._faults_left -= 1
        if self._faults_left < 0:
            return [Oddity(kind), *self._close(POLICY_VIOLATION, "too many malformed messages")]
        return [Oddity(kind)]

    def _close(self, code: int, reason: str) -> list[WireEvent]:
        self.stopped = True
        return [CloseSocket(code, reason)]

    # -- out -------------------------------------------------------------------------------------------------------

    def ready(self, call_id: str, session_id: str, *, resumed: bool, received: int) -> str:
        """The first message of a socket. `received`: the number before the first message that follows."""
        return _json(
            {
                "type": "ready",
                "call_id": call_id,
                "session_id": session_id,
                "resumed": resumed,
                "received": received,
                "rate_hz": PCM16_16K.rate_hz,
                "frame_ms": FRAME_MS,
            }
        )

    def play(self, payload: bytes) -> list[Message]:
        """Audio of any length, in frames; what does not fill one waits for more audio or for a mark."""
        if self.stopped:
            return []
        return [self._sent(frame) for frame in self._framer.push(payload)]

    def mark(self, name: str) -> list[Message]:
        if self.stopped:
            return []
        left = self._framer.flush()
        last = [self._sent(left.ljust(FRAME_BYTES, b"\0"))] if left else []
        return [*last, self._sent(_mark_message(name))]

    def clear(self) -> list[Message]:
        """What was not heard is not to be heard any more, here or on a socket that comes back."""
        if self.stopped:
            return []
        self._framer.flush()
        self._forget(self._number)
        return [self._sent(_json({"type": "clear", "received": self._number + 1}))]

    def again(self, received: int | None) -> tuple[int, list[Message]]:
        """For a socket that came back: (number before the first message, messages).

        `received` is the number of the last message that the client has; None for one that has nothing, which is given
        all that is not known to be heard.
        """
        first = self._unheard[0].number - 1 if self._unheard else self._number
        if received is not None and first <= received <= self._number:
            first = received
        return first, [sent.message for sent in self._unheard if sent.number > first]

    def _sent(self, message: Message) -> Message:
        self._number += 1
        self._unheard.append(_Sent(self._number, message))
        self._unheard_bytes += len(message)
        while self._unheard_bytes > MOST_UNHEARD_BYTES:
            self._unheard_bytes -= len(self._unheard.popleft().message)
        return message

    def _heard(self, mark: str) -> None:
        message = _mark_message(mark)
        number = next((sent.number for sent in self._unheard if sent.message == message), 0)
        self._forget(number)

    def _forget(self, up_to: int) -> None:
        while self._unheard and self._unheard[0].number <= up_to:
            self._unheard_bytes -= len(self._unheard.popleft().message)


def _mark_message(name: str) -> str:
    return _json({"type": "played", "mark": name})


def _json(body: dict[str, object]) -> str:
    return _encode(body).decode()
