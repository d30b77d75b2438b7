"""Names that nothing introduces: beside a phone number, under a message as its signature, between two commas.

What is a name there is told by the words themselves: given names that we have met, or words that mean nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from offhook.understanding.name_parts import LONGEST, NameWords, PersonName, extent, made_name, name_like
from offhook.understanding.names_placed import strangers
from offhook.understanding.text import Sentence


def written(sentence: Sentence, start: int, end: int, ordinary: Callable[[str], bool]) -> bool:
    """Whether the words are typed as a name is, and mean nothing else: "I'm Abe"."""
    first = [sentence.text[sentence.starts[i]] for i in range(start, end)]
    loud = sentence.text.isupper()
    return not loud and all(letter.isupper() for letter in first) and not any(map(ordinary, sentence.words[start:end]))


def familiar(said: list[str], words: NameWords, known: Callable[[str], bool]) -> bool:
    """Whether one of the words is a name that we have met; what follows "I am" seldom is one."""
    return any(word in words.given or known(word) for word in said)


def beside_phone(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    phone: tuple[int, int] | None,
    trade: Callable[[str], bool],
    ordinary: Callable[[str], bool] = lambda word: True,
) -> PersonName | None:
    """ "… Steve Jobs 202 555 0181": a familiar given name and what follows it, right before the number or behind it; or
    two words that mean nothing else."""
    if phone is None:
        return None
    start, end = phone
    first = start
    while (
        first > 0 and start - first < LONGEST and not taken[first - 1] and name_like(sentence.words[first - 1], words)
    ):
        first -= 1
    for at in range(first, start):
        whole = start - at > 1 or at == 0 or sentence.pauses(at) or sentence.words[at - 1] == "."
        if sentence.words[at] in words.given and not trade(sentence.words[at]) and whole:
            return made_name(sentence, words, at, start)
    strange = start
    while strange > first and not ordinary(sentence.words[strange - 1]):
        strange -= 1
    if start - strange > 1:
        return made_name(sentence, words, strange, start)
    behind = extent(sentence, words, taken, end)
    ended = behind >= len(sentence) or sentence.word(behind) == "." or sentence.pauses(behind)
    if sentence.word(end) in words.given and behind - end > 1 and ended:
        return made_name(sentence, words, end, behind)
    strange = end
    while strange < behind and not ordinary(sentence.words[strange]):
        strange += 1
    return made_name(sentence, words, end, strange) if strange - end > 1 else None


def listed(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    ordinary: Callable[[str], bool],
    unmet: Callable[[str], bool] = lambda word: False,
    trade: Callable[[str], bool] = lambda word: False,
) -> PersonName | None:
    """ "oil change, Dale Wicks, Monday 9 am": a given name and a family name between two commas, and nothing else; or
    two words that mean nothing else, also before the first comma."""
    for start in range(len(sentence)):
        begins = sentence.pauses(start) or start == 0
        strange = begins and strangers(sentence, start, start + 2, unmet, words)
        given = start > 0 and begins and sentence.words[start] in words.given and not trade(sentence.words[start])
        if not strange and not given:  # "…, Mercedes Sprinter" is a car
            continue
        end = start + 1
        while end < len(sentence) and not sentence.pauses(end) and sentence.words[end] != ".":
            end += 1
        alone = start > 2 and end == start + 1 == len(sentence) and not ordinary(sentence.words[start])
        whole = (alone or 1 < end - start < LONGEST) and extent(sentence, words, taken, start) == end
        whole = whole and (start > 0 or end < len(sentence))  # "asdf qwer zxcv" says nothing at all
        if whole and not any(map(ordinary, sentence.words[start + 1 : end])):
            made = made_name(sentence, words, start, end)
            sure = not strange or written(sentence, start, end, ordinary)
            return replace(made, sure=sure) if made is not None else None
    return None


def signed(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    known: Callable[[str], bool],
    ordinary: Callable[[str], bool],
) -> PersonName | None:
    """ "… Thanks, Dana Whitlock", "Best regards\\nTom": what ends a line behind a greeting that closes it."""
    size = len(sentence)
    for i in range(size - 1, max(size - LONGEST - 3, 0), -1):
        if sentence.words[i] not in words.signing or i == 0:
            continue
        start = i + 1
        apart = start < size and (
            sentence.pauses(start) or "\n" in sentence.text[sentence.ends[i] : sentence.starts[start]]
        )
        while sentence.word(start) in (".", "-", "–", "—"):
            start, apart = start + 1, True
        end = extent(sentence, words, taken, start)
        said = sentence.words[start:end]
        if not apart or not said or any(word != "." for word in sentence.words[end:]):
            return None
        met = familiar(said, words, known) or written(sentence, start, end, ordinary)
        return made_name(sentence, words, start, end) if met else None
    return None
