"""Several providers behind one port, tried in order: Tts, Stt and Llm.

The next one is asked as long as nothing has left the former: no audio, no open stream, no event. What fails later is
raised to whoever listens, since he alone knows what was heard of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace

from offhook.contracts.clock import Clock
from offhook.contracts.llm import Llm, LlmEvent, LlmFailed, LlmFailure, LlmRequest
from offhook.contracts.speech import (
    Opening,
    Openings,
    Stt,
    SttCapabilities,
    SttConfig,
    SttEvent,
    SttFailed,
    SttStream,
    Tts,
    TtsCapabilities,
    TtsFailed,
    Voice,
)
from offhook.kit.closing import closing
from offhook.providers.cool_down import COOL_DOWN_MS, CoolDown, ProviderEvent

Tell = Callable[[ProviderEvent], None]


def _silent(event: ProviderEvent) -> None:
    """For whoever does not want to be told."""


class TtsBroke(TtsFailed):
    """A voice failed in the middle: `text` was to be said, `audio_ms` of it were given."""

    def __init__(self, reason: str, text: str, audio_ms: float) -> None:
        super().__init__(reason)
        self.text = text
        self.audio_ms = audio_ms


class FallbackTts:
    """Port `Tts`. A voice's name belongs to the first provider; the others speak with their own for the language."""

    def __init__(
        self, voices: Sequence[Tts], clock: Clock, *, tell: Tell = _silent, cool_down_ms: float = COOL_DOWN_MS
    ) -> None:
        self._voices = tuple(voices)
        self._clock = clock
        self._cool_down = CoolDown("tts", [voice.name for voice in voices], tell, cool_down_ms)

    @property
    def name(self) -> str:
        return ",".join(voice.name for voice in self._voices)

    @property
    def capabilities(self) -> TtsCapabilities:
        each = [voice.capabilities for voice in self._voices]
        return TtsCapabilities(
            streaming=all(one.streaming for one in each),
            languages=tuple(dict.fromkeys(language for one in each for language in one.languages)),
            cacheable=all(one.cacheable for one in each),
            first_audio_ms=each[0].first_audio_ms,
        )

    async def warm(self, voice: Voice, rate_hz: int) -> None:
        """Warm all; raises TtsFailed when none could be."""
        outcomes = await asyncio.gather(
            *(tts.warm(self._for(index, voice), rate_hz) for index, tts in enumerate(self._voices)),
            return_exceptions=True,
        )
        self._note_warmth(outcomes)

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        failures = []
        for index in self._cool_down.order(self._clock.mono_ms()):
            given_bytes = 0
            tts = self._voices[index]
            try:
                async with closing(tts.synthesize(text, self._for(index, voice), rate_hz)) as pieces:
                    async for piece in pieces:
                        given_bytes += len(piece)
                        yield piece
                self._cool_down.worked(index)
                return
            except TtsFailed as error:
                self._cool_down.failed(index, str(error), self._clock.mono_ms())
                if given_bytes:
                    raise TtsBroke(str(error), text, given_bytes / (rate_hz * 2) * 1000) from error
                failures.append(f"{tts.name}: {error}")
        raise TtsFailed(f"no voice could speak: {'; '.join(failures)}")

    def opening(self, sentence: str, voice: Voice, rate_hz: int) -> Opening | None:
        """Port `Openings`: of the voice that would be asked now, so that one sentence has one voice."""
        index = self._cool_down.order(self._clock.mono_ms())[0]
        tts = self._voices[index]
        return tts.opening(sentence, self._for(index, voice), rate_hz) if isinstance(tts, Openings) else None

    def make_openings(self, openings: Iterable[str], voice: Voice, rate_hz: int) -> None:
        """For the first voice; another one's are made when it speaks."""
        if isinstance(tts := self._voices[0], Openings):
            tts.make_openings(openings, voice, rate_hz)

    async def aclose(self) -> None:
        await asyncio.gather(*(voice.aclose() for voice in self._voices))

    def _for(self, index: int, voice: Voice) -> Voice:
        return voice if index == 0 else replace(voice, name="")

    def _note_warmth(self, outcomes: Sequence[BaseException | None]) -> None:
        failures = []
        for index, outcome in enumerate(outcomes):
            if isinstance(outcome, TtsFailed):
                self._cool_down.failed(index, str(outcome), self._clock.mono_ms())
                failures.append(f"{self._voices[index].name}: {outcome}")
            elif outcome is not None:
                raise outcome
        if len(failures) == len(self._voices):
            raise TtsFailed(f"no voice is ready: {'; '.join(failures)}")


