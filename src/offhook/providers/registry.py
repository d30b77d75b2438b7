"""From the names in the settings (OFFHOOK_STT, OFFHOOK_TTS, OFFHOOK_LLM) to providers.

One name gives that provider, several an ordered fallback, `auto` the best that is configured with an embedded one last.
The fakes are never part of `auto`. A provider's module is imported only when the provider is named.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from offhook.contracts.clock import Clock
from offhook.contracts.errors import AppError
from offhook.contracts.llm import Llm
from offhook.contracts.speech import Stt, Tts
from offhook.providers.cool_down import ProviderEvent
from offhook.providers.engine.status import PoolEvent, PoolStatus
from offhook.providers.fallback import FallbackLlm, FallbackStt, FallbackTts

AUTO = "auto"
Provider = TypeVar("Provider")


@dataclass(frozen=True, slots=True)
class FakeOptions:
    """The settings OFFHOOK_FAKE_*; milliseconds."""

    stt_ms: float = 0.0
    transcript: str = ""
    llm_ms: float = 0.0
    llm_text: str = ""
    tts_ms: float = 0.0
    tts_audio_ms: int = 1000


@dataclass(frozen=True, slots=True)
class OpenAiOptions:
    """The settings OPENAI_*; configured once there is a key or an address."""

    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    model: str | None = None

    @property
    def configured(self) -> bool:
        return self.api_key is not None or self.base_url is not None


@dataclass(frozen=True, slots=True)
class ProviderOptions:
    clock: Clock
    stt_processes: int = 1
    tts_processes: int = 1
    fake: FakeOptions = field(default_factory=FakeOptions)
    openai: OpenAiOptions = field(default_factory=OpenAiOptions)
    llm_timeout_ms: float = 2000.0
    """How long a model may be silent before the next one, or the rules, answer."""
    on_engine: Callable[[PoolEvent], None] | None = None
    """Hears of engine processes starting and ending."""
    on_pool: Callable[[str, Callable[[], PoolStatus | None]], None] = lambda name, status: None
    """Hears of each engine's pool when its provider is made: (name, how to ask for its state; None: not started)."""
    around_tts: Callable[[Tts], Tts] = lambda tts: tts
    """What each voice is put into before it may become part of a fallback list: a cache."""
    on_provider: Callable[[ProviderEvent], None] = lambda event: None
    """Hears once when a provider of a fallback list begins to fail, and once when it works again."""


def build_stt(names: Sequence[str], options: ProviderOptions) -> Stt:
    """Raises AppError("settings") for a name that is unknown or not available."""
    chosen = _chosen("OFFHOOK_STT", names, _STT, automatic=("pocketsphinx",))
    providers = [_STT[name](options) for name in chosen]
    if len(providers) == 1:
        return providers[0]
    return FallbackStt(providers, options.clock, tell=options.on_provider)


def build_tts(names: Sequence[str], options: ProviderOptions) -> Tts:
    """Raises AppError("settings") for a name that is unknown or not available."""
    chosen = _chosen("OFFHOOK_TTS", names, _TTS, automatic=("espeak",))
    providers = [options.around_tts(_TTS[name](options)) for name in chosen]
    if len(providers) == 1:
        return providers[0]
    return FallbackTts(providers, options.clock, tell=options.on_provider)


def build_llm(names: Sequence[str], options: ProviderOptions) -> Llm | None:
    """None where `auto` finds no model configured. Raises AppError("settings") as the others do."""
    chosen = _chosen("OFFHOOK_LLM", names, _LLM, automatic=("openai",) if options.openai.configured else ())
    providers = [_LLM[name](options) for name in chosen]
    if len(providers) <= 1:
        return providers[0] if providers else None
    return FallbackLlm(providers, options.clock, tell=options.on_provider)


def _chosen(
    setting: str,
    names: Sequence[str],
    known: Mapping[str, Callable[[ProviderOptions], Provider]],
    automatic: tuple[str, ...],
) -> tuple[str, ...]:
    """The names without repeats, `auto` replaced by what it stands for."""
    expanded = [name for given in names for name in (automatic if given == AUTO else (given,))]
    for name in expanded:
        if name not in known:
            valid = ", ".join((AUTO, *known))
            raise AppError("settings", f"{setting} names {name!r}, which is not available; valid names are: {valid}.")
    if not names:
        raise AppError(
            "settings", f"{setting} is empty; unset it, or name one or more of: {', '.join((AUTO, *known))}."
        )
    return tuple(dict.fromkeys(expanded))


def _pocketsphinx(options: ProviderOptions) -> Stt:
    module = importlib.import_module("offhook.providers.stt.pocketsphinx")
    pocketsphinx = module.PocketsphinxStt(options.clock, pool_size=options.stt_processes)
    options.on_pool(pocketsphinx.name, pocketsphinx.status)
    stt: Stt = pocketsphinx
    return stt


def _fake_stt(options: ProviderOptions) -> Stt:
    from offhook.providers.stt.fake import FakeStt

    return FakeStt(delay_ms=options.fake.stt_ms, transcript=options.fake.transcript)


def _espeak(options: ProviderOptions) -> Tts:
    from offhook.providers.tts.espeak.adapter import EspeakTts

    espeak = EspeakTts(options.clock, pool_size=options.tts_processes, on_event=options.on_engine)
    options.on_pool(espeak.name, espeak.engine_status)
    return espeak


def _fake_tts(options: ProviderOptions) -> Tts:
    from offhook.providers.tts.fake import FakeTts

    return FakeTts(first_audio_ms=options.fake.tts_ms, audio_ms=options.fake.tts_audio_ms)


def _fake_llm(options: ProviderOptions) -> Llm:
    from offhook.providers.llm.fake import FakeLlm

    return FakeLlm(first_token_ms=options.fake.llm_ms, text=options.fake.llm_text)


def _openai_llm(options: ProviderOptions) -> Llm:
    if not options.openai.configured:
        raise AppError("settings", "OFFHOOK_LLM names 'openai': set OPENAI_API_KEY, or OPENAI_BASE_URL for a server.")
    module = importlib.import_module("offhook.providers.llm.openai.adapter")
    given = options.openai
    llm: Llm = module.OpenAiLlm(
        api_key=given.api_key, base_url=given.base_url, model=given.model, timeout_ms=options.llm_timeout_ms
    )
    return llm


_STT: Mapping[str, Callable[[ProviderOptions], Stt]] = {"pocketsphinx": _pocketsphinx, "fake": _fake_stt}
_TTS: Mapping[str, Callable[[ProviderOptions], Tts]] = {"espeak": _espeak, "fake": _fake_tts}
_LLM: Mapping[str, Callable[[ProviderOptions], Llm]] = {"openai": _openai_llm, "fake": _fake_llm}
