"""Names of persons as callers give them: introduced ("my name is …", "… speaking"), bare after our question, spelled.

Nothing is taken for a name that reads as something else: a shy introduction ("this is …", "i am …") counts only if the
name ends its clause. How a name itself is put together: `name_parts`.

Once a name was read back, another one puts it right: bare where it is a familiar name, and behind a "no" or a shy
introduction also one that nobody has met, as long as it is no ordinary word ("no, it's Lara"; not "no, it's terrible").
So does a bare one in answer to "what should I change?".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from offhook.understanding.name_halves import in_parts
from offhook.understanding.name_parts import (
    NameWords,
    PersonName,
    behind_remark,
    extent,
    made_name,
    name_like,
    with_surname,
)
from offhook.understanding.names_beside import beside_phone, familiar, listed, signed, written
from offhook.understanding.names_placed import last_said, placed, said_twice, strangers
from offhook.understanding.text import Sentence

_THIS_IS, _UNDER = ("this", "is"), ("under",)
"""Of the shy intros those behind which two strange words are surely a name; "under" where something is put under it."""


def find_name(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    *,
    asked: bool,
    known: Callable[[str], bool] = lambda word: False,
    held: str = "",
    denied: bool = False,
    ordinary: Callable[[str], bool] = lambda word: True,
    trade: Callable[[str], bool] = lambda word: False,
    phone: tuple[int, int] | None = None,
    unmet: Callable[[str], bool] = lambda word: False,
) -> PersonName | None:
    """The speaker's name, or None.

    Args:
        asked: our question asked for it, so that a bare name counts.
        known: whether a word is part of the name of somebody whom the tenant knows.
        held: the name that was read back and may be put right; "" for none.
        denied: something that was read back is wrong: that was said before.
        ordinary: whether a word is one of the language or the trade.
        trade: whether a word is part of what the tenant sells or does.
        phone: where a phone number stands: a name beside it is the one that it belongs to.
        unmet: whether a word means nothing at all, so that two of them can only be a name.
    """
    if held and (right := _corrected(sentence, words, taken, held, denied, known, ordinary)) is not None:
        return right
    taken = _behind_pauses(sentence, words, taken, trade)
    bare = _bare(sentence, words, taken, known, trade) if asked else None
    parts = in_parts(sentence, words, taken, ordinary, asked=asked)
    if parts is not None:
        return parts
    for i in range(len(sentence)):
        if bare is not None and bare.start <= i:
            return bare
        if sentence.words[i] in words.intro_starts and not taken[i]:
            found = _introduced(sentence, words, taken, i, asked, known, ordinary, phone, unmet)
            if found is not None and not _of_the_trade(sentence, found, words, known, trade):
                return _put_right(sentence, words, taken, found, asked, known)
    found = placed(sentence, words, taken, ordinary, unmet)
    found = found or _closed(sentence, words, taken, known, ordinary) or bare
    found = found or beside_phone(sentence, words, taken, phone, trade, ordinary)
    found = (
        found
        or signed(sentence, words, taken, known, ordinary)
        or listed(sentence, words, taken, ordinary, unmet, trade)
    )
    return found or (last_said(sentence, words, taken, ordinary, unmet) if asked else None)


def _behind_pauses(sentence: Sentence, words: NameWords, taken: list[bool], trade: Callable[[str], bool]) -> list[bool]:
    """`taken`, and words of the trade behind a comma: "for Jordan, Honda City" names a person and a car."""
    return [
        one
        or (sentence.pauses(i) and len(word) > 1 and name_like(word, words) and trade(word) and word not in words.given)
        for i, (one, word) in enumerate(zip(taken, sentence.words, strict=True))
    ]


def _of_the_trade(
    sentence: Sentence,
    found: PersonName,
    words: NameWords,
    known: Callable[[str], bool],
    trade: Callable[[str], bool],
) -> bool:
    """ "… for my wife's Accord": what is named is no person."""
    said = found.value.lower().split()
    return all(map(trade, said)) and not familiar(said, words, known)


def _put_right(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    found: PersonName,
    asked: bool,
    known: Callable[[str], bool],
) -> PersonName:
    """The name behind "…, sorry, for Jane" or "…, no, Jane" where one follows, else the one found."""
    at = next((i for i in range(found.end, len(sentence)) if sentence.words[i] in words.corrections), None)
    if at is None:
        return found
    while sentence.word(at) in words.corrections or sentence.word(at) == "i":
        at += 1
    for i in range(at, min(at + 3, len(sentence))):
        if sentence.words[i] in words.intro_starts and not taken[i]:
            later = _introduced(sentence, words, taken, i, asked, known)
            if later is not None:
                return later
    end = extent(sentence, words, taken, at)
    if at < end and familiar(sentence.words[at:end], words, known) and sentence.word(end) in words.clause_end:
        return made_name(sentence, words, at, end) or found
    return found


def _corrected(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    held: str,
    denied: bool,
    known: Callable[[str], bool],
    ordinary: Callable[[str], bool],
) -> PersonName | None:
    """The name that is all of the sentence but a "no" and words that lead to it; never a part of the one held."""
    start, led = 0, False
    if sentence.words[:2] == ["instead", "of"]:
        start, denied = 2, True  # "Ravi nahi, Rajiv": the old one first
        while sentence.word(start) in held.lower().split() or sentence.word(start) == ",":
            start += 1
    while start < len(sentence):
        intro = next((one for one in words.intros if sentence.has(one, start)), None)
        if intro is not None:
            start, led = start + len(intro), True
        elif sentence.words[start] in words.corrections:
            start, denied = start + 1, True
        elif sentence.words[start] in words.fillers or sentence.words[start] in ",.":
            start += 1
        else:
            break
    end = extent(sentence, words, taken, start)
    said = sentence.words[start:end]
    if not said or set(said) <= set(held.lower().split()):
        return None
    if sentence.word(end) == "not" and led:
        rest = [word for word in sentence.words[end + 1 :] if word not in held.lower().split()]
    else:
        rest = [word for word in sentence.words[end:] if word not in words.fillers]
    if any(word not in ",." for word in rest):
        return None
    unmet = (led or denied) and not any(ordinary(word) for word in said)
    return made_name(sentence, words, start, end) if unmet or familiar(said, words, known) else None


def _introduced(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    i: int,
    asked: bool,
    known: Callable[[str], bool],
    ordinary: Callable[[str], bool] = lambda word: True,
    phone: tuple[int, int] | None = None,
    unmet: Callable[[str], bool] = lambda word: False,
) -> PersonName | None:
    first = sentence.words[i]
    for intro in words.intros:
        if intro[0] != first or not sentence.has(intro, i):
            continue
        start = i + len(intro)
        if intro[-1] != "is" and sentence.said(i, start).endswith(("'s", "’s")):
            continue  # "for my wife's Accord"
        if intro[0] == "for" and _leads_away(sentence, words, i):
            continue
        while sentence.word(start) in words.titles:
            start += 1
        end = extent(sentence, words, taken, start)
        end = with_surname(sentence, words, taken, start, end) if asked else end
        if end == start or all(word in words.fillers for word in sentence.words[start:end]):
            continue
        strange = strangers(sentence, start, end, unmet, words)
        shy = intro in words.shy_intros and not asked and not said_twice(sentence, start, end)
        told = intro == ("name",) and _behind_time(sentence, words, i) and end == len(sentence)
        ends = _ends_clause(sentence, words, taken, end) or _ends_full(sentence, words, start, end, ordinary)
        met = familiar(sentence.words[start:end], words, known) or written(sentence, start, end, ordinary)
        met = met or (phone is not None and phone[0] == end and not any(map(ordinary, sentence.words[start:end])))
        named = not shy or told or (ends and met)
        if not named and not (strange and (ends or _stops(sentence, words, end))):
            continue
        made = made_name(sentence, words, start, end)
        named = named or intro == _THIS_IS or (strange and written(sentence, start, end, ordinary))
        named = named or (intro == _UNDER and sentence.word(i - 1) in words.placed_whom | words.placing_particles)
        return replace(made, start=i, sure=named) if made is not None else None
    return None


def _leads_away(sentence: Sentence, words: NameWords, i: int) -> bool:
    """Whether a "for" leads to a place or an employer: "leaving for Denver", "I shop for Instacart"; not "a test drive
    for Jordan"."""
    verb, who = sentence.word(i - 1), sentence.word(i - 2)
    if who in words.who_does and verb not in words.wants_for:
        return True
    return verb in words.not_for and who != "test"


