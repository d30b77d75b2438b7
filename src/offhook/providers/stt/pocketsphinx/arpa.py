"""A trigram language model from weighted groups of sentences, written in ARPA's text format.

Jelinek-Mercer smoothing with fixed weights: p(w|uv) = (1-b3) c(uvw)/c(uv) + b3 p(w|v), and so on down to words and to a
uniform floor (Chen & Goodman 1999, "An empirical study of smoothing techniques", §2.3). The weights do not shrink with
the number of sentences, because template sentences are drawn at will: seeing one a thousand times does not make its
absence elsewhere more certain. With interpolation the back-off weight of a history is exactly its b.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

START, END = "<s>", "</s>"
_NEVER = -99.0
_IntArray = NDArray[np.int64]
_FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How much probability goes to the shorter history, and to words never seen."""

    trigram: float = 0.35
    bigram: float = 0.35
    unigram: float = 0.05


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sentences as word ids, counted: one row per distinct n-gram."""

    unigrams: tuple[_IntArray, _FloatArray]
    bigrams: tuple[_IntArray, _FloatArray]
    trigrams: tuple[_IntArray, _FloatArray]


class Vocabulary:
    """Words and their ids. `<s>` is 0, `</s>` is 1."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: list[str] = [START, END, *dict.fromkeys(words)]
        self._ids = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def count(self, sentences: Sequence[str]) -> Corpus:
        """Count the n-grams; words that the vocabulary does not have are left out. Counts add up to 1 per order."""
        ids = self._ids
        stream: list[int] = []
        for sentence in sentences:
            stream.append(0)
            stream.extend(ids[word] for word in sentence.split() if word in ids)
            stream.append(1)
        sequence = np.array(stream, dtype=np.int64)
        size = len(self.words)
        first, second = sequence[:-1], sequence[1:]
        inside = first != 1
        bigrams = (first * size + second)[inside]
        third = sequence[2:]
        whole = (sequence[:-2] != 1) & (sequence[1:-1] != 1)
        trigrams = ((sequence[:-2] * size + sequence[1:-1]) * size + third)[whole]
        return Corpus(_counted(sequence[sequence != 0]), _counted(bigrams), _counted(trigrams))


def _counted(keys: _IntArray) -> tuple[_IntArray, _FloatArray]:
    found, counts = np.unique(keys, return_counts=True)
    return found, counts / max(1, keys.size)


def _mixed(parts: Sequence[tuple[_IntArray, _FloatArray]], weights: Sequence[float]) -> tuple[_IntArray, _FloatArray]:
    keys: _IntArray = np.concatenate([part[0] for part in parts])
    counts = np.concatenate([part[1] * weight for part, weight in zip(parts, weights, strict=True)])
    found, where = np.unique(keys, return_inverse=True)
    return found, np.bincount(where, weights=counts, minlength=found.size).astype(np.float64)


def _lookup(keys: _IntArray, values: _FloatArray, wanted: _IntArray) -> _FloatArray:
    return values[np.searchsorted(keys, wanted)]


def arpa(
    vocabulary: Vocabulary,
    corpora: Sequence[tuple[Corpus, float]],
    smoothing: Smoothing = Smoothing(),
) -> str:
    """The model's text: the corpora mixed by their weights, every word of the vocabulary included."""
    size = len(vocabulary)
    weights = [weight for _, weight in corpora]
    keys1, counts1 = _mixed([c.unigrams for c, _ in corpora], weights)
    keys2, counts2 = _mixed([c.bigrams for c, _ in corpora], weights)
    keys3, counts3 = _mixed([c.trigrams for c, _ in corpora], weights)

    p1 = np.zeros(size)
    p1[keys1] = counts1 / counts1.sum()
    p1 = (1 - smoothing.unigram) * p1 + smoothing.unigram / (size - 1)

    history1, word2 = keys2 // size, keys2 % size
    total1 = np.bincount(history1, weights=counts2, minlength=size)
    p2 = (1 - smoothing.bigram) * counts2 / total1[history1] + smoothing.bigram * p1[word2]

    history2, word3 = keys3 // size, keys3 % size
    histories, where = np.unique(history2, return_inverse=True)
    total2 = np.bincount(where, weights=counts3)
    lower = _lookup(keys2, p2, (history2 % size) * size + word3)
    p3 = (1 - smoothing.trigram) * counts3 / total2[where] + smoothing.trigram * lower

    words = vocabulary.words
    log1, log2, log3 = np.log10(p1), np.log10(p2), np.log10(p3)
    log1[0] = _NEVER
    back1 = np.where(total1 > 0, np.log10(smoothing.bigram), 0.0)
    has_history = np.isin(keys2, histories)
    back2 = np.where(has_history, np.log10(smoothing.trigram), 0.0)
    lines = ["\\data\\", f"ngram 1={size}", f"ngram 2={keys2.size}", f"ngram 3={keys3.size}", "", "\\1-grams:"]
    lines += [f"{log1[i]:.4f} {words[i]} {back1[i]:.4f}" for i in range(size)]
    lines += ["", "\\2-grams:"]
    lines += [
        f"{p:.4f} {words[u]} {words[v]} {b:.4f}"
        for p, u, v, b in zip(log2.tolist(), history1.tolist(), word2.tolist(), back2.tolist(), strict=True)
    ]
    lines += ["", "\\3-grams:"]
    lines += [
        f"{p:.4f} {words[h // size]} {words[h % size]} {words[w]}"
        for p, h, w in zip(log3.tolist(), history2.tolist(), word3.tolist(), strict=True)
    ]
    lines += ["", "\\end\\", ""]
    return "\n".join(lines)
