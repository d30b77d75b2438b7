from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.g711 import SILENCE, mulaw_decode, mulaw_encode

ALL_CODES = bytes(range(256))


def expand(code: int) -> int:
    """ITU-T G.711 table 2: sign, segment and step of an inverted code, as 14-bit values on a 16-bit scale."""
    code ^= 0xFF
    segment, step = (code >> 4) & 0x07, code & 0x0F
    magnitude = ((2 * step + 33) << segment) - 33
    return (-magnitude if code & 0x80 else magnitude) * 4


def linear(*samples: int) -> bytes:
    return struct.pack(f"<{len(samples)}h", *samples)


def test_every_code_decodes_as_the_standard_says() -> None:
    assert struct.unpack("<256h", mulaw_decode(ALL_CODES)) == tuple(expand(code) for code in ALL_CODES)


def compress(sample: int) -> int:
    """The interval that a 14-bit magnitude falls into: its segment is the leading bit of the biased magnitude."""
    sample >>= 2
    magnitude = min(abs(sample), 8158) + 33
    segment = magnitude.bit_length() - 6
    step = (magnitude >> (segment + 1)) & 0x0F
    return ((0x80 if sample < 0 else 0) | segment << 4 | step) ^ 0xFF


def test_every_sample_encodes_as_the_standard_says() -> None:
    samples = range(-32768, 32768)
    assert mulaw_encode(linear(*samples)) == bytes(compress(sample) for sample in samples)


@pytest.mark.parametrize(("sample", "code"), [(0, 0xFF), (32767, 0x80), (-32768, 0x00), (32124, 0x80), (-32124, 0x00)])
def test_landmarks(sample: int, code: int) -> None:
    assert mulaw_encode(linear(sample)) == bytes((code,))


def test_silence_is_zero() -> None:
    assert mulaw_encode(linear(0)) == bytes((SILENCE,))
    assert mulaw_decode(bytes((SILENCE,))) == mulaw_decode(b"\x7f") == linear(0)


@given(st.binary(max_size=400))
def test_encoding_gives_the_codes_back_but_for_the_second_zero(codes: bytes) -> None:
    assert mulaw_encode(mulaw_decode(codes)) == codes.replace(b"\x7f", b"\xff")


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="got 3 bytes"):
        mulaw_encode(b"abc")
