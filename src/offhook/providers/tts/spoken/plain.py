"""What no voice should say: markup of language models, pictures, addresses' prefixes."""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(r"\[([^\]\[]{1,200})\]\([^()\s]{1,500}\)")
_MARKUP = re.compile(r"[*`~|<>{}\[\]\\^]+|(?<!\w)_+|_+(?!\w)|^\s*#+\s|^\s*[-•]\s")
_SCHEME = re.compile(r"\bhttps?://(?:www\.)?", re.IGNORECASE)
_SILENT = ("So", "Sk", "Cs", "Co", "Cn", "Cf", "Cc")
"""Categories without a sound: symbols such as emoji, formatting, control."""
_KEPT = "°\u200c\u200d"
"""A sign that is read, and the joiners that Indic spelling needs."""


def plain(text: str) -> str:
    text = _SCHEME.sub("", _LINK.sub(r"\1", text))
    text = _MARKUP.sub(" ", text)
    return "".join(
        character if character in _KEPT or unicodedata.category(character) not in _SILENT else " " for character in text
    )
