"""Numbers rendered as English words, for round trips."""

from __future__ import annotations

from offhook.understanding.lexicon import load_lexicon

LEXICON = load_lexicon("en")
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS += ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def in_words(value: int) -> str:
    if value < 20:
        return _UNITS[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_UNITS[value % 10]}" if value % 10 else "")
    for size, word in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= size:
            rest = value % size
            joiner = " and " if size == 100 else " "
            return f"{in_words(value // size)} {word}" + (f"{joiner}{in_words(rest)}" if rest else "")
    raise AssertionError(value)
