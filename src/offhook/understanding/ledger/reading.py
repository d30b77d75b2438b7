"""Everything that one line to the book contains, before it is asked what it means: persons, goods, sums, phrases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from offhook.understanding.ledger.counts import Count
from offhook.understanding.ledger.dates import Side, Timed, may_hold_time, read_times
from offhook.understanding.ledger.goods import Goods
from offhook.understanding.ledger.language import LedgerLanguage
from offhook.understanding.ledger.persons import PersonFinder
from offhook.understanding.ledger.phones import find_phones
from offhook.understanding.ledger.spans import Scan, mend, scan_of
from offhook.understanding.ledger.sums import SIGNS, Sums, find_invoice_number
from offhook.understanding.ledger.tenants import Tenant
from offhook.understanding.ledger.verbs import find_verbs
from offhook.understanding.model import World
from offhook.understanding.phrases import Found
from offhook.understanding.text import read
from offhook.understanding.when import When

_SIDES = frozenset({"give", "take", "get", "come", "pay", "return", "do", "send", "write", "put", "tell", "make"})
"""Verbs whose forms are also numbers or times ("do", "de do 5 december"): no reader of times sees them."""
_AS = frozenset({"as", "paid", "received", "from", "to", "for", "by", "against"})
"""Behind a number at a line's beginning they tell that it is noted ("note 815 as paid by …")."""
_PLACES = frozenset({"mein", "me", "par", "pe", "pr"})
_SOME = frozenset({"a", "an", "another"})
_DROPPED = 6
"""Words behind "drop" that tell what is dropped, or to whom."""
_DOING = frozenset({"kar", "karo", "kiya", "karna", "karke", "kijiye", "karlo", "karein"})
_ASKING = frozenset({"how", "what", "who", "where", "whether"})
_NEGATING = frozenset({"nahi", "mat"})
_ATTACK = "injection"
"""Found whatever else its words are ("sab ka balance zero")."""
_NAMING = frozenset({"customer", "unknown_customer", "name", "customer_name"})
_BARE = 3
"""Words of a line that answers with a name alone: then an ordinary word is one."""
_LONGEST_DATES = 120
"""Words of a sentence whose dates are read; nobody says more before naming a day."""


@dataclass(slots=True)
class LineReading:
    scan: Scan
    concepts: list[Found]
    values: list[Found]
    left: list[Count]
    timed: bool
    """Whether a time may stand in it."""
    tenant: Tenant
    world: World
    read: dict[tuple[int, int, Side], Timed] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The moment of the line, in the tenant's zone."""
        return self.world.now.astimezone(self.tenant.calendar.zone)

    def times(self, start: int, end: int, side: Side) -> Timed:
        if not self.timed or end - start > _LONGEST_DATES:
            return Timed(When(), [])
        kept = self.read.get((start, end, side))
        if kept is not None:
            return kept
        self.read[start, end, side] = found = read_times(
            self.scan, start, end, _hidden(self.scan, self.left), self.world, self.tenant.calendar, side
        )
        return found