def _behind_time(sentence: Sentence, words: NameWords, i: int) -> bool:
    """ "… Friday 3 pm name Amira Haddad"."""
    return sentence.word(i - 1) in words.hours or sentence.word(i - 1)[:1].isdecimal()


def _ends_clause(sentence: Sentence, words: NameWords, taken: list[bool], end: int) -> bool:
    if sentence.word(end) in words.clause_end or taken[end]:
        return True
    if sentence.pauses(end) and sentence.word(end + 1) in words.telling and taken[end + 2 : end + 3] == [True]:
        return True  # "Rohan Mehta, registered mobile 999 …"
    return sentence.word(end) in words.telling and taken[end + 1 : end + 2] == [True]


def _ends_full(sentence: Sentence, words: NameWords, start: int, end: int, ordinary: Callable[[str], bool]) -> bool:
    """Whether a given name with what follows it ends at a comma or before a day: "for Simone Beckett, Monday"."""
    return (
        end - start > 1
        and sentence.words[start] in words.given
        and not all(map(ordinary, sentence.words[start + 1 : end]))
        and _stops(sentence, words, end)
    )


def _stops(sentence: Sentence, words: NameWords, end: int) -> bool:
    last = sentence.word(end)
    return sentence.pauses(end) or last in words.days or last[:1].isdecimal()


