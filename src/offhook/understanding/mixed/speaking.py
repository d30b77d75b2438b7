"""Whether a sentence is in a language, wholly or in part: by the words that only this language has against those that
only the base language has. What both share, and the names of people, tell nothing.
"""

from __future__ import annotations

from collections.abc import Set

from offhook.understanding.lexicon import Lexicon
from offhook.understanding.mixed.base_names import base_names
from offhook.understanding.mixed.vocabulary import Vocabulary
from offhook.understanding.text import Sentence

NAME_SLOTS = frozenset({"name", "customer_name", "customer"})
_ENOUGH = 2
_TURNING = frozenset({"nahi", "nahin", "shayad"})
_FEW = 4
"""Words of a sentence in which one that only this language has decides."""


def speaks(voc: Vocabulary, lexicon: Lexicon, sentence: Sentence, asked: str | None, given: Set[str]) -> bool:
    """Whether the sentence is in this language, wholly or in part; `asked` is what our question asked for, `given`
    are given names of the base language."""
    if asked in NAME_SLOTS and voc.key(sentence.word(0) or ".") in voc.name_own:
        return True
    score, near, other = 0, 0, 0
    people = base_names(sentence, given, asked=asked in NAME_SLOTS)
    for i, word in enumerate(sentence.words):
        if i in people:
            continue
        if voc.alphabet.native(word):
            return True
        told = voc.telling.get(word)
        other_day = word in voc.links and i + 2 == len(sentence) and sentence.word(i + 1) in voc.telling
        if (told and word in _TURNING) or other_day:
            return True  # "Monday 2 pm please nahi": what may turn the rest is read with it
        if word in voc.links and _times_about(lexicon, sentence, i):
            return True
        if len(word) == 2 and sentence.word(i + 1).isdecimal():
            continue  # the letters of a registration
        if told is not None:
            score += told
        elif word in lexicon.function_words:
            other += word not in voc.shared
        elif word not in voc.english and word not in voc.shared and len(word) > 3 and word.isalpha():
            near += voc.alphabet.key(word) in voc.telling_keys
    if _counts_aloud(voc, lexicon, sentence) or _answers_when(voc, sentence, asked):
        return True
    if score == 0 and near and other == 0 and len(sentence) <= _ENOUGH and asked not in NAME_SLOTS:
        return True
    if score == 0 and (near < _ENOUGH or 3 * near < len(sentence) or near <= other):
        return False
    score += near
    if score and sentence.word(len(sentence) - 1) == "h":
        score += 1  # "gaadi ready h"
    if score >= _ENOUGH and (score > other or (score == other and len(sentence) <= _FEW)):
        return True
    return score == 1 and other == 0 and len(sentence) <= 4


def _counts_aloud(voc: Vocabulary, lexicon: Lexicon, sentence: Sentence) -> bool:
    """Whether all there is are digits, some of them in this language."""
    own = lexicon.numbers.units
    digits = [word for word in sentence.words if word.isdecimal() or voc.alphabet.key(word) in voc.units]
    return len(digits) == len(sentence) > _ENOUGH and any(not w.isdecimal() and w not in own for w in digits)


def _answers_when(voc: Vocabulary, sentence: Sentence, asked: str | None) -> bool:
    """Whether the one word that answers a question for a time is a number or a day of this language."""
    if asked not in ("date", "time", "datetime") or len(sentence) != 1 or sentence.words[0] in voc.english:
        return False
    key = voc.alphabet.key(sentence.words[0])
    return key in voc.units or key in voc.phrases


def _times_about(lexicon: Lexicon, sentence: Sentence, i: int) -> bool:
    """Whether numbers, or days of the base language, stand on both sides: what links them is of this one."""
    before, after, calendar = sentence.word(i - 1), sentence.word(i + 1), lexicon.calendar
    if before.isdecimal() and after.isdecimal():
        return True
    return all(word in calendar.weekdays or word in calendar.relative_days for word in (before, after))
