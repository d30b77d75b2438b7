"""How alike two questions are worded: their words and pairs of words, small ones included, by their stems.

It tells nothing about what is meant and is worth little; but of entries that fit a question as well by meaning, the one
that asks in nearly the same words is more often the one ("how do I get to you" and "how do I get a loan").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offhook.understanding.thesaurus import stem, words_of_text

Numbers = NDArray[np.float32]


class Wordings:
    """The questions of a FAQ. Immutable."""

    def __init__(self, questions: Sequence[str]) -> None:
        self._size = len(questions)
        having: dict[str, list[int]] = {}
        for number, question in enumerate(questions):
            for feature in _features(question):
                having.setdefault(feature, []).append(number)
        self._rarity = {feature: math.log1p(self._size / len(numbers)) for feature, numbers in having.items()}
        self._having = {feature: np.array(numbers, np.intp) for feature, numbers in having.items()}
        squares = np.zeros(self._size, np.float32)
        for feature, numbers in self._having.items():
            squares[numbers] += self._rarity[feature] ** 2
        self._lengths = np.sqrt(squares) + 1e-9

    def alike(self, question: str) -> Numbers:
        """By entry: the cosine of the two wordings, 0..1."""
        found = np.zeros(self._size, np.float32)
        square = 0.0
        for feature in _features(question):
            if feature in self._having:
                weight = self._rarity[feature] ** 2
                found[self._having[feature]] += weight
                square += weight
        return np.asarray(found / (self._lengths * (math.sqrt(square) + 1e-9)), np.float32)


def _features(text: str) -> set[str]:
    stems = ["", *(stem(word) for word in words_of_text(text))]
    return {*stems[1:], *(f"{one} {other}" for one, other in pairwise(stems))}
