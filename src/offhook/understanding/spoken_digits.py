"""A code as people read it out: by digits or pairs, with "double" and "oh", in English and Hindi, in either script.

For answers to a question for a code alone: what else stands in the words is skipped ("it is", "mera PIN hai").
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

from offhook.understanding.datafile import load_data
from offhook.understanding.lexicon import LANGUAGES
from offhook.understanding.mixed.alphabet import Alphabet

_TOKEN = re.compile("[0-9]+|[\u0900-\u0963\u0966-\u097f]+|[a-z]+")
_DEVANAGARI_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")


@cache
def _numbers() -> tuple[dict[str, int], dict[str, int], Alphabet]:
    """(key of a word -> number below a hundred, key -> how often the digit behind it is meant, the keys' alphabet)."""
    english = cast("dict[str, Any]", load_data(LANGUAGES / "en" / "numbers.yaml"))
    hindi = cast("dict[str, Any]", load_data(LANGUAGES / "hi-Latn" / "numbers.yaml"))
    alphabet = Alphabet(LANGUAGES / "hi-Latn" / "alphabet.yaml")
    numbers: dict[str, int] = {}
    for value, words in hindi["units"].items():
        numbers.update({alphabet.key(word): int(value) for word in words})
    for table in ("units", "tens", "digit_words"):
        numbers.update({alphabet.key(word): int(value) for word, value in english[table].items()})
    times = {alphabet.key(word): int(value) for word, value in english["multipliers"].items()}
    times |= {alphabet.key("dabal"): 2, alphabet.key("tripal"): 3}
    return numbers, times, alphabet


def digits_said(text: str) -> str:
    """The digits in the order they were said; "" where none were. Pure."""
    numbers, times, alphabet = _numbers()
    digits, often, tens = "", 1, 0
    for word in _TOKEN.findall(text.translate(_DEVANAGARI_DIGITS).lower()):
        if word.isdecimal():
            digits, often, tens = digits + word * (often if len(word) == 1 else 1), 1, 0
            continue
        key = "" if word == "no" else alphabet.key(word)  # as said, it sounds like nine
        if key in times:
            often = times[key]
            continue
        value = numbers.get(key)
        if value is None:
            often, tens = 1, 0
        elif tens and 0 < value < 10:
            digits, tens = digits[:-1] + str(value), 0  # "forty one": the tens stand there already as 40
        else:
            digits += str(value) * (often if value < 10 else 1)
            often, tens = 1, value if value >= 20 and value % 10 == 0 else 0
    return digits
