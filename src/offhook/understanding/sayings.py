"""A linear model of what sentences want, made of sayings: only read and added up here.

`benchmarks/sayings.py` weighs the words of many sayings of each intent and writes `sayings.json` into the desk's
language folder.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

_SCALE = 100.0
"""Weights are kept as whole hundredths."""


class Guess(NamedTuple):
    label: str
    """An intent, with the slots that it fixes: "faq topic=hours"."""
    share: float
    """0..1, of all labels."""


class Sayings:
    """A softmax over labels, whose weights are whole hundredths (int16), a row of all labels for each feature."""

    def __init__(self, labels: Sequence[str], weights: Mapping[str, Sequence[int]]) -> None:
        """`weights`: of each feature the numbers of labels, each with its weight behind it; "" is what every sentence
        has."""
        self.labels = tuple(labels)
        self._numbers = {feature: number for number, feature in enumerate(weights)}
        self._weights = np.zeros((len(weights), len(self.labels)), dtype=np.int16)
        for row, flat in zip(self._weights, weights.values(), strict=True):
            row[list(flat[::2])] = flat[1::2]

    def guesses(self, features: Sequence[str]) -> list[Guess]:
        """Every label with its share, the likeliest first; none where not one feature is known."""
        known = [self._numbers[feature] for feature in features if feature in self._numbers]
        if not known:
            return []
        if "" in self._numbers:
            known.append(self._numbers[""])
        sums: list[int] = self._weights[known].sum(axis=0, dtype=np.int32).tolist()
        scale = 1.0 / (_SCALE * math.sqrt(len(features)))
        best = max(sums)
        shares = [math.exp((one - best) * scale) for one in sums]
        total = sum(shares)
        ordered = sorted(range(len(sums)), key=lambda label: -sums[label])
        return [Guess(self.labels[label], shares[label] / total) for label in ordered]

    def knows(self, feature: str) -> bool:
        return feature in self._numbers

    def speaks_for(self, feature: str, label: str) -> bool:
        """Whether a feature makes a label likelier."""
        number = self._numbers.get(feature)
        return number is not None and label in self.labels and bool(self._weights[number, self.labels.index(label)] > 0)


@cache
def load_sayings(path: Path) -> Sayings | None:
    """The model of a desk, or None where it has none; read once in a process."""
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return Sayings(data["labels"], cast("dict[str, list[int]]", data["weights"]))
