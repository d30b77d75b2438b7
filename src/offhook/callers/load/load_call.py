"""One load caller, sans-IO: speaks, waits for the reply, hears it to its end, speaks again; measures from the wire.

The carrier's side is the least that a server can tell from a real one: a frame every 20 ms for as long as the call
lasts, marks returned when what lies before them has played, and on `clear` an empty buffer and all marks back.

A reply is starved when its audio had begun to play, ran dry, and went on more than `STARVED_MS` later: that is a gap
which the listener hears. Times are milliseconds of any steady clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import msgspec

from offhook.callers.load.material import FRAME_MS, Material, Utterance

BYTES_PER_MS = 8
STARVED_MS = 60.0
REPLY_OVER_MS = 700.0
"""Quiet after which the caller takes the reply to be over."""
THINK_MS = 300.0
"""From there to the caller's next words."""
NO_REPLY_MS = 10_000.0


class _Media(msgspec.Struct):
    payload: str


class _Mark(msgspec.Struct):
    name: str


class _FromServer(msgspec.Struct):
    event: str
    media: _Media | None = None
    mark: _Mark | None = None


_decode = msgspec.json.Decoder(_FromServer).decode


@dataclass(slots=True)
class Figures:
    """What one call measured, in the order in which it happened."""

    reply_ms: list[float] = field(default_factory=list)
    """The caller's last sound -> the reply's first audio."""
    greeting_ms: float | None = None
    """Start of the stream -> first audio."""
    clear_ms: list[float] = field(default_factory=list)
    """The caller's first sound over the agent -> `clear`."""
    replies: int = 0
    starved: int = 0
    """Replies with a gap that can be heard."""
    unanswered: int = 0
    not_cleared: int = 0
    """Interruptions that ended before a clear came."""
    faults: int = 0


