from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.g711 import mulaw_decode
from offhook.audio.wav import WavError, parse_wav, read_mono, read_wav, wav_bytes, write_mono, write_stereo

SAMPLES = st.binary(max_size=100).map(lambda b: b + b)


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def fmt(tag: int, channels: int, rate: int, bits: int, extra: bytes = b"") -> tuple[bytes, bytes]:
    block = channels * bits // 8
    return b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits) + extra


def pcm(*samples: int) -> bytes:
    return struct.pack(f"<{len(samples)}h", *samples)


@given(SAMPLES, SAMPLES, st.sampled_from([8000, 16000, 22050]))
def test_stereo_round_trip(left: bytes, right: bytes, rate: int) -> None:
    wav = parse_wav(wav_bytes(rate, left, right))
    longest = max(len(left), len(right))
    assert wav.rate_hz == rate
    assert wav.channels == (left.ljust(longest, b"\0"), right.ljust(longest, b"\0"))
    assert wav.duration_ms == pytest.approx(longest / 2 / rate * 1000)


def test_the_standard_library_reads_what_we_write(tmp_path: Path) -> None:
    write_stereo(tmp_path / "call.wav", pcm(1, 2, 3), pcm(-1), 8000)
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getparams()[:4] == (2, 2, 8000, 3)
        assert file.readframes(3) == pcm(1, -1, 2, 0, 3, 0)
    write_mono(tmp_path / "one.wav", pcm(5, 6), 16000)
    assert read_mono(tmp_path / "one.wav") == (pcm(5, 6), 16000)


def test_we_read_what_the_standard_library_writes() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 24000, 0, "NONE", ""))
        out.writeframes(pcm(100, -100))
    assert parse_wav(file.getvalue()).channels == (pcm(100, -100),)


def test_channels_become_one_by_their_mean() -> None:
    assert parse_wav(wav_bytes(8000, pcm(100, 32767), pcm(300, 32767))).mono == pcm(200, 32767)


def test_eight_bits_are_unsigned() -> None:
    assert parse_wav(riff(fmt(1, 1, 8000, 8), (b"data", bytes((128, 0, 255))))).mono == pcm(0, -32768, 127 * 256)


def test_mulaw_plain_and_extensible() -> None:
    codes = bytes(range(0, 256, 5))
    assert parse_wav(riff(fmt(7, 1, 8000, 8), (b"fact", b"\0" * 4), (b"data", codes))).mono == mulaw_decode(codes)
    extension = struct.pack("<HHIH", 22, 8, 4, 7) + bytes.fromhex("000000001000800000aa00389b71")
    assert parse_wav(riff(fmt(0xFFFE, 1, 8000, 8, extension), (b"data", codes))).mono == mulaw_decode(codes)


def test_chunks_of_odd_length_are_stepped_over() -> None:
    assert parse_wav(riff((b"LIST", b"abc"), fmt(1, 1, 8000, 16), (b"data", pcm(9)))).mono == pcm(9)


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 5000])
def test_wrong_sizes_of_cut_off_recordings_are_survived(claimed: int) -> None:
    data = bytearray(wav_bytes(8000, pcm(1, 2, 3)))
    data[40:44] = struct.pack("<I", claimed)
    assert parse_wav(bytes(data) + b"\x07").mono == pcm(1, 2, 3)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a WAV"),
        (b"ID3\x04" + b"\0" * 40, "not a WAV"),
        (riff((b"data", pcm(1))), "before its description"),
        (riff((b"fmt ", b"\1\0")), "cut off"),
        (riff(fmt(1, 1, 8000, 16)), "no data chunk"),
        (riff(fmt(1, 0, 8000, 16), (b"data", b"")), "nonsense"),
        (riff(fmt(3, 1, 8000, 32), (b"data", b"\0" * 8)), "format 0x0003 with 32 bits"),
        (riff(fmt(1, 1, 8000, 24), (b"data", b"\0" * 6)), "24 bits"),
    ],
)
def test_what_is_not_read_says_why(data: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(WavError, match=says):
        parse_wav(data)
    (tmp_path / "bad.wav").write_bytes(data)
    with pytest.raises(WavError, match=r"bad\.wav"):
        read_wav(tmp_path / "bad.wav")


@given(st.binary(max_size=120))
def test_any_bytes_give_audio_or_a_wav_error(data: bytes) -> None:
    for candidate in (data, b"RIFF\0\0\0\0WAVE" + data, b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + data):
        try:
            wav = parse_wav(candidate)
        except WavError:
            continue
        assert all(len(channel) % 2 == 0 for channel in wav.channels)


def test_writing_needs_a_channel_and_whole_samples() -> None:
    with pytest.raises(ValueError, match="at least one"):
        wav_bytes(8000)
    with pytest.raises(ValueError, match="whole samples"):
        wav_bytes(8000, b"abc")
