"""One clause of a sentence: its values, who plays which part, what is done; all as features that frames ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from offhook.understanding.frames import Match
from offhook.understanding.ledger.goods import Goods
from offhook.understanding.ledger.spans import Amount, Person, Phone, Quantity, Scan
from offhook.understanding.ledger.verbs import Verb, find_verbs, requested
from offhook.understanding.phrases import Found

_CORRECTING = frozenset({"nahi", "nahin", "nhi", "no", "not", "sorry", "balki"})
_REJECTING = frozenset({"not"})
"""Speaks of what comes behind it; what was said before holds ("350, not 300")."""
_TRAILING = frozenset({"nahi", "nahin", "nhi"})
"""At the end of what is said they speak of what comes before them ("350 diye, 300 nahi")."""
_GOES_ON = frozenset({"and", "aur", "also", "plus"})
_HALTING = frozenset({"wait", "ruko", "galti", "galat", "oops", "oh", "arre", "are", "rather", "actually", "sorry"})
_LEADING = frozenset(
    {"by", "from", "to", "on", "for", "in", "at", "with", "the", "a", "an", "of", "rs", "rupees", "just"}
)
_SORTS = ("amounts", "persons", "goods", "quantities", "phones")
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


def read_clause(scan: Scan, concepts: list[Found], values: list[Found], start: int, end: int) -> Clause:
    inside = [one for one in concepts if start <= one.start and one.end <= end]
    kept: dict[str, list[Found]] = {}
    for one in values:
        if start <= one.start and one.end <= end:
            slot, _, _ = one.name.partition("=")
            kept.setdefault(slot, []).append(one)
    clause = Clause(
        start,
        end,
        [one for one in scan.persons if start <= one.start < end],
        [one for one in scan.goods if start <= one.start < end],
        [one for one in scan.amounts if start <= one.start < end],
        [one for one in scan.quantities if start <= one.start < end],
        [one for one in scan.phones if start <= one.start < end],
        kept,
        [verb for verb in find_verbs(scan, start, end) if not _named_in(verb, values) and not _noted_in(verb, inside)],
        inside,
        _foreign(scan, inside, values, start, end),
    )
    negations = [i for i in range(start, end) if not scan.taken[i] and scan.latin(i) in _CORRECTING]
    for i in negations:
        put = _rejected(clause, scan, i) or (scan.latin(i) not in _REJECTING and _put_right(clause, i))
        if _number_put_right(clause, scan, i):
            put, clause.retracted = True, i - 1
        # "kal nahi parso": the days are put right where they are read
        put = put or (start < i < end - 1 and scan.covered[i - 1] and scan.covered[i + 1])
        if put:
            clause.corrected = True
            clause.correcting |= _run(negations, i)
    if negations[:1] == [start] and scan.latin(start + 1) in _GOES_ON and start + 1 < end:
        clause.correcting.add(start)  # "no, and Priya paid 200": the no is to what was asked before
    if clause.corrected:
        clause.correcting |= _halting(clause, scan)
        clause.concepts = [
            one for one in clause.concepts if not clause.correcting.issuperset(range(one.start, one.end))
        ]
    clause.present = set(_features(clause, scan))
    return clause


def _named_in(verb: Verb, values: Iterable[Found]) -> bool:
    """Whether a verb is a part of a value's name ("google pay")."""
    return any(one.start <= verb.start and verb.end <= one.end and one.end - one.start > 1 for one in values)


def _noted_in(verb: Verb, concepts: Iterable[Found]) -> bool:
    """Whether a verb is a part of how one says to write ("take entry"), or how it was handed over ("jaate jaate")."""
    return any(
        one.name in ("book", "how_given")
        and one.start <= verb.start < one.end
        and one.end - one.start > verb.end - verb.start
        for one in concepts
    )


