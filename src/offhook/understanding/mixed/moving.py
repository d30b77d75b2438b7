"""An appointment that is moved: whether one is, and which of the times is where it goes."""

from __future__ import annotations

from offhook.understanding.mixed.items import TIMES, Item, Scan
from offhook.understanding.mixed.own import VISITS, names_old_appointment

_MOVES = frozenset({"reschedule", "shift", "postpone", "prepone"})


_NO_THINGS = frozenset({"i", "my", "it", "please", "and", "but", "also", "sir"})


def moves(scan: Scan, names: set[str], *, held: bool = False) -> bool:
    """Whether an appointment is moved; `names` are the concepts found, `held`: the caller is known to have one."""
    if held and "do_it" in names and not any(_thing(scan, i) for i in range(len(scan.keys))):
        return True  # "do ghante baad rakh do ise": nothing else is spoken of
    if "do_it" in names and exchanges(scan):
        return True
    return "move" in names or not _MOVES.isdisjoint(scan.words) or _moves_own(scan, names)


def exchanges(scan: Scan) -> bool:
    """ "kal ka parso kar do", "Friday ko Saturday kar do 11 baje": one day is put in the place of another."""
    voc = scan.voc
    if any(_thing(scan, i) and not _day(scan, i) for i in range(len(scan.keys))):
        return False
    return any(
        _day(scan, n)
        and (scan.key(n + 1) in _ONE_OF or scan.key(n + 1) in voc.ones)
        and n + 2 < len(scan.keys)
        and _day(scan, n + 2)
        for n in range(len(scan.keys))
    )


_ONE_OF = frozenset({"ka", "ki", "ke", "ko"})


def _day(scan: Scan, i: int) -> bool:
    if scan.words[i] in scan.weekdays:
        return True
    found = scan.voc.at(scan.keys, i, i + 1)
    return found is not None and found[0].kind in ("weekdays", "relative", "two_sided")


def _thing(scan: Scan, i: int) -> bool:
    """Whether the word at `i` names something of its own: no time, no deed and no word of the sentence's structure."""
    key, voc = scan.keys[i], scan.voc
    if key[0] == "=":
        return scan.words[i] not in _NO_THINGS
    if key in voc.verbs:
        return False
    found = voc.at(scan.keys, i, i + 1)
    return found is not None and found[0].kind == "gloss" and found[0].value not in _NO_THINGS


def _moves_own(scan: Scan, names: set[str]) -> bool:
    """Whether something is to be done with an appointment that there is, not with a new one."""
    if scan.asked in ("confirm", "change"):
        return True
    if names.isdisjoint(("do_it", "works_question")):
        return False
    return "my_appointment" in names or names_old_appointment(scan)


def exchanged(items: list[Item]) -> list[Item]:
    """ "kal ka parso kar do": from the first day to the second."""
    days = [n for n, item in enumerate(items) if item.kind == "day"][:2]
    marks = dict(zip(days, ("from", "to"), strict=False))
    out: list[Item] = []
    for n, item in enumerate(items):
        if n in marks:
            out.append(Item("word", [marks[n]], item.start, item.start))
        out.append(item)
    return out


def led(items: list[Item]) -> list[Item]:
    """The words that tell where an appointment goes from where it is: "to Friday", "my Friday appointment"."""
    out: list[Item] = []
    appointment = False
    for n, item in enumerate(items):
        if item.kind == "word" and item.words[0] in VISITS and out and out[-1].kind in TIMES and out[-1].linked:
            # "friday ki test drive": what is held that day.
            out.append(Item("word", ["appointment"], item.start, item.start))
            appointment = True
        starts = item.kind in TIMES and not (out and out[-1].kind in TIMES)
        if starts and item.words[0] not in ("from", "between", "after", "before", "by", "in", "within", "to"):
            run = [other for other in items[n:] if other.kind in TIMES]
            linked = any(other.linked for other in run[: _run(items, n)])
            if linked:
                if not out or out[-1].words != ["my"]:
                    out.append(Item("word", ["my"], item.start, item.start))
            elif appointment and not (out and out[-1].words == ["of"]):
                out.append(Item("word", ["to"], item.start, item.start))
        appointment = appointment or (
            item.kind == "word" and bool({"appointment", "booking", "slot"} & set(item.words))
        )
        out.append(item)
    return out


def _run(items: list[Item], n: int) -> int:
    """How many times stand together from place `n` on."""
    end = n
    while end < len(items) and items[end].kind in TIMES:
        end += 1
    return end - n
