"""Amounts that a number's neighbours give a meaning: a price limit, a mileage, a model year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offhook.understanding.lexicon import Lexicon
from offhook.understanding.numbers import Number, number_at
from offhook.understanding.text import Sentence


@dataclass(frozen=True, slots=True)
class Amount:
    kind: Literal["price", "km", "year", "then"]
    """ "then": a year in which something was, and no car made."""
    start: int
    end: int
    value: int


def find_amounts(sentence: Sentence, lexicon: Lexicon, this_year: int) -> list[Amount]:
    found: list[Amount] = []
    words = lexicon.numbers
    i = 0
    while i < len(sentence):
        word = sentence.words[i]
        number = number_at(sentence, i, words) if word[0].isdecimal() or word in words.starters else None
        if number is None or number.whole is None:
            i += 1
            continue
        amount = None if number.ordinal else _amount(sentence, number, this_year, lexicon)
        if amount is not None:
            found.append(amount)
            i = amount.end
        else:
            i = number.end
    return found


def _amount(sentence: Sentence, number: Number, this_year: int, lexicon: Lexicon) -> Amount | None:
    hints = lexicon.hints.amounts
    value, follower = int(number.value), sentence.word(number.end)
    if follower in hints.distance:
        return Amount("km", number.start, number.end + 1, value)
    money = follower in hints.currency or sentence.word(number.start - 1) in hints.currency
    if follower == "grand":
        value *= 1000
    at = number.start - 1 if sentence.word(number.start - 1) in hints.currency else number.start
    limited = any(sentence.has(limit, at - len(limit)) for limit in hints.limits)
    limited = limited or any(sentence.has(limit, number.end) for limit in hints.limits_behind)
    if money or (limited and value >= 1000):
        return Amount("price", at, number.end + (1 if follower in hints.currency else 0), value)
    before, earlier = sentence.word(number.start - 1), sentence.word(number.start - 2)
    year: Literal["year", "then"] = "then" if before in hints.when and earlier not in hints.built else "year"
    if number.digits and len(number.digits) == 4 and 1980 <= value <= this_year + 1:
        return Amount(year, number.start, number.end, value)
    if not number.digits and number.end - number.start >= 3 and 2000 <= value <= this_year + 1:
        return Amount(year, number.start, number.end, value)
    pair = number_at(sentence, number.end, lexicon.numbers) if value == 20 and not number.digits else None
    if pair is not None and pair.whole is not None and 10 <= pair.whole <= this_year % 100 + 1 and not pair.digits:
        return Amount(year, number.start, pair.end, 2000 + pair.whole)
    return None
