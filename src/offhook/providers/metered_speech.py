"""Speech engines whose use is measured: seconds of audio that were listened to, and that were made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from offhook.contracts.clock import Clock
from offhook.contracts.speech import (
    Expectation,
    Stt,
    SttCapabilities,
    SttConfig,
    SttEvent,
    SttStream,
    Transcript,
    Tts,
    TtsCapabilities,
    Voice,
)
from offhook.kit.closing import closing
from offhook.telemetry.cost import Costs

_BYTES_PER_SAMPLE = 2


def counted_voice(voice: Tts, costs: Costs) -> Tts:
    """The voice with its speech added to the costs; itself where speech has no price."""
    return MeteredTts(voice, lambda seconds: costs.add("tts", seconds)) if costs.counts("tts") else voice


def counted_recogniser(stt: Stt, clock: Clock, costs: Costs) -> Stt:
    """The recogniser with its open streams added to the costs; itself where they have no price."""
    return MeteredStt(stt, clock, lambda seconds: costs.add("stt", seconds)) if costs.counts("stt") else stt


class MeteredTts:
    """Port `Tts`. `on_seconds` hears the length of each synthesis, a stopped one as far as it came."""

    def __init__(self, voice: Tts, on_seconds: Callable[[float], None]) -> None:
        self._tts = voice
        self._on_seconds = on_seconds

    @property
    def name(self) -> str:
        return self._tts.name

    @property
    def capabilities(self) -> TtsCapabilities:
        return self._tts.capabilities

    async def warm(self, voice: Voice, rate_hz: int) -> None:
        await self._tts.warm(voice, rate_hz)

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        given = 0
        try:
            async with closing(self._tts.synthesize(text, voice, rate_hz)) as pieces:
                async for piece in pieces:
                    given += len(piece)
                    yield piece
        finally:
            self._on_seconds(given / _BYTES_PER_SAMPLE / rate_hz)

    async def aclose(self) -> None:
        await self._tts.aclose()


class MeteredStt:
    """Port `Stt`. `on_seconds` hears how long each stream was open: what recognisers charge for."""

    def __init__(self, recogniser: Stt, clock: Clock, on_seconds: Callable[[float], None]) -> None:
        self._stt = recogniser
        self._clock = clock
        self._on_seconds = on_seconds

    @property
    def name(self) -> str:
        return self._stt.name

    @property
    def capabilities(self) -> SttCapabilities:
        return self._stt.capabilities

    async def warm(self, config: SttConfig) -> None:
        await self._stt.warm(config)

    async def open(self, config: SttConfig, on_event: Callable[[SttEvent], None]) -> SttStream:
        began_ms = self._clock.mono_ms()
        stream = await self._stt.open(config, on_event)
        return _MeteredStream(stream, lambda: self._on_seconds((self._clock.mono_ms() - began_ms) / 1000))

    async def aclose(self) -> None:
        await self._stt.aclose()


class _MeteredStream:
    def __init__(self, stream: SttStream, on_closed: Callable[[], None]) -> None:
        self._stream = stream
        self._on_closed = on_closed
        self._open = True
        self.push = stream.push  # runs for every frame of a call
        self.begin = stream.begin
        self.end = stream.end

    def expect(self, expectation: Expectation) -> None:
        self._stream.expect(expectation)

    async def finalize(self, utterance: int) -> Transcript:
        return await self._stream.finalize(utterance)

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            self._on_closed()
        await self._stream.aclose()
