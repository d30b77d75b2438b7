"""How a name is put together: where it ends among the words, letters that spell it, and how it is written.

A word of the sentence's structure ends it. A name is kept as it was heard, in title case.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from offhook.understanding.datafile import load_data, phrases_of, words_of
from offhook.understanding.text import Sentence

LONGEST = 4
"""Words of a name."""
_SPELLED = 3
"""Letters that spell a name."""


@dataclass(frozen=True, slots=True)
class NameWords:
    intros: tuple[tuple[str, ...], ...]
    shy_intros: frozenset[tuple[str, ...]]
    closers: tuple[tuple[str, ...], ...]
    shy_closers: frozenset[str]
    """Closers that words of other talk stand before as well ("I just moved here")."""
    who_does: frozenset[str]
    wants_for: frozenset[str]
    """Between "I" and "for", the verbs with which somebody wants something for a person."""
    not_for: frozenset[str]
    """Right before "for" they lead to no caller's name: "leaving for Denver", "I deliver for DoorDash"."""
    fillers: frozenset[str]
    titles: frozenset[str]
    stops: frozenset[str]
    spelled_marks: frozenset[str]
    intro_starts: frozenset[str]
    surnames: frozenset[str]
    """Stops that are surnames as well: right behind a given name, at the end of a clause."""
    given: frozenset[str]
    """Common given names: what makes "this is …" an introduction."""
    signing: frozenset[str]
    """Words that close a letter, with the name of who wrote it behind them."""
    corrections: frozenset[str]
    """Between two names: the second puts the first right ("for John, sorry, for Jane")."""
    first_names: frozenset[str]
    last_names: frozenset[str]
    """Before "name" they tell which part of it follows."""
    hours: frozenset[str]
    """Behind a time; a name may follow ("… Friday 3 pm name Amira Haddad")."""
    telling: frozenset[str]
    """Behind a name, and before what they announce ("Rohan Mehta, ph 202 …")."""
    clause_end: frozenset[str]
    """What stands behind a name that ends its clause."""
    no_initials: frozenset[str]
    how_many: frozenset[str]
    """Before a letter that a name is written with."""
    days: frozenset[str]
    """Days and months, which a full name may stand before: "for Anjali Rao Monday"."""
    placing: frozenset[str]
    """They put somebody into the book."""
    placing_particles: frozenset[str]
    placing_persons: frozenset[str]
    """Right before a single given name they tell that it is somebody's, and no car's."""
    placed_whom: frozenset[str]
    """Before "as" or "under" and a name."""
    behind_placed: frozenset[str]
    no_name_endings: frozenset[str]


@dataclass(frozen=True, slots=True)
class PersonName:
    start: int
    end: int
    value: str
    sure: bool = True
    """Whether somebody is surely named: by a word that announces it, or by what the words are."""


def load_names(folder: Path) -> NameWords:
    data = load_data(folder / "names.yaml")
    intros = tuple(sorted(phrases_of(data, "intros"), key=len, reverse=True))
    phrases = {
        "intros": intros,
        "intro_starts": frozenset(intro[0] for intro in intros),
        "shy_intros": frozenset(phrases_of(data, "shy_intros")),
        "closers": phrases_of(data, "closers"),
    }
    words = {one.name: words_of(data, one.name) for one in fields(NameWords) if one.name not in phrases}
    return NameWords(**phrases, **words)  # type: ignore[arg-type]


def extent(sentence: Sentence, words: NameWords, taken: list[bool], start: int) -> int:
    """The end of up to four name-like words from `start`; spelled letters count as one word."""
    end, count = start, 0
    while end < len(sentence) and count < LONGEST:
        word = sentence.words[end]
        if count > 1 and sentence.pauses(end):
            break  # "Rohan Mehta, registered mobile …"
        surname = word in words.surnames and sentence.word(end - 1) in words.given and end > start
        if taken[end] or not (name_like(word, words) or (surname and sentence.word(end + 1) in words.clause_end)):
            break
        if len(word) == 1:
            letters = _letters(sentence, end)
            if letters < 3 and (count == 0 or word in words.no_initials):
                break
            end += max(letters, 1)
            if letters == 1 and sentence.word(end) == "." and name_like(sentence.word(end + 1) or ".", words):
                end += 1  # "Ursula K. Le Guin"
        else:
            end += 1
            if (
                sentence.word(end) == "-"
                and end + 1 < len(sentence)
                and name_like(sentence.words[end + 1], words)
                and sentence.glued[end]
            ):
                end += 2
        count += 1
    behind = behind_remark(sentence, words, end) if count else end
    if behind > end:
        more = extent(sentence, words, taken, behind)
        return more if more > behind else end
    return end


