"""Numbers as shopkeepers say and write them: "dedh sau", "sava lakh", "five hundred and fifty", "1,25,000", "5k", "do
sau".

Hindi has a word for each number up to ninety-nine, English has tens and units; both may share one number ("five
sau"). Words that are also something else ("do" is two, and give) are read as numbers here; the caller decides where
one can stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from offhook.understanding.lexicon import NumberWords
from offhook.understanding.mixed.vocabulary import Vocabulary
from offhook.understanding.text import Sentence

_MOST = 10**13
_WRITTEN = {"k": 1000, "l": 100_000, "lac": 100_000, "lakh": 100_000, "cr": 10_000_000, "crore": 10_000_000}
_PARTS = 6
_HUNDRED = 100
_AT_ONCE = frozenset({"saath", "sath", "साथ", "baar", "bar", "बार"})
"""Behind "ek" they say how, and nothing is counted by it ("paanch hazaar ek saath")."""


@dataclass(frozen=True, slots=True)
class Count:
    start: int
    end: int
    value: float
    scaled: bool = False
    """Whether a word for a hundred or more stands in it: it counts money sooner than things."""
    typed: str = ""
    """As typed, when it is one token of digits."""
    shy: bool = False
    """A single word that is also something else."""
    lone_scale: bool = False


@dataclass(frozen=True, slots=True)
class CountWords:
    units: dict[str, int]
    tens: dict[str, int]
    """English tens, behind which a unit may follow."""
    scales: dict[str, int]
    quarters: dict[str, int]
    fractions: dict[str, int]
    shy: frozenset[str]
    joiners: frozenset[str]
    multipliers: dict[str, int]
    articles: frozenset[str]
    joined: dict[str, tuple[int, int]]
    """Key of a number and its hundred or thousand in one word ("paanchsau") -> both."""
    money: frozenset[str]
    """Keys of words for money."""
    words: frozenset[str] = frozenset()
    """Keys of all of them."""


def load_counts(voc: Vocabulary, english: NumberWords) -> CountWords:
    key = voc.key
    units = {key(word): value for word, value in english.units.items()}
    scales = {key(word): value for word, value in english.scales.items()}
    scales.update({key(word): 100 for word in english.hundred})
    joined = _joined(voc)
    found = CountWords(
        units={**units, **voc.units},
        tens={key(word): value for word, value in english.tens.items()},
        scales={**scales, **voc.scales},
        quarters=voc.quarters,
        fractions={**voc.fractions, **{key(word): 2 for word in english.halves}},
        shy=frozenset(voc.shy_numbers),
        joiners=frozenset(key(word) for word in english.joiners),
        multipliers={
            **{key(word): times for word, times in english.multipliers.items()},
            key("dabal"): 2,
            key("tripal"): 3,
        },
        articles=frozenset(key(word) for word in english.articles),
        joined=joined,
        money=frozenset(voc.money),
    )
    parts = (found.units, found.tens, found.scales, found.quarters, found.fractions, found.multipliers, joined)
    return replace(found, words=frozenset(word for part in parts for word in part))


def _joined(voc: Vocabulary) -> dict[str, tuple[int, int]]:
    """Numbers written together with their scale, where no other word is written so."""
    scales = {key: scale for key, scale in voc.scales.items() if scale in (100, 1000)}
    made = {
        unit + key: (value, scale)
        for unit, value in voc.units.items()
        for key, scale in scales.items()
        if 0 < value < _HUNDRED and unit[0] != "=" and key[0] != "="
    }
    others = voc.verbs.keys() | voc.function_keys | voc.phrases.keys() | voc.units.keys() | voc.scales.keys()
    made.update({key: (value // _HUNDRED, _HUNDRED) for key, value in voc.joined.items()})
    return {key: both for key, both in made.items() if key not in others}


def count_at(words: CountWords, sentence: Sentence, keys: Sequence[str], i: int) -> Count | None:
    """The longest number that begins at token `i`, or None."""
    total, at, smallest = 0.0, i, float(_MOST)
    scaled, typed, parts = False, "", 0
    lone = False
    while at < len(keys) and parts < _PARTS:
        begin = at
        if parts and keys[at] in words.joiners and at + 1 < len(keys) and keys[at - 1] in words.scales:
            if not (keys[at + 1] in words.units and keys[at + 1][0] == "=") and keys[at + 1] not in words.tens:
                break
            begin = at + 1
        group = _group(words, sentence, keys, begin, first=parts == 0)
        if group is None:
            break
        value, scale, end, digits, alone = group
        written = sentence.words[i].isdecimal()
        if parts and digits and not written:
            break  # "ek hazaar 500" may be two numbers; "5 hazaar 200" is one
        if scale is None:
            if parts and (value >= smallest or value != int(value) or sentence.word(end) in _AT_ONCE):
                break
            if not parts:
                typed = digits
            total, at, parts = total + value, end, parts + 1
            break
        if scale >= smallest or value * scale >= smallest:
            break
        lone = alone if not parts else False
        total, at, smallest, parts, scaled = total + value * scale, end, scale, parts + 1, True
        if alone and parts > 1:
            break
    if at == i or not total < _MOST:
        return None
    single = at == i + 1 and not typed
    return Count(i, at, total, scaled, typed, shy=single and _shy(words, sentence.words[i]), lone_scale=lone)


def _shy(words: CountWords, word: str) -> bool:
    return word in words.shy or word in ("दो", "एक", "सो", "साथ", "तेरा", "बारा")


def _group(
    words: CountWords, sentence: Sentence, keys: Sequence[str], i: int, *, first: bool
) -> tuple[float, float | None, int, str, bool] | None:
    """(coefficient, scale, end, digits as typed, whether only a scale is there)."""
    both = words.joined.get(keys[i])
    if both is not None:
        return float(both[0]), both[1], i + 1, "", False
    found = _coefficient(words, sentence, keys, i)
    if found is None:
        scale = words.scales.get(keys[i])
        if scale is None or not first:
            return None
        if sentence.words[i] in words.shy and not (i + 1 < len(keys) and keys[i + 1] in words.money):
            return None
        return 1.0, scale, i + 1, "", True
    value, end, digits = found
    if end < len(keys):
        if digits and sentence.glued[end] and sentence.words[end] in _WRITTEN:
            return value, _WRITTEN[sentence.words[end]], end + 1, digits, False
        scale = words.scales.get(keys[end])
        if scale is not None:
            double = words.scales.get(keys[end + 1]) if end + 1 < len(keys) else None
            if double is not None and scale < double:
                return value * scale, double, end + 2, digits, False
            return value, scale, end + 1, digits, False
    return value, None, end, digits, False


def _coefficient(words: CountWords, sentence: Sentence, keys: Sequence[str], i: int) -> tuple[float, int, str] | None:
    key, word = keys[i], sentence.words[i]
    if word.isdecimal() and len(word) <= 12:
        return _typed(sentence, i)
    if key in words.fractions and key not in words.units:
        return words.fractions[key] / 4, i + 1, ""
    quarters = words.quarters.get(key)
    if quarters is not None and i + 1 < len(keys):
        following = keys[i + 1]
        quartered = words.units.get(following)
        if quartered is None and sentence.words[i + 1].isdecimal() and len(sentence.words[i + 1]) <= 3:
            quartered = int(sentence.words[i + 1])
        if quartered is not None:
            return quartered + quarters / 4, i + 2, ""
        if following in words.scales and quarters in (1, -1):
            return 1 + quarters / 4, i + 1, ""
        return (1 + quarters / 4, i + 1, "") if quarters in (1, -1) else None
    if key in words.tens:
        unit = words.units.get(keys[i + 1], 0) if i + 1 < len(keys) and keys[i + 1][0] == "=" else 0
        return (words.tens[key] + unit, i + 2, "") if 1 <= unit <= 9 else (float(words.tens[key]), i + 1, "")
    if key in words.articles and i + 1 < len(keys) and keys[i + 1] in words.scales and keys[i + 1][0] == "=":
        return 1.0, i + 1, ""
    single = words.units.get(key)
    return (float(single), i + 1, "") if single is not None else None


def _typed(sentence: Sentence, i: int) -> tuple[float, int, str]:
    """ "5", "1,25,000", "2.5", "500.50"."""
    words, glued = sentence.words, sentence.glued
    digits, end = words[i], i + 1
    while end + 1 < len(words) and words[end] == "," and glued[end] and glued[end + 1] and words[end + 1].isdecimal():
        if len(words[end + 1]) not in (2, 3):
            break
        digits += words[end + 1]
        end += 2
    pointed = end + 1 < len(words) and words[end] == "." and glued[end] and glued[end + 1]
    if pointed and words[end + 1].isdecimal() and len(words[end + 1]) <= 2:
        return float(f"{digits}.{words[end + 1]}"), end + 2, f"{digits}.{words[end + 1]}"
    return float(digits), end, digits
