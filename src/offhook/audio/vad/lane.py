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
from offhook.audio.vad.model import Floats, VoiceModel
from offhook.audio.vad.timeline import Timeline
from offhook.contracts.audio import VoiceStarted, VoiceStopped, VoiceVerdict

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
        self._log = logging.getLogger(__name__)

    @property
    def waiting(self) -> int:
        """Lines with a whole window."""
        return len(self._ready)

    @property
    def speaking(self) -> int:
        """Lines on which somebody speaks."""
        return len(self._speaking)

    def open(self, on_verdict: OnVerdict) -> Line:
        if self._free_rows:
            row = self._free_rows.pop()
        else:
            row, self._rows = self._rows, self._rows + 1
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
        """One window of each line that has one."""
        lines = [self._ready.popleft() for _ in range(min(len(self._ready), self.settings.max_batch))]
        if not lines:
            return
        taken = [line.take_window() for line in lines]
        rows = np.array([line.row for line in lines], np.intp)
        windows = self._samples(taken)
        loud, passing = self._gate.look(rows, windows)
        probabilities = np.zeros(len(lines), np.float32)
        heard = np.flatnonzero(passing)
        if len(heard):
            self._warm([lines[i] for i in heard])
            probabilities[heard] = self._bank.run(rows[heard], windows[heard])
        if self._deaf_ms:
            probabilities[[line.taken_ms <= self._deaf_ms for line in lines]] = 0.0
        speaking = np.array([line.detector.speaking for line in lines])
        speech = (probabilities >= self.settings.maybe_speech) | speaking
        self._gate.learn(rows, speech)
        self.counters.windows += len(lines)
        self.counters.windows_heard += len(heard)
        self.counters.batches += 1
        for line, window, passes in zip(lines, taken, passing.tolist(), strict=True):
            line.kept_back = None if passes else window
            if line.has_window:
                self._ready.append(line)
            if not passes and not line.detector.speaking:
                line.detector.quiet()  # most windows of a call: nothing rose over the line's noise
        eventful = np.flatnonzero(passing | speaking)
        judged = zip(eventful.tolist(), probabilities[eventful].tolist(), loud[eventful].tolist(), strict=True)
        for index, probability, parts in judged:
            line = lines[index]
            if not line.closed:
                self._deliver(line, line.judge(probability, parts))

    def end_stalled(self, now_ms: float) -> None:
        """End the speech of lines whose audio broke off."""
        late_ms = now_ms - self.settings.stall_ms
        for line in [line for line in self._speaking if line.last_push_ms <= late_ms and not line.has_window]:
            self._deliver(line, line.detector.stop())

    def _deliver(self, line: Line, verdict: VoiceVerdict | None) -> None:
        """Tell the call. A callback that fails loses its own line, never the others'."""
        if verdict is None:
            return
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

    def _warm(self, lines: list[Line]) -> None:
        """Give the model the window before, where the gate had kept that back."""
        cold = [(line.row, line.kept_back) for line in lines if line.kept_back is not None]
        if cold:
            self._bank.run(np.array([row for row, _ in cold], np.intp), self._samples([window for _, window in cold]))

    def _samples(self, windows: list[bytes]) -> Floats:
        """PCM16 windows as [windows, samples] on the int16 scale."""
        return np.frombuffer(b"".join(windows), dtype="<i2").reshape(len(windows), -1).astype(np.float32)


class Line:
    """The `VoiceStream` of one call."""

    def __init__(self, lane: Lane, row: int, on_verdict: OnVerdict) -> None:
        self.row = row
        self.on_verdict = on_verdict
        self.detector = Detector(lane.settings.detector)
        self.closed = False
        self.dropped_bytes = 0
        self.last_push_ms = 0.0
        self.kept_back: bytes | None = None
        """The window last taken, if the gate kept it back."""
        self.taken_ms = 0.0
        """How much audio was taken, or dropped before it could be."""
        self._lane = lane
        self._window_bytes = lane.window_bytes
        self._window_ms = lane.window_bytes * 500 / lane.rate_hz
        self._max_bytes = max(1, int(lane.settings.max_buffered_ms / self._window_ms)) * lane.window_bytes
        self._timeline = Timeline(lane.rate_hz)
        self._buffer = bytearray()

    def push(self, pcm: bytes, now_ms: float) -> None:
        """Raises ValueError on half a sample. After `close` audio is ignored."""
        if self.closed:
            return
        whole_samples(pcm)
        had_window = self.has_window
        self._buffer += pcm
        self.last_push_ms = now_ms
        self._timeline.arrived(len(pcm) // 2, now_ms)
        if len(self._buffer) > self._max_bytes:
            self._drop_oldest()
        if not had_window and self.has_window:
            self._lane.ready(self)

    def close(self) -> None:
        """No verdict comes any more. Idempotent."""
        if not self.closed:
            self.closed = True
            self._buffer.clear()
            self._lane.forget(self)

    @property
    def has_window(self) -> bool:
        return len(self._buffer) >= self._window_bytes

    def take_window(self) -> bytes:
        window = bytes(self._buffer[: self._window_bytes])
        del self._buffer[: self._window_bytes]
        self.taken_ms += self._window_ms
        return window

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

    def _drop_oldest(self) -> None:
        excess = len(self._buffer) - self._max_bytes
        dropped = -(-excess // self._window_bytes) * self._window_bytes
        del self._buffer[:dropped]
        self.taken_ms += dropped * 500 / self._lane.rate_hz
        self.dropped_bytes += dropped
        self._lane.counters.dropped_bytes += dropped
