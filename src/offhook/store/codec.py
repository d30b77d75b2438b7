"""JSON text in columns, and minutes of the day against wall-clock times."""

from __future__ import annotations

from datetime import time

import msgspec

_encoder = msgspec.json.Encoder()
_texts = msgspec.json.Decoder(tuple[str, ...])
_text_map = msgspec.json.Decoder(dict[str, str])


def to_text(value: object) -> str:
    return _encoder.encode(value).decode()


def texts(column: str) -> tuple[str, ...]:
    """A JSON list of texts. Raises msgspec.DecodeError."""
    return _texts.decode(column)


def text_map(column: str) -> dict[str, str]:
    """A JSON object of texts. Raises msgspec.DecodeError."""
    return _text_map.decode(column)


def opens_min(at: time) -> int:
    """Minutes after midnight."""
    return at.hour * 60 + at.minute


def closes_min(at: time) -> int:
    """Minutes after midnight; 00:00 as a closing time is the end of the day (1440)."""
    return at.hour * 60 + at.minute or 1440


def wall_time(minutes: int) -> time:
    """The inverse of both: 1440 is 00:00 again."""
    return time(minutes // 60 % 24, minutes % 60)
