"""What has been dictated so far: digits and letters as they are said, one by one or doubled. Only counted here, to know
whether more must follow; reading the value is understanding's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "shunya": "0", "ek": "1", "do": "2", "teen": "3", "char": "4", "chaar": "4", "paanch": "5", "panch": "5",
    "chhe": "6", "chhah": "6", "saat": "7", "aath": "8", "nau": "9",
}  # fmt: skip
_AMBIGUOUS = frozenset(("do", "char"))
"""Hindi digits that are English words, too: digits only behind another one."""
_PAIRS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6", "seventy": "7",
    "eighty": "8", "ninety": "9",
}  # fmt: skip
_ORDINALS = frozenset(
    (
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
        "twentieth", "thirtieth",
    )
)  # fmt: skip
_TIMES = {"double": 2, "dabal": 2, "triple": 3, "treble": 3, "tripal": 3}


@dataclass(frozen=True, slots=True)
class Spelled:
    characters: str
    """Every digit and single letter, in order."""
    run: str
    """Those at the very end, with no other word between."""
    spelled_words: int
    """How many words they took."""

    @property
    def digits(self) -> int:
        return sum(c.isdigit() for c in self.characters)


def is_number_word(word: str) -> bool:
    """Whether the word alone is a number below a hundred, or digits."""
    return word[:1].isdigit() or word in _DIGITS or word in _PAIRS or word in _TENS or word in _ORDINALS


def spelled(words: Sequence[str]) -> Spelled:
    """Digits and letters in lower-case `words`: "double five two o" -> 5520, "98765" as it stands, "thirty two" 32."""
    characters = ""
    run = ""
    count = 0
    times = 1
    tens = ""
    for word in words:
        if word in _TIMES:
            times, count = _TIMES[word], count + 1
            continue
        if tens and _DIGITS.get(word, "0") != "0":
            # "thirty two": the two takes the place of the zero.
            run, characters = run[:-1], characters[:-1]
        said = _characters(word)
        if word in _AMBIGUOUS and not (times > 1 or run[-1:].isdigit()):
            said = ""
        tens = _TENS.get(word, "")
        if said:
            characters += said * times
            run += said * times
            count += 1
        else:
            run = ""
        times = 1
    return Spelled(characters, run, count)


def _characters(word: str) -> str:
    if word.isdecimal():
        return word
    if word in _DIGITS:
        return _DIGITS[word]
    if word in _PAIRS:
        return _PAIRS[word]
    if word in _TENS:
        return _TENS[word] + "0"
    if len(word) == 1 and word.isalpha():
        return word
    if any(c.isdigit() for c in word) and word.isalnum():
        return word
    return ""