class LoadCall:
    """Feed `received`; send what `frame` gives every 20 ms, and what `owed` gives beside it.

    Args:
        start_at: which utterance is said first, so that calls do not speak in step.
        interrupt_every: each so-manieth reply is spoken over; 0 never.
        greeting_within_ms: a server that says nothing for so long has no greeting; the caller begins.
    """

    def __init__(
        self,
        material: Material,
        stream_sid: str,
        now_ms: float,
        *,
        start_at: int = 0,
        interrupt_every: int = 0,
        interrupt_after_ms: float = 600.0,
        greeting_within_ms: float = NO_REPLY_MS,
    ) -> None:
        self.figures = Figures()
        self._material = material
        self._sid = stream_sid
        self._began_ms = now_ms
        self._next = start_at
        self._interrupt_every = interrupt_every
        self._interrupt_after_ms = interrupt_after_ms
        self._greeting_within_ms = greeting_within_ms
        self._awaits_greeting = True
        self._sent = 0
        self._speaking: Utterance | None = None
        self._at = 0
        self._speech_began_ms = 0.0
        self._speech_end_ms: float | None = None
        """Set while a reply is awaited."""
        self._buffer_end_ms = now_ms
        self._reply_began_ms: float | None = None
        self._starved = False
        self._over_agent = False
        self._marks: deque[tuple[float, str]] = deque()
        self._owed: list[str] = []
        self.counting = False
        """Whether what happens goes into the figures."""

    # -- to the server ---------------------------------------------------------------------------------------------

    def frame(self, now_ms: float) -> str:
        """The next 20 ms of the caller's line as a message."""
        self._decide(now_ms)
        utterance = self._speaking
        if utterance is None:
            quiet = self._material.quiet
            payload = quiet[self._sent % len(quiet)]
        else:
            payload = utterance.frames[self._at]
            self._at += 1
            if self._at == len(utterance.frames):
                self._spoken(now_ms)
        self._sent += 1
        number = self._sent
        return (
            f'{{"event":"media","sequenceNumber":"{number + 1}","media":{{"track":"inbound","chunk":"{number}",'
            f'"timestamp":"{number * FRAME_MS}","payload":"{payload}"}},"streamSid":"{self._sid}"}}'
        )

    def owed(self, now_ms: float) -> list[str]:
        """Marks whose audio has played by now, as messages."""
        marks = self._marks
        while marks and marks[0][0] <= now_ms:
            self._return_mark(marks.popleft()[1])
        owed, self._owed = self._owed, []
        return owed

    # -- from the server -------------------------------------------------------------------------------------------

    def received(self, message: bytes, now_ms: float) -> None:
        try:
            parsed = _decode(message)
        except msgspec.DecodeError:
            self.figures.faults += 1
            return
        if parsed.event == "media" and parsed.media is not None:
            self._heard(len(parsed.media.payload) * 3 // 4 / BYTES_PER_MS, now_ms)
        elif parsed.event == "mark" and parsed.mark is not None:
            self._marks.append((max(self._buffer_end_ms, now_ms), parsed.mark.name))
        elif parsed.event == "clear":
            self._cleared(now_ms)
        else:
            self.figures.faults += 1

    def _heard(self, audio_ms: float, now_ms: float) -> None:
        figures = self.figures
        if self._awaits_greeting:
            self._awaits_greeting = False
            figures.greeting_ms = now_ms - self._began_ms
        if self._speech_end_ms is not None and self._speaking is None:
            if self.counting:
                figures.reply_ms.append(now_ms - self._speech_end_ms)
                figures.replies += 1
            self._speech_end_ms = None
            self._reply_began_ms = now_ms
            self._starved = False
        elif self._reply_began_ms is None:
            self._reply_began_ms = now_ms
        elif now_ms - self._buffer_end_ms > STARVED_MS and not self._starved:
            self._starved = True
            figures.starved += self.counting
        self._buffer_end_ms = max(self._buffer_end_ms, now_ms) + audio_ms

    def _cleared(self, now_ms: float) -> None:
        self._buffer_end_ms = now_ms
        while self._marks:
            self._return_mark(self._marks.popleft()[1])
        if self._over_agent:
            self._over_agent = False
            if self.counting:
                self.figures.clear_ms.append(now_ms - self._speech_began_ms)

    def _return_mark(self, name: str) -> None:
        number = self._sent + 1
        self._owed.append(
            f'{{"event":"mark","sequenceNumber":"{number}","streamSid":"{self._sid}","mark":{{"name":"{name}"}}}}'
        )

    # -- the caller ------------------------------------------------------------------------------------------------

    def _decide(self, now_ms: float) -> None:
        if self._speaking is not None:
            return
        if self._speech_end_ms is not None:
            if now_ms - self._speech_end_ms > NO_REPLY_MS:
                self.figures.unanswered += self.counting
                self._say(self._choose(), now_ms)
            return
        if self._reply_began_ms is None:
            if now_ms - self._began_ms > self._greeting_within_ms:
                self._say(self._choose(), now_ms)
            return
        every = self._interrupt_every
        if every and self._next % every == 0 and now_ms < self._buffer_end_ms:
            if now_ms - self._reply_began_ms >= self._interrupt_after_ms:
                self._next += 1
                self._over_agent = True
                self._say(self._material.interruption, now_ms)
        elif now_ms - self._buffer_end_ms > REPLY_OVER_MS + THINK_MS:
            self._say(self._choose(), now_ms)

    def _choose(self) -> Utterance:
        self._next += 1
        return self._material.utterances[self._next % len(self._material.utterances)]

    def _say(self, utterance: Utterance, now_ms: float) -> None:
        self._awaits_greeting = False
        self._speaking, self._at = utterance, 0
        self._speech_began_ms = now_ms + utterance.onset_ms
        self._speech_end_ms = None
        self._reply_began_ms = None

    def _spoken(self, now_ms: float) -> None:
        """The last sound leaves with this frame; its 20 ms are over."""
        self._speaking = None
        self._speech_end_ms = now_ms
        if self._over_agent:
            self._over_agent = False
            self.figures.not_cleared += self.counting
