"""Who speaks, as far as a sentence tells: an address, codes that stand for what is theirs, a phone number, a name. Read
in this order, so that no word is taken for two of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from offhook.understanding.codes import Code, find_codes
from offhook.understanding.contacts import Contact, find_email, find_phone
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.model import Context, World
from offhook.understanding.name_parts import PersonName
from offhook.understanding.names import find_name
from offhook.understanding.names_placed import announced
from offhook.understanding.phrases import stem
from offhook.understanding.text import Sentence
from offhook.understanding.worlds import WorldIndex


@dataclass(frozen=True, slots=True)
class Who:
    name: PersonName | None
    phone: Contact | None
    odd_digits: str
    email: Contact | None
    codes: list[Code]
    unnamed: bool = False
    """Whether somebody seems to be named, and was not read, or not for sure."""


def find_who(
    plain: Sentence,
    sentence: Sentence,
    taken: list[bool],
    desk: DeskLanguage,
    index: WorldIndex,
    world: World,
    context: Context,
    *,
    mixed: bool,
) -> Who:
    """What is found; its tokens are `taken` from here on.

    Args:
        plain: the sentence as it was said.
        sentence: the same in the desk's language; another one only where `mixed`.
    """
    lexicon, asked = desk.lexicon, context.asked
    email = find_email(sentence, lexicon.numbers)
    if email is not None and mixed:
        own = find_email(plain, lexicon.numbers)  # the words of an address are in no language
        email = email if own is None else replace(email, value=own.value)
    _take(taken, email)
    codes = find_codes(sentence, lexicon.numbers, asked) if _has_digit(sentence, desk) else []
    for code in codes:
        _take(taken, code)
    phone, odd = find_phone(
        sentence,
        lexicon.numbers,
        taken,
        asked=asked in ("phone", "customer_phone"),
        held=_read_back(context, "phone", "customer_phone") or _put_right(context, sentence, desk, "phone"),
        is_time=lambda digits: _is_time(digits, world),
        country=world.country,
    )
    _take(taken, phone)

    def ordinary(word: str) -> bool:
        return word in desk.real_words or word in desk.known_words or index.knows(word)

    def unmet(word: str) -> bool:
        return not (mixed or ordinary(word)) and _nothing_else(word, desk)

    name = find_name(
        sentence,
        desk.names,
        taken,
        asked=asked in ("name", "customer_name", "customer"),
        known=index.known_name,
        held=_read_back(context, "name", "customer_name"),
        denied=asked == "change",
        ordinary=ordinary,
        trade=lambda word: index.knows(word) or word in desk.makes,
        phone=None if phone is None else (phone.start, phone.end),
        unmet=unmet,
    )
    _take(taken, name)
    unnamed = not name.sure if name is not None else not mixed and announced(sentence, desk.names, taken, unmet)
    return Who(name, phone, odd, email, codes, unnamed)


def _read_back(context: Context, *slots: str) -> str:
    """The value of the slot that was read back, or may be changed now."""
    if context.pending is None or context.asked not in ("confirm", "change"):
        return ""
    return next((said for slot in slots if isinstance(said := context.pending.slots.get(slot), str)), "")


def _put_right(context: Context, sentence: Sentence, desk: DeskLanguage, slot: str) -> str:
    """The value that is held and was said back in passing, where the sentence begins by putting something right."""
    held = context.pending.slots.get(slot) if context.pending is not None else None
    return held if isinstance(held, str) and sentence.word(0) in desk.lexicon.hints.talk.corrections else ""


def _is_time(digits: str, world: World) -> bool:
    """Whether digits without a colon can be a time at which somebody is there: "930", not "0148"."""
    hour, minute = int(digits[:-2] or "0"), int(digits[-2:])
    if len(digits) > 4 or minute > 59 or hour > 23:
        return False
    if not world.hours:
        return True
    opens = min(day.opens for day in world.hours).hour
    closes = max(day.closes for day in world.hours).hour
    later = hour + 12 if hour < 12 and digits[0] != "0" else hour
    return opens <= hour <= closes or opens <= later <= closes


def _nothing_else(word: str, desk: DeskLanguage) -> bool:
    """Whether no saying and no group of words has a word."""
    said = stem(word)
    known = desk.sayings is not None and desk.sayings.knows(said)
    return not known and word not in desk.makes and not desk.thesaurus.meanings([said])


def _has_digit(sentence: Sentence, desk: DeskLanguage) -> bool:
    units = desk.lexicon.numbers.units
    return any(word[0].isdecimal() or word in units for word in sentence.words)


def _take(taken: list[bool], found: Contact | Code | PersonName | None) -> None:
    if found is not None:
        taken[found.start : found.end] = [True] * (found.end - found.start)
