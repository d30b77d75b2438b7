"""Registration numbers of vehicles, as they are stored and compared."""

from __future__ import annotations

import re


def normalised(text: str) -> str:
    """Upper case, letters and digits alone: "ka-01 ab 0012" -> "KA01AB0012"."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())
