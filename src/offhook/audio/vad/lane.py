"""The lines of one sampling rate, whose windows meet in batches; and the line of one call.

A batch takes one window from every line that has one, lets the gate keep back what cannot be speech, runs the model
once over the rest and hands each line's verdict to its callback.

When a window passes after others were kept back, the model hears the one before it first. Its state is the one it had
when the gate closed: that of a line with this noise, which it needs to be quick (after a reset it takes 50 ms more).

Bounds: a line holds at most `max_buffered_ms` of audio (else its oldest is dropped and counted: it is late already);
a batch takes at most `max_batch` windows, the lines behind them keep their place for the next.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from offhook.audio.codec import whole_samples
from offhook.audio.vad.detector import Detector, DetectorSettings
from offhook.audio.vad.gate import GateBank, GateSettings
from offhook.audio.vad.model import Floats, Rows, VoiceModel
from offhook.audio.vad.timeline import Timeline
from offhook.contracts.audio import VoiceFaded, VoiceStarted, VoiceStopped, VoiceVerdict

OnVerdict = Callable[[VoiceVerdict], None]


@dataclass(frozen=True, slots=True)
class HubSettings:
    tick_ms: float = 16.0
    """Ticks are at least so far apart while they keep up: half a window, so that a window waits 8 ms on average and
    half of all calls meet in a batch."""
    max_batch: int = 256
    """Windows of one batch (about 18 µs each): bounds how long the event loop is held."""
    max_buffered_ms: float = 2000.0
    """Audio that waits for a tick, per line."""
    stall_ms: float = 600.0
    """Speech ends when no audio came for so long."""
    maybe_speech: float = 0.2
    """From this probability on a window does not count as noise of the line."""
    gate: GateSettings = field(default_factory=GateSettings)
    detector: DetectorSettings = field(default_factory=DetectorSettings)


@dataclass(slots=True)
class HubCounters:
    """Since the hub was made."""

    windows: int = 0
    windows_heard: int = 0
    """Those that passed the gate."""
    batches: int = 0
    dropped_bytes: int = 0
    failed_callbacks: int = 0


class Lane:
    """The lines of one rate: they share banks and window size."""

    def __init__(
        self, model: VoiceModel, rate_hz: int, settings: HubSettings, counters: HubCounters, wake: Callable[[], None]
    ) -> None:
        """`wake` is called when a window became whole. Raises ValueError for a rate that the model does not know."""
        self.rate_hz = rate_hz
        self.settings = settings
        self.counters = counters
        self._bank = model.bank(rate_hz)
        self._deaf_ms = model.deaf_ms
        self._gate = GateBank(settings.gate)
        self.window_bytes = 2 * self._bank.window_samples
        self._wake = wake
        self._ready: deque[Line] = deque()  # each line that has a whole window, once; so no longer than lines are open
        self._speaking: set[Line] = set()
        self._free_rows: list[int] = []
        self._rows = 0
        # By row, for a batch to ask at once:
        self._is_speaking = np.zeros(0, np.bool_)
        self._is_restless = np.zeros(0, np.bool_)  # its detector remembers sound; in silence it is told until it forgot
        self._is_kept_back = np.zeros(0, np.bool_)  # the gate kept back its last window ...
        self._kept_back = np.zeros((0, self._bank.window_samples), np.float32)  # ... which is this
        self._log = logging.getLogger(__name__)

    @property
    def waiting(self) -> int:
        """Lines with a whole window."""
        return len(self._ready)

    @property
    def behind_ms(self) -> float:
        """Audio that waits on the line that has most."""
        return max((line.waiting_ms for line in self._ready), default=0.0)

    @property
    def speaking(self) -> int:
        """Lines on which somebody speaks."""
        return len(self._speaking)

    def open(self, on_verdict: OnVerdict) -> Line:
        if self._free_rows:
            row = self._free_rows.pop()
        else:
            row, self._rows = self._rows, self._rows + 1
            if row == len(self._is_speaking):
                self._grow(max(16, 2 * row))
        self._is_speaking[row] = self._is_restless[row] = self._is_kept_back[row] = False
        self._bank.reset(row)
        self._gate.reset(row)
        return Line(self, row, on_verdict)

    def ready(self, line: Line) -> None:
        """The line got its first whole window."""
        self._ready.append(line)
        self._wake()

    def forget(self, line: Line) -> None:
        if line in self._ready:
            self._ready.remove(line)
        self._speaking.discard(line)
        self._free_rows.append(line.row)

    def run_batch(self) -> None:
        """One window of each line that has one. Whatever costs a call something per window is done to all at once."""
        lines = self._take_lines()
        if not lines:
            return
        windows = self._take_windows(lines)
        rows = np.array([line.row for line in lines], np.intp)
        loud, passing = self._gate.look(rows, windows)
        probabilities = np.zeros(len(lines), np.float32)
        heard = np.flatnonzero(passing)
        if len(heard):
            self._warm(rows[heard])
            probabilities[heard] = self._bank.run(rows[heard], windows[heard])
        if self._deaf_ms:
            probabilities[[line.taken_ms <= self._deaf_ms for line in lines]] = 0.0
        speaking = self._is_speaking[rows]
        self._gate.learn(rows, (probabilities >= self.settings.maybe_speech) | speaking)
        self._is_kept_back[rows] = ~passing
        self._kept_back[rows] = windows
        self.counters.windows += len(lines)
        self.counters.windows_heard += len(heard)
        self.counters.batches += 1
        eventful = passing | speaking
        # The other windows, most of a call's: nothing rose over the line's noise.
        for index in np.flatnonzero(self._is_restless[rows] & ~eventful).tolist():
            line = lines[index]
            self._is_restless[line.row] = line.detector.quiet()
        at = np.flatnonzero(eventful)
        self._is_restless[rows[at]] = True
        for index, probability, parts in zip(at.tolist(), probabilities[at].tolist(), loud[at].tolist(), strict=True):
            line = lines[index]
            if not line.closed:
                verdict = line.judge(probability, parts)
                if verdict is not None:
                    self._deliver(line, verdict)

    def _take_lines(self) -> list[Line]:
        ready = self._ready
        if len(ready) > self.settings.max_batch:
            return [ready.popleft() for _ in range(self.settings.max_batch)]
        lines = list(ready)
        ready.clear()
        return lines

    def _take_windows(self, lines: list[Line]) -> Floats:
        """The next window of each line [lines, samples], int16 scale; lines with another one are ready again."""
        size, window_ms = self.window_bytes, self.window_bytes * 500 / self.rate_hz
        taken = []
        for line in lines:
            buffer = line.buffer
            taken.append(buffer[:size])
            del buffer[:size]
            line.taken_ms += window_ms
            if len(buffer) >= size:
                self._ready.append(line)
        return np.frombuffer(b"".join(taken), dtype="<i2").reshape(len(lines), -1).astype(np.float32)

    def end_stalled(self, now_ms: float) -> None:
        """End the speech of lines whose audio broke off."""
        late_ms = now_ms - self.settings.stall_ms
        for line in [line for line in self._speaking if line.last_push_ms <= late_ms and not line.has_window]:
            self._deliver(line, line.detector.stop())

    def _deliver(self, line: Line, verdict: VoiceVerdict | None) -> None:
        """Tell the call. A callback that fails loses its own line, never the others'."""
        if verdict is None:
            return
        self._is_speaking[line.row] = line.detector.speaking
        if line.detector.speaking:
            self._speaking.add(line)
        else:
            self._speaking.discard(line)
        try:
            line.on_verdict(line.on_clock(verdict))
        except Exception:  # lint: broad-except: one call's defect must not end the detection of all
            self.counters.failed_callbacks += 1
            self._log.exception("the callback for a voice verdict failed; its line was closed")
            line.close()

    def _warm(self, rows: Rows) -> None:
        """Give the model the window before, where the gate had kept that back."""
        cold = rows[self._is_kept_back[rows]]
        if len(cold):
            self._bank.run(cold, self._kept_back[cold])

    def _grow(self, rows: int) -> None:
        more = rows - len(self._is_speaking)
        self._is_speaking = np.pad(self._is_speaking, (0, more))
        self._is_restless = np.pad(self._is_restless, (0, more))
        self._is_kept_back = np.pad(self._is_kept_back, (0, more))
        self._kept_back = np.pad(self._kept_back, ((0, more), (0, 0)))


