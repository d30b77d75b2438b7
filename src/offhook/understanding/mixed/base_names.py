"""Names of the base language that are words of another one as well (Jo, Karen, Jake, Le Guin): where they are names,
they tell nothing about the language that is spoken.
"""

from __future__ import annotations

from collections.abc import Set

from offhook.understanding.text import Sentence

_LEADS = frozenset({"for", "is", "name", "under", "am", "call", "ask", "dr", "mr", "mrs", "ms", "miss"})
"""Words of the base language behind which a person is named."""
_PARTICLES = frozenset({"le", "la", "de", "du", "van", "von", "der", "den", "di", "da", "del", "st", "o", "mac"})
"""Words between a given name and a family name."""


def base_names(sentence: Sentence, given: Set[str], *, asked: bool) -> frozenset[int]:
    """The places of `sentence` at which a person is named. `asked`: our question asked for a name."""
    found: set[int] = set()
    for i, word in enumerate(sentence.words):
        leads = asked or sentence.word(i - 1) in _LEADS or (_capital(sentence, i) and _beside_capital(sentence, i))
        if i in found or word not in given or not leads:
            continue
        found.add(i)
        at = i + 1
        while at < len(sentence) and _goes_on(sentence, at):
            found.add(at)
            at += 1
    return frozenset(found)


def _goes_on(sentence: Sentence, i: int) -> bool:
    """Whether the word at `i`, behind a part of a name, is the next part."""
    word = sentence.words[i]
    initial = word == "." or (len(word) == 1 and word.isalpha())
    follows = sentence.word(i + 1).isalpha()
    return _capital(sentence, i) or ((word in _PARTICLES or initial) and follows)


def _capital(sentence: Sentence, i: int) -> bool:
    letter = sentence.text[sentence.starts[i] : sentence.starts[i] + 1]
    return letter.isupper() and not sentence.text.isupper()


def _beside_capital(sentence: Sentence, i: int) -> bool:
    """Keyboards write the first word of a line with a capital by themselves; the word beside it they do not."""
    return i > 0 or (len(sentence) > 1 and _capital(sentence, 1))