def _foreign(scan: Scan, concepts: Iterable[Found], values: Iterable[Found], start: int, end: int) -> list[int]:
    covered = {i for one in (*concepts, *values) for i in range(one.start, one.end)}
    language = scan.language
    return [
        i
        for i in range(start, end)
        if not scan.taken[i]
        and (not scan.covered[i] or i in scan.unused)
        and i not in covered
        and scan.words[i][0].isalpha()
        and len(scan.words[i]) > 1
        and (scan.keys[i] not in language.known or i in scan.unused)
    ]


def _run(places: list[int], i: int) -> set[int]:
    """The places around `i` that stand without a gap ("nahi nahi")."""
    first = last = i
    while first - 1 in places:
        first -= 1
    while last + 1 in places:
        last += 1
    return set(range(first, last + 1))


def _halting(clause: Clause, scan: Scan) -> set[int]:
    """Words beside one that takes back which only say that it does ("600, no wait, 650")."""
    beside = (place + step for place in clause.correcting for step in (-1, 1))
    return {i for i in beside if clause.start <= i < clause.end and not scan.taken[i] and scan.latin(i) in _HALTING}


def _put_right(clause: Clause, i: int) -> bool:
    """A word that takes back stands between two values of one sort: the later one holds."""
    for name in _SORTS:
        rows = getattr(clause, name)
        before = [one for one in rows if one.end <= i]
        after = [one for one in rows if one.start > i]
        if before and after and not (name == "persons" and before[-1].pronoun):
            if name == "persons" and after[0].role == "bare" and before[-1].role != "bare":
                after[0].role = before[-1].role
            setattr(clause, name, [one for one in rows if one is not before[-1]])
            if name == "goods":
                counted = [one for one in clause.quantities if one.end <= i]
                if counted and any(one.start > i for one in clause.quantities):
                    clause.quantities.remove(counted[-1])  # "2 kilo cheeni nahi 3 kilo chawal"
            return True
    for slot, found in clause.values.items():
        after = [one for one in found if one.start > i]
        if after and any(one.end <= i for one in found):
            before = [one for one in found if one.end <= i]
            clause.correcting.update(n for one in before for n in range(one.start, one.end))
            clause.values[slot] = after  # "cash nahi upi"
            return True
    return False


def _rejected(clause: Clause, scan: Scan, i: int) -> bool:
    """A "not" before a value, or a "nahi" at the end behind one, takes that one back; another of its sort holds."""
    word = scan.latin(i)
    if word in _REJECTING:
        at = i + 1
        while at < clause.end and not scan.taken[at] and scan.words[at] in _LEADING:
            at += 1
    elif word in _TRAILING and (i + 1 == clause.end or not scan.words[i + 1][0].isalnum()):
        at = i - 1
    else:
        return False
    for name in _SORTS:
        rows = getattr(clause, name)
        said = next((one for one in rows if one.start <= at < one.end), None)
        others = [one for one in rows if one is not said]
        if said is None or (at < i and not any(one.end < said.start for one in others)):
            continue
        if not others and not (name == "amounts" and at > i and clause.quantities):
            continue  # "4 bread not 5" is of the bread
        if name == "persons" and others[-1].role == "bare" and said.role != "bare":
            others[-1].role = said.role
        setattr(clause, name, others)
        if name == "quantities":
            _drop_counted(clause, said.end)
        return True
    for slot, found in clause.values.items():
        others = [one for one in found if not one.start <= at < one.end]
        if others and len(others) < len(found):
            clause.values[slot] = others  # "cash not upi"
            return True
    return False


def _drop_counted(clause: Clause, end: int) -> None:
    """What a quantity that was taken back counts goes with it, where other goods hold ("sugar not 3 kg rice")."""
    counted = [one for one in clause.goods if one.start == end]
    if counted and len(clause.goods) > len(counted):
        clause.goods = [one for one in clause.goods if one not in counted]


