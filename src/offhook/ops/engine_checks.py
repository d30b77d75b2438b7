"""Checks that start the speech engines: the voice says a sentence, the recogniser is given it to hear."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import numpy as np

from offhook.audio.level import active_dbfs, add_noise
from offhook.contracts.clock import Clock
from offhook.contracts.errors import AppError
from offhook.contracts.llm import Llm, LlmFailed, LlmMessage, LlmRequest, TextDelta
from offhook.contracts.speech import Stt, SttConfig, SttFailed, Tts, TtsFailed, Voice
from offhook.desks.dealership.speech import speech_domain
from offhook.kit.closing import closing
from offhook.ops.findings import Finding
from offhook.ops.models import openai_options
from offhook.ops.settings import Settings
from offhook.providers.registry import ProviderOptions, build_llm, build_stt, build_tts

RATE_HZ = 8_000
LIMIT_S = 30.0
SENTENCE = "I need an oil change"
_SNR_DB = 27.0
_SEE = "Run `offhook serve` with OFFHOOK_LOG_LEVEL=DEBUG and see its log, or name another engine."

_SEE_MODEL = "Correct OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL, or raise OFFHOOK_LLM_TIMEOUT_MS."


async def engines(settings: Settings, clock: Clock) -> list[Finding]:
    """The voice first: what it says is what the recogniser hears."""
    options = ProviderOptions(
        clock=clock, openai=openai_options(settings), llm_timeout_ms=settings.offhook_llm_timeout_ms
    )
    spoken: list[bytes] = []

    async def voice() -> str:
        tts = build_tts(settings.offhook_tts, options)
        try:
            return await _speak(tts, spoken)
        finally:
            await tts.aclose()

    async def recogniser() -> str:
        stt = build_stt(settings.offhook_stt, options)
        try:
            return await _listen(stt, b"".join(spoken))
        finally:
            await stt.aclose()

    return [
        await _checked("voice", "OFFHOOK_TTS", voice),
        await _checked("recogniser", "OFFHOOK_STT", recogniser),
        await _model(settings, options),
    ]


async def _checked(name: str, setting: str, work: Callable[[], Awaitable[str]]) -> Finding:
    try:
        async with asyncio.timeout(LIMIT_S):
            return Finding(name, True, await work())
    except TimeoutError:
        return Finding(name, False, f"no answer within {LIMIT_S:g} s", f"{_SEE} ({setting})")
    except (SttFailed, TtsFailed, AppError) as error:
        return Finding(name, False, str(error), f"{_SEE} ({setting})")


async def _speak(tts: Tts, spoken: list[bytes]) -> str:
    await tts.warm(Voice(), RATE_HZ)
    began = time.perf_counter()
    async for piece in tts.synthesize(SENTENCE, Voice(), RATE_HZ):
        spoken.append(piece)
    elapsed_ms = (time.perf_counter() - began) * 1000
    audio_s = sum(map(len, spoken)) / 2 / RATE_HZ
    if not audio_s:
        raise TtsFailed(f"{tts.name} made no audio")
    return f"{tts.name} said a sentence of {audio_s:.1f} s in {elapsed_ms:.0f} ms"


async def _listen(stt: Stt, pcm: bytes) -> str:
    config = SttConfig(rate_hz=RATE_HZ, language="en", domain=speech_domain([("oil change", ())]))
    await stt.warm(config)
    stream = await stt.open(config, lambda event: None)
    try:
        stream.begin(1)
        if pcm and active_dbfs(pcm) > -90:  # a line is never silent; recognisers are made for lines
            pcm = add_noise(pcm, _SNR_DB, np.random.default_rng(1))
        stream.push(pcm)
        heard = await stream.finalize(1)
        stream.end(1)
    finally:
        await stream.aclose()
    return f'{stt.name} heard "{heard.text}" in {heard.decode_ms:.0f} ms'


async def _model(settings: Settings, options: ProviderOptions) -> Finding:
    try:
        llm = build_llm(settings.offhook_llm, options)
    except AppError as error:
        return Finding("language model", False, error.message, "Correct OFFHOOK_LLM.")
    if llm is None:
        if settings.offhook_brain == "llm":
            mend = "Configure a model, or set OFFHOOK_BRAIN=auto."
            return Finding("language model", False, "OFFHOOK_BRAIN is llm, and no model is configured", mend)
        return Finding("language model", True, "none: every turn is answered by rules")
    try:
        async with asyncio.timeout(LIMIT_S):
            return Finding("language model", True, await _ask(llm))
    except TimeoutError:
        return Finding("language model", False, f"{llm.name}: no answer within {LIMIT_S:g} s", _SEE_MODEL)
    except LlmFailed as error:
        return Finding("language model", False, f"{llm.name}: {error}", _SEE_MODEL)
    finally:
        await llm.aclose()


async def _ask(llm: Llm) -> str:
    """A question of a few tokens: the key, the address and the model's name are right when it is answered."""
    began = time.perf_counter()
    words = 0
    async with closing(llm.stream(LlmRequest([LlmMessage("user", "Say: ready")], max_tokens=16))) as events:
        async for event in events:
            words += isinstance(event, TextDelta)
    if not words:
        raise LlmFailed("it said nothing", retryable=False)
    return f"{llm.name} answered in {(time.perf_counter() - began) * 1000:.0f} ms"
