"""Numbers in a language that has a word for each up to ninety-nine, quarters beside a number, lakh and crore.

`count_at` reads the longest number at a place: "paanch sau", "dedh lakh", "2.5 lakh", "sava do sau".
Words that are also something else ("do" is two, and give) count only where a number can stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offhook.understanding.mixed.vocabulary import Vocabulary

_MOST = 10**13


@dataclass(frozen=True, slots=True)
class Count:
    value: float
    end: int
    quarters: bool = False
    """Whether a word for quarters stands in it and no scale: it may be a time of day."""
    digits: str = ""
    """As typed, when it is one token of digits."""


def count_at(voc: Vocabulary, words: Sequence[str], keys: Sequence[str], i: int) -> Count | None:
    """The longest number that begins at token `i`, or None. Shy words are taken for numbers here."""
    total, at, smallest, parts = 0.0, i, _MOST, 0
    quarters, digits = False, ""
    while at < len(words) and parts < 8:
        coefficient = _coefficient(voc, words, keys, at)
        if coefficient is None:
            scale = voc.scales.get(keys[at])
            if scale is None or parts or voc.shy(words[at]):
                break
            coefficient = (1.0, at, False, "")
        value, end, fraction, typed = coefficient
        scale = voc.scales.get(keys[end]) if end < len(keys) else None
        if scale is None:
            if parts and (fraction or value >= smallest or value != int(value) or typed):
                break
            if parts == 0:
                quarters, digits = fraction, typed
            total, at, parts = total + value, end, parts + 1
            break
        if scale >= smallest:
            break
        total, at, smallest, parts = total + value * scale, end + 1, scale, parts + 1
    return Count(total, at, quarters, digits) if at > i and total < _MOST else None


def _coefficient(
    voc: Vocabulary, words: Sequence[str], keys: Sequence[str], i: int
) -> tuple[float, int, bool, str] | None:
    """(value, end, with quarters, digits as typed) of a number without a scale."""
    key, word = keys[i], words[i]
    if word.isdecimal() and len(word) <= 12:
        return _typed(words, i)
    if key in voc.fractions:
        return voc.fractions[key] / 4, i + 1, True, ""
    quarters = voc.quarters.get(key)
    if quarters is not None:
        following = i + 1
        if following < len(keys):
            value = voc.units.get(keys[following])
            if value is None and words[following].isdecimal() and len(words[following]) <= 2:
                value = int(words[following])
            if value is not None:
                return value + quarters / 4, following + 1, True, ""
            unit_of_time = voc.at(list(keys), following, following + 1)
            hours = unit_of_time is not None and unit_of_time[0].kind == "short_units"
            if (keys[following] in voc.scales or hours) and quarters in (1, -1):
                return 1 + quarters / 4, following, True, ""
        return None
    unit = voc.units.get(key)
    return (float(unit), i + 1, False, "") if unit is not None else None


def _typed(words: Sequence[str], i: int) -> tuple[float, int, bool, str]:
    """ "5", "1,25,000", "2.5"; the decimal point only before one or two digits."""
    digits, end = words[i], i + 1
    while end + 1 < len(words) and words[end] == "," and words[end + 1].isdecimal() and len(words[end + 1]) in (2, 3):
        digits += words[end + 1]
        end += 2
    if end > i + 1:
        return float(digits), end, False, ""
    if end + 1 < len(words) and words[end] == "." and words[end + 1].isdecimal() and len(words[end + 1]) == 1:
        return float(f"{digits}.{words[end + 1]}"), end + 2, False, ""
    return float(digits), end, False, digits


def is_count_word(voc: Vocabulary, word: str, key: str) -> bool:
    """Whether the word is a number or a part of one, and nothing else besides."""
    if word.isdecimal():
        return True
    known = key in voc.units or key in voc.scales or key in voc.fractions or key in voc.quarters
    return known and not voc.shy(word)


def digits_of(value: float) -> list[str]:
    """A number as tokens of the base language: 2.5 -> "2", ".", "5"."""
    if value == int(value):
        return [str(int(value))]
    whole, _, fraction = f"{value:.2f}".rstrip("0").partition(".")
    return [whole, ".", fraction]
