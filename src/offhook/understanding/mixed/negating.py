"""What a negation speaks against: the thing before it, which another takes the place of ("Mangal nahi Budh") or which
is refused ("5 baje nahi chalega"), or nothing that stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from offhook.understanding.mixed.items import TIMES, Item, Scan
from offhook.understanding.phrases import Found

_PARTICLES = frozenset({"to", "tho", "bi", "hi"})
_UNWORKABLE = frozenset({"chl", "jm", "h", "bn"})
_SPANS = frozenset({"week", "weekend", "month"})
_SELVES = (["i"], ["my"], ["it"])
_REFUSALS = frozenset({"cant_come", "cancel", "no", "soft_no"})


def negated(items: list[Item], scan: Scan, telling: Sequence[range] = ()) -> list[Item]:
    """ "Mangal nahi Budh" is Wednesday in place of Tuesday; "5 baje nahi chalega" speaks against five.

    Args:
        telling: the clauses that only tell something.
    """
    out: list[Item] = []
    taken_back = _taken_back(items)
    closed = _closed(scan, items)
    for n, item in enumerate(items):
        if n in taken_back:
            out.append(Item("word", ["no"], item.start, item.end))
            out.append(Item("word", ["not"], item.start, item.start))
            continue
        if item.words[:1] == ["so"] and item.words[-1:] == ["that"] and _kept_from(scan, items[n:], telling):
            item = Item("small", [], item.start, item.end, item.key)
        if n in closed:
            out.append(Item("word", ["not"], item.start, item.start))
        if item.kind == "post" and item.key in scan.voc.sections["except"]:
            first = _group(out)
            if first is not None:
                out.insert(first, Item("word", ["except"], item.start, item.start))
            continue
        if item.kind == "no" and n + 1 < len(items) and items[n + 1].kind == "no":
            continue  # said twice, meant once
        busy = not scan.voc.busy.isdisjoint((scan.key(item.start), *scan.words[item.start : item.start + 1]))
        first = _told_last(out) if busy and any(map(_tells_time, items[n + 1 :])) else None
        if first is not None and (scan.asked is not None or scan.moving):
            out.insert(first, Item("word", ["not"], item.start, item.start))
            continue
        instead = item.kind == "no" or item.key in scan.voc.sections["instead"]
        if not instead:
            out.append(item)
            continue
        ahead = n + 1
        while ahead + 1 < len(items) and items[ahead].kind == "small" and items[ahead].key in scan.voc.titles:
            ahead += 1
        while item.kind != "no" and ahead + 1 < len(items) and items[ahead].words in _SELVES:
            ahead += 1  # "10 baje ki jagah mujhe 11 baje"
        following = items[ahead] if ahead < len(items) else None
        if following is not None and following.key in scan.voc.pausing and n + 2 < len(items):
            following = items[n + 2]  # "… nahi ruko, shanivar"
        while len(out) > 1 and out[-1].kind == "small" and out[-1].key in _PARTICLES and out[-2].kind in TIMES:
            out.pop()
        first = _group(out)
        if first is None or following is None:
            lone = first is None and (following is None or not following.neutral)
            if first is not None and out[-1].kind in TIMES:
                out.insert(first, Item("word", ["not"], item.start, item.start))
            out.append(Item("word", ["no"], item.start, item.end) if lone and item.kind == "no" else item)
        elif following.kind in (*TIMES, "num", "word", "amount") and _same_sort(out[-1], following):
            led = scan.moving and item.kind != "no" and out[-1].kind in TIMES and following.kind in TIMES
            out.insert(first, Item("word", ["from"] if led else ["instead", "of"], item.start, item.start))
            out.append(Item("word", ["to"] if led else [","], item.start, item.end))
        elif (
            out[-1].kind in TIMES
            and following.kind == "verb"
            and (_refuses(scan, item, following) or _exchanged(scan, items, n))
        ):
            out.append(Item("word", ["does", "not", "work"], item.start, item.end))
        else:
            out.append(item)
    return out


def _taken_back(items: list[Item]) -> frozenset[int]:
    """Negations before a day that was named already and is spoken of once more, with another day behind it: "kal 10
    baje, nahi kal to chhutti hai, parso 10 baje"."""
    found: set[int] = set()
    for n, item in enumerate(items[:-2]):
        again = items[n + 1]
        if item.kind != "no" or again.kind != "day":
            continue
        named = any(one.kind == "day" and one.words == again.words for one in items[:n])
        after = next((one for one in items[n + 2 :] if one.kind != "small"), None)
        other = any(one.kind == "day" and one.words != again.words for one in items[n + 2 :])
        if named and other and after is not None and after.kind not in (*TIMES, "num", "no"):
            found.add(n)
    return frozenset(found)