class FallbackStt:
    """Port `Stt`: a call keeps the recogniser that it was opened with."""

    def __init__(
        self, recognisers: Sequence[Stt], clock: Clock, *, tell: Tell = _silent, cool_down_ms: float = COOL_DOWN_MS
    ) -> None:
        self._recognisers = tuple(recognisers)
        self._clock = clock
        self._cool_down = CoolDown("stt", [stt.name for stt in recognisers], tell, cool_down_ms)

    @property
    def name(self) -> str:
        return ",".join(stt.name for stt in self._recognisers)

    @property
    def capabilities(self) -> SttCapabilities:
        """What any of them can or wants: one that is not `continuous` ignores what it gets between utterances."""
        each = [stt.capabilities for stt in self._recognisers]
        return SttCapabilities(
            partials=any(one.partials for one in each),
            n_best=any(one.n_best for one in each),
            continuous=any(one.continuous for one in each),
            languages=tuple(dict.fromkeys(language for one in each for language in one.languages)),
        )

    async def warm(self, config: SttConfig) -> None:
        """Warm all; raises SttFailed when none could be."""
        outcomes = await asyncio.gather(*(stt.warm(config) for stt in self._recognisers), return_exceptions=True)
        failures = []
        for index, outcome in enumerate(outcomes):
            if isinstance(outcome, SttFailed):
                self._cool_down.failed(index, str(outcome), self._clock.mono_ms())
                failures.append(f"{self._recognisers[index].name}: {outcome}")
            elif outcome is not None:
                raise outcome
        if len(failures) == len(self._recognisers):
            raise SttFailed(f"no recogniser is ready: {'; '.join(failures)}")

    async def open(self, config: SttConfig, on_event: Callable[[SttEvent], None]) -> SttStream:
        failures = []
        for index in self._cool_down.order(self._clock.mono_ms()):
            stt = self._recognisers[index]
            try:
                stream = await stt.open(config, on_event)
            except SttFailed as error:
                self._cool_down.failed(index, str(error), self._clock.mono_ms())
                failures.append(f"{stt.name}: {error}")
            else:
                self._cool_down.worked(index)
                return stream
        raise SttFailed(f"no recogniser could be opened: {'; '.join(failures)}")

    async def aclose(self) -> None:
        await asyncio.gather(*(stt.aclose() for stt in self._recognisers))


class FallbackLlm:
    """Port `Llm`."""

    def __init__(
        self, models: Sequence[Llm], clock: Clock, *, tell: Tell = _silent, cool_down_ms: float = COOL_DOWN_MS
    ) -> None:
        self._models = tuple(models)
        self._clock = clock
        self._cool_down = CoolDown("llm", [model.name for model in models], tell, cool_down_ms)

    @property
    def name(self) -> str:
        return ",".join(model.name for model in self._models)

    @property
    def cacheable(self) -> bool:
        return all(model.cacheable for model in self._models)

    async def warm(self) -> None:
        await asyncio.gather(*(model.warm() for model in self._models))

    async def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        failures, retryable = [], False
        kind: LlmFailure = "broken"
        for index in self._cool_down.order(self._clock.mono_ms()):
            begun = False
            try:
                async with closing(self._models[index].stream(request)) as events:
                    async for event in events:
                        begun = True
                        yield event
                self._cool_down.worked(index)
                return
            except LlmFailed as error:
                self._cool_down.failed(index, str(error), self._clock.mono_ms())
                if begun:
                    raise
                failures.append(f"{self._models[index].name}: {error}")
                retryable, kind = retryable or error.retryable, error.kind
        raise LlmFailed(f"no model answered: {'; '.join(failures)}", retryable=retryable, kind=kind)

    async def aclose(self) -> None:
        await asyncio.gather(*(model.aclose() for model in self._models))
