"""How likely a write that a whole sentence seems to ask for is really asked for: a logistic model of a few signs.

The signs (`doubting.signs_of`) are what is known of a reading whatever its words are: how much the sayings speak for
it, how many words nobody accounts for, whether it is spoken of with doubt. `benchmarks/sayings.py` weighs them on
sayings that the shares were not learned from, and writes `certainty.json` into the desk's language folder.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certainty:
    """Weights of the signs, the last one of every sentence; one row for the desk's language, one for mixed ones."""

    own: tuple[float, ...]
    mixed: tuple[float, ...]

    def share(self, signs: Sequence[float], mixed: bool) -> float:
        weights = self.mixed if mixed else self.own
        value = weights[-1] + sum(one * weight for one, weight in zip(signs, weights, strict=False))
        return 1.0 / (1.0 + math.exp(-value))


def load_certainty(path: Path) -> Certainty | None:
    """The model of a desk, or None where it has none."""
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return Certainty(own=tuple(data["own"]), mixed=tuple(data["mixed"]))