def with_surname(sentence: Sentence, words: NameWords, taken: list[bool], start: int, end: int) -> int:
    """The end of a name whose last word, written as a name is, means something else as well: "Mia Friday"."""
    last = sentence.word(end)
    if end != start + 1 or sentence.words[start] not in words.given or not last.isalpha() or taken[end]:
        return end
    written = sentence.text[sentence.starts[end]].isupper() and not sentence.text.isupper()
    alone = sentence.word(end + 1) in ("", ".") and not sentence.pauses(end)
    return end + 1 if written and alone and last not in words.fillers else end


def behind_remark(sentence: Sentence, words: NameWords, at: int) -> int:
    """Behind how a name is written, which may come in the middle of it ("Amanda with a d, Amanda Price")."""
    if sentence.word(at) not in ("with", "without"):
        return at
    letter = at + 2 if sentence.word(at + 1) in words.how_many else at + 1
    if len(sentence.word(letter).removesuffix("s").removesuffix("'")) != 1 or not sentence.word(letter)[0].isalpha():
        return at
    behind = letter + 1
    while sentence.word(behind) in (",", ".") and sentence.word(behind + 1).isalpha():
        behind += 1
    return behind


def _letters(sentence: Sentence, i: int) -> int:
    """How many tokens from `i` on are letters that spell something; "a m" at its beginning is one token."""
    at = i
    while _spells(sentence, at):
        at += 1
    return at - i


def _spells(sentence: Sentence, at: int) -> bool:
    word = sentence.word(at)
    behind = sentence.word(at + 1)
    return (len(word) == 1 and word.isalpha()) or (word == "am" and len(behind) == 1 and behind not in "ai.,-")


def name_like(word: str, words: NameWords) -> bool:
    if len(word) == 1:
        return word.isalpha()
    return word.replace("'", "").isalpha() and word not in words.stops


def made_name(sentence: Sentence, words: NameWords, start: int, end: int) -> PersonName | None:
    parts: list[str] = []
    at = start
    while at < end:
        letters, spelled = spelled_at(sentence, at)
        if spelled:
            if parts and near_spelling(parts[-1].lower(), spelled):
                parts.pop()
            parts.append(titled(spelled))
            at += letters
        elif sentence.words[at] == "-":
            parts[-1] += "-" + titled(sentence.words[at + 1])
            at += 2
        elif sentence.words[at] == ".":
            at += 1
        elif parts and (behind := behind_remark(sentence, words, at)) > at:
            at = behind
            if sentence.word(at) == parts[0].lower():
                parts.clear()
        else:
            if not parts or parts[-1] != titled(sentence.words[at]):  # "it's Maria, Maria Lopez"
                parts.append(titled(sentence.words[at]))
            at += 1
    if len(parts) > 2 and parts[0] == parts[-1]:
        parts = parts[1:]  # "O'Brien, Sean O'Brien"
    stop, spelled_last = _spelled_after(sentence, words, end)
    if spelled_last and parts and near_spelling(parts[-1].lower(), spelled_last):
        parts[-1] = titled(spelled_last)
    return PersonName(start, stop, " ".join(parts)) if parts else None


def _spelled_after(sentence: Sentence, words: NameWords, end: int) -> tuple[int, str]:
    """ "… that's spelled s m y t h e" behind a name."""
    at = end
    while sentence.word(at) in (",", ".", "that", "is", "it", "with") or sentence.word(at) in words.spelled_marks:
        at += 1
    letters, spelled = spelled_at(sentence, at)
    return (at + letters, spelled) if spelled and at > end else (end, "")


def spelled_at(sentence: Sentence, at: int) -> tuple[int, str]:
    """(tokens, what they spell) of the letters that begin at `at`; (…, "") where fewer than three are said."""
    letters = _letters(sentence, at)
    spelled = "".join(sentence.words[at : at + letters])
    return letters, spelled if len(spelled) >= _SPELLED else ""


def near_spelling(one: str, two: str) -> bool:
    return bool(one) and bool(two) and one[0] == two[0] and abs(len(one) - len(two)) <= 3


def titled(word: str) -> str:
    return "'".join(part[:1].upper() + part[1:] for part in word.split("'"))
