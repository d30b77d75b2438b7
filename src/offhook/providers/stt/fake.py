"""A recogniser that hears the same words in every utterance, after a set delay. For benchmarks, demos and tests.

Deterministic and almost free: hundreds of calls share one, and a push costs an addition.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from offhook.contracts.speech import (
    Expectation,
    Hypothesis,
    PartialHeard,
    SttCapabilities,
    SttConfig,
    SttEvent,
    SttFailed,
    SttStream,
    Transcript,
)

_WORD_MS = 300.0
"""Length of speech per word of a partial."""
MAX_OPEN_UTTERANCES = 16


class FakeStt:
    """Port `Stt`.

    Args:
        delay_ms: from each `finalize` to its transcript.
        transcript: what every utterance with any audio says.
        partials: tell of the transcript's words one by one while audio comes in.
    """

    def __init__(self, *, delay_ms: float = 0.0, transcript: str = "", partials: bool = False) -> None:
        self._delay_ms = delay_ms
        self._transcript = transcript
        self._partials = partials

    @property
    def name(self) -> str:
        return "fake"

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(partials=self._partials, n_best=False, continuous=False, languages=("en", "hi"))

    async def warm(self, config: SttConfig) -> None:
        """Nothing to start."""

    async def open(self, config: SttConfig, on_event: Callable[[SttEvent], None]) -> SttStream:
        return _FakeStream(self._delay_ms, self._transcript, config, on_event if self._partials else None)

    async def aclose(self) -> None:
        """Nothing to end."""


class _FakeStream:
    def __init__(
        self, delay_ms: float, transcript: str, config: SttConfig, on_partial: Callable[[SttEvent], None] | None
    ) -> None:
        self._delay_ms = delay_ms
        self._transcript = transcript
        self._words = transcript.split()
        self._language = config.language
        self._bytes_per_ms = config.rate_hz * 2 / 1000
        self._on_partial = on_partial
        self._heard_bytes: dict[int, int] = {}
        """Open utterances, oldest first; bounded: beyond MAX_OPEN_UTTERANCES the oldest is forgotten."""
        self._current: int | None = None
        self._told_words = 0

    def expect(self, expectation: Expectation) -> None:
        """Changes nothing: the words are fixed."""

    def begin(self, utterance: int) -> None:
        self._heard_bytes[utterance] = 0
        if len(self._heard_bytes) > MAX_OPEN_UTTERANCES:
            del self._heard_bytes[next(iter(self._heard_bytes))]
        self._current = utterance
        self._told_words = 0

    def push(self, pcm: bytes) -> None:
        if self._current is None:
            return
        self._heard_bytes[self._current] += len(pcm)
        if self._on_partial is not None:
            self._tell_partial(self._current, self._on_partial)

    async def finalize(self, utterance: int) -> Transcript:
        heard_bytes = self._heard_bytes.get(utterance)
        if heard_bytes is None:
            raise SttFailed(f"utterance {utterance} is not open; begin it before asking for its transcript")
        await asyncio.sleep(self._delay_ms / 1000)
        text = self._transcript if heard_bytes else ""
        return Transcript(
            utterance=utterance,
            text=text,
            alternatives=(Hypothesis(text, 0.0),) if text else (),
            confidence=1.0,
            language=self._language,
            audio_ms=heard_bytes / self._bytes_per_ms,
            decode_ms=self._delay_ms,
        )

    def end(self, utterance: int) -> None:
        self._heard_bytes.pop(utterance, None)
        if self._current == utterance:
            self._current = None

    async def aclose(self) -> None:
        self._heard_bytes.clear()
        self._current = None

    def _tell_partial(self, utterance: int, tell: Callable[[SttEvent], None]) -> None:
        heard_ms = self._heard_bytes[utterance] / self._bytes_per_ms
        words = min(len(self._words), int(heard_ms / _WORD_MS))
        if words > self._told_words:
            self._told_words = words
            tell(PartialHeard(utterance, " ".join(self._words[:words])))
