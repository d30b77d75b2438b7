from __future__ import annotations

from dataclasses import replace

import pytest

from offhook.contracts.errors import AppError
from offhook.contracts.llm import LlmRequest, TextDelta
from offhook.contracts.speech import SttConfig, Voice
from offhook.providers.fallback import FallbackLlm, FallbackStt, FallbackTts
from offhook.providers.registry import FakeOptions, OpenAiOptions, ProviderOptions, build_llm, build_stt, build_tts
from support.set_clock import SetClock

OPTIONS = ProviderOptions(SetClock(), fake=FakeOptions(transcript="hello", llm_text="Yes.", tts_audio_ms=40))


async def test_the_fakes_are_built_with_their_settings() -> None:
    stream = await build_stt(["fake"], OPTIONS).open(SttConfig(rate_hz=8000, language="en"), lambda event: None)
    stream.begin(1)
    stream.push(b"\0\0")
    assert (await stream.finalize(1)).text == "hello"
    pieces = [piece async for piece in build_tts(["fake"], OPTIONS).synthesize("x", Voice(), 8000)]
    assert len(b"".join(pieces)) == 640
    llm = build_llm(["fake"], OPTIONS)
    assert llm is not None
    assert await anext(aiter(llm.stream(LlmRequest([])))) == TextDelta("Yes.")


def test_auto_is_the_embedded_voice_and_no_model() -> None:
    assert build_tts(["auto"], OPTIONS).name == "espeak"
    assert build_llm(["auto"], OPTIONS) is None


async def test_a_model_is_automatic_once_its_key_or_address_is_set() -> None:
    for given in (OpenAiOptions(api_key="sk-test"), OpenAiOptions(base_url="http://127.0.0.1:1/v1")):
        llm = build_llm(["auto"], replace(OPTIONS, openai=given))
        assert llm is not None
        assert (llm.name, llm.cacheable) == ("openai", True)
        await llm.aclose()
    with pytest.raises(AppError, match="OPENAI_API_KEY"):
        build_llm(["openai"], OPTIONS)
    assert "sk-test" not in repr(OpenAiOptions(api_key="sk-test"))


def test_several_names_are_a_fallback_in_their_order_without_repeats() -> None:
    tts = build_tts(["fake", "auto", "espeak"], OPTIONS)
    assert isinstance(tts, FallbackTts)
    assert tts.name == "fake,espeak"
    assert build_stt(["fake", "fake"], OPTIONS).name == "fake"
    assert not isinstance(build_llm(["fake", "auto"], OPTIONS), FallbackLlm)
    assert not isinstance(build_stt(["fake"], OPTIONS), FallbackStt)


@pytest.mark.parametrize("name", ["deepgram", "Fake", "", "espeak"])
def test_a_name_that_is_not_available_is_answered_with_those_that_are(name: str) -> None:
    with pytest.raises(AppError, match=r"OFFHOOK_STT names .*; valid names are: auto, pocketsphinx, fake\.") as caught:
        build_stt(["fake", name], OPTIONS)
    assert caught.value.code == "settings"


def test_no_name_at_all_is_an_error() -> None:
    with pytest.raises(AppError, match=r"OFFHOOK_TTS is empty; unset it, or name one or more of: auto, espeak, fake\."):
        build_tts([], OPTIONS)
