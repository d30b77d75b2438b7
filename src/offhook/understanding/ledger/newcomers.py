"""A customer who is not on the list yet, and how far the name goes: "Ravi Das", "Pooja Do Bigha", "A. K. Singh". Pure.

Whoever is added may be called by any word. Behind a given name a word of a number is a part of the name unless
something says that it counts: another number, a word for money, what is owed. A name with such words is read back.
"""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.spans import Amount, Scan
from offhook.understanding.ledger.told import Told
from offhook.understanding.model import Command

_WORDS = 3
"""Words that a name may have behind those that were known for one."""
_STYLES = frozenset({"dr", "doctor", "prof", "adv", "pt", "mr", "mrs", "ms"})
_OF_ADDRESS = frozenset({"ji", "jee", "bhai", "bhaiya", "sahab", "saab", "sir", "madam"})
"""How one speaks to somebody; the other titles are surnames as well (Pandit, Master, Seth)."""
_COUNTED = frozenset({"udhaar", "baaki", "balance", "opening", "udhaar_of", "payment"})
"""What a number before it is the sum of."""
_OWING = frozenset({"udhaar", "opening", "balance", "baaki"})
"""What says that a sum is a new customer's balance."""


def new_customer(told: Told, intent: str) -> Draft:
    """The command that adds somebody, with the name, phone and balance that were said."""
    scan, clause = told.scan, told.clause
    slots: dict[str, SlotValue] = {}
    doubts = Doubts()
    person = next(iter(clause.known_persons), None)
    start = person.start if person is not None else min(clause.foreign, default=clause.end)
    end = person.end if person is not None else start
    first, last = whole_name(scan, clause, start, end)
    # One word that nothing knows may be anything ("survey"), but not with a phone of its own.
    alone = last == start + 1 and bool(clause.phones) and clause.foreign == [start]
    if person is not None or last > start + 1 or alone:
        longer = person is not None and (first, last) != (start, end)
        said = scan.sentence.said(first, last)
        slots["name"] = titled(person.said if person is not None and not longer else said)
        # Somebody of that name is on the list, or words of it are numbers or titles.
        counted = any(scan.keys[i] in scan.language.counts.words for i in range(first, last))
        known = range(person.start, person.end) if person is not None else range(0)
        names, titles = scan.language.persons.spelled, scan.language.persons.titles
        strange = any(
            scan.latin(i) not in names or scan.keys[i] in titles for i in range(first, last) if i not in known
        )
        doubts.unclear = (longer and strange) or counted or (person is not None and person.name is not None)
        clause.named.update(range(first, last))
        clause.amounts = [one for one in clause.amounts if not first <= one.start < last]
    if clause.phones:
        slots["phone"] = clause.phones[-1].digits
        if not clause.phones[-1].valid or len(clause.phones) > 1:
            doubts.ask = "phone"
    amounts: list[Amount] = clause.amounts
    # A sum beside a name, of which nothing was said, may be a word of it.
    doubts.unclear = doubts.unclear or (bool(amounts) and _OWING.isdisjoint(clause.present))
    doubts.unclear = doubts.unclear or any(one.lone and one.start == last for one in amounts)  # "Gopal sau"
    if len(amounts) == 1:
        slots["opening_balance"] = number(amounts[0].value)
    elif amounts:
        doubts.ask = "opening_balance"
    return Draft(Command(intent=intent, slots=slots), doubts, person)


def whole_name(scan: Scan, clause: Clause, start: int, end: int) -> tuple[int, int]:
    """The tokens of the name of which [start, end) are known for one; of none where these are empty."""
    known = end
    while start - 1 >= clause.start and (before := _styled(scan, start)) < start:
        start = before
    at = end
    while at < clause.end and at - known < _WORDS and _belongs(scan, clause, at, first=at == start):
        at += 1
        if scan.latin(at - 1) not in _OF_ADDRESS:
            end = at
    return start, end


def _styled(scan: Scan, start: int) -> int:
    """Where an initial or a style before `start` begins ("A.", "Dr.")."""
    dotted = scan.word(start - 1) == "."
    at = start - 2 if dotted else start - 1
    word = scan.word(at)
    initial = dotted and len(word) == 1 and word.isalpha()
    return at if initial or word in _STYLES else start


def _belongs(scan: Scan, clause: Clause, at: int, *, first: bool = False) -> bool:
    """`first`: whether the name begins there: a pause before it announces it ("a new customer, Clement Rozario")."""
    word = scan.latin(at)
    if not word.isalpha() or (scan.sentence.pauses(at) and not first):
        return False
    if any(one.start <= at < one.end for one in clause.persons):
        return True
    if scan.keys[at] in scan.language.counts.words:
        return _uncounted(scan, clause, at)
    if scan.words[at] in scan.language.everyday.lexicon.function_words:
        return False
    if at in clause.foreign:
        return True
    if scan.keys[at] in scan.language.persons.titles or _only_sounds(scan, at):
        return True
    return not scan.taken[at] and word in scan.language.persons.spelled


def _only_sounds(scan: Scan, at: int) -> bool:
    """Whether a word sounds like one of ours and is written as none ("Salma Khatoon" before a comma)."""
    language, word = scan.language, scan.words[at]
    ours = word in language.listed or scan.keys[at] in language.voc.function_keys | set(language.verbs)
    return word.isascii() and not (scan.taken[at] or ours or word in language.english)


def _uncounted(scan: Scan, clause: Clause, at: int) -> bool:
    """Whether nothing is counted by a word of a number."""
    counts, behind = scan.language.counts, at + 1
    if scan.keys[at - 1] in counts.words or scan.key(behind) in counts.words or scan.word(behind).isdecimal():
        return False
    if scan.key(behind) in counts.money or scan.latin(behind) in ("ka", "ke", "ki", "rs"):
        return False
    if scan.latin(at) in counts.shy and behind >= clause.end:
        return False  # "Pooja jod do"
    others = any(one.end <= at or one.start > at for one in clause.amounts)
    return others or not any(one.start == behind and one.name in _COUNTED for one in clause.concepts)


def titled(said: str) -> str:
    return " ".join(part[:1].upper() + part[1:] for part in said.split())
