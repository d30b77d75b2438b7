"""The silero voice detector (MIT), run on many lines in one batch.

The model is recurrent. For each line it wants back the state that it gave out for the line's former window, and before
each window the last samples of the former one (the context). It checks neither: a wrong size gives wrong answers
without a word. So both live here, a row for each line, and sizes are enforced: 256 samples with 32 of context at
8 kHz, 512 with 64 at 16 kHz (32 ms either way). Rows of a batch do not influence each other.

One thread: a window costs 58 µs alone and 18 µs in a batch of 32, which more threads do not better.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from offhook.audio.level import FULL_SCALE
from offhook.audio.vad.model import Floats, Rows

MODEL_PATH = Path(__file__).parent / "silero" / "silero_vad.onnx"
"""Where the build puts the model: beside this file."""

CONTEXT_SAMPLES = {8000: 32, 16000: 64}
WINDOW_SAMPLES = {8000: 256, 16000: 512}
STATE_SIZE = 128


class VadModelMissing(RuntimeError):
    """The model's file is not there or cannot be read."""


class SileroModel:
    """The loaded model, shared by all lines of a process. Loading takes about 100 ms."""

    name = "silero"
    deaf_ms = 0.0

    def __init__(self, path: Path = MODEL_PATH) -> None:
        """Raises VadModelMissing, whose text says how to mend it."""
        mend = "run `make setup` in the repository, or reinstall the package (`pip install --force-reinstall .`)"
        if not path.is_file():
            raise VadModelMissing(f"the voice detector's model is missing at {path}; {mend}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                path.read_bytes(), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # lint: broad-except: onnxruntime's exceptions have no common class
            raise VadModelMissing(f"the voice detector's model at {path} cannot be read ({error}); {mend}") from None

    def bank(self, rate_hz: int) -> SileroBank:
        if rate_hz not in WINDOW_SAMPLES:
            raise ValueError(f"silero listens at 8000 or 16000 Hz, not {rate_hz}; resample first")
        return SileroBank(self._session, rate_hz)


class SileroBank:
    """States and contexts of the lines of one rate."""

    def __init__(self, session: onnxruntime.InferenceSession, rate_hz: int, rows: int = 16) -> None:
        self.window_samples = WINDOW_SAMPLES[rate_hz]
        self._session = session
        self._rate = np.array(rate_hz, np.int64)
        self._state = np.zeros((2, rows, STATE_SIZE), np.float32)
        self._context = np.zeros((rows, CONTEXT_SAMPLES[rate_hz]), np.float32)

    def reset(self, row: int) -> None:
        held = len(self._context)
        if row >= held:
            more = max(row + 1, 2 * held) - held
            self._state = np.pad(self._state, ((0, 0), (0, more), (0, 0)))
            self._context = np.pad(self._context, ((0, more), (0, 0)))
        self._state[:, row] = 0.0
        self._context[row] = 0.0

    def run(self, rows: Rows, windows: Floats) -> Floats:
        if windows.shape != (len(rows), self.window_samples):
            raise ValueError(
                f"silero takes windows of exactly {self.window_samples} samples at {int(self._rate)} Hz, one per row; "
                f"got {windows.shape} for {len(rows)} rows"
            )
        heard = np.concatenate([self._context[rows], windows * np.float32(1.0 / FULL_SCALE)], axis=1)
        probability, state = self._session.run(
            None, {"input": heard, "state": self._state.take(rows, axis=1), "sr": self._rate}
        )
        self._state[:, rows] = state
        self._context[rows] = heard[:, -self._context.shape[1] :]
        flat: Floats = probability[:, 0]
        return flat
