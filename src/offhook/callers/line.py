"""The carrier's end of one call, sans-IO: it plays what the server sends in real time and sends the caller's frames.

Time is given with every call, in milliseconds of any steady clock. The line

- queues the agent's audio and plays it gaplessly; a mark is returned when all before it has played; on `clear` the rest
  of the queue is dropped, and what else happens then is the carrier's custom (`Frames`);
- makes one frame every 20 ms, or what the carrier's frames have, for as long as the call lasts: the caller's speech
  where there is some, line noise always. A frame leaves when its time is over, as it does on a real line;
- writes both directions on one time line;
- measures from the wire alone: when the agent becomes audible and quiet, how long the reply took after the caller's
  last sound, how long a `clear` took after the caller's first.

Bounded: more than `max_buffer_ms` of unplayed agent audio is dropped and told as a fault.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from offhook.audio.level import mix, rms_dbfs
from offhook.audio.track import Track
from offhook.callers.carrier_side import Clear, Fault, Frames, Mark, Media

RATE_HZ = 8000
FRAME_MS = 20
_PCM_BYTES_PER_MS = RATE_HZ // 1000 * 2
_WINDOW_BYTES = FRAME_MS * _PCM_BYTES_PER_MS
AUDIBLE_DBFS = -45.0
"""A 20 ms window louder than this is heard as speech, not as hiss."""
UTTERANCE_GAP_MS = 450
"""Quiet that ends an utterance of the agent; shorter gaps lie between sentences."""


@dataclass(frozen=True, slots=True)
class AgentBegan:
    at_ms: float
    total_ms: float | None
    """From the caller's last sound to the agent's first; None when the agent was not answering (greeting, reprompt)."""


@dataclass(frozen=True, slots=True)
class AgentFinished:
    at_ms: float
    audio_ms: float
    """What was played, from the first sound to the last."""
    total_ms: float | None
    interrupted: bool


@dataclass(frozen=True, slots=True)
class MarkReturned:
    at_ms: float
    name: str


@dataclass(frozen=True, slots=True)
class Cleared:
    at_ms: float
    dropped_ms: float
    since_onset_ms: float | None
    """From the caller's first sound of the present utterance; None when the caller was silent."""


@dataclass(frozen=True, slots=True)
class ServerFault:
    at_ms: float
    what: str


LineEvent = AgentBegan | AgentFinished | MarkReturned | Cleared | ServerFault


