"""What the hub needs of a model: the probability of speech for the next window of each of several lines at once."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


class ModelBank(Protocol):
    """Model states of the lines of one rate, a row for each. A row belongs to one line between two resets."""

    @property
    def window_samples(self) -> int:
        """The one size of window that it takes."""
        ...

    def reset(self, row: int) -> None:
        """Begin a new line in this row; rows are small numbers, the bank grows as needed."""
        ...

    def run(self, rows: Rows, windows: Floats) -> Floats:
        """Probabilities [rows] for the next windows [rows, window_samples] (int16 scale) of different lines.

        Raises ValueError for another window size.
        """
        ...


class VoiceModel(Protocol):
    """One per process. `bank` raises ValueError for a rate that the model does not know."""

    @property
    def name(self) -> str: ...

    @property
    def deaf_ms(self) -> float:
        """How long a new line counts as silent, until its noise is known; 0 if noise is never taken for speech."""
        ...

    def bank(self, rate_hz: int) -> ModelBank: ...
