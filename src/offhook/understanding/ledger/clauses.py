"""One clause of a sentence: its values, who plays which part, what is done; all as features that frames ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from offhook.understanding.frames import Match
from offhook.understanding.ledger.goods import Goods
from offhook.understanding.ledger.spans import Amount, Person, Phone, Quantity, Scan
from offhook.understanding.ledger.verbs import Verb, requested
from offhook.understanding.phrases import Found

_STATED = frozenset({"asks", "if_word", "maybe_word", "hearsay", "wish"})
_MONEY = frozenset({"payment"})
_IS = frozenset({"hai", "hain", "he", "h", "tha", "thi", "is", "was", "are"})
_WAS = frozenset({"tha", "thi", "the", "was"})
_WALA = frozenset({"wala", "wale", "wali", "vala", "vale", "vali"})
_THAT = frozenset({"ki", "kee", "that", "saying", "bolo", "likho"})
"""Between what is sent and its words."""
_DUES = frozenset({"baaki", "payment", "udhaar", "udhaar_of", "balance", "settle", "@amount"})
"""What a message about dues is about."""
_WORDY = 2
"""Words behind a message from which on they are its own ("message bhej do dukaan band hai")."""
_YOU = frozenset({"you", "tumne", "aapne", "tujhe", "tumhe", "tumhein", "aapko", "tumko", "तुमने", "आपने", "आपको"})
_RINGING = frozenset({"call", "phone", "ring", "text", "message"})
_OF = frozenset({"ka", "ke", "ki", "for"})
_PURPOSE = 5
"""Words that may stand between somebody and what something is for ("beti ki shaadi ke liye")."""


@dataclass(slots=True)
class Clause:
    """Tokens [start, end) and what they hold."""

    start: int
    end: int
    persons: list[Person]
    goods: list[Goods]
    amounts: list[Amount]
    quantities: list[Quantity]
    phones: list[Phone]
    values: dict[str, list[Found]]
    verbs: list[Verb]
    concepts: list[Found]
    foreign: list[int]
    present: set[str] = field(default_factory=set)
    corrected: bool = False
    """Whether a value takes the place of one said before ("500 nahi 600")."""
    correcting: set[int] = field(default_factory=set)
    """Tokens that take a value back; what else denies is a denial all the same."""
    retracted: int = -1
    """The token of a number that was taken back before it was one ("do nahi teen sau")."""
    matches: list[Match] = field(default_factory=list)
    noted: set[int] = field(default_factory=set)
    """Tokens of what something is for."""
    named: set[int] = field(default_factory=set)
    """Tokens of a new customer's name that nobody on the list has."""
    picking: set[int] = field(default_factory=set)
    """Tokens that say which of several was meant by its place ("doosra")."""
    aside: set[int] = field(default_factory=set)
    """Tokens of what is said beside it and changes nothing about it."""
    promised: set[int] = field(default_factory=set)
    """Tokens of when something lent is to come back."""
    left: list[int] = field(default_factory=list)
    """Tokens that a write of the clause does not explain."""

    @property
    def best(self) -> Match | None:
        return self.matches[0] if self.matches else None

    @property
    def intent(self) -> str | None:
        return self.matches[0].frame.intent if self.matches else None

    @property
    def goods_back(self) -> bool:
        """Whether things came back, and no money ("100 ka saman wapas kiya", "returned 2 kg sugar")."""
        return "@goods_back" in self.present

    @property
    def known_persons(self) -> list[Person]:
        return [person for person in self.persons if not person.pronoun]