class CarrierLine:
    """One call's line, from `now_ms` of its making on.

    Args:
        noise: PCM16 8 kHz, repeated for ever under the caller's voice; b"" for a silent line.
    """

    def __init__(
        self, frames: Frames, now_ms: float, *, noise: bytes = b"", max_buffer_ms: float | None = None
    ) -> None:
        self._frames = frames
        self._frame_ms = frames.frame_ms
        self._frame_bytes = _PCM_BYTES_PER_MS * frames.frame_ms
        self._start_ms = now_ms
        self._noise = noise if len(noise) >= self._frame_bytes else b""
        self._max_buffer_ms = frames.most_ahead_ms if max_buffer_ms is None else max_buffer_ms
        self._agent = Track(RATE_HZ, join_ms=0.0)
        self._caller = bytearray()
        self._play_until_ms = now_ms
        self._piece_ends: deque[float] = deque()
        """Of the agent's pieces of audio that are not played yet, when each ends."""
        self._marks: deque[tuple[float, str]] = deque()
        self._to_send: deque[str] = deque()
        self._events: deque[LineEvent] = deque()
        self._spans: list[tuple[float, float]] = []
        self._began: AgentBegan | None = None
        self._speech = bytearray()
        self._sent_frames = 0
        self._onset_ms: float | None = None
        self._speech_end_ms = now_ms
        self._has_spoken = False
        self._awaits_reply = True
        self._last_sound_ms = float("-inf")

    # -- the caller's side -----------------------------------------------------------------------------------------

    def speak(self, pcm: bytes) -> None:
        """Say this from the next frame on (after what is still being said)."""
        begin_ms = self._start_ms + self._sent_frames * self._frame_ms + len(self._speech) * 500 / RATE_HZ
        sounds = _audible_spans(pcm, begin_ms)
        if not self._speech:
            self._onset_ms = sounds[0][0] if sounds else begin_ms
        self._speech += pcm
        self._speech_end_ms = sounds[-1][1] if sounds else begin_ms + len(pcm) * 500 / RATE_HZ
        self._has_spoken = self._awaits_reply = True

    def press(self, digit: str, now_ms: float) -> None:
        """Press a key; the reply is measured from the last one."""
        self._to_send.append(self._frames.dtmf(digit))
        self._speech_end_ms = now_ms
        self._has_spoken = self._awaits_reply = True

    @property
    def speaking(self) -> bool:
        return bool(self._speech)

    def is_my_turn(self, now_ms: float, *, quiet_ms: float, patience_ms: float) -> bool:
        """Whether a polite caller would speak: the agent has answered and been quiet, or has kept us waiting."""
        if self._speech:
            return False
        last_sound_ms = self._spans[-1][1] if self._spans else self._last_sound_ms
        if now_ms < last_sound_ms + quiet_ms:
            return False
        return not self._awaits_reply or now_ms >= max(self._speech_end_ms, last_sound_ms) + patience_ms

    def agent_speaks_for_ms(self, now_ms: float) -> float | None:
        """How long the agent has been speaking, None when it is not."""
        return None if self._began is None else now_ms - self._began.at_ms

    # -- the wire --------------------------------------------------------------------------------------------------

    def receive(self, message: str | bytes, now_ms: float) -> None:
        """Take one message of the server. Never raises; look at `events` after it."""
        self.advance(now_ms)
        match self._frames.read(message):
            case Media(payload):
                self._queue(payload, now_ms)
            case Mark(name):
                self._marks.append((max(self._play_until_ms, now_ms), name))
            case Clear():
                self._clear(now_ms)
            case Fault(what):
                self._events.append(ServerFault(now_ms, what))
        self.advance(now_ms)

    def advance(self, now_ms: float) -> None:
        """Let time pass: frames fall due, marks are played, the agent begins and ends."""
        while self._start_ms + (self._sent_frames + 1) * self._frame_ms <= now_ms:
            self._to_send.append(self._frame())
        while self._piece_ends and self._piece_ends[0] <= now_ms:
            self._piece_ends.popleft()
        while self._marks and self._marks[0][0] <= now_ms:
            self._return_mark(now_ms)
        self._follow_agent(now_ms)

    def take_messages(self) -> list[str]:
        """Messages to send to the server now, in order."""
        messages = list(self._to_send)
        self._to_send.clear()
        return messages

    def take_events(self) -> list[LineEvent]:
        events = list(self._events)
        self._events.clear()
        return events

    def hang_up(self, now_ms: float) -> None:
        """The call is over: what the agent was saying ends here."""
        self.advance(now_ms)
        if self._began is not None:
            self._end_utterance(now_ms, interrupted=self._spans[-1][1] > now_ms)

    def recording(self) -> tuple[bytes, bytes]:
        """What the caller sent and what the caller heard: PCM16 8 kHz from the same moment on."""
        return bytes(self._caller), self._agent.pcm()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _frame(self) -> str:
        at_ms, size = self._sent_frames * self._frame_ms, self._frame_bytes
        pcm = bytes(self._speech[:size]).ljust(size, b"\0")
        del self._speech[:size]
        if self._noise:
            offset = self._sent_frames * size % (len(self._noise) - size + 1) // 2 * 2
            pcm = mix(pcm, self._noise[offset : offset + size])
        self._caller += pcm
        self._sent_frames += 1
        return self._frames.media(self._frames.encode(pcm), at_ms)

    def _queue(self, payload: bytes, now_ms: float) -> None:
        begin_ms = max(now_ms, self._play_until_ms)
        pcm = self._frames.decode(payload)
        duration_ms = len(pcm) / _PCM_BYTES_PER_MS
        if begin_ms + duration_ms - now_ms > self._max_buffer_ms:
            self._events.append(ServerFault(now_ms, "more audio than the buffer holds"))
            return
        self._agent.place(begin_ms - self._start_ms, pcm)
        self._play_until_ms = begin_ms + duration_ms
        self._piece_ends.append(self._play_until_ms)
        for span in _audible_spans(pcm, begin_ms):
            if self._spans and span[0] <= self._spans[-1][1] + FRAME_MS:
                self._spans[-1] = (self._spans[-1][0], span[1])
            else:
                self._spans.append(span)

    def _clear(self, now_ms: float) -> None:
        spares = self._frames.clear_spares_playing
        quiet_ms = self._piece_ends[0] if spares and self._piece_ends else now_ms
        dropped_ms = max(0.0, self._play_until_ms - quiet_ms)
        self._play_until_ms = quiet_ms
        self._piece_ends = deque([quiet_ms])
        self._agent.cut(quiet_ms - self._start_ms)
        if spares:
            self._marks.clear()
        while self._marks:
            self._return_mark(now_ms)
        self._spans = [(begin, min(end, quiet_ms)) for begin, end in self._spans if begin < quiet_ms]
        onset_ms = self._onset_ms
        speaking = onset_ms is not None and onset_ms <= now_ms and now_ms <= self._speech_end_ms + 1000
        since = now_ms - onset_ms if speaking and onset_ms is not None else None
        self._events.append(Cleared(now_ms, dropped_ms, since))
        if self._began is not None:
            self._end_utterance(quiet_ms, interrupted=dropped_ms > FRAME_MS)

    def _return_mark(self, now_ms: float) -> None:
        _, name = self._marks.popleft()
        self._to_send.append(self._frames.mark(name))
        self._events.append(MarkReturned(now_ms, name))

    def _follow_agent(self, now_ms: float) -> None:
        if self._began is None and self._spans and self._spans[0][0] <= now_ms:
            at_ms = self._spans[0][0]
            answers = self._awaits_reply and at_ms >= self._speech_end_ms
            total_ms = round(at_ms - self._speech_end_ms, 1) if answers and self._has_spoken else None
            self._began = AgentBegan(at_ms, total_ms)
            self._awaits_reply = self._awaits_reply and not answers
            self._events.append(self._began)
        if self._began is not None and now_ms >= self._spans[-1][1] + UTTERANCE_GAP_MS:
            self._end_utterance(self._spans[-1][1], interrupted=False)

    def _end_utterance(self, at_ms: float, *, interrupted: bool) -> None:
        began, self._began = self._began, None
        assert began is not None
        last_ms = min(self._spans[-1][1], at_ms) if self._spans else at_ms
        self._last_sound_ms = last_ms
        self._spans.clear()
        self._events.append(
            AgentFinished(at_ms, round(max(0.0, last_ms - began.at_ms), 1), began.total_ms, interrupted)
        )


def _audible_spans(pcm: bytes, begin_ms: float) -> list[tuple[float, float]]:
    """Where `pcm` can be heard, in 20 ms windows, as (from, to) on the time line; at most 40 ms apart are joined."""
    spans: list[tuple[float, float]] = []
    for at in range(0, len(pcm), _WINDOW_BYTES):
        window = pcm[at : at + _WINDOW_BYTES]
        if rms_dbfs(window) < AUDIBLE_DBFS:
            continue
        begin = begin_ms + at * 500 / RATE_HZ
        end = begin + len(window) * 500 / RATE_HZ
        if spans and begin - spans[-1][1] <= 2 * FRAME_MS:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return spans