def _number_put_right(clause: Clause, scan: Scan, i: int) -> bool:
    """A word of a number behind a person's part is taken back for the number that follows ("ne do nahi teen sau")."""
    if i - 1 < clause.start or scan.taken[i - 1] or scan.keys[i - 1] not in scan.language.counts.words:
        return False
    begins = i - 1 == clause.start or scan.taken[i - 2]
    return begins and any(amount.start == i + 1 for amount in clause.amounts) and len(clause.amounts) == 1


def _features(clause: Clause, scan: Scan) -> Iterable[str]:
    names = {one.name for one in clause.concepts}
    yield from names
    asked = "?" in scan.sentence.text[scan.sentence.starts[clause.start] : scan.sentence.ends[clause.end - 1] + 2]
    if (asked or _asks(clause, scan) or _tagged(clause, scan)) and not requested(scan, clause.start, clause.end):
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
    if clause.verbs:
        yield "@verb"
    for verb in clause.verbs:
        yield f"@{verb.group}.{verb.tense}"
        if verb.gone:
            yield f"@{verb.group}.gone"
    own = scan.language.persons.own
    for i in range(clause.start, clause.end):
        if not scan.taken[i] and (role := own.get(scan.keys[i])) is not None:
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
    within = {i for verb in clause.verbs for i in range(verb.start, verb.end)}
    if any(scan.latin(i) in _IS and i not in within for i in range(clause.start, clause.end)):
        yield "@is"
    if _told_of(clause, scan):
        yield "@told_of"
    if _own_words(clause, scan):
        yield "@own_words"
    if any(
        scan.words[i] in _YOU and not scan.taken[i] and scan.word(i - 1) not in ("can", "could")
        for i in range(clause.start, clause.end)
    ):
        yield "@you"
    if not names.isdisjoint(_MONEY):
        yield "@money"
    if scan.invoice_no is not None and clause.start <= scan.invoice_no[0] < clause.end:
        yield "@invoice_no"


def _goods_back(clause: Clause, scan: Scan) -> bool:
    """Things that go back; "saman ke 500 wapas kiye" are money for some."""
    if not any(one.name == "back" for one in clause.concepts) and not any(
        one.group == "return" for one in clause.verbs
    ):
        return False
    things = [one.end for one in clause.goods] + [one.end for one in clause.concepts if one.name == "stock"]
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
    return any(one.name == "nahi" and scan.latin(one.start) == "na" and one.start in past for one in clause.concepts)


def _others(clause: Clause, scan: Scan) -> bool:
    """Whether somebody who is on no list plays a part ("apni behen ko", "uske papa ne")."""
    kin, roles = scan.language.voc.kin, scan.language.persons.roles
    purposes = [one.start for one in clause.concepts if one.name == "note_for"]
    found = {one.start for one in clause.concepts if one.name == "third"}
    found |= {i for i in range(clause.start, clause.end - 1) if scan.keys[i] in kin and scan.keys[i + 1] in roles}
    for one in clause.values.get("method", []):
        to_it = scan.latin(one.end) == "ko" if one.end < clause.end else False
        if to_it or (scan.word(one.start - 1) == "the" and scan.word(one.start - 2) == "to"):
            return True  # "bank ko 500 diye"
    found.discard(addressed(clause, scan))
    return any(not scan.taken[i] and not any(i < purpose <= i + _PURPOSE for purpose in purposes) for i in found)


def addressed(clause: Clause, scan: Scan) -> int:
    """The token by which somebody of the family is spoken to ("papa, Vidya 850 de gayi"); -1: none."""
    at = clause.start
    return at if scan.sentence.pauses(at + 1) and scan.keys[at] in scan.language.voc.kin else -1


def _denied_beside(clause: Clause, names: set[str]) -> set[int]:
    """Tokens that deny something beside the entry: that goods were paid, or that it was written before."""
    sold = bool(clause.goods) and not names.isdisjoint(("took", "purchased"))
    beside = {"unnoted", "unpaid"} if sold else {"unnoted"}
    return {i for one in clause.concepts if one.name in beside for i in range(one.start, one.end)}


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