def features(clause: Clause, scan: Scan) -> Iterable[str]:
    names = {one.name for one in clause.concepts}
    yield from names
    if (_marked(clause, scan) or _asks(clause, scan) or _tagged(clause, scan)) and not requested(
        scan, clause.start, clause.end
    ):
        yield "@asked"
    excused = _denied_beside(clause, names)
    mat = any(one.name == "mat" and one.start not in excused for one in clause.concepts)
    if (mat and not clause.corrected) or _denied(clause, scan, excused):
        yield "@negated"
    if not names.isdisjoint(("if_word", "maybe_word", "hearsay", "wish")):
        yield "@unreal"
    if _to_come(clause) and not requested(scan, clause.start, clause.end):
        yield "@later"
    for person in clause.persons:
        yield f"@{person.role}"
        yield "@pronoun" if person.pronoun else "@named"
        yield "@customer"
        if person.role == "source" and scan.persons and scan.key(person.start - 1) in scan.language.persons.before:
            yield "@from"
        if person.name is not None or person.candidates:
            yield "@ours"
        if not person.doubtful:
            yield "@sure"
        if person.name is not None:
            yield "@listed"
    yield f"@first.{scan.words[clause.start]}"
    if rung(clause, scan):
        yield "@rings"
    if clause.verbs:
        yield "@verb"
    for verb in clause.verbs:
        yield f"@{verb.group}.{verb.tense}"
        if verb.gone:
            yield f"@{verb.group}.gone"
    own = scan.language.persons.own
    for i in range(clause.start, clause.end):
        if i not in clause.aside and not scan.taken[i] and (role := own.get(scan.keys[i])) is not None:
            yield f"@me.{role}"
    reasons = {one.start for one in clause.concepts if one.name == "note_for" and scan.keys[one.start][0] != "="}
    for name, rows in (
        ("@amount", [one for one in clause.amounts if one.end not in reasons]),
        ("@goods", clause.goods),
        ("@qty", clause.quantities),
        ("@phone", clause.phones),
    ):
        if rows:
            yield name
    for slot in clause.values:
        yield f"@{slot}"
    if _others(clause, scan):
        yield "@others"
    if _goods_back(clause, scan):
        yield "@goods_back"
    within = {i for verb in clause.verbs for i in range(verb.start, verb.end)} | clause.aside
    if any(scan.latin(i) in _IS and i not in within for i in range(clause.start, clause.end)):
        yield "@is"
    if any(scan.covered[i] for i in clause.promised):
        yield "until"
    if _told_of(clause, scan):
        yield "@told_of"
    if _own_words(clause, scan):
        yield "@own_words"
    if any(
        scan.words[i] in _YOU and not (scan.taken[i] or i in clause.aside) and scan.word(i - 1) not in ("can", "could")
        for i in range(clause.start, clause.end)
    ):
        yield "@you"
    if not names.isdisjoint(_MONEY):
        yield "@money"
    if scan.invoice_no is not None and clause.start <= scan.invoice_no[0] < clause.end:
        yield "@invoice_no"


def _marked(clause: Clause, scan: Scan) -> bool:
    """Whether a question mark stands behind what is said, and not behind a word before it ("itna? to likh do")."""
    text, starts, ends = scan.sentence.text, scan.sentence.starts, scan.sentence.ends
    at = text.rfind("?", starts[clause.start], ends[clause.end - 1] + 2)
    if at < 0:
        return False
    said = {one.start for one in clause.persons} | {one.start for one in clause.amounts}
    said |= {one.start for one in clause.goods} | {one.start for one in clause.verbs}
    return not said or starts[min(said)] < at


def _goods_back(clause: Clause, scan: Scan) -> bool:
    """Things that go back; "saman ke 500 wapas kiye" are money for some."""
    if not any(one.name == "back" for one in clause.concepts) and not any(
        one.group == "return" for one in clause.verbs
    ):
        return False
    things = [one.end for one in clause.goods] + [one.end for one in clause.concepts if one.name == "stock"]
    backs = {one.start for one in clause.concepts if one.name == "back"}
    if backs and backs <= {amount.end for amount in clause.amounts}:
        return False  # "Frooti kharab nikli, Bunty ko 20 wapas karo"
    prices = {amount.start for amount in clause.amounts}
    return any(end + 1 not in prices or scan.latin(end) not in _OF for end in things)


def _told_of(clause: Clause, scan: Scan) -> bool:
    """Whether a sum of an entry that is there is told, with nothing done ("Lakhan wala 1100 nahi 1000 tha")."""
    if not clause.amounts or any(verb.acts for verb in clause.verbs):
        return False
    words = [scan.latin(i) for i in range(clause.start, clause.end)]
    pointed = any(scan.latin(i) in _WALA for one in clause.known_persons for i in range(one.end, one.close))
    return not _WAS.isdisjoint(words) and (pointed or clause.corrected)


def _own_words(clause: Clause, scan: Scan) -> bool:
    """Whether a message has other words than those about dues ("message karo ki dukaan kal band hai")."""
    sent = [one for one in clause.concepts if one.name == "dues_message"]
    if not sent or any(one.name == "reminder" for one in clause.concepts):
        return False
    about = scan.latin(sent[0].start - 1) in _OF and sent[0].start > clause.start and not scan.taken[sent[0].start - 1]
    if about:
        return not scan.covered[sent[0].start - 2] and not any(
            one.name in _DUES and one.end == sent[0].start - 1 for one in clause.concepts
        )  # "dukaan band hone ka message"
    ends = [sent[-1].end, *(verb.end for verb in clause.verbs if verb.start <= sent[-1].end < verb.end)]
    at = max(ends)
    said = at < clause.end and scan.latin(at) in _THAT
    harmless = scan.language.harmless
    values = {i for rows in clause.values.values() for one in rows for i in range(one.start, one.end)}
    rest = [
        i
        for i in range(at + said, clause.end)
        if not (scan.taken[i] or i in values or scan.keys[i] in harmless or (scan.covered[i] and not said))
        and scan.words[i][0].isalnum()
    ]
    dues = any(one.name in _DUES and one.start >= at for one in clause.concepts)
    dues = dues or any(one.start >= at for one in clause.amounts)
    return not dues and len(rest) >= (1 if said else _WORDY)


