"""Names that a booking is put under: "put Ingrid Halvorsen down for …", "pencil in walter abernathy", "it under …".

Only a given name, or words that nobody says of anything else, are somebody there: "put the civic down" names nobody.
What may be a name and is not sure to be one is told by `announced`: nothing is written then before a question.
"""

from __future__ import annotations

from collections.abc import Callable

from offhook.understanding.name_parts import NameWords, PersonName, extent, made_name
from offhook.understanding.text import Sentence

_SHORTEST = 3
"""Letters of a word that can be a name by being strange."""
_VOWELS = frozenset("aeiouy")
_OWNS = ("'s", "’s")
_SHY_ONES = frozenset({("this", "is"), ("i", "am"), ("it", "is"), ("that", "is")})


def strangers(sentence: Sentence, start: int, end: int, unmet: Callable[[str], bool], words: NameWords) -> bool:
    """Whether two or more words mean nothing, and none is built as words for a state are ("discombobulated")."""
    said, end = sentence.words[start:end], min(end, len(sentence))
    owns = any(sentence.text[sentence.starts[i] : sentence.ends[i]].endswith(_OWNS) for i in range(start, end))
    return len(said) > 1 and not owns and all(_strange(word, unmet, words) for word in said)


def said_twice(sentence: Sentence, start: int, end: int) -> bool:
    """ "this is femi, femi balogun"."""
    return end - start > 2 and sentence.words[start] == sentence.words[start + 1] and sentence.pauses(start + 1)


def placed(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    ordinary: Callable[[str], bool],
    unmet: Callable[[str], bool],
) -> PersonName | None:
    for i in range(len(sentence)):
        start = _behind_verb(sentence, words, i) or _behind_whom(sentence, words, i)
        if not start:
            continue
        end = _end(sentence, words, taken, start)
        if _is_somebody(sentence, words, start, end, ordinary, unmet) and _goes_on(sentence, words, end):
            return made_name(sentence, words, start, end)
    return None


def announced(sentence: Sentence, words: NameWords, taken: list[bool], unmet: Callable[[str], bool]) -> bool:
    """Whether somebody seems to be named where nobody was read."""
    return any(
        start < len(sentence) and not taken[start] and _strange(sentence.words[start], unmet, words)
        for i in range(len(sentence))
        if (start := _behind_verb(sentence, words, i) or _behind_whom(sentence, words, i) or _introduced(sentence, i))
    ) or _opens(sentence, words, unmet)


def last_said(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    ordinary: Callable[[str], bool],
    unmet: Callable[[str], bool],
) -> PersonName | None:
    """The name behind the last comma of an answer: "put my wife down, she is bringing it, Tamika Broussard"."""
    start = max((i for i in range(len(sentence)) if sentence.pauses(i)), default=0)
    last = len(sentence) - (sentence.word(len(sentence) - 1) == ".")
    if not start or extent(sentence, words, taken, start) != last:
        return None
    somebody = last - start > 1 and _is_somebody(sentence, words, start, last, ordinary, unmet)
    return made_name(sentence, words, start, last) if somebody else None


def _strange(word: str, unmet: Callable[[str], bool], words: NameWords) -> bool:
    named = len(word) >= _SHORTEST and word.isalpha() and not _VOWELS.isdisjoint(word) and word not in words.stops
    return named and unmet(word) and not word.endswith(tuple(words.no_name_endings))


def _behind_verb(sentence: Sentence, words: NameWords, i: int) -> int:
    """Where somebody may be named whom a verb puts into the book; 0 for nowhere."""
    if sentence.words[i] not in words.placing:
        return 0
    at = i + 1
    while sentence.word(at) in words.placing_particles or sentence.word(at) in words.titles:
        at += 1
    return at


def _behind_whom(sentence: Sentence, words: NameWords, i: int) -> int:
    """Behind "me down as" or "it under"; 0 for nowhere."""
    if sentence.words[i] not in words.placed_whom:
        return 0
    at = i + 1
    while sentence.word(at) in words.placing_particles:
        at += 1
    if sentence.word(at) not in ("as", "under"):
        return 0
    at += 1
    while sentence.word(at) in words.titles:
        at += 1
    return at


def _introduced(sentence: Sentence, i: int) -> int:
    return i + 2 if tuple(sentence.words[i : i + 2]) in _SHY_ONES else 0


def _opens(sentence: Sentence, words: NameWords, unmet: Callable[[str], bool]) -> bool:
    """ "siddhi ramaswamy needs an oil change": two strange words before what somebody wants."""
    start = 0
    while sentence.word(start) in words.fillers or sentence.word(start) == ".":
        start += 1
    return strangers(sentence, start, start + 2, unmet, words) if start + 2 < len(sentence) else False


def _end(sentence: Sentence, words: NameWords, taken: list[bool], start: int) -> int:
    end = extent(sentence, words, taken, start)
    return next((i for i in range(start + 1, end) if sentence.pauses(i)), end)


def _is_somebody(
    sentence: Sentence,
    words: NameWords,
    start: int,
    end: int,
    ordinary: Callable[[str], bool],
    unmet: Callable[[str], bool],
) -> bool:
    said = sentence.words[start:end]
    if not said or any(len(word) > 1 and ordinary(word) and word not in words.surnames for word in said[1:]):
        return False
    given = said[0] in words.given
    thing = sentence.word(start - 1) not in words.placing_persons
    if len(said) == 1:
        return given and not ordinary(said[0]) and not thing
    return given or strangers(sentence, start, end, unmet, words)


def _goes_on(sentence: Sentence, words: NameWords, end: int) -> bool:
    """Whether behind the name there is what a booking goes on with."""
    behind = sentence.word(end)
    return (
        end >= len(sentence)
        or behind in words.placing_particles
        or behind in words.behind_placed
        or behind in words.days
        or behind[:1].isdecimal()
        or sentence.pauses(end)
    )
