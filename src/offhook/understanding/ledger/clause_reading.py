"""Reading one clause: which values are in it, which of them were taken back, and what of it nothing knows. Pure.

"500 nahi 600", "350, not 300" and "cheeni nahi chawal" say two values of one sort, and only one of them holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from offhook.understanding.ledger import asides, promises
from offhook.understanding.ledger.clauses import Clause, addressed, features
from offhook.understanding.ledger.spans import Scan, rest_of_name
from offhook.understanding.ledger.verbs import Verb, find_verbs
from offhook.understanding.phrases import Found

_SHOWN = 2
"""Words of a phrase of how one knows that is one verb as well ("dikha raha hai")."""
_SORTS = ("amounts", "persons", "goods", "quantities", "phones")


def read_clause(scan: Scan, concepts: list[Found], values: list[Found], start: int, end: int) -> Clause:
    inside = [one for one in concepts if start <= one.start and one.end <= end]
    called = addressed(start, end, scan)
    kept: dict[str, list[Found]] = {}
    for one in values:
        if start <= one.start and one.end <= end:
            slot, _, _ = one.name.partition("=")
            kept.setdefault(slot, []).append(one)
    foreign = [i for i in _foreign(scan, inside, values, start, end) if i not in called]
    clause = Clause(
        start,
        end,
        [one for one in scan.persons if start <= one.start < end],
        [one for one in scan.goods if start <= one.start < end],
        [one for one in scan.amounts if start <= one.start < end],
        [one for one in scan.quantities if start <= one.start < end],
        [one for one in scan.phones if start <= one.start < end],
        kept,
        [
            verb
            for verb in find_verbs(scan, start, end)
            if not (verb.start in called or _named_in(verb, values) or _noted_in(verb, inside))
        ],
        inside,
        foreign,
    )
    hints = scan.language.hints
    negations = [i for i in range(start, end) if not scan.taken[i] and scan.latin(i) in hints.correcting]
    for i in negations:
        put = _rejected(clause, scan, i) or (scan.latin(i) not in hints.rejecting and _put_right(clause, i))
        if _number_put_right(clause, scan, i):
            put, clause.retracted = True, i - 1
        # "kal nahi parso": the days are put right where they are read
        put = put or (start < i < end - 1 and scan.covered[i - 1] and scan.covered[i + 1])
        if put:
            clause.corrected = True
            clause.correcting |= _run(negations, i)
    if negations[:1] == [start] and scan.latin(start + 1) in hints.goes_on and start + 1 < end:
        clause.correcting.add(start)  # "no, and Priya paid 200": the no is to what was asked before
    if clause.corrected:
        clause.correcting |= _halting(clause, scan)
        clause.verbs = [one for one in clause.verbs if one.start not in clause.correcting]  # "ruk ruk"
        clause.concepts = [
            one for one in clause.concepts if not clause.correcting.issuperset(range(one.start, one.end))
        ]
    _said_again(clause, scan)
    asides.set_aside(clause, scan)
    promises.set_aside(clause, scan)
    clause.present = set(features(clause, scan))
    return clause


def _named_in(verb: Verb, values: Iterable[Found]) -> bool:
    """Whether a verb is a part of a value's name ("google pay")."""
    return any(one.start <= verb.start and verb.end <= one.end and one.end - one.start > 1 for one in values)


def _noted_in(verb: Verb, concepts: Iterable[Found]) -> bool:
    """Whether a verb is a part of how one says to write ("take entry"), of how it was handed over ("jaate jaate"), or
    of what is not paid yet ("will pay later")."""
    return any(
        (one.name in ("book", "how_given") or (one.name == "unpaid" and verb.tense == "future"))
        and one.start <= verb.start < one.end
        and (one.end - one.start > verb.end - verb.start or (one.name == "how_given" and one.end - one.start >= _SHOWN))
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


def _said_again(clause: Clause, scan: Scan) -> None:
    """ "teen sau teen sau rupaye": who hesitates says one sum twice; digits may be two of them."""
    for one, two in pairwise(list(clause.amounts)):
        words = scan.keys[one.start : one.end]
        spoken = len(words) > 1 and not any(word.isdecimal() for word in words)
        if spoken and one.end == two.start and scan.keys[two.start : two.start + len(words)] == words:
            clause.amounts.remove(one)


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
    halting = scan.language.hints.halting
    beside = (place + step for place in clause.correcting for step in (-1, 1))
    return {i for i in beside if clause.start <= i < clause.end and not scan.taken[i] and scan.latin(i) in halting}


def _put_right(clause: Clause, i: int) -> bool:
    """A word that takes back stands between two values of one sort: the later one holds."""
    for name in _SORTS:
        rows = getattr(clause, name)
        before = [one for one in rows if one.end <= i]
        after = [one for one in rows if one.start > i]
        if before and after and not (name == "persons" and (before[-1].pronoun or after[0].pronoun)):
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
    word, hints = scan.latin(i), scan.language.hints
    if word in hints.rejecting:
        at = i + 1
        while at < clause.end and not scan.taken[at] and scan.words[at] in hints.leading:
            at += 1
    elif word in hints.trailing and (i + 1 == clause.end or not scan.words[i + 1][0].isalnum()):
        at = i - 1
    else:
        return False
    for name in _SORTS:
        rows = getattr(clause, name)
        said = next((one for one in rows if one.start <= at < one.end), None)
        others = [one for one in rows if one is not said]
        if said is None or (at < i and not any(one.end < said.start for one in others)):
            continue
        if name == "amounts" and any(rest_of_name(scan, one, said.start) for one in clause.persons):
            continue  # "lent 1000 to Mohan Das nahi"
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
