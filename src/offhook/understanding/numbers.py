"""Numbers as people say and write them: "twenty five", "1,25,000", "two and a half", "21st", "5k", "a hundred five".

Reads one number at a place in the token array. Numbers that merely stand side by side stay apart ("ten thirty" is 10
and 30; "nine nine" is 9 and 9): times and digits need them so.
"""

from __future__ import annotations

from dataclasses import dataclass

from offhook.understanding.lexicon import NumberWords
from offhook.understanding.text import Sentence

_MOST_DIGITS = 15
"""Longer runs of digits are codes, not numbers."""


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    start: int
    end: int
    ordinal: bool = False
    digits: str = ""
    """The digits as typed, when it was one plain digit token."""

    @property
    def whole(self) -> int | None:
        return int(self.value) if self.value == int(self.value) else None


def number_at(sentence: Sentence, i: int, words: NumberWords) -> Number | None:
    """The longest number that begins at token `i`, or None."""
    if i >= len(sentence):
        return None
    word = sentence.words[i]
    if word[0].isdecimal():
        return _typed(sentence, i, words)
    if word in words.starters:
        return _spoken(sentence, i, words)
    return None


def _typed(sentence: Sentence, i: int, words: NumberWords) -> Number | None:
    digits, end = sentence.words[i], i + 1
    plain = True
    if len(digits) > _MOST_DIGITS:
        return None
    while (
        sentence.word(end) == ","
        and sentence.glued[end]
        and len(sentence.word(end + 1)) in (2, 3)
        and sentence.word(end + 1).isdecimal()
        and sentence.glued[end + 1]
        and len(digits) <= 12
    ):
        digits += sentence.words[end + 1]
        end += 2
        plain = False
    value = float(int(digits))
    if (
        sentence.word(end) == "."
        and sentence.glued[end]
        and sentence.word(end + 1).isdecimal()
        and sentence.glued[end + 1]
        and sentence.word(end + 2) != "."
    ):
        fraction = sentence.words[end + 1]
        scale_word = sentence.word(end + 2)
        if len(fraction) == 1 or scale_word in words.scales or scale_word in words.suffixes or not plain:
            value += int(fraction[:6]) / 10 ** len(fraction[:6])
            end += 2
            plain = False
    follower = sentence.word(end)
    if follower in words.ordinal_suffixes and (sentence.glued[end] or end == i + 1):
        return Number(value, i, end + 1, ordinal=True)
    if follower in words.suffixes and sentence.glued[end]:
        return Number(value * words.suffixes[follower], i, end + 1)
    if follower in words.hundred and value < 100:
        return Number(value * 100, i, end + 1)
    if follower in words.scales:
        return _typed_scale(sentence, i, end, value, words)
    return Number(value, i, end, digits=digits if plain else "")


def _typed_scale(sentence: Sentence, start: int, end: int, value: float, words: NumberWords) -> Number:
    scale = words.scales[sentence.words[end]]
    total, end = value * scale, end + 1
    rest = number_at(sentence, end, words)
    if rest is not None and rest.value < scale and not rest.ordinal and sentence.words[end] not in words.articles:
        return Number(total + rest.value, start, rest.end)
    return Number(total, start, end)


def _spoken(sentence: Sentence, i: int, words: NumberWords) -> Number | None:
    total, current, at, any_word = 0.0, 0.0, i, False
    smallest_scale = 10**12
    room = 100
    """What may still be added to `current`: below it a unit or a ten fits."""
    if sentence.words[i] in words.articles:
        return _article(sentence, i, words)
    while at < len(sentence):
        word = sentence.words[at]
        if word in words.ordinals and words.ordinals[word] < room:
            return Number(total + current + words.ordinals[word], i, at + 1, ordinal=True)
        if word in words.tens and room >= 100:
            current, room, any_word = current + words.tens[word], 10, True
        elif word in words.units and (value := words.units[word]) < room:
            current, room, any_word = current + value, 0, True
        elif word in words.hundred and 0 < current < 100:
            current, room = current * 100, 100
        elif word in words.hundred and not any_word:
            current, room, any_word = 100.0, 100, True
        elif word in words.scales and any_word and words.scales[word] < smallest_scale and current:
            smallest_scale = words.scales[word]
            total, current, room = total + current * smallest_scale, 0.0, 100
        elif word in words.joiners and any_word and room == 100 and _joins(sentence, at + 1, words):
            at += 1
            continue
        else:
            break
        at += 1
        if room == 0 and sentence.word(at) == "-" and not _can_go_on(sentence, at + 1, words):
            break
        if room == 10 and sentence.word(at) == "-" and sentence.word(at + 1) in {**words.units, **words.ordinals}:
            at += 1
    if not any_word:
        return None
    return _fraction(sentence, Number(total + current, i, at), words)


def _can_go_on(sentence: Sentence, i: int, words: NumberWords) -> bool:
    return sentence.word(i) in words.hundred or sentence.word(i) in words.scales


def _joins(sentence: Sentence, i: int, words: NumberWords) -> bool:
    word = sentence.word(i)
    return word in words.units or word in words.tens or word in words.ordinals


def _article(sentence: Sentence, i: int, words: NumberWords) -> Number | None:
    """ "a hundred", "a thousand and five", "a couple of"; a bare article is no number."""
    word = sentence.word(i + 1)
    if word in words.couples:
        end = i + 3 if sentence.word(i + 2) == "of" else i + 2
        return Number(2.0, i, end)
    if word in words.hundred or word in words.scales:
        scale = 100 if word in words.hundred else words.scales[word]
        rest = i + 2
        if sentence.word(rest) in words.joiners and _joins(sentence, rest + 1, words):
            rest += 1
        more = number_at(sentence, rest, words) if sentence.word(rest) not in words.articles else None
        if more is not None and more.value < scale and not more.digits:
            return Number(scale + more.value, i, more.end, ordinal=more.ordinal)
        return Number(float(scale), i, i + 2)
    return None


def _fraction(sentence: Sentence, number: Number, words: NumberWords) -> Number:
    """ "two and a half", "two point five"; "three and a half lakh"."""
    at = number.end
    value = number.value
    if (
        sentence.word(at) in words.joiners
        and sentence.word(at + 1) in words.articles
        and sentence.word(at + 2) in words.halves
        and number.value < 1000
    ):
        value, at = value + 0.5, at + 3
    elif sentence.word(at) in words.points:
        digits, place = "", at + 1
        while sentence.word(place) in words.units and words.units[sentence.words[place]] < 10:
            digits += str(words.units[sentence.words[place]])
            place += 1
        if digits:
            value, at = value + int(digits) / 10 ** len(digits), place
    if at == number.end:
        return number
    scale = words.scales.get(sentence.word(at))
    return Number(value * scale, number.start, at + 1) if scale else Number(value, number.start, at)