def _closed(scan: Scan, items: list[Item]) -> frozenset[int]:
    """Days of which a later part of the sentence tells what else there is, where another day is wished for: "aaj hi kar
    dijiye, kal to main nikal jaunga"."""
    days = [n for n, item in enumerate(items) if item.kind == "day"]
    found: set[int] = set()
    if scan.moving or len(days) < 2:
        return frozenset()
    for place, n in enumerate(days[1:], 1):
        until = days[place + 1] if place + 1 < len(days) else len(items)
        inside = items[n + 1 : until]
        told = any(scan.keys[i] in scan.voc.elsewhere for one in inside for i in range(one.start, one.end))
        apart = scan.sentence.pauses(items[n].start) and not any(one.kind in (*TIMES, "num") for one in inside)
        if told and apart and items[n].words != items[days[0]].words:
            found.add(n)
    return frozenset(found)


def _kept_from(scan: Scan, behind: list[Item], telling: Sequence[range]) -> bool:
    """Whether what follows "usse pehle" tells why nothing can be done there, rather than asks for it."""
    at = behind[0].start
    behind = behind[1:]
    if any(at in clause and any(one.start in clause for one in behind) for clause in telling):
        return True
    for n, item in enumerate(behind):
        if n and (item.kind == "dot" or scan.sentence.pauses(item.start)):
            return False
        if item.kind == "no" or any(scan.keys[i] in scan.voc.elsewhere for i in range(item.start, item.end)):
            return True
    return False


def _told_last(out: list[Item]) -> int | None:
    """Where the time begins that ends what was said so far, but for particles ("this week to packed hai, …")."""
    said = len(out)
    while said and out[said - 1].kind == "small":
        said -= 1
    return _group(out[:said]) if said and _tells_time(out[said - 1]) else None


def _tells_time(item: Item) -> bool:
    return item.kind in TIMES or (item.kind == "word" and item.words[-1] in _SPANS)


def _refuses(scan: Scan, item: Item, verb: Item) -> bool:
    """ "… nahi chalega", "… mat rakhna": what stands before it is not wanted."""
    return item.key in scan.voc.forbidding or verb.key[:3].rstrip("aeiou") in _UNWORKABLE


def _exchanged(scan: Scan, items: list[Item], n: int) -> bool:
    """Whether an answer gives another time behind the one that it refuses at `n`."""
    return scan.asked is not None and any(other.kind in TIMES for other in items[n + 1 :])


def answered(items: list[Item], found: list[Found]) -> list[Found]:
    """ "kal nahi ho payega, parso …" refuses one time for another and takes nothing back."""
    out = list(found)
    for n, item in enumerate(items):
        if item.words == ["does", "not", "work"] and any(other.kind in TIMES for other in items[n + 1 :]):
            out = [one for one in out if one.name not in _REFUSALS or not one.start <= item.start < one.end]
    return out


def _group(out: list[Item]) -> int | None:
    """Where begins what a negation behind it speaks against: one time, or the content words that stand together."""
    if not out or out[-1].kind not in (*TIMES, "num", "word", "amount") or out[-1].words == [","]:
        return None
    first = len(out) - 1
    if out[-1].kind == "word":
        if out[-1].words in (["no"], ["yes"], ["and"], ["but"]):
            return None
        while first and out[first - 1].kind == "word" and out[first - 1].words[0] not in ("my", "i", "and", "no", ","):
            first -= 1
    return first


def _same_sort(one: Item, two: Item) -> bool:
    if "word" in (one.kind, two.kind):
        return one.kind == two.kind and two.words[0] not in ("and", "but", "or", "my", "i", "you", "your")
    return True
