from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.codec import codec_for
from offhook.audio.g711 import mulaw_decode
from offhook.contracts.audio import MULAW_8K, PCM16_8K, PCM16_16K, AudioFormat

FORMATS = [MULAW_8K, PCM16_8K, PCM16_16K, AudioFormat("pcm16", 24000)]


@pytest.mark.parametrize("audio", FORMATS)
@pytest.mark.parametrize("ms", [0, 20, 333])
def test_silence_has_its_length_and_decodes_to_zeros(audio: AudioFormat, ms: int) -> None:
    codec = codec_for(audio)
    payload = codec.silence(ms)
    assert codec.duration_ms(payload) == ms
    assert len(payload) == ms * audio.bytes_per_ms
    assert codec.decode(payload) == bytes(2 * ms * audio.rate_hz // 1000)
    assert codec.format == audio


@given(st.binary(max_size=200))
def test_mulaw_payloads_decode_to_two_bytes_a_sample(payload: bytes) -> None:
    codec = codec_for(MULAW_8K)
    assert codec.decode(payload) == mulaw_decode(payload)
    assert codec.encode(codec.decode(payload)) == payload.replace(b"\x7f", b"\xff")


@given(st.binary(max_size=200).filter(lambda b: len(b) % 2 == 0))
def test_pcm_passes_through(payload: bytes) -> None:
    codec = codec_for(PCM16_16K)
    assert codec.decode(payload) == codec.encode(payload) == payload


@pytest.mark.parametrize("audio", [PCM16_8K, PCM16_16K])
def test_half_a_sample_is_refused_both_ways(audio: AudioFormat) -> None:
    codec = codec_for(audio)
    with pytest.raises(ValueError, match="whole samples of 2 bytes; got 5"):
        codec.decode(b"12345")
    with pytest.raises(ValueError, match="whole samples of 2 bytes; got 5"):
        codec.encode(b"12345")
    with pytest.raises(ValueError, match="got 1"):
        codec_for(MULAW_8K).encode(b"1")


def test_formats_that_nobody_speaks() -> None:
    with pytest.raises(ValueError, match="opus"):
        codec_for(AudioFormat("opus", 48000))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="positive"):
        codec_for(AudioFormat("pcm16", 0))
