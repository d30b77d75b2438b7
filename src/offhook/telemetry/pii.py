"""What a log line may carry: masks for personal data.

Rule: a phone number, name, e-mail, address or anything that a caller said is logged only through one of these, and only
where it helps to mend something.
"""

from __future__ import annotations

import re

_DIGITS = re.compile(r"(?<![\w-])(?!\d{4}-\d\d-\d\d)\+?\d(?:[ \-()]{0,2}\d){6,}(?!\w)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def phone(number: str | None) -> str:
    """`+919999912345` -> `+91***45`; None -> `withheld`."""
    if not number:
        return "withheld"
    return f"{number[:3]}***{number[-2:]}" if len(number) > 5 else "***"


def scrub(text: str) -> str:
    """Free text with anything that looks like a phone number, an id of digits or an e-mail address masked."""
    return _EMAIL.sub("***@***", _DIGITS.sub("***", text))