class Line:
    """The `VoiceStream` of one call."""

    def __init__(self, lane: Lane, row: int, on_verdict: OnVerdict) -> None:
        self.row = row
        self.on_verdict = on_verdict
        self.detector = Detector(lane.settings.detector)
        self.closed = False
        self.dropped_bytes = 0
        self.last_push_ms = 0.0
        self.taken_ms = 0.0
        """How much audio was taken, or dropped before it could be."""
        self._lane = lane
        self._window_bytes = lane.window_bytes
        self._window_ms = lane.window_bytes * 500 / lane.rate_hz
        self._max_bytes = max(1, int(lane.settings.max_buffered_ms / self._window_ms)) * lane.window_bytes
        self._timeline = Timeline(lane.rate_hz)
        self._arrived = self._timeline.arrived
        self.buffer = bytearray()
        """Audio that no batch has taken yet."""

    def push(self, pcm: bytes, now_ms: float) -> None:
        """Raises ValueError on half a sample. After `close` audio is ignored."""
        if self.closed:
            return
        size = len(pcm)
        if size % 2:
            whole_samples(pcm)
        buffer, window = self.buffer, self._window_bytes
        had = len(buffer)
        buffer += pcm
        self.last_push_ms = now_ms
        self._arrived(size // 2, now_ms)
        if had + size > self._max_bytes:
            self._drop_oldest()
        if had < window <= had + size:
            self._lane.ready(self)

    def close(self) -> None:
        """No verdict comes any more. Idempotent."""
        if not self.closed:
            self.closed = True
            self.buffer.clear()
            self._lane.forget(self)

    @property
    def has_window(self) -> bool:
        return len(self.buffer) >= self._window_bytes

    @property
    def waiting_ms(self) -> float:
        return len(self.buffer) * self._window_ms / self._window_bytes

    def judge(self, probability: float, loud: list[bool]) -> VoiceVerdict | None:
        """The model's and the gate's answers for the window last taken."""
        return self.detector.window(probability, loud, self.taken_ms - self._window_ms, self.taken_ms)

    def on_clock(self, verdict: VoiceVerdict) -> VoiceVerdict:
        """The verdict with the clock's time for the audio's."""
        match verdict:
            case VoiceStarted(onset_ms):
                return VoiceStarted(self._timeline.clock_ms(onset_ms))
            case VoiceStopped(end_ms):
                return VoiceStopped(self._timeline.clock_ms(end_ms))
            case VoiceFaded(end_ms):
                return VoiceFaded(self._timeline.clock_ms(end_ms))

    def _drop_oldest(self) -> None:
        excess = len(self.buffer) - self._max_bytes
        dropped = -(-excess // self._window_bytes) * self._window_bytes
        del self.buffer[:dropped]
        self.taken_ms += dropped * 500 / self._lane.rate_hz
        self.dropped_bytes += dropped
        self._lane.counters.dropped_bytes += dropped
