"""A linear model of what sentences want, made of sayings: only read and added up here.

`benchmarks/sayings.py` weighs the words of many sayings of each intent and writes `sayings.json` into the desk's
language folder.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

_SCALE = 100.0
"""Weights are kept as whole hundredths."""


class Guess(NamedTuple):
    label: str
    """An intent, with the slots that it fixes: "faq topic=hours"."""
    share: float
    """0..1, of all labels."""


@dataclass(frozen=True, slots=True)
class Sayings:
    labels: tuple[str, ...]
    weights: dict[str, tuple[tuple[int, int], ...]]
    """Feature -> (number of the label, weight in hundredths)."""

    def guesses(self, features: list[str]) -> list[Guess]:
        """Every label with its share, the likeliest first; none where not one feature is known."""
        known = [self.weights[feature] for feature in features if feature in self.weights]
        if not known:
            return []
        scale = 1.0 / (_SCALE * math.sqrt(len(features)))
        sums = [0] * len(self.labels)
        for weights in (*known, self.weights.get("", ())):
            for label, weight in weights:
                sums[label] += weight
        best = max(sums)
        shares = [math.exp((one - best) * scale) for one in sums]
        total = sum(shares)
        ordered = sorted(range(len(sums)), key=lambda label: -sums[label])
        return [Guess(self.labels[label], shares[label] / total) for label in ordered]

    def speaks_for(self, feature: str, label: str) -> bool:
        """Whether a feature makes a label likelier."""
        number = self.labels.index(label) if label in self.labels else -1
        return any(one == number and weight > 0 for one, weight in self.weights.get(feature, ()))


def load_sayings(path: Path) -> Sayings | None:
    """The model of a desk, or None where it has none."""
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    weights = cast("dict[str, list[int]]", data["weights"])
    return Sayings(
        labels=tuple(data["labels"]),
        weights={word: tuple(zip(flat[::2], flat[1::2], strict=True)) for word, flat in weights.items()},
    )