def read_line(text: str, language: LedgerLanguage, tenant: Tenant, world: World, asked: str | None) -> LineReading:
    scan = scan_of(
        read(text, language.everyday.lexicon),
        language,
        lambda key: key in tenant.goods or key in tenant.customers,
    )
    find_phones(scan, asked=asked in ("phone", "customer_phone"))
    values = language.values.find(scan.keys, scan.canon, scan.taken)
    wholes = language.concepts.find(scan.keys, scan.canon, scan.taken)
    old = any(one.name in ("cancel", "sent") for one in wholes)
    find_invoice_number(scan, [one for one in wholes if one.name == "bill"], old=old)
    _whole_goods(scan, tenant)
    PersonFinder(tenant.customers, tenant.goods, asked=asked in _NAMING and len(scan) <= _BARE).find(scan)
    _goods(
        scan,
        tenant,
        {one.start for one in wholes if (one.name == "book" and _written(scan, one)) or one.name == "how_given"},
    )
    mend(scan)
    sums = Sums(scan, [one for one in values if scan.free(one.start, one.end)])
    left = sums.read()
    timed = may_hold_time(scan)
    covered = [False] * len(scan)
    if timed:
        covered = _clocks(scan, sums, left, world, tenant)
    sums.settle(left, covered)
    _strange_goods(scan)
    ordinary = language.voc.function_keys
    named = {scan.keys[i] for person in scan.persons for i in range(person.start, person.end)}
    scan.unused = frozenset(
        i
        for i, key in enumerate(scan.keys)
        if not scan.taken[i]
        and key in tenant.customers
        and key not in ordinary
        and key not in named
        and (not covered[i] or scan.key(i + 1) in language.persons.roles)
    )
    for i, is_time in enumerate(covered):
        scan.covered[i] = is_time
    concepts = _outermost(language.concepts.find(scan.keys, scan.canon, scan.taken), covered)
    concepts = [
        one
        for one in concepts
        if not (
            _ordinal_end(scan, one)
            or _how_long(scan, one)
            or _deed(scan, one)
            or _dropped(scan, one)
            or _told_again(scan, one)
            or _off_somebody(scan, one)
            or _happened(scan, one)
        )
    ]
    concepts.extend(whole for whole in wholes if whole.name == _ATTACK and whole not in concepts)
    values = [one for one in language.values.find(scan.keys, scan.canon, scan.taken) if scan.free(one.start, one.end)]
    values = [one for one in values if not _looked_at(scan, one)]
    return LineReading(scan, concepts, values, left, timed, tenant, world)


def tongue_of(reading: LineReading) -> str:
    """ "hi" where Hindi stands in its own letters, "hi-Latn" where it is told in Latin ones, else "en"."""
    scan, voc = reading.scan, reading.scan.language.voc
    alphabet = voc.alphabet
    if any(alphabet.native(word) for word in scan.words):
        return "hi"
    told = sum(voc.telling.get(word, 0) for word in scan.words)
    return "hi-Latn" if told >= 1 else "en"


def _hidden(scan: Scan, numbers: list[Count]) -> list[tuple[int, int]]:
    """Tokens that are no time; a verb that is one of the `numbers` here is no verb."""
    counted = {i for count in numbers for i in range(count.start, count.end)}
    hidden = [(person.start, person.close) for person in scan.persons]
    for spans in (scan.goods, scan.amounts, scan.quantities, scan.phones):
        hidden.extend((span.start, span.end) for span in spans)
    for verb in find_verbs(scan, 0, len(scan)):
        if verb.group in _SIDES and scan.word(verb.start - 1) != "baj":  # "paanch baj kar bees minute"
            hidden.extend((i, i + 1) for i in range(verb.start, verb.end) if i not in counted)
    if scan.invoice_no is not None:
        hidden.append(scan.invoice_no[:2])
    return hidden


def _clocks(scan: Scan, sums: Sums, left: list[Count], world: World, tenant: Tenant) -> list[bool]:
    """The tokens that days and times take, so that their numbers are no money."""
    hidden = [*_hidden(scan, left), *((count.start, count.end) for count in left if not sums.clocked(count))]
    covered = [False] * len(scan)
    if len(scan) > _LONGEST_DATES:
        return covered
    for start, end in read_times(scan, 0, len(scan), hidden, world, tenant.calendar, "past").places:
        covered[start:end] = [True] * (end - start)
    for count in left:
        if not sums.clocked(count):
            covered[count.start : count.end] = [False] * (count.end - count.start)
        elif _counted_time(scan, count):
            covered[count.start : count.end] = [True] * (count.end - count.start)
    return covered


def _counted_time(scan: Scan, count: Count) -> bool:
    """ "7 din", "5 tareekh": never money, whether or not a reader made a date of it."""
    entry = scan.language.voc.at(scan.keys, count.end, len(scan)) if count.end < len(scan) else None
    return (entry is not None and entry[0].kind in ("units", "short_units", "post")) or scan.word(count.end) in (
        *("days", "day", "weeks", "months", "week", "month", "hours", "minutes", "hour", "%", "percent"),
    )


