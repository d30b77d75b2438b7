"""Phone numbers as carriers give them in their webhooks."""

from __future__ import annotations

import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What Twilio sends for a caller without a number: keypad spellings of ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN,
UNAVAILABLE.
"""


def carrier_number(raw: str | None) -> str | None:
    """The E.164 number, or None when withheld, a SIP or client address, or unreadable."""
    text = (raw or "").strip()
    if not _E164.fullmatch(text) or text in _WITHHELD:
        return None
    return text