def _asks(clause: Clause, scan: Scan) -> bool:
    """A question word; an English one only where the clause begins with it ("everyone who owes" asks nothing), and no
    day does ("is itvaar")."""
    return any(
        one.name == "asks" or (one.name == "asks_first" and one.start == clause.start and not scan.covered[one.start])
        for one in clause.concepts
    )


def _to_come(clause: Clause) -> bool:
    """Whether an English "will" or "should" stands before anything that is done."""
    later = min((one.start for one in clause.concepts if one.name == "later"), default=clause.end)
    return later < clause.end and not any(
        verb.start < later and verb.tense in ("past", "imperative") for verb in clause.verbs
    )


def _tagged(clause: Clause, scan: Scan) -> bool:
    """A "na" behind what has happened asks whether it has ("500 aaye the na")."""
    past = {verb.end for verb in clause.verbs if verb.tense == "past" and scan.keys[verb.start][0] != "="}
    written = max((one.start for one in clause.concepts if one.name == "book"), default=-1)
    past = {end for end in past if end > written}  # "diya na, wo likh do"
    return any(one.name == "nahi" and scan.latin(one.start) == "na" and one.start in past for one in clause.concepts)


def _others(clause: Clause, scan: Scan) -> bool:
    """Whether somebody who is on no list plays a part ("apni behen ko", "uske papa ne")."""
    kin, roles = scan.language.voc.kin, scan.language.persons.roles
    purposes = [one.start for one in clause.concepts if one.name == "note_for"]
    found = {one.start for one in clause.concepts if one.name == "third"}
    found |= {i for i in range(clause.start, clause.end - 1) if scan.keys[i] in kin and scan.keys[i + 1] in roles}
    found -= clause.aside
    for one in clause.values.get("method", []):
        to_it = scan.latin(one.end) == "ko" if one.end < clause.end else False
        if to_it or (scan.word(one.start - 1) == "the" and scan.word(one.start - 2) == "to"):
            return True  # "bank ko 500 diye"
    found -= addressed(clause.start, clause.end, scan)
    return any(not scan.taken[i] and not any(i < purpose <= i + _PURPOSE for purpose in purposes) for i in found)


def rung(clause: Clause, scan: Scan) -> str | None:
    """The word by which somebody is to be called or written to ("ring Ashok on Friday about the money")."""
    word = scan.words[clause.start]
    known = any(one.start == clause.start + 1 and not one.pronoun for one in clause.persons)
    return word if known and word in _RINGING else None


def addressed(start: int, end: int, scan: Scan) -> set[int]:
    """The tokens by which whoever writes the book is spoken to ("papa, Vidya 850 de gayi", "…, seth ji")."""
    hints = scan.language.hints
    at = start
    while at < end and scan.latin(at) in hints.calls:
        at += 1
    close = _called(scan, at, end)
    found = set(range(start, close)) if close > at and scan.sentence.pauses(close) else set[int]()
    last = next((i for i in range(max(start + 1, end - 2), end) if scan.sentence.pauses(i)), end)
    return found | (set(range(last, end)) if _called(scan, last, end) == end else set[int]())


def _called(scan: Scan, at: int, end: int) -> int:
    """The end of what somebody is called by."""
    hints, start = scan.language.hints, at
    while (
        at < end and not scan.taken[at] and (scan.latin(at) in hints.called or scan.keys[at] in scan.language.voc.kin)
    ):
        at += 1
    while at > start and at < end and not scan.taken[at] and scan.latin(at) in hints.titled:
        at += 1
    return at


def _denied_beside(clause: Clause, names: set[str]) -> set[int]:
    """Tokens that deny something beside the entry: that goods were paid, or that it was written before."""
    sold = bool(clause.goods) and not names.isdisjoint(("took", "purchased"))
    beside = {"unnoted", "unpaid"} if sold else {"unnoted"}
    beside |= {"not_there", "enough"}  # "bill nahi mila, bhej do", "2 kilo cheeni, aur kuch nahi"
    found = {i for one in clause.concepts if one.name in beside for i in range(one.start, one.end)}
    if "reminder" in names and not {"sent", "book", "@recurrence"}.isdisjoint(names | {f"@{n}" for n in clause.values}):
        until = min((one.start for one in clause.concepts if one.name == "so_long"), default=clause.end)
        found.update(range(until, clause.end))  # "roz reminder bhejo jab tak paisa na aaye"
    return found


def _denied(clause: Clause, scan: Scan, excused: set[int]) -> bool:
    """A "nahi" that is no tag behind an order ("likh do na")."""
    exclaimed = any(one.name == "undo" for one in clause.concepts)
    for one in clause.concepts:
        if one.name != "nahi" or one.start in clause.correcting or one.start in excused:
            continue
        if exclaimed and one.start <= clause.start + 1:
            continue  # "no, undo that"
        if scan.latin(one.start) != "na" or any(verb.start == one.end for verb in clause.verbs):
            return True
    return False
