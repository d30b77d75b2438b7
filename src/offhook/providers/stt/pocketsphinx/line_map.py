"""What a telephone line took away, guessed back: log mel spectra of the line to cepstra that the acoustic model knows.

A small network trained on synthetic speech of many voices and accents, sent through a simulated line
(`benchmarks/recognition/train_line_map.py`), looks at some frames around each one and gives the 13 cepstra that the
same words have in a wide-band American voice. Without it the decoder reads the empty band above 4 kHz as if it were
speech, and takes British vowels for other words: two to three times as many errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from offhook.providers.stt.pocketsphinx.features import CEPSTRA, LINE_FILTERS, Array

DATA = Path(__file__).with_name("line_map.npz")


@dataclass(frozen=True, slots=True)
class LineMap:
    """Two hidden layers of rectified units and a linear path beside them. Input and output have about zero mean."""

    context: int
    """Frames looked at on each side."""
    scale: Array
    """(20,) standard deviation of the input's filters."""
    first: Array
    first_bias: Array
    second: Array
    second_bias: Array
    out: Array
    out_bias: Array
    linear: Array

    def __call__(self, line: Array, mean: Array) -> Array:
        """(frames, 20) log mel spectra and the mean to take off -> (frames, 13) cepstra."""
        if not len(line):
            return np.zeros((0, CEPSTRA), dtype=np.float32)
        seen = self.context * 2 + 1
        padded = np.pad((line - mean) / self.scale, ((self.context, self.context), (0, 0)), mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, seen, axis=0).transpose(0, 2, 1)
        looked_at = np.ascontiguousarray(windows).reshape(len(line), seen * LINE_FILTERS)
        active = np.maximum(looked_at @ self.first + self.first_bias, np.float32(0))
        active = np.maximum(active @ self.second + self.second_bias, np.float32(0))
        mapped: Array = active @ self.out + self.out_bias + looked_at @ self.linear
        return mapped


def load(path: Path = DATA) -> LineMap:
    """Read the weights that the training script wrote. Raises OSError, KeyError."""
    with np.load(path, allow_pickle=False) as data:
        arrays = {name: data[name].astype(np.float32) for name in data.files if name != "context"}
        return LineMap(context=int(data["context"]), **arrays)
