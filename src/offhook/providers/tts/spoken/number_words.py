"""English words for numbers, years, digits and codes."""

from __future__ import annotations

from itertools import groupby

# fmt: off
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
_WESTERN = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_INDIAN = ((10**7, "crore"), (10**5, "lakh"), (1000, "thousand"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MOST = 10**15
"""From here on a number is read digit by digit."""


def cardinal(number: int, *, indian: bool = False) -> str:
    """1250 -> "one thousand two hundred fifty"; `indian` counts in lakh and crore."""
    if number < 0:
        return "minus " + cardinal(-number, indian=indian)
    if number >= _MOST:
        return digits(str(number))
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f" {_SMALL[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_SMALL[hundreds]} hundred" + (f" {cardinal(rest)}" if rest else "")
    for size, word in _INDIAN if indian else _WESTERN:
        if number >= size:
            count, rest = divmod(number, size)
            tail = f" {cardinal(rest, indian=indian)}" if rest else ""
            return f"{cardinal(count, indian=indian)} {word}{tail}"
    raise AssertionError("every number from 1000 on is at least a thousand")


def ordinal(number: int) -> str:
    """21 -> "twenty first"."""
    before, _, last = cardinal(number).rpartition(" ")
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "th"
    return f"{before} {last}".strip()


def year(number: int) -> str:
    """2026 -> "twenty twenty six", 2005 -> "two thousand five", 1900 -> "nineteen hundred"."""
    century, rest = divmod(number, 100)
    if not 1000 <= number <= 9999 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digits(text: str) -> str:
    """ "0110" -> "zero one one zero"."""
    return " ".join(_SMALL[int(digit)] for digit in text)


def groups(text: str, lengths: tuple[int, ...] = ()) -> list[str]:
    """Cut into `lengths`, or into threes with a last part of two to four where the lengths do not fit."""
    if sum(lengths) != len(text):
        rest, threes = len(text), []
        while rest > 4:
            threes.append(3)
            rest -= 3
        lengths = (*threes, rest)
    parts, at = [], 0
    for length in lengths:
        parts.append(text[at : at + length])
        at += length
    return parts


def spelled(code: str) -> str:
    """Letters and digits one by one: "KA01" -> "K.A. zero one". Dotted, a letter is never read as a word ("A", "I")."""
    parts = []
    for is_digit, run in groupby(code.upper(), str.isdigit):
        text = "".join(run)
        parts.append(digits(text) if is_digit else "".join(f"{letter}." for letter in text))
    return " ".join(parts)
