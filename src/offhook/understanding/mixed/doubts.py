"""What in a mixed sentence could change what the rest of it asks for: negations of nothing, hedges, alternatives, other
people. The rest may be read all the same, but nothing that holds one of them is carried out without a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from offhook.understanding.mixed.items import TIMES, Item, Scan
from offhook.understanding.phrases import Found

_BARE = frozenset(
    {"no", "soft_no", "unwanted", "doubt", "wait_word", "query", "clear_yes", "yes", "do_it", "want", "is_it"}
)
"""Concepts of a negation that do not say what is negated."""
_EMPTY = frozenset({"i", "my", "you", "your", "it", "yes", "no", "and", "but", "or", "please", "sir", "hello", ","})
_BRINGING = frozenset({"le", "la", "aa", "chhod", "pahunch"})
_TO_COME = ("ga", "gi", "ge")
"""What a verb ends in that looks ahead, whatever else it may be."""
_REFUSED = ["does", "not", "work"]


def find_doubts(scan: Scan, items: Sequence[Item], found: Sequence[Found]) -> list[Item]:
    """The items that leave it open whether, or which of, the rest is meant."""
    told = {i for one in found if one.name not in _BARE for i in range(one.start, one.end)}
    hedges = {i for one in found if one.name == "hedge" for i in range(one.start, one.end)}
    closing = {i for one in found if one.name == "bye" for i in range(one.start, one.end)}
    leaves = {one.start for one in found if one.name == "soft_no"}
    out = []
    for n, item in enumerate(items):
        span = range(item.start, item.end)
        if item.kind == "no":
            doubtful = told.isdisjoint(span) and not (_exchanges(items, n, found) or _puts_right(scan, items, n))
        elif item.words == ["no"]:
            last = any(map(_content, items[:n])) and not any(map(_content, items[n + 1 :]))
            doubtful = last and closing.isdisjoint(span)
        elif item.words == _REFUSED:
            doubtful = not any(other.kind in TIMES for other in items[n + 1 :])
        else:
            doubtful = item.words == ["or"] or not hedges.isdisjoint(span) or _other_person(scan, items, n)
        if doubtful or (item.start in leaves and _leaves_time(items, n)):
            out.append(item)
    return out


def besides(scan: Scan, items: Sequence[Item]) -> list[Item]:
    """ "battery bhi", once things are settled: something more, which is no change of them."""
    return [
        one
        for one, two in pairwise(items)
        if one.kind == "word" and two.kind == "small" and scan.words[two.start] in scan.voc.besides
    ]


def _content(item: Item) -> bool:
    return item.kind in (*TIMES, "num", "name", "amount", "shift", "length") or (
        item.kind == "word" and item.words[0] not in _EMPTY
    )


def _leaves_time(items: Sequence[Item], n: int) -> bool:
    """ "kal rehne do": not then, or then after all."""
    before = next((item for item in reversed(items[:n]) if item.kind not in ("small", "post")), None)
    return before is not None and before.kind in TIMES and not any(map(_content, items[n:]))


def _exchanges(items: Sequence[Item], n: int, found: Sequence[Found]) -> bool:
    """ "rotation nahi chahiye, alignment karani hai": one thing is refused for another."""
    refused = any(one.name == "unwanted" and one.start <= items[n].start < one.end for one in found)
    named = [item.kind == "word" and _content(item) for item in items]
    return refused and any(named[:n]) and any(named[n + 1 :])


def _puts_right(scan: Scan, items: Sequence[Item], n: int) -> bool:
    """ "alignment bola tha maine, oil change nahi", "Ravi nahi, Ravinder Gill naam hai": what was read back is refused
    for another of its kind."""
    if scan.asked not in ("confirm", "change") or n == 0 or items[n - 1].kind not in ("word", "name"):
        return False
    if any(item.kind == "name" for item in items[n + 1 :]):
        return True
    first = n - 1
    while first and items[first].kind in ("word", "name") and not scan.sentence.pauses(items[first].start):
        first -= 1
    last = not any(map(_content, items[n + 1 :]))
    return last and any(item.kind in ("word", "name") and _content(item) for item in items[:first])


def _other_person(scan: Scan, items: Sequence[Item], n: int) -> bool:
    """ "chacha ka …", of whom nothing was asked; "behen ki gaadi" is a car like any other."""
    item = items[n]
    if item.kind != "small" or item.key not in scan.voc.kin:
        return False
    if _brings(scan, items, n + 1):
        return False
    following = next((other for other in items[n + 1 :] if other.kind not in ("small", "post")), None)
    if following is not None and following.kind == "name" and scan.asked is not None:
        return False  # "bete ke naam pe, Arjun Reddy": the name that we asked for
    return following is None or following.words[:1] != ["car"]


def _brings(scan: Scan, items: Sequence[Item], at: int) -> bool:
    """ "driver le aayega", "papa gaadi chhod denge": somebody who only brings the car of the one who speaks, or comes
    along."""
    ours = items[at - 1].key == "driver"
    if at < len(items) and items[at].words[:1] == ["car"]:
        at += 1
    while at < len(items) and items[at].kind == "small" and not scan.sentence.pauses(items[at].start):
        at += 1  # "papa saath aayenge"
    keys = [item.key for item in takewhile(lambda item: item.kind == "verb", items[at:])]
    stems = {scan.voc.verbs[key].stem for key in keys}
    brings = not _BRINGING.isdisjoint(stems)
    if ours and "bhej" in stems:
        return True  # who is sent to fetch it
    return brings and any(scan.voc.verbs[key].tense == "future" or key[-2:] in _TO_COME for key in keys)
