"""What every server here shares: the fakes' delays, the reply, and the file of its own part of each turn.

Run by each peer's own interpreter: the standard library alone.
"""

from __future__ import annotations

import base64
import math
import struct
from pathlib import Path

STOP_MS = 500
"""Silence that ends a turn."""
FAKES_MS = {"stt": 100, "llm": 100, "tts": 50}
REPLY_MS = 2000
REPLY_TEXT = "Yes, let me tell you a little about that."
"""One sentence: a synthesiser that works by the sentence gives one reply of audio."""
TRANSCRIPT = "so tell me a little about that"


def reply_pcm(rate_hz: int, ms: int = REPLY_MS) -> bytes:
    """A quiet tone, 16 bit."""
    step = 2 * math.pi * 220 / rate_hz
    return struct.pack(
        f"<{rate_hz * ms // 1000}h", *(int(3000 * math.sin(step * n)) for n in range(rate_hz * ms // 1000))
    )


def reply_mulaw(ms: int) -> str:
    """The tone as the base64 text of mu-law at 8 kHz."""
    samples = struct.unpack(f"<{8 * ms}h", reply_pcm(8000, ms))
    return base64.b64encode(bytes(_mulaw(sample) for sample in samples)).decode()


def _mulaw(sample: int) -> int:
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~((0x80 if sample < 0 else 0) | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


class Parts:
    """One line for each turn: milliseconds from the decision that the caller is done to the first audio sent, less the
    fakes."""

    def __init__(self, path: str) -> None:
        self._file = Path(path).open("a", buffering=1, encoding="ascii")  # noqa: SIM115 - for as long as the server
        self._less = sum(FAKES_MS.values())

    def add(self, ms: float) -> None:
        self._file.write(f"{ms - self._less:.2f}\n")