def _whole_goods(scan: Scan, tenant: Tenant) -> None:
    """Names of products of several words, before their words are taken for anything else."""
    i = 0
    while i < len(scan):
        found = None if scan.taken[i] else tenant.goods.at(scan.keys, i, len(scan))
        if found is None or found[1] < i + 2 or not scan.free(i, found[1]):
            i += 1
            continue
        named, end = found
        if any(scan.key(n) in tenant.customers for n in range(i, end)):
            i += 1
            continue
        scan.goods.append(Goods(i, end, scan.sentence.said(i, end), named.name, named.candidates))
        scan.take(i, end)
        i = end


def _goods(scan: Scan, tenant: Tenant, written: set[int]) -> None:
    """`written`: where a phrase of writing down begins ("note down" is no notebook)."""
    for i in range(len(scan)):
        if scan.taken[i] or i in written:
            continue
        found = tenant.goods.at(scan.keys, i, len(scan))
        verb = scan.keys[i] in scan.language.voc.verbs
        if verb and (
            _ordered(scan, i)
            or _put_there(scan, i)
            or (scan.words[i].isascii() and not _spelled(scan.words[i], tenant))
        ):
            continue
        if found is not None and (_called(scan, i, tenant) or _paper_money(scan, i)):
            continue
        if found is not None and scan.free(i, found[1]):
            named, end = found
        else:
            key = scan.keys[i]
            ordinary = key in scan.language.known or scan.words[i] in scan.language.english
            if ordinary or len(key) < 4 or not scan.words[i].isalpha():
                continue
            near = tenant.goods.near(key)
            if near is None:
                continue
            named, end = near, i + 1
        scan.goods.append(Goods(i, end, scan.sentence.said(i, end), named.name, named.candidates))
        scan.take(i, end)
    scan.goods.sort(key=lambda one: one.start)


def _written(scan: Scan, found: Found) -> bool:
    """Whether a word for writing down is no thing: in a phrase, before a sum ("book Rs 500") or as a place."""
    in_it = scan.word(found.start - 1) == "the" and scan.word(found.start - 2) in ("in", "into", "to")
    noted = found.start == 0 and scan.word(found.end).isdecimal() and scan.word(found.end + 1) in _AS
    return found.end > found.start + 1 or scan.word(found.end) in SIGNS or in_it or noted


def _spelled(word: str, tenant: Tenant) -> bool:
    """Whether goods are written so, or would be but for the case ("aate ka stock")."""
    spelled = tenant.goods.spelled
    return word in spelled or (word.endswith("e") and word[:-1] + "a" in spelled)


def _called(scan: Scan, i: int, tenant: Tenant) -> bool:
    """Whether what only sounds like goods stands where a person does ("from Auil")."""
    if scan.words[i] in tenant.goods.spelled or not scan.words[i].isascii():
        return False
    persons = scan.language.persons
    behind = {role for keys, role in persons.roles.get(scan.key(i + 1), ()) if len(keys) == 1}
    return scan.key(i - 1) in persons.before or not behind.isdisjoint(("doer", "goal", "source"))


def _paper_money(scan: Scan, i: int) -> bool:
    """ "paanch sau ka note" is money and no notebook; how many "sau ke note" are was not said."""
    number = scan.word(i - 2).isdecimal() or scan.key(i - 2) in scan.language.counts.words
    return scan.latin(i) in ("note", "notes") and scan.latin(i - 1) in ("ka", "wala") and number


def _ordered(scan: Scan, i: int) -> bool:
    """Whether a word that is goods and a verb ("dal") is the verb: an order or a tense stands behind it."""
    following = scan.language.voc.verbs.get(scan.key(i + 1))
    if scan.language.voc.verbs[scan.keys[i]].tense == "habit" and following is not None:
        return following.stem in ("ja", "rah")  # "aata liya": nothing else goes with that form
    return following is not None and (following.stem in ("de", "le", "gone", "ja", "rah"))


def _put_there(scan: Scan, i: int) -> bool:
    """ "udhaar khaate mein daal": at the end of a line, behind a place, it is what is done."""
    return i == len(scan) - 1 and scan.latin(i - 1) in _PLACES


def _strange_goods(scan: Scan) -> None:
    """What stands behind a quantity with a unit is goods, whether or not it is sold here."""
    for quantity in scan.quantities:
        at = quantity.end
        end = at
        while end < len(scan) and not scan.taken[end] and _foreign(scan, end) and end - at < 3:
            end += 1
        if end > at:
            scan.goods.append(Goods(at, end, scan.sentence.said(at, end)))
            scan.take(at, end)
    scan.goods.sort(key=lambda one: one.start)


