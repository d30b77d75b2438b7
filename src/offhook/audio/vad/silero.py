"""The silero voice detector (MIT), run on many lines in one batch.

The network is recurrent. For each line it wants back the state that it gave out for the line's former window, and
before each window the last samples of the former one (the context). Both live here, a row for each line, and sizes are
enforced: 256 samples with 32 of context at 8 kHz, 512 with 64 at 16 kHz (32 ms either way). Rows of a batch do not
influence each other.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from offhook.audio.vad.model import Floats, Rows
from offhook.audio.vad.onnx_file import float_arrays
from offhook.audio.vad.silero_net import STATE_SIZE, SileroNet, nets
from offhook.contracts.errors import AppError

MODEL_PATH = Path(__file__).parent / "silero" / "silero_vad.onnx"
"""Where the build puts the model: beside this file."""

CONTEXT_SAMPLES = {8000: 32, 16000: 64}
WINDOW_SAMPLES = {8000: 256, 16000: 512}


class VadModelMissing(AppError):
    """The model's file is not there or cannot be read. No server can hear without it."""

    def __init__(self, message: str) -> None:
        super().__init__("voice_detector_missing", message, status=503)


class SileroModel:
    """The loaded weights, shared by all lines of a process."""

    name = "silero"
    deaf_ms = 0.0

    def __init__(self, path: Path = MODEL_PATH) -> None:
        """Raises VadModelMissing, whose text says how to mend it."""
        mend = "run `make setup` in the repository, or reinstall the package (`pip install --force-reinstall .`)"
        if not path.is_file():
            raise VadModelMissing(f"the voice detector's model is missing at {path}; {mend}")
        try:
            self._nets = nets(float_arrays(path.read_bytes()))
        except (OSError, KeyError, ValueError) as error:
            raise VadModelMissing(f"the voice detector's model at {path} cannot be read ({error}); {mend}") from None
        if set(self._nets) != set(WINDOW_SAMPLES):
            raise VadModelMissing(f"the voice detector's model at {path} cannot be read (another model); {mend}")

    def bank(self, rate_hz: int) -> SileroBank:
        if rate_hz not in WINDOW_SAMPLES:
            raise ValueError(f"silero listens at 8000 or 16000 Hz, not {rate_hz}; resample first")
        return SileroBank(self._nets[rate_hz], rate_hz)


class SileroBank:
    """States and contexts of the lines of one rate."""

    def __init__(self, net: SileroNet, rate_hz: int, rows: int = 16) -> None:
        self.window_samples = WINDOW_SAMPLES[rate_hz]
        self._rate_hz = rate_hz
        self._net = net
        self._state = np.zeros((rows, 2 * STATE_SIZE), np.float32)
        self._context = np.zeros((rows, CONTEXT_SAMPLES[rate_hz]), np.float32)

    def reset(self, row: int) -> None:
        held = len(self._context)
        if row >= held:
            more = max(row + 1, 2 * held) - held
            self._state = np.pad(self._state, ((0, more), (0, 0)))
            self._context = np.pad(self._context, ((0, more), (0, 0)))
        self._state[row] = 0.0
        self._context[row] = 0.0

    def run(self, rows: Rows, windows: Floats) -> Floats:
        if windows.shape != (len(rows), self.window_samples):
            raise ValueError(
                f"silero takes windows of exactly {self.window_samples} samples at {self._rate_hz} Hz, one per row; "
                f"got {windows.shape} for {len(rows)} rows"
            )
        heard = np.concatenate([self._context[rows], windows], axis=1)
        probabilities, self._state[rows] = self._net.run(heard, self._state[rows])
        self._context[rows] = windows[:, -self._context.shape[1] :]
        return probabilities
