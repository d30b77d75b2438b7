"""Decoding with pocketsphinx: whole utterances for the final, pieces for partials. Runs in the engine process only.

The decoder holds the GIL while it works; nothing else may share its process.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pocketsphinx

from offhook.providers.stt.pocketsphinx.features import Array
from offhook.providers.stt.pocketsphinx.models import OPEN, DomainModels

_ALTERNATIVES = 6
_NBEST_LOOKED_AT = 60
_LANGUAGE_WEIGHT = 9.0
_SCORE_NATS = 1024 / _LANGUAGE_WEIGHT
"""The decoder's scores are in steps of 2^10 log units, acoustics weighed up; a language model's nats are wanted."""
_SHORTEST_FRAMES = 10
_FILLERS = frozenset({"<s>", "</s>", "<sil>", "[NOISE]", "[COUGH]", "[SMACK]", "[UH]", "[UM]"})
_WHOLE: dict[str, object] = {"bestpath": True, "lw": _LANGUAGE_WEIGHT}
_LIGHT: dict[str, object] = {
    "fwdflat": False,
    "bestpath": False,
    "beam": 1e-36,
    "wbeam": 1e-20,
    "pbeam": 1e-36,
    "maxhmmpf": 2000,
    "maxwpf": 8,
    "pl_window": 0,  # the phone look-ahead loses frames when cepstra come in pieces
}


@dataclass(frozen=True, slots=True)
class Heard:
    text: str
    alternatives: tuple[tuple[str, float], ...] = ()
    """Text and log score, best first."""
    confidence: float = 0.0


class Recogniser:
    """Decoders of one domain. Language models are loaded when they are first needed, or ahead by `prepare`."""

    def __init__(self, models: DomainModels) -> None:
        self._models = models
        self._whole = _decoder(models, _WHOLE)
        self._loaded: set[str] = set()
        self._light: list[_LightDecoder] = []
        self.load(OPEN)

    def load(self, kind: str) -> None:
        if kind not in self._loaded:
            self._whole.add_lm_file(kind, str(self._models.language_model(kind)))
            self._loaded.add(kind)

    def prepare(self) -> bool:
        """Load one more language model. False when all are loaded."""
        missing = [kind for kind in self._models.kinds if kind not in self._loaded]
        if not missing:
            return False
        self.load(missing[0])
        return True

    def whole(self, features: Array, kind: str) -> Heard:
        """The best reading of a whole utterance, (frames, width) of what `hearing` makes of the line."""
        if len(features) < _SHORTEST_FRAMES:
            return Heard("", confidence=1.0)
        kind = kind if kind in self._models.kinds else OPEN
        self.load(kind)
        decoder = self._whole
        decoder.activate_search(kind)
        decoder.start_utt()
        decoder.process_cep(np.ascontiguousarray(features, dtype=np.float32).tobytes(), full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        if best is None or not best.hypstr:
            return Heard("")
        alternatives = tuple(_alternatives(decoder, best.hypstr))
        return Heard(best.hypstr, alternatives, _posterior(alternatives))

    def partial(self, kind: str) -> _LightDecoder:
        """A decoder for one running utterance; give it back with `release`."""
        decoder = self._light.pop() if self._light else _LightDecoder(self._models)
        decoder.begin(kind if kind in self._models.kinds else OPEN)
        return decoder

    def release(self, decoder: _LightDecoder) -> None:
        decoder.end()
        self._light.append(decoder)


class _LightDecoder:
    """Decodes as audio comes, roughly."""

    def __init__(self, models: DomainModels) -> None:
        self._models = models
        self._decoder = _decoder(models, _LIGHT)
        self._loaded: set[str] = set()
        self._running = False

    def begin(self, kind: str) -> None:
        if kind not in self._loaded:
            self._decoder.add_lm_file(kind, str(self._models.language_model(kind)))
            self._loaded.add(kind)
        self._decoder.activate_search(kind)
        self._decoder.start_utt()
        self._running = True

    def push(self, features: Array) -> str:
        """(frames, width) more of the utterance → the text so far."""
        if len(features):
            self._decoder.process_cep(np.ascontiguousarray(features, dtype=np.float32).tobytes())
        best = self._decoder.hyp()
        return best.hypstr if best is not None else ""

    def end(self) -> None:
        if self._running:
            self._decoder.end_utt()
            self._running = False


def _decoder(models: DomainModels, options: dict[str, object]) -> pocketsphinx.Decoder:
    return pocketsphinx.Decoder(
        hmm=str(models.acoustic_model),
        dict=str(models.dictionary),
        lm=None,
        loglevel="FATAL",
        **options,
    )


def _alternatives(decoder: pocketsphinx.Decoder, best: str) -> Iterator[tuple[str, float]]:
    """Different texts of the n-best list, the best first."""
    seen: dict[str, float] = {}
    for number, hypothesis in enumerate(decoder.nbest()):
        if hypothesis is None or number >= _NBEST_LOOKED_AT:
            break
        words = [word.split("(")[0] for word in hypothesis.hypstr.split()]
        text = " ".join(word for word in words if word not in _FILLERS)
        if text and text not in seen:
            seen[text] = math.log(max(hypothesis.score, sys.float_info.min)) * _SCORE_NATS
    top = max(seen.values(), default=0.0)
    yield best, seen.pop(best, top)
    rest = sorted(seen.items(), key=lambda item: -item[1])
    yield from rest[: _ALTERNATIVES - 1]


def _posterior(alternatives: tuple[tuple[str, float], ...]) -> float:
    """Share of the best reading among the n-best."""
    scores = np.array([score for _, score in alternatives])
    shares = np.exp(scores - scores.max())
    return float(shares[0] / shares.sum())
