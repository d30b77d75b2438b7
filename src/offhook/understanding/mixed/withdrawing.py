"""A day or a time that is taken back with its reason, for another: "kal 2 baje, arre nahi us waqt to bank jaana hai,
3 baje".

The negation begins a clause; what it points to ("us waqt", "kal to") is what was said before it, and of the same kind
something else stands behind. What was taken back and what tells why are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from offhook.understanding.mixed.items import Item, Scan
from offhook.understanding.phrases import Found

_THAT = frozenset({"us", "usi", "is", "isi"})
_THEN = frozenset({"tb"})
"""Key of "tab"."""
_DAY = frozenset({"din", "roz"})
_PONDERING = frozenset({"dekh", "soch", "bata"})
_NEGATIONS = frozenset({"no", "soft_no", "wait_word", "doubt", "cant_come", "hours", "offdomain"})
"""Concepts of what is left out."""


def withdrawn(scan: Scan, items: list[Item], telling: Sequence[range]) -> tuple[list[Item], list[range]]:
    """The items that are left, and the tokens of what took the others back."""
    out, spans = items, []
    for n, item in enumerate(items):
        if item.kind != "no" or not _opens(scan, items, n):
            continue
        end = _ends(scan, items, n, telling)
        if end is None:
            continue
        old = _taken(scan, items, n, end)
        if old:
            first = n
            while (
                first
                and items[first - 1].kind in ("no", "small", "verb")
                and not scan.sentence.pauses(items[first].start)
            ):
                first -= 1
            out = [one for k, one in enumerate(items) if k not in old and not first <= k < end]
            spans.append(range(items[first].start, items[end].start))
            break
    return out, spans


def outside(found: list[Found], spans: Sequence[range]) -> list[Found]:
    """What was found, but for the negations of what is left out."""
    return [one for one in found if not (one.name in _NEGATIONS and any(one.start in span for span in spans))]


def _opens(scan: Scan, items: list[Item], n: int) -> bool:
    """Whether a clause begins with the negation, but for small words ("arre nahi")."""
    at = n
    while at and not scan.sentence.pauses(items[at].start):
        at -= 1
        if items[at].kind == "dot":
            return True
        if items[at].kind not in ("small", "no") and items[at].key not in scan.voc.pausing:
            return False
    return at > 0


def _ends(scan: Scan, items: list[Item], n: int, telling: Sequence[range]) -> int | None:
    """The item behind the reason that the negation opens; None where it opens none."""
    clause = next((one for one in telling if items[n].start in one), None)
    if clause is None:  # "nahi ruko, shukravar to exam hai"
        pause = next((one for one in items[n + 1 :] if scan.sentence.pauses(one.start)), None)
        empty = all(
            one.kind in ("small", "no") or one.key in scan.voc.pausing
            for one in items[n:]
            if pause is not None and one.start < pause.start
        )
        clause = next((one for one in telling if pause is not None and empty and pause.start in one), None)
    return next((k for k, one in enumerate(items) if clause is not None and one.start >= clause.stop), None)


def _taken(scan: Scan, items: list[Item], n: int, end: int) -> set[int]:
    """The days and times before the negation that what follows it takes back."""
    inside, behind = items[n:end], items[end:]
    verbs = [scan.voc.verbs.get(one.key) for one in behind]
    if any(verb is not None and verb.stem in _PONDERING and verb.tense == "habit" for verb in verbs):
        return set()  # "parso dekhta hoon"
    keys = [key for one in inside for key in scan.keys[one.start : one.end]]
    pairs = list(pairwise(keys))
    days = {tuple(one.words) for one in inside if one.kind == "day"}
    day = any(one in _THAT and two in _DAY for one, two in pairs)
    time = any(one in _THAT and "time" in (scan.voc.glosses.get(two), two.lstrip("=")) for one, two in pairs)
    then = not _THEN.isdisjoint(keys)
    old: set[int] = set()
    for k in range(n - 1, -1, -1):
        one = items[k]
        meant = (one.kind == "day" and (day or then or tuple(one.words) in days)) or (
            one.kind == "clock" and (time or then)
        )
        if meant and any(other.kind == one.kind and other.words != one.words for other in behind):
            old.add(k)
    if any(items[k].kind == "day" for k in old) and any(one.kind == "clock" for one in behind):
        old.update(k for k in range(n) if items[k].kind == "clock")
    return old
