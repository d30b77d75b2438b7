"""The engine process: one espeak-ng, one piece of text at a time, audio out as it is made."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from offhook.providers.engine.errors import EngineFault
from offhook.providers.engine.serving import Engine, Replies
from offhook.providers.tts.espeak.library import EspeakLibrary
from offhook.providers.tts.espeak.shaping import SpeechShaper, active_rms, gain_for
from offhook.providers.tts.espeak.voices import COMFORTABLE_WPM

MAX_TEXT_CHARS = 2000
"""Per piece of work; the adapter sends sentences."""
_FIRST_PIECE_MS, _PIECE_MS = 20, 160
"""How much audio makes a message: the first as early as it is of use, the others large enough to be cheap."""
_REFERENCE = "The quick brown fox jumps over the lazy dog, and nine more will follow."


class SynthesizeWork(msgspec.Struct, frozen=True):
    """The payload of `synthesize`. Rates in Hertz, words per minute; `volume` is a factor."""

    text: str
    voices: tuple[str, ...]
    words_per_minute: int
    rate_hz: int
    volume: float
    gap_ms: int


class EspeakEngine(Engine):
    """Methods: stream `synthesize` (SynthesizeWork) -> PCM16 pieces; call `warm` (SynthesizeWork) -> the voice used."""

    def __init__(self) -> None:
        self._library = EspeakLibrary()
        self._gains: dict[tuple[str, int], float] = {}
        """Per voice and output rate; as many as there are voices."""

    def call(self, method: str, payload: object) -> object:
        if method != "warm":
            return super().call(method, payload)
        work = msgspec.convert(payload, SynthesizeWork)
        voice = self._choose(work.voices)
        self._gain(voice, work.rate_hz)
        return voice

    def stream(self, method: str, payload: object, replies: Replies) -> None:
        if method != "synthesize":
            super().stream(method, payload, replies)
            return
        work = msgspec.convert(payload, SynthesizeWork)
        if len(work.text) > MAX_TEXT_CHARS:
            raise EngineFault(f"{len(work.text)} characters in one piece; send at most {MAX_TEXT_CHARS}, by sentences")
        gain = self._gain(self._choose(work.voices), work.rate_hz) * work.volume
        shaper = SpeechShaper(source_rate_hz=self._library.rate_hz, rate_hz=work.rate_hz, gain=gain, gap_ms=work.gap_ms)
        bytes_per_ms = work.rate_hz * 2 // 1000
        ready = bytearray()
        wanted_bytes = _FIRST_PIECE_MS * bytes_per_ms

        def on_audio(pcm: bytes) -> bool:
            nonlocal ready, wanted_bytes
            if replies.cancelled:
                return False
            ready += shaper.feed(pcm)
            if len(ready) >= wanted_bytes:
                replies.emit(bytes(ready))
                ready = bytearray()
                wanted_bytes = _PIECE_MS * bytes_per_ms
            return True

        self._library.set_rate(work.words_per_minute)
        self._library.speak(work.text, on_audio)
        ready += shaper.finish()
        if ready:
            replies.emit(bytes(ready))

    def _choose(self, voices: Sequence[str]) -> str:
        for voice in voices:
            if self._library.set_voice(voice):
                return voice
        raise EngineFault(f"espeak-ng has none of the voices {', '.join(voices)}")

    def _gain(self, voice: str, rate_hz: int) -> float:
        gain = self._gains.get((voice, rate_hz))
        if gain is None:
            gain = self._gains[voice, rate_hz] = self._measure_gain(rate_hz)
        return gain

    def _measure_gain(self, rate_hz: int) -> float:
        shaper = SpeechShaper(source_rate_hz=self._library.rate_hz, rate_hz=rate_hz, gain=1.0, gap_ms=0)
        audio = bytearray()

        def on_audio(pcm: bytes) -> bool:
            audio.extend(shaper.feed(pcm))
            return True

        self._library.set_rate(COMFORTABLE_WPM)
        self._library.speak(_REFERENCE, on_audio)
        audio.extend(shaper.finish())
        return gain_for(active_rms(np.frombuffer(bytes(audio), dtype="<i2"), rate_hz))


def create(config: dict[str, object]) -> Engine:
    return EspeakEngine()