def _foreign(scan: Scan, i: int) -> bool:
    return scan.words[i][0].isalpha() and len(scan.words[i]) > 1 and scan.keys[i] not in scan.language.known


_FREE = frozenset(
    {
        "reminder",
        "asks",
        "all",
        "show",
        "howmuch",
        "howmuch_of",
        "nahi",
        "mat",
        "book",
        "payment",
        "who",
        "new",
        "more",
        "change",
        "changed",
        "baaki",
        "if_word",
        "maybe_word",
        "hearsay",
    }
)
"""Concepts that a longer phrase around them does not put out."""


def _outermost(found: list[Found], covered: list[bool]) -> list[Found]:
    """What is said by a longer phrase is not said by the shorter one within ("udhaar" in "udhaar mein se")."""
    kept = []
    for one in found:
        inside = one.name not in _FREE and any(
            other.start <= one.start
            and one.end <= other.end
            and other.end - other.start > one.end - one.start
            and other.name != one.name
            and other.name not in _FREE
            for other in found
        )
        if not inside:
            kept.append(one)
    return [
        one
        for one in kept
        if not (one.name in _NEGATING and _about_tax(one, kept))
        and not (one.name == "not_yet" and all(covered[one.start : one.end]))  # "2 baje se pehle"
    ]


def _ordinal_end(scan: Scan, found: Found) -> bool:
    """The "rd" of "3rd" is no "radd"."""
    at = found.start
    return found.end == at + 1 and scan.words[at] in ("st", "nd", "rd", "th") and scan.word(at - 1).isdecimal()


def _deed(scan: Scan, found: Found) -> bool:
    """ "timer chala de": a verb that only sounds like a bill ("chalaan")."""
    i, language = found.start, scan.language
    word = scan.words[i]
    verb = word.isascii() and scan.keys[i] in language.voc.verbs and word not in language.listed
    return found.name == "bill" and found.end == i + 1 and verb


def _how_long(scan: Scan, found: Found) -> bool:
    """ "kitne din": how much of time, not of money."""
    if not found.name.startswith("howmuch") or found.end >= len(scan):
        return False
    entry = scan.language.voc.at(scan.keys, found.end, len(scan))
    return entry is not None and entry[0].kind in ("units", "short_units")


def _dropped(scan: Scan, found: Found) -> bool:
    """ "drop Bunty a reminder", "drop his limit to 500": nothing is cancelled."""
    if found.name != "cancel" or scan.word(found.start) != "drop":
        return False
    behind = scan.words[found.end : found.end + _DROPPED]
    return "limit" in behind or any(word in _SOME for word in behind)


def _happened(scan: Scan, found: Found) -> bool:
    """ "diye hain" is what was done, and only "dene hain" what is owed."""
    verb = scan.language.verbs.get(scan.keys[found.start])
    return found.name == "baaki" and verb is not None and verb.tense == "past" and scan.keys[found.start][0] != "="


def _looked_at(scan: Scan, found: Found) -> bool:
    """ "check kar liya": nothing is paid by it."""
    return scan.word(found.start) == "check" and scan.latin(found.end) in _DOING


def _off_somebody(scan: Scan, found: Found) -> bool:
    """ "received 500 off Tulsi Ram": it is nothing less."""
    people = [one for one in scan.persons if one.start == found.end and one.role == "source"]
    return found.name == "less" and scan.word(found.start) == "off" and bool(people)


def _told_again(scan: Scan, found: Found) -> bool:
    """ "remind me how much Gopal owes": who asks is told at once."""
    if found.name not in ("reminder", "personal") or scan.word(found.start) != "remind":
        return False
    return scan.word(found.start + 1) == "me" and scan.word(found.start + 2) in _ASKING


def _about_tax(negation: Found, found: list[Found]) -> bool:
    """ "gst mat lagana": what is denied is the tax, not the bill."""
    return any(one.name == "no_gst" and one.start <= negation.start < one.end for one in found)