def _closed(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    known: Callable[[str], bool],
    ordinary: Callable[[str], bool],
) -> PersonName | None:
    """ "Priya here", "John Smith speaking": at the beginning of a clause."""
    for start in range(min(len(sentence), 4)):
        if (
            start
            and sentence.words[start - 1] not in words.fillers
            and sentence.words[start - 1] not in (",", ".", "there", "good", "morning", "afternoon", "evening")
        ):
            continue
        end = extent(sentence, words, taken, start)
        if end == start or sentence.words[start] in words.fillers:
            continue
        written = any(behind_remark(sentence, words, i) > i for i in range(start + 1, end))
        repeated = written and sentence.words[start] in sentence.words[start + 1 : end] and end == len(sentence)
        closer = next((closer for closer in words.closers if sentence.has(closer, end)), None)
        said = sentence.words[start:end]
        if closer is not None and closer[0] in words.shy_closers:
            met = familiar(said, words, known) or not all(map(ordinary, said))
            closer = closer if met else None
        if repeated:
            return made_name(sentence, words, start, end)
        if closer is not None:
            again = end + len(closer)
            whole = extent(sentence, words, taken, again)
            fuller = sentence.word(again) == sentence.words[start] and whole - again > end - start
            return made_name(sentence, words, again, whole) if fuller else made_name(sentence, words, start, end)
    return None


def _bare(
    sentence: Sentence,
    words: NameWords,
    taken: list[bool],
    known: Callable[[str], bool],
    trade: Callable[[str], bool],
) -> PersonName | None:
    start, size = 0, len(sentence)
    while start < size and (sentence.words[start] in words.fillers or sentence.words[start] in ",."):
        start += 1
    end = extent(sentence, words, taken, start)
    if end == start and sentence.word(start) in words.given and not taken[start]:
        end = max(extent(sentence, words, taken, start + 1), start + 1)
    end = with_surname(sentence, words, taken, start, end)
    while sentence.word(end) == "." and sentence.word(end + 1) == sentence.word(start) and not taken[start]:
        start, end = end + 1, max(extent(sentence, words, taken, end + 1), end + 1)  # "Bill. Bill Nguyen."
    if end > start + 1 and sentence.pauses(end) and sentence.words[start] in words.given:
        return made_name(sentence, words, start, end)  # "Mary Shelley, and please note …"
    rest = [
        word
        for i, word in enumerate(sentence.words[end:], end)
        if not taken[i] and word not in words.fillers and word not in (",", ".", "here", "speaking", "that", "with")
    ]
    spelled = bool(rest) and (rest[0] in words.spelled_marks or all(len(word) == 1 for word in rest))
    goes_on = sentence.word(end) == "and" and any(taken[end:])
    if end == start or (rest and not spelled and not goes_on):
        return None
    if any(taken[end:]) and end - start == 1 and not familiar(sentence.words[start:end], words, known):
        return None  # "cell 202 555 0143": what leads to a value
    if all(map(trade, sentence.words[start:end])) and not familiar(sentence.words[start:end], words, known):
        return None
    return made_name(sentence, words, start, end)
